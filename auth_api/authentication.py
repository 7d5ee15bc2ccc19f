"""The header ``Authorization: Token <key>``, or ``Bearer <key>``, as REST framework authentications."""

from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed

from auth_api import keys
from auth_api.models import AuthToken
from users.models import User


class TokenAuthentication(authentication.TokenAuthentication):
    """REST framework's own, for keys that are stored as digests and that expire."""

    model = AuthToken

    def authenticate_credentials(self, key: str) -> tuple[User, AuthToken]:
        """Look the key up by its digest: one query, or none for text that can't be a key."""
        if not keys.is_well_formed(key):
            raise AuthenticationFailed(_("Invalid token."))
        try:
            token = self.model.objects.select_related("user").get(digest=keys.digest(key))
        except self.model.DoesNotExist:
            raise AuthenticationFailed(_("Invalid token.")) from None
        if token.has_expired:
            raise AuthenticationFailed(_("The token has expired."), code="token_expired")
        if not token.user.is_active:
            raise AuthenticationFailed(_("User inactive or deleted."))
        return token.user, token


class BearerAuthentication(TokenAuthentication):
    """The same keys under the scheme of RFC 6750, which many clients know no way around."""

    keyword = "Bearer"

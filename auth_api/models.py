"""The token."""

import uuid
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auth_api import keys
from users.clients import USER_AGENT_LENGTH, Client

NAME_LENGTH = 100


class IssuedToken(NamedTuple):
    """A token just made, with its key: the only time that anybody sees it."""

    token: "AuthToken"
    key: str


class AuthTokenManager(models.Manager["AuthToken"]):
    """Makes tokens; ``user.auth_tokens`` is one."""

    def issue(self, *, name: str = "", client: Client | None = None, **owner: models.Model) -> IssuedToken:
        """Make a token and hand out its key, which is stored nowhere.

        Args:
            name: the label its owner gave, usually a device.
            client: where it was asked for.
            owner: ``user=...``, when not called on ``user.auth_tokens``.
        """
        key = keys.generate(settings.TOKEN_PREFIX)
        now = timezone.now()
        token = self.create(
            digest=keys.digest(key),
            hint=keys.hint(key),
            name=name,
            created_at=now,
            expires_at=now + settings.TOKEN_LIFETIME if settings.TOKEN_LIFETIME else None,
            last_used_ip=client.ip_address if client else None,
            user_agent=client.user_agent if client else "",
            **owner,
        )
        return IssuedToken(token, key)


class AuthToken(models.Model):
    """A credential of one account on one device. Only the digest of its key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="auth_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    hint = models.CharField(_("key"), max_length=32, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    last_used_ip = models.GenericIPAddressField(_("last used from"), null=True, editable=False)
    user_agent = models.CharField(_("user agent"), max_length=USER_AGENT_LENGTH, blank=True, editable=False)

    objects: ClassVar[AuthTokenManager] = AuthTokenManager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.hint

    @property
    def has_expired(self) -> bool:
        """Whether the token's time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

"""What the token endpoints take and answer."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from auth_api.models import NAME_LENGTH
from auth_api.parsers import attempted_name
from users.attempts import FailureReason, refuse
from users.backends import MAX_PASSWORD_LENGTH
from users.serializers import UserSerializer


class LoginSerializer(serializers.Serializer[dict[str, str]]):
    """Credentials."""

    username = serializers.CharField(max_length=254, help_text=_("The account's name or e-mail address."))
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False)
    device_name = serializers.CharField(
        max_length=NAME_LENGTH, required=False, allow_blank=True, help_text=_("A label to recognise the token by.")
    )


class IssuedTokenSerializer(serializers.Serializer[Any]):
    """A token just made. ``token`` is its key, shown this once."""

    token = serializers.CharField(source="key")
    token_id = serializers.UUIDField(source="token.id")
    expires_at = serializers.DateTimeField(source="token.expires_at", allow_null=True)
    user = UserSerializer(source="token.user")


def read_credentials(request: Request) -> dict[str, str]:
    """Return the validated credentials in the body.

    A body that names an account and is refused counts as an attempt on it. Sends ``user_login_failed`` then.
    """
    try:
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
    except (APIException, SuspiciousOperation):
        name = attempted_name(request)
        if name.strip():
            refuse(request, username=name, reason=FailureReason.MALFORMED)
        raise
    credentials: dict[str, str] = serializer.validated_data
    return credentials

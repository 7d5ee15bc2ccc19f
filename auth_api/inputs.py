"""What the credential endpoints take."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request

from auth_api.models import NAME_LENGTH, Scope
from users.backends import MAX_PASSWORD_LENGTH
from users.inputs import StrictSerializer
from users.names import LONGEST_LOGIN


class CredentialsSerializer(serializers.Serializer[dict[str, Any]]):
    """A name and a password."""

    username = serializers.CharField(max_length=LONGEST_LOGIN, help_text=_("The account's name or e-mail address."))
    password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False)


class LabelField(serializers.CharField):
    """A label that need not be given: null stands for none, as many generated clients write what was left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=NAME_LENGTH, required=False, allow_blank=True, allow_null=True, **options)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the label."""
        return super().run_validation("" if data is None else data)


class LoginSerializer(CredentialsSerializer):
    """A name and a password, for a token."""

    device_name = LabelField(help_text=_("A label to recognise the token by."))


class SessionLoginSerializer(CredentialsSerializer):
    """A name and a password, for a cookie session."""

    remember = serializers.BooleanField(default=False, help_text=_("Whether the cookie outlives the browser."))


class TokenChangeSerializer(StrictSerializer):
    """What may be changed of a token: how it is called, not what it may do."""

    name = LabelField()


class TokenCreateSerializer(StrictSerializer):
    """A token made on purpose, for a script."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    password = serializers.CharField(
        max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, help_text=_("The current password, once more.")
    )
    scope = serializers.ChoiceField(Scope.choices, default=Scope.WRITE)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text=_("When the token ends; by default after the usual lifetime.")
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        """Refuse what is past."""
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("This time is past."))
        return value


class KeySerializer(serializers.Serializer[dict[str, str]]):
    """A key, to be asked about or to be ended. The name of the field is RFC 7662's and RFC 7009's."""

    token = serializers.CharField()


def read_key(request: Request) -> str:
    """Return what the body gives as a token. Whatever it is, it is a key or it is none; only silence is an error."""
    data = request.data if isinstance(request.data, Mapping) else {}
    if "token" not in data:
        KeySerializer(data={}).is_valid(raise_exception=True)
    key = data["token"]
    return key if isinstance(key, str) else ""

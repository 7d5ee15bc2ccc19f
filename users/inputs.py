"""What the account endpoints take."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from users.backends import MAX_PASSWORD_LENGTH
from users.clients import storable


class StrictSerializer(serializers.Serializer[dict[str, Any]]):
    """Refuses fields that it does not have: nobody shall believe that they were set."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values, or raise ValidationError with the name of each field that is none."""
        if isinstance(data, Mapping):
            unknown = [storable(str(name), length=100) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [_("This can't be set here.")] for name in unknown})
        return super().to_internal_value(data)


class PasswordField(serializers.CharField):
    """A password as it was typed, spaces included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False, write_only=True, **options)


class PasswordChangeSerializer(StrictSerializer):
    """The password that is, and the one that shall be."""

    current_password = PasswordField()
    new_password = PasswordField()


class NewPasswordSerializer(StrictSerializer):
    """A password for somebody else."""

    new_password = PasswordField()


class PersonSerializer(StrictSerializer):
    """What people say of themselves."""

    email = serializers.CharField(required=False, allow_blank=True)
    first_name = serializers.CharField(required=False, allow_blank=True)
    last_name = serializers.CharField(required=False, allow_blank=True)


class OwnAccountSerializer(PersonSerializer):
    """What one may change of one's own account."""

    current_password = PasswordField(required=False, help_text=_("Needed to change the e-mail address."))


class AccountChangeSerializer(PersonSerializer):
    """What staff may change of an account."""

    username = serializers.CharField(required=False)
    is_active = serializers.BooleanField(required=False, help_text=_("Without it nobody logs in, and all is ended."))
    is_staff = serializers.BooleanField(required=False, help_text=_("Granted and taken by superusers."))
    is_superuser = serializers.BooleanField(required=False, help_text=_("Granted and taken by superusers."))


class AccountCreateSerializer(AccountChangeSerializer):
    """A new account."""

    username = serializers.CharField()
    password = PasswordField(
        required=False, help_text=_("Without one, nobody logs in until users/{id}/password/ has set it.")
    )

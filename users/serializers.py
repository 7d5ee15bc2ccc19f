"""Accounts as JSON, and how times are written in it."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from users.backends import MAX_PASSWORD_LENGTH
from users.models import User


class UserSerializer(serializers.ModelSerializer[User]):
    """What others are told of an account."""

    class Meta:
        model = User
        fields = ["id", "username", "email"]
        read_only_fields = fields


class AccountSerializer(serializers.ModelSerializer[User]):
    """What people are told of their own account."""

    class Meta:
        model = User
        fields = ["id", "username", "email", "first_name", "last_name", "is_staff", "date_joined", "last_login"]
        read_only_fields = fields

    def to_representation(self, instance: User) -> dict[str, Any]:
        """Return the account. Field by field it would be half of the request: 0.5 ms (``python -m benchmarks``)."""
        return {
            "id": instance.pk,
            "username": instance.username,
            "email": instance.email,
            "first_name": instance.first_name,
            "last_name": instance.last_name,
            "is_staff": instance.is_staff,
            "date_joined": as_iso(instance.date_joined),
            "last_login": as_iso(instance.last_login),
        }


class PasswordChangeSerializer(serializers.Serializer[dict[str, str]]):
    """The password that is, and the one that shall be."""

    current_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False)
    new_password = serializers.CharField(max_length=MAX_PASSWORD_LENGTH, trim_whitespace=False)


def as_iso(moment: datetime | None) -> str | None:
    """Return the time in UTC as REST framework writes it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None

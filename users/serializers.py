"""Accounts as JSON, and how times are written in it."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from users.models import User

# Django's own texts are about its admin.
PRIVILEGES = {
    "is_active": {"help_text": "Without it nobody logs in to the account."},
    "is_staff": {"help_text": "Whether it manages accounts, and reads everybody's rows of the login log."},
    "is_superuser": {"help_text": "Whether it may do everything, such as to grant this and `is_staff`."},
}


class UserSerializer(serializers.ModelSerializer[User]):
    """Whom credentials belong to."""

    class Meta:
        model = User
        fields = ["id", "username", "email"]
        read_only_fields = fields

    @staticmethod
    def represent(user: User) -> dict[str, Any]:
        """Return the account. See ``AccountSerializer``."""
        return {"id": user.pk, "username": user.username, "email": user.email}

    def to_representation(self, instance: User) -> dict[str, Any]:
        """Return the account."""
        return self.represent(instance)


class AccountSerializer(serializers.ModelSerializer[User]):
    """What people are told of their own account."""

    class Meta:
        model = User
        fields = ["id", "username", "email", "first_name", "last_name", "is_staff", "date_joined", "last_login"]
        read_only_fields = fields
        extra_kwargs = PRIVILEGES

    @staticmethod
    def represent(user: User) -> dict[str, Any]:
        """Return the account. Field by field it would take longer than all else of the request."""
        return {
            "id": user.pk,
            "username": user.username,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "is_staff": user.is_staff,
            "date_joined": as_iso(user.date_joined),
            "last_login": as_iso(user.last_login),
        }

    def to_representation(self, instance: User) -> dict[str, Any]:
        """Return the account."""
        return self.represent(instance)


class ManagedAccountSerializer(serializers.ModelSerializer[User]):
    """What staff are told of an account."""

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "is_staff",
            "is_superuser",
            "date_joined",
            "last_login",
        ]
        read_only_fields = fields
        extra_kwargs = PRIVILEGES


def as_iso(moment: datetime | None) -> str | None:
    """Return the time in UTC as REST framework writes it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None

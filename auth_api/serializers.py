"""What the credential endpoints answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from auth_api.models import AuthToken, IssuedToken, Lockout, Scope, Session
from auth_api.sessions import SessionStore
from users.attempts import underlying
from users.models import User
from users.serializers import UserSerializer, as_iso


class IssuedTokenSerializer(serializers.Serializer[Any]):
    """A token just made. ``token`` is its key, shown this once."""

    token = serializers.CharField(source="key")
    token_id = serializers.UUIDField(source="token.id")
    expires_at = serializers.DateTimeField(source="token.expires_at", allow_null=True)
    user = UserSerializer(source="token.user")

    def to_representation(self, instance: IssuedToken) -> dict[str, Any]:
        """Return the answer. Field by field it would be a sixth of a login's time beyond the hash: 0.5 ms."""
        token, key = instance
        user = UserSerializer.represent(token.user)
        return {"token": key, "token_id": str(token.pk), "expires_at": as_iso(token.expires_at), "user": user}


class IssuedNamedTokenSerializer(IssuedTokenSerializer):
    """A token made on purpose."""

    name = serializers.CharField(source="token.name")
    scope = serializers.ChoiceField(Scope.choices, source="token.scope")

    def to_representation(self, instance: IssuedToken) -> dict[str, Any]:
        """Return the answer to a login, and what was asked for."""
        return super().to_representation(instance) | {"name": instance.token.name, "scope": instance.token.scope}


class TokenSerializer(serializers.ModelSerializer[AuthToken]):
    """A token, without its key. ``hint`` shows how the key begins and ends."""

    is_current = serializers.SerializerMethodField(help_text=_("Whether this request is made with it."))

    class Meta:
        model = AuthToken
        fields = [
            "id",
            "name",
            "hint",
            "scope",
            "created_at",
            "expires_at",
            "last_used_at",
            "last_used_ip",
            "user_agent",
            "is_current",
        ]
        read_only_fields = fields

    def get_is_current(self, token: AuthToken) -> bool:
        """Compare with the request's own."""
        current = self.context["request"].auth
        return isinstance(current, AuthToken) and current.pk == token.pk


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A cookie session, without its key."""

    is_current = serializers.SerializerMethodField(help_text=_("Whether this request is made with it."))

    class Meta:
        model = Session
        fields = ["id", "created_at", "expires_at", "last_used_at", "last_used_ip", "user_agent", "is_current"]
        read_only_fields = fields

    def get_is_current(self, session: Session) -> bool:
        """Compare with the request's own."""
        store = getattr(underlying(self.context["request"]), "session", None)  # none at a plain request
        return isinstance(store, SessionStore) and store.row is not None and store.row.pk == session.pk


class LockoutSerializer(serializers.ModelSerializer[Lockout]):
    """A time during which no password is checked. ``account`` or ``network`` is empty where it holds for any.

    ``network`` is an address or a /64, or a device of the account: ``token <id>`` or ``session <id>``.
    """

    class Meta:
        model = Lockout
        fields = [
            "id",
            "allowance",
            "account",
            "network",
            "locked_at",
            "locked_until",
            "repetition",
            "lifted_at",
            "lifted_by",
        ]
        read_only_fields = fields


class OpenSessionSerializer(serializers.Serializer[Any]):
    """Whose session this is."""

    user = UserSerializer()


class VerifiedTokenSerializer(serializers.Serializer[Any]):
    """The token that a verified request was made with."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(Scope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class VerifiedSerializer(serializers.Serializer[Any]):
    """Who is calling. ``token`` is null for a cookie session."""

    message = serializers.CharField()
    user = UserSerializer()
    token = VerifiedTokenSerializer(allow_null=True)

    @staticmethod
    def represent(user: User, token: AuthToken | None) -> dict[str, Any]:
        """Return the answer. A proxy asks before each request: field by field it would take four times as long."""
        return {
            "message": "Authenticated",
            "user": UserSerializer.represent(user),
            "token": token
            and {
                "id": str(token.pk),
                "name": token.name,
                "scope": token.scope,
                "expires_at": as_iso(token.expires_at),
            },
        }


class IntrospectionSerializer(serializers.Serializer[Any]):
    """RFC 7662, section 2.2. A token that opens nothing is ``{"active": false}`` and nothing else."""

    active = serializers.BooleanField()
    scope = serializers.CharField(required=False)
    username = serializers.CharField(required=False)
    sub = serializers.CharField(required=False)
    jti = serializers.CharField(required=False)
    token_type = serializers.CharField(required=False)
    iat = serializers.IntegerField(required=False)
    exp = serializers.IntegerField(required=False)

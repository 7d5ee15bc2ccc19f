"""What another service is told of a token (RFC 7662)."""

from typing import Any

from auth_api.models import AuthToken


def introspect(key: str) -> dict[str, Any]:
    """Return the claims of the key's token; for one that opens nothing, that alone."""
    token = AuthToken.objects.find(key)
    if token is None or token.is_dead:
        return {"active": False}
    claims = {
        "active": True,
        "scope": token.scope,
        "username": token.user.username,
        "sub": str(token.user_id),
        "jti": str(token.pk),
        "token_type": "Token",
        "iat": int(token.created_at.timestamp()),
    }
    return claims | ({"exp": int(token.expires_at.timestamp())} if token.expires_at else {})

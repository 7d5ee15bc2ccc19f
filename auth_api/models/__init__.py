from auth_api.models.limits import Allowance, Guess, KnownNetwork, Lockout
from auth_api.models.sessions import Session
from auth_api.models.tokens import NAME_LENGTH, AuthToken, IssuedToken, Scope

__all__ = [
    "NAME_LENGTH",
    "Allowance",
    "AuthToken",
    "Guess",
    "IssuedToken",
    "KnownNetwork",
    "Lockout",
    "Scope",
    "Session",
]

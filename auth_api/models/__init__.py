from auth_api.models.credentials import NAME_LENGTH, AuthToken, IssuedToken, Scope
from auth_api.models.limits import Allowance, Guess, KnownNetwork, Lockout
from auth_api.models.sessions import Session

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

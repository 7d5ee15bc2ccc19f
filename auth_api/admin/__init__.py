from auth_api.admin import credentials, lockouts

__all__ = ["credentials", "lockouts"]

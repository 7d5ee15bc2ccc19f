"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with a minimum of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane; about 16 ms."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2  # passes
    parallelism = 1  # lanes

"""Hashers that count the passwords that are really checked: the only figure that a guesser cares about.

Loaded into Latchkey and into its peers, in place of their own, with the same parameters.
"""

import os

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher

from users.hashers import Argon2idHasher

COUNT = "BENCHMARK_COUNT"  # the environment variable that names the file; without it nothing is counted


class Counting(BasePasswordHasher):
    """Appends a byte for each password that is compared with an account's hash. The file's size is their number."""

    def verify(self, password: str, encoded: str) -> bool:
        """Count, and check."""
        path = os.environ.get(COUNT)
        if path:
            # One byte with O_APPEND: no thread or process overwrites what another has written.
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(file, b".")
            os.close(file)
        return super().verify(password, encoded)


class CountingArgon2id(Counting, Argon2idHasher):
    """Latchkey's hasher."""


class CountingPBKDF2(Counting, PBKDF2PasswordHasher):
    """Django's default hasher."""

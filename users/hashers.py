"""How passwords are hashed."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import HashingError, InvalidHashError, VerificationError
from argon2.low_level import Type, error_to_str, hash_secret_raw, lib  # type: ignore[attr-defined]  # its import
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.views.decorators.debug import sensitive_variables

# What the machine could not give. All else that Argon2 refuses is in the hash. It has no other way to tell the two.
LACKING = {error_to_str(code) for code in (lib.ARGON2_MEMORY_ALLOCATION_ERROR, lib.ARGON2_THREAD_FAIL)}


@contextmanager
def saying_what_is_lacking() -> Iterator[None]:
    """Raise MemoryError where Argon2 could not do its work, as Python does when its own objects find no room."""
    try:
        yield
    except (HashingError, VerificationError) as error:
        if str(error) in LACKING:
            raise MemoryError(str(error)) from None
        raise


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with a minimum of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane; about 16 ms."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2  # passes
    parallelism = 1  # lanes

    @sensitive_variables("password")
    def encode(self, password: str, salt: str) -> str:
        """Hash the password.

        Raises:
            MemoryError: there was no memory for it.
        """
        with saying_what_is_lacking():
            encoded: str = super().encode(password, salt)
        return encoded

    @sensitive_variables("password")
    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is right. Django's own says no as well where it was not looked at.

        Raises:
            MemoryError: there was no memory for it.
        """
        try:
            with saying_what_is_lacking():
                return PasswordHasher().verify(encoded.removeprefix("argon2"), password)
        except (VerificationError, InvalidHashError):
            return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do the work that a hash by weaker parameters has saved: a refusal takes the same time then.

        Argon2's time is proportional to memory times passes. Django leaves this out since it would have to hold for any
        number of lanes as well.
        """
        weaker = self.decode(encoded)
        work = self.memory_cost * self.time_cost - weaker["memory_cost"] * weaker["time_cost"]  # KiB
        if work < 8:  # the least that Argon2 takes
            return
        passes = math.ceil(work / self.memory_cost)
        with saying_what_is_lacking():
            hash_secret_raw(password.encode(), weaker["salt"].encode(), passes, work // passes, 1, 32, Type.ID)

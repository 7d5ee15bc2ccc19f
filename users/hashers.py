"""How passwords are hashed."""

import math

from argon2.low_level import Type, hash_secret_raw
from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with a minimum of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane; about 16 ms."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2  # passes
    parallelism = 1  # lanes

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
        hash_secret_raw(password.encode(), weaker["salt"].encode(), passes, work // passes, 1, 32, Type.ID)

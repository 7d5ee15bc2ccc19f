"""The product's settings, with a hasher that costs nothing: what is measured is everything else."""

from benchmarks.latchkey_settings import *  # noqa: F403 - all of them

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

"""The peers' project on the database that DATABASE_URL names, and with a hasher that costs nothing."""

import os
from urllib.parse import urlsplit

from benchmarks.peers.settings import *  # noqa: F403 - all of them
from benchmarks.peers.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "benchmarks.peers.database_urls"
url = urlsplit(os.environ["DATABASE_URL"])
if url.scheme == "postgresql":
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path[1:],
            "HOST": url.hostname,
            "PORT": url.port,
            "USER": url.username,
            "PASSWORD": url.password,
            "CONN_MAX_AGE": None,
        }
    }
else:
    DATABASES["default"]["NAME"] = url.path[1:]

"""One project for all peers: what startproject makes, and what the documentation of the peer says to add.

The environment chooses: PEER (a key of ``AUTHENTICATION``), PEER_HASHER (a key of ``HASHERS``), PEER_LIMIT (failures;
0 for none), PEER_DIRECTORY (of the cache) and DATABASE_URL.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

PEER = os.environ["PEER"]
LIMIT = int(os.environ["PEER_LIMIT"])
DIRECTORY = Path(os.environ["PEER_DIRECTORY"])
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.peers.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
USE_TZ = True

AUTHENTICATION: dict[str, list[str]] = {
    "bare": [],
    "drf": [],
    "authtoken": ["rest_framework.authentication.TokenAuthentication"],
    "axes": ["rest_framework.authentication.TokenAuthentication"],
    "knox": ["knox.auth.TokenAuthentication"],
    "simplejwt": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "simplejwt_stateless": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
    "allauth": ["allauth.headless.contrib.rest_framework.authentication.XSessionTokenAuthentication"],
}
APPS = {
    "authtoken": ["rest_framework.authtoken"],
    "axes": ["rest_framework.authtoken", "axes"],
    "knox": ["knox"],
    "allauth": ["allauth", "allauth.account", "allauth.headless"],
}
HASHERS = {
    "argon2id": "benchmarks.hashers.CountingArgon2id",
    "pbkdf2": "benchmarks.hashers.CountingPBKDF2",
    "md5": "django.contrib.auth.hashers.MD5PasswordHasher",  # costs nothing
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    *APPS.get(PEER, []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# A connection that stays open, as Django's documentation recommends.
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=None)}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # As Latchkey has it, so that the database makes no difference.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
# Where throttles count. Shared by the processes, as REST framework's documentation asks.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DIRECTORY / "cache"}
}
PASSWORD_HASHERS = [HASHERS[os.environ["PEER_HASHER"]]]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": AUTHENTICATION[PEER],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"] if AUTHENTICATION[PEER] else [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # django-axes limits by itself.
    "DEFAULT_THROTTLE_RATES": {"anon": f"{LIMIT}/hour" if LIMIT and PEER != "axes" else None},
}
# By default five minutes, which may be shorter than a run.
SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(days=1)}

if PEER == "axes":
    MIDDLEWARE += ["axes.middleware.AxesMiddleware"]
    AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
    AXES_FAILURE_LIMIT = LIMIT or 1_000_000
if PEER == "allauth":
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    HEADLESS_ONLY = True
    HEADLESS_CLIENTS = ["app"]
    ACCOUNT_EMAIL_VERIFICATION = "none"
    if not LIMIT:
        ACCOUNT_RATE_LIMITS = False

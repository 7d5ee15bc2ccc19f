"""The product's settings, with a hasher that counts."""

from api_project import settings
from api_project.settings import *  # noqa: F403 - all of them

PASSWORD_HASHERS = ["benchmarks.hashers.CountingArgon2id", *settings.PASSWORD_HASHERS[1:]]
# The admin's login page refers to static files, and whoever runs a benchmark need not have collected any.
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

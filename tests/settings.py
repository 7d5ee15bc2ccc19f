"""The product's settings, with what a test run has to do without."""

import os
import secrets

os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))

from api_project import settings
from api_project.settings import *

# Each of the tests' clients would look for all static files once more, collected or not.
MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "api_project.static_files.StaticFiles"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
REST_FRAMEWORK = settings.REST_FRAMEWORK | {"TEST_REQUEST_DEFAULT_FORMAT": "json"}

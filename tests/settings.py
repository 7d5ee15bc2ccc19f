"""The product's settings, with what a test run has to do without."""

import os
import secrets

os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))

from api_project import settings
from api_project.settings import *

# Nothing has been collected where tests run, and WhiteNoise warns of that.
MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("whitenoise.")]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
REST_FRAMEWORK = settings.REST_FRAMEWORK | {"TEST_REQUEST_DEFAULT_FORMAT": "json"}

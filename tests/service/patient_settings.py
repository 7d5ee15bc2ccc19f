"""The product's settings, but that attempts wait for longer than any test: what is answered is answered at once."""

from datetime import timedelta

from api_project.settings import *  # noqa: F403 - all of them

PASSWORD_CHECK_WAIT = timedelta(hours=1)

#!/usr/bin/env python
"""Django's command line for Latchkey."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api_project.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:  # the latter: there are no tables yet
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"Error: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)  # what a shell says of who was stopped by Ctrl-C

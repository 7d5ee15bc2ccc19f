"""The application as the server's worker processes load it: ``manage.py serve`` names this module."""

import signal

# Ctrl-C reaches every process of the terminal's group, and the main process tells its workers to stop as well. A worker
# that hears both can hang, so that it is to hear the main process alone; and until Granian takes over the signals,
# which is after this import, it is not to sit on them as the main process does.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
signal.signal(signal.SIGTERM, signal.SIG_DFL)

from api_project.wsgi import application  # noqa: E402 - after the signals

__all__ = ["application"]

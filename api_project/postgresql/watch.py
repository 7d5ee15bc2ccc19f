"""An end to waiting for a server that is frozen."""

import threading
import time

from api_project.postgresql.base import shared

LOOK_EVERY = 1  # second


def watch() -> None:
    """Cut off what takes too long, in a thread of its own. Commands of manage.py may take as long as they do."""
    threading.Thread(target=look_over_and_over, name="watch", daemon=True).start()


def look_over_and_over() -> None:
    """Look at all connections of this process."""
    while True:
        time.sleep(LOOK_EVERY)
        for connections in list(shared.values()):
            connections.hang_up()

"""Where a benchmark keeps its databases while it runs."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


@contextmanager
def workspace() -> Iterator[Path]:
    """Yield a directory that is removed in the end, also at Ctrl-C and SIGTERM."""
    signal.signal(signal.SIGTERM, leave)
    with tempfile.TemporaryDirectory(prefix="latchkey-benchmark-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


def leave(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C would: by an exception, so that every ``with`` is left and every service ended."""
    sys.exit(128 + number)

"""Parts of the outside world that a test needs."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest


def missing(part: str) -> NoReturn:
    """Skip the test for want of the part; in CI, where everything has to be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {part}")
    pytest.skip(f"missing here: {part}")


@contextmanager
def ends() -> Iterator[None]:
    """Fail what would go on for minutes of the processor's time. No measurement: what is right takes milliseconds."""

    def fail(*args: object) -> NoReturn:
        pytest.fail("it does not come to an end")

    before = signal.signal(signal.SIGVTALRM, fail)
    signal.setitimer(signal.ITIMER_VIRTUAL, 20)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)

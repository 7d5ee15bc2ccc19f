"""Parts of the outside world that a test needs."""

import os
from typing import NoReturn

import pytest


def missing(part: str) -> NoReturn:
    """Skip the test for want of the part; in CI, where everything has to be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {part}")
    pytest.skip(f"missing here: {part}")

"""Fixtures of the limiter's tests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

WRONG = "not the password"
LogIn = Callable[..., Any]


class Clock:
    """The time, to be moved instead of waited for."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self._now = timezone.now

    def __call__(self) -> datetime:
        """Return what time it is."""
        return self._now() + self.offset

    def move(self, **by: float) -> None:
        """Go on by that much."""
        self.offset += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a clock that everything goes by."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def log_in(db: None) -> LogIn:
    """Return a function that tries to log in, with a wrong password unless told, from an address."""

    def attempt(username: str = "bob", password: str = WRONG, address: str = "192.0.2.1") -> Any:
        body = {"username": username, "password": password}
        return APIClient(REMOTE_ADDR=address).post("/api/v1/auth/login/", body)

    return attempt

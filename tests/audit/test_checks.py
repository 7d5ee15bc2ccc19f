"""System checks of the login log."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError


def test_atomic_requests_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    with pytest.raises(SystemCheckError, match=r"audit\.E001"):
        call_command("check")


def test_settings_as_they_are_pass(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check")
    assert "no issues" in capsys.readouterr().out

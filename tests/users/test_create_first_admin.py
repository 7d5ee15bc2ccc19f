"""The first account."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from users.models import User


def test_admin_is_created_with_a_random_password_shown_once(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_first_admin")
    password = capsys.readouterr().out.split()[-1]

    admin = User.objects.get()
    assert (admin.username, admin.is_superuser) == ("admin", True)
    assert len(password) >= 24
    assert admin.check_password(password)


def test_password_of_the_environment_is_taken_and_not_shown(
    db: None, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ADMIN_PASSWORD = "chosen by the operator"
    call_command("create_first_admin")
    assert User.objects.get().check_password("chosen by the operator")
    assert "chosen" not in capsys.readouterr().out


def test_nothing_happens_when_there_is_an_account(bob: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_first_admin")
    assert list(User.objects.all()) == [bob]
    assert capsys.readouterr().out == ""


def test_server_that_comes_second_prints_no_password(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_superuser("admin", password="of the first server")
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: False)
    call_command("create_first_admin")
    assert User.objects.get().check_password("of the first server")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("password", ["\udcff", "x" * 1025])
def test_password_that_no_login_takes_is_refused(db: None, settings: Settings, password: str) -> None:
    settings.ADMIN_PASSWORD = password
    with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
        call_command("create_first_admin")
    assert not User.objects.exists()

"""Files that nobody asked for."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from audit.models import LoginLog
from tests.conftest import PASSWORD
from users.models import User

SIZES = [1, 10_000, 5_000_000]  # bytes: Django spools from 2.5 MB on
ENTRANCES = ["/login/", "/admin/login/", "/api/v1/auth/login/", "/api/v1/auth/session/"]
FORM = {"username": "sue", "password": PASSWORD}


@pytest.fixture(autouse=True)
def nowhere_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no place for a temporary file: whoever opens one fails."""
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")


def send(path: str, size: int) -> HttpResponse:
    """Send a form with a file that a browser could send: with the right CSRF token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    form = FORM | {"csrfmiddlewaretoken": "a" * 32, "file": SimpleUploadedFile("x.bin", b"x" * size)}
    return client.post(path, form, headers={"X-CSRFToken": "a" * 32})  # type: ignore[return-value]  # the stubs' name for it is private


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/", "/logout/", "/dashboard/password/", "/admin/"])
def test_page_takes_no_file(db: None, path: str, size: int) -> None:
    answer = send(path, size)
    assert answer.status_code == 400
    assert "The request can&#x27;t be read." in answer.content.decode()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ENTRANCES)
def test_login_with_a_file_is_refused_and_leaves_its_row(staff: User, path: str, size: int) -> None:
    answer = send(path, size)
    assert answer.status_code == (400 if size < 16_000 else 413)
    row = LoginLog.objects.get()
    assert (row.user, row.username, row.failure_reason) == (staff, "sue", "malformed")


def test_login_page_says_that_it_takes_no_file(db: None) -> None:
    page = send("/login/", 1).content.decode()
    assert "no files are taken here" in page
    assert '<form method="post" action="/login/">' in page

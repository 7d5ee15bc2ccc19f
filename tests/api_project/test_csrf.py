"""The CSRF token of a login that came to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from audit.models import LoginLog
from tests.conftest import PASSWORD
from users.models import User

SESSION = "/api/v1/auth/session/"
ENTRANCES = [("/login/", 302), ("/admin/login/", 302), (SESSION, 200)]
RIGHT = {"username": "sue", "password": PASSWORD}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser() -> Client:
    """Return a browser that is not spared the check of the CSRF token. There is an account to log in to."""
    User.objects.create_user("sue", password=PASSWORD, is_staff=True)
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@contextmanager
def failing(failure: Exception) -> Iterator[None]:
    """Let no row of the log be written."""
    with patch("audit.recording.insert", side_effect=failure):
        yield


@pytest.mark.parametrize(("failure", "status"), [(OperationalError("disk full"), 503), (RuntimeError("a fault"), 500)])
@pytest.mark.parametrize(("entrance", "success"), ENTRANCES)
def test_login_that_failed_can_be_sent_again_as_it_was(
    browser: Client, entrance: str, success: int, failure: Exception, status: int
) -> None:
    browser.get(entrance)
    token = browser.cookies["csrftoken"].value
    with failing(failure):
        assert browser.post(entrance, RIGHT, headers={"X-CSRFToken": token}).status_code == status
    assert browser.cookies["csrftoken"].value == token
    assert browser.post(entrance, RIGHT, headers={"X-CSRFToken": token}).status_code == success
    assert LoginLog.objects.filter(is_success=True).count() == 1


def test_failed_login_says_in_its_header_which_token_is_good(browser: Client) -> None:
    token = browser.get(SESSION)["X-CSRFToken"]
    with failing(OperationalError("disk full")):
        failed = browser.post(SESSION, RIGHT, headers={"X-CSRFToken": token})
    assert browser.post(SESSION, RIGHT, headers={"X-CSRFToken": failed["X-CSRFToken"]}).status_code == 200


def test_login_that_succeeds_still_changes_the_token(browser: Client) -> None:
    browser.get("/login/")
    token = browser.cookies["csrftoken"].value
    browser.post("/login/", RIGHT, headers={"X-CSRFToken": token})
    assert browser.cookies["csrftoken"].value != token

"""Browsers, as far as Django's client is one."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.conftest import PASSWORD
from users.models import User

LOGIN = "/login/"
DASHBOARD = "/dashboard/"
RIGHT = {"username": "bob", "password": PASSWORD}


def token_form(**fields: str) -> dict[str, str]:
    """Return a form for a token, as it is sent for the first time."""
    return {"name": "Backup", "scope": "read", "days": "7", "password": PASSWORD, "once": str(uuid4())} | fields


@pytest.fixture
def browser(bob: User, client: Client) -> Client:
    """Return a browser in which bob has logged in, at the page."""
    assert client.post(LOGIN, RIGHT).status_code == 302
    return client


@pytest.fixture
def strict(bob: User) -> Client:
    """Return a browser that is not spared the check of the CSRF token."""
    return Client(enforce_csrf_checks=True)


def csrf_token(page: object) -> str:
    """Return the token that the page's forms send along."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(page))
    assert found
    return found[1]


def text_of(page: object) -> str:
    """Return the page's HTML."""
    assert isinstance(page, HttpResponse)
    return page.content.decode()

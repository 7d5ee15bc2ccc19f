"""No page of the admin shows what opens anything, or what could be compared with a copy of the database."""

import html
import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from rest_framework.test import APIClient

from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.models import User

MakeUser = Callable[..., User]
LEFT_OUT = ("/admin/logout/", "/admin/jsi18n/", "/admin/login/")


def crawl(client: Client) -> dict[str, str]:
    """Return every page of the admin that a link leads to, by its address."""
    pages: dict[str, str] = {}
    waiting = ["/admin/"]
    while waiting:
        address = waiting.pop()
        if address in pages or address.startswith(LEFT_OUT) or not address.startswith("/admin/"):
            continue
        answer = client.get(address, follow=True)
        assert answer.status_code in {200, 403}, address
        assert len(pages) < 500, address
        pages[address] = answer.content.decode()
        links = re.findall(r'(?:href|action)="([^"#]*)"', pages[address])
        found = {urlsplit(urljoin(address, html.unescape(link))) for link in links}
        # Orders of a list, and ways back to it, are without end and show what is known already.
        waiting += [
            link._replace(query="" if "_changelist_filters" in link.query else link.query).geturl()
            for link in found
            if link.query.count("=") < 2 and not link.query.startswith("o=")
        ]
    return pages


@pytest.fixture
def secrets(bob: User, make_user: MakeUser) -> dict[str, str]:
    """Return what must not be seen of an account that has everything, by what it is."""
    root = make_user("root", is_staff=True, is_superuser=True)
    make_user("clerk", is_staff=True).user_permissions.set(Permission.objects.all())
    reader = make_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view"))
    Group.objects.create(name="people")
    api, browser = APIClient(), Client()
    key = api.post("/api/v1/auth/login/", {"username": "bob", "password": PASSWORD}).json()["token"]
    api.post("/api/v1/auth/login/", {"username": "bob", "password": "a wrong guess"})
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    browser.force_login(bob)
    ended = bob.auth_tokens.issue()
    admin = Client()
    admin.force_login(root)
    form = {"action": "end_selected", "_selected_action": [str(ended.token.pk)]}
    assert admin.post("/admin/auth_api/authtoken/", form).status_code == 302
    admin.post(f"/admin/users/user/{bob.pk}/change/", {"username": "bob", "email": bob.email, "is_active": "on"})
    token, session = AuthToken.objects.get(user=bob), Session.objects.get(user=bob)
    found = {
        "key": key,
        "key's middle": key[8:24],
        "digest": token.digest,
        "stamp": token.password_stamp,
        "session key": browser.cookies["sessionid"].value,
        "session digest": session.digest,
        "session data": session.data,
        "session hash": session.auth_hash,
        "ended key": ended.key,
        "ended digest": ended.token.digest,
        "password": PASSWORD,
        "guess": "a wrong guess",
    }
    for user in User.objects.all():
        salt, digest = user.password.split("$")[-2:]
        found |= {f"{user}'s salt": salt, f"{user}'s hash": digest}
    return found


@pytest.mark.parametrize("username", ["root", "clerk", "reader"])
def test_no_page_and_no_address_has_a_secret(secrets: dict[str, str], username: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username))
    secrets["own session"] = client.cookies["sessionid"].value

    pages = crawl(client)

    seen = {
        (address, name)
        for address, page in pages.items()
        for name, secret in secrets.items()
        if secret in html.unescape(page) or secret in address
    }
    assert seen == set()
    bob = User.objects.get(username="bob")
    token, session = AuthToken.objects.get(user=bob), Session.objects.get(user=bob)
    for path in (
        f"users/user/{bob.pk}/change/",
        f"users/user/{bob.pk}/history/",
        f"auth_api/authtoken/{token.pk}/change/",
        f"auth_api/session/{session.pk}/change/",
        "audit/loginlog/",
        "auth_api/lockout/",
    ):
        assert f"/admin/{path}" in pages, sorted(pages)

"""A password is what was typed, spaces included: wherever it is set, and at every entrance."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.conftest import PASSWORD
from users.models import User

TYPED = "  spaces around it "
AsUser = Callable[[User], APIClient]


def by_its_owner(bob: User, sue: User, as_user: AsUser) -> None:
    answer = as_user(bob).post("/api/v1/users/me/password/", {"current_password": PASSWORD, "new_password": TYPED})
    assert answer.status_code == 204


def by_staff(bob: User, sue: User, as_user: AsUser) -> None:
    answer = as_user(sue).post(f"/api/v1/users/{bob.pk}/password/", {"new_password": TYPED})
    assert answer.status_code == 204


def on_the_page(bob: User, sue: User, as_user: AsUser) -> None:
    client = Client()
    client.force_login(bob)
    form = {"current_password": PASSWORD, "new_password": TYPED, "again": TYPED}
    assert client.post("/dashboard/password/", form).status_code == 302


def in_the_admin(bob: User, sue: User, as_user: AsUser) -> None:
    client = Client()
    client.force_login(sue)
    form = {"usable_password": "true", "password1": TYPED, "password2": TYPED}
    assert client.post(f"/admin/users/user/{bob.pk}/password/", form).status_code == 302


@pytest.mark.parametrize("setting", [by_its_owner, by_staff, on_the_page, in_the_admin])
def test_password_is_set_as_it_was_typed(
    bob: User, make_user: Callable[..., User], as_user: AsUser, setting: Callable[[User, User, AsUser], None]
) -> None:
    setting(bob, make_user("sue", is_staff=True, is_superuser=True), as_user)
    bob.refresh_from_db()
    assert (bob.check_password(TYPED), bob.check_password(TYPED.strip())) == (True, False)


@pytest.mark.parametrize(("typed", "is_right"), [(TYPED, True), (TYPED.strip(), False)])
def test_password_is_checked_as_it_was_typed(staff: User, as_user: AsUser, typed: str, is_right: bool) -> None:
    staff.set_password(TYPED)
    staff.save()
    names = {"username": "sue", "password": typed}
    client, browser = as_user(staff), Client()
    answers = [
        client.post("/api/v1/auth/login/", names),
        client.post("/api/v1/auth/session/", names),
        client.post("/api/v1/auth/tokens/", {"name": "x", "password": typed}),
        client.patch("/api/v1/users/me/", {"email": "sue@example.org", "current_password": typed}),
        browser.post("/login/", names),
    ]
    assert [answer.status_code < 400 for answer in answers] == [is_right] * 5
    assert (Client().post("/admin/login/", names).status_code == 302) == is_right

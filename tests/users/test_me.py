"""GET users/me/."""

from collections.abc import Callable

from rest_framework.test import APIClient

from users.models import User


def test_own_account_is_read(bob: User, as_user: Callable[[User], APIClient]) -> None:
    answer = as_user(bob).get("/api/v1/users/me/")
    assert answer.status_code == 200
    assert (answer.data["id"], answer.data["username"], answer.data["email"]) == (bob.pk, "bob", "bob@example.org")
    assert "password" not in answer.data

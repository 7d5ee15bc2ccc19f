"""The last active superuser stays, whoever wants otherwise, and however many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from rest_framework.test import APIClient

from users.models import User
from users.policy import LastSuperuser, keeping_a_superuser
from users.staff import change_account

AsUser = Callable[[User], APIClient]
USERS = "/api/v1/users/"


@pytest.fixture
def root(make_user: Callable[..., User]) -> User:
    """Return the only superuser."""
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": False}, {"is_staff": False}, None])
def test_api_refuses_with_409(root: User, as_user: AsUser, change: dict[str, bool] | None) -> None:
    client, address = as_user(root), f"{USERS}{root.pk}/"
    answer = client.patch(address, change) if change else client.delete(address)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_superuser")
    root.refresh_from_db()
    assert root.is_active
    assert root.is_superuser
    assert root.is_staff
    assert client.get(address).status_code == 200  # its token lives on


def test_one_of_two_may_go(root: User, make_user: Callable[..., User], as_user: AsUser) -> None:
    second = make_user("second", is_staff=True, is_superuser=True)
    make_user("inactive", is_staff=True, is_superuser=True, is_active=False)
    make_user("outside", is_staff=False, is_superuser=True)
    client = as_user(root)
    assert client.delete(f"{USERS}{second.pk}/").status_code == 204
    assert client.delete(f"{USERS}{root.pk}/").status_code == 409  # of the others none gets in


def test_where_there_is_none_nothing_is_kept(bob: User, staff: User) -> None:
    change_account(by=staff, account=bob, changes={"is_active": False})
    assert not User.objects.get(pk=bob.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_that_take_each_others_place_away_leave_one() -> None:
    for _ in range(5):
        User.objects.all().delete()
        pair = [
            User.objects.create(username=name, password="x", is_staff=True, is_superuser=True) for name in ("a", "b")
        ]
        barrier = Barrier(2)

        def demote(by: User, account: User, barrier: Barrier = barrier) -> str:
            try:
                barrier.wait()
                change_account(by=by, account=account, changes={"is_superuser": False})
            except LastSuperuser:
                return "refused"
            else:
                return "done"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            # Each demotes its own account: to demote the other's it would have to be a superuser still.
            answers = [pool.submit(demote, user, user) for user in pair]
        assert sorted(answer.result() for answer in answers) == ["done", "refused"]
        assert User.objects.filter(is_superuser=True).count() == 1


def test_any_code_can_ask_for_the_same(root: User) -> None:
    with pytest.raises(LastSuperuser), keeping_a_superuser():
        root.delete()
    assert User.objects.filter(username="root").exists()

"""Who locks an account has it for themselves until their transaction ends."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import RequestFactory

from auth_api.services import log_out_everywhere
from users.models import User
from users.policy import locked

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("lock", [User.objects.lock, locked])
def test_second_one_waits_and_sees_what_the_first_has_done(lock: Callable[[User], object]) -> None:
    bob = User.objects.create(username="bob", password="x")

    def lock_after() -> str:
        try:
            with transaction.atomic():
                lock(bob)
                return User.objects.values_list("password", flat=True).get(pk=bob.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            lock(bob)
            waiting = other.submit(lock_after)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            User.objects.filter(pk=bob.pk).update(password="y")
        assert waiting.result() == "y"


@pytest.mark.parametrize("delete", ["delete_model", "delete_queryset"])
def test_deletion_in_the_admin_and_logout_everywhere_do_not_wait_for_each_other(
    make_user: Callable[..., User], rf: RequestFactory, staff: User, delete: str
) -> None:
    bob = make_user("bob")
    bob.auth_tokens.issue()
    has_deleted_tokens = Event()

    def pause(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if sql.startswith('DELETE FROM "users_user"'):
            has_deleted_tokens.set()
            time.sleep(0.5)
        return execute(sql, *arguments)

    def leave() -> None:
        has_deleted_tokens.wait(5)
        try:
            log_out_everywhere(request=rf.post("/"), user=bob)
        finally:
            connection.close()

    asked = rf.post("/")
    asked.user = staff
    whom = User.objects.get(pk=bob.pk) if delete == "delete_model" else User.objects.filter(pk=bob.pk)
    with ThreadPoolExecutor(1) as other, connection.execute_wrapper(pause):
        leaving = other.submit(leave)
        getattr(admin.site.get_model_admin(User), delete)(asked, whom)
        leaving.result()
    assert not User.objects.filter(pk=bob.pk).exists()

"""Who locks an account has it for themselves until their transaction ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

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

"""Compiled statements find and write what the ORM does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.db.transaction import TransactionManagementError
from django.forms import model_to_dict
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import LoginLog
from auth_api.models import AuthToken, Guess
from users.insertion import insert, unsaved
from users.models import User
from users.statements import Prepared, execute, instance_of

guesses_of = Prepared(
    lambda account, since: (
        Guess.objects.filter(account=account, taken_at__gt=since)
        .order_by("id")
        .values_list("id", "taken_at", "failed_at", "is_cleared")
    ),
    account=str,
    since=datetime,
)


@pytest.mark.django_db
def test_rows_are_those_of_the_queryset_with_other_values_each_time() -> None:
    now = timezone.now()
    for number in range(6):
        Guess.objects.create(
            account="bob" if number % 2 else "sue",
            network="192.0.2.1",
            taken_at=now - number * timedelta(minutes=1),
            failed_at=now if number > 3 else None,
            is_cleared=number == 5,
        )
    for account in ("bob", "sue", "o'brien %s", "latchkey-marker-0"):
        for since in (now - timedelta(minutes=4), now - timedelta(days=1), datetime(2030, 1, 1, tzinfo=UTC)):
            rows = guesses_of.rows(account=account, since=since)
            assert rows == list(guesses_of.build(account=account, since=since))


@pytest.mark.django_db
def test_statement_is_compiled_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    built: list[str] = []

    def build(name: str) -> Any:
        built.append(name)
        return User.objects.filter(username=name).values_list("pk")

    prepared = Prepared(build, name=str)
    with django_assert_num_queries(3):
        for name in ("bob", "sue", "bob"):
            prepared.rows(name=name)
    assert len(built) == 1


@pytest.mark.django_db
def test_inserted_row_is_the_one_that_save_would_write() -> None:
    def row(username: str) -> LoginLog:
        return LoginLog(
            user_id=7,
            username=username,
            ip_address="2001:db8::1",
            user_agent="curl/8 ☃ %s",
            is_success=False,
            failure_reason="wrong_password",
            entrance="api",
            token_id="0d1c7d3e-36a4-4a0f-9a80-000000000000",
            peer="192.0.2.1",
            login_time=datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC),
        )

    saved, inserted = row("saved"), row("inserted")
    saved.save(force_insert=True)
    insert(inserted)

    assert inserted.pk == saved.pk + 1
    assert not inserted._state.adding
    first, second = (LoginLog.objects.get(pk=each.pk) for each in (saved, inserted))
    differing = {"id", "username"}
    assert model_to_dict(first, exclude=differing) == model_to_dict(second, exclude=differing)
    assert first.address_fine == second.address_fine is not None


def test_unsaved_row_is_the_one_that_the_constructor_would_make() -> None:
    given: dict[str, Any] = {"user_id": 7, "username": "bob", "token_id": UUID(int=1)}
    moment = timezone.now()
    made, constructed = unsaved(LoginLog, **given, login_time=moment), LoginLog(**given, login_time=moment)
    assert made.__dict__ | {"_state": None} == constructed.__dict__ | {"_state": None}
    assert (made._state.adding, made._state.db, made._state.fields_cache) == (True, None, {})
    assert unsaved(LoginLog).login_time > moment
    assert unsaved(AuthToken).pk != unsaved(AuthToken).pk


@pytest.mark.django_db
def test_insert_sends_the_signals_of_models() -> None:
    heard: list[tuple[str, object]] = []

    def before(instance: Guess, **kwargs: object) -> None:
        heard.append(("before", instance.pk))

    def after(instance: Guess, created: bool, **kwargs: object) -> None:
        heard.append(("after", created))

    pre_save.connect(before, sender=Guess)
    post_save.connect(after, sender=Guess)
    try:
        insert(Guess(account="bob", network="192.0.2.1"))
    finally:
        pre_save.disconnect(before, sender=Guess)
        post_save.disconnect(after, sender=Guess)
    assert heard == [("before", None), ("after", True)]


@pytest.mark.django_db
def test_statement_without_rows_is_run() -> None:
    guess = Guess.objects.create(account="bob", network="192.0.2.1")
    execute("DELETE FROM auth_api_guess WHERE id = %s", guess.pk)
    assert not Guess.objects.exists()


@pytest.mark.django_db
def test_instance_of_a_row_is_the_one_that_the_orm_would_make() -> None:
    User.objects.create_user("bob", email="bob@example.org", password="x" * 12)
    expected = User.objects.get(username="bob")
    found = Prepared(lambda name: User.objects.filter(username=name), name=str).rows(name="bob")
    instance = instance_of(User, found[0])
    assert (type(instance), instance.__dict__ | {"_state": None}) == (User, expected.__dict__ | {"_state": None})
    assert instance._state.__dict__ == expected._state.__dict__
    assert not instance._state.fields_cache
    instance.first_name = "Bob"
    instance.save()
    assert User.objects.get(username="bob").first_name == "Bob"


@pytest.mark.django_db
def test_transaction_that_is_broken_takes_no_more_statements() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            execute("UPDATE users_user SET last_login = NULL")
        transaction.set_rollback(False)

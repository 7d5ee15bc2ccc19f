"""The account and its names."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from users.models import User

MakeUser = Callable[..., User]


def test_name_is_stored_normalised_whichever_way_it_comes(db: None) -> None:
    by_manager = User.objects.create_user(" Bob ")
    by_save = User(username="ALICE")
    by_save.save()
    User.objects.filter(pk=by_manager.pk).update(username="ROBERT")

    assert set(User.objects.values_list("username", flat=True)) == {"robert", "alice"}
    assert by_save.username == "alice"


def test_name_is_looked_up_normalised(bob: User) -> None:
    assert User.objects.get(username="\uff22OB ") == bob


def test_second_spelling_is_no_second_account(bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("BOB")


def test_name_has_no_at_sign(db: None) -> None:
    with pytest.raises(ValidationError, match="letters, digits"):
        User(username="bob@example.org", password="x").full_clean()


def test_email_is_unique_without_regard_to_case(bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("carol", email="BOB@Example.ORG")
    with pytest.raises(ValidationError, match="email address already exists"):
        User(username="carol", email="BOB@Example.ORG", password="x").full_clean()


def test_any_number_of_accounts_have_no_email(make_user: MakeUser) -> None:
    make_user("dora")
    make_user("emil")
    assert User.objects.filter(email="").count() == 2


@pytest.mark.parametrize("login", ["bob", " BOB", "bob@example.org", "Bob@EXAMPLE.org"])
def test_account_is_found_by_name_or_email(bob: User, login: str) -> None:
    assert User.objects.find_by_login(login) == bob


@pytest.mark.parametrize("login", ["", "@", "nobody", "no@body", "bob\0", "\ud800", "x" * 20_000])
def test_other_text_finds_nobody(bob: User, login: str) -> None:
    assert User.objects.find_by_login(login) is None

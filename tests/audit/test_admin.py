"""The login log in the admin."""

import pytest
from django.test import Client

from audit.models import LoginLog
from users.models import User

LIST = "/admin/audit/loginlog/"
ADD_USER = "/admin/users/user/add/"
PASSWORDS = {"usable_password": "true", "password1": "a fine passphrase", "password2": "a fine passphrase"}


@pytest.fixture
def row(db: None) -> LoginLog:
    return LoginLog.objects.create(username="bob", is_success=True, entrance="api")


def test_log_is_shown_newest_first(admin_client: Client, row: LoginLog) -> None:
    LoginLog.objects.create(username="zoe", is_success=False, entrance="api")
    page = admin_client.get(LIST).content.decode()
    assert 0 < page.index("zoe") < page.index("bob")


def test_row_can_be_read_and_not_touched(admin_client: Client, row: LoginLog) -> None:
    url = f"{LIST}{row.pk}/change/"
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"username": "other"}).status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{LIST}add/").status_code == 403
    row.refresh_from_db()
    assert row.username == "bob"


def test_no_action_deletes(admin_client: Client, row: LoginLog) -> None:
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert LoginLog.objects.filter(pk=row.pk).exists()


def test_row_of_an_account_that_is_gone_can_be_read(admin_client: Client, row: LoginLog, bob: User) -> None:
    orphan = LoginLog.objects.create(user=bob, username="bob", is_success=True, entrance="api")
    bob.delete()
    assert admin_client.get(LIST).status_code == 200
    assert admin_client.get(f"{LIST}{orphan.pk}/change/").status_code == 200


def test_accounts_are_managed_with_djangos_user_admin(admin_client: Client, bob: User) -> None:
    assert "bob@example.org" in admin_client.get("/admin/users/user/").content.decode()
    assert admin_client.get(f"/admin/users/user/{bob.pk}/change/").status_code == 200
    assert admin_client.post(ADD_USER, {"username": "Eve"} | PASSWORDS).status_code == 302
    assert User.objects.filter(username="eve").exists()


def test_second_spelling_is_refused_in_words(admin_client: Client, bob: User) -> None:
    answer = admin_client.post(ADD_USER, {"username": "BOB"} | PASSWORDS)
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()

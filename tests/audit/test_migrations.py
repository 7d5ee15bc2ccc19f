"""What the migrations do with rows that are there."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import LoginLog
from audit.networks import Parts, parts_of_text

migration = import_module("audit.migrations.0004_keyset_and_counts")
pytestmark = pytest.mark.django_db(transaction=True)
PARTS = [f"address_{part}" for part in Parts._fields]
ADDRESSES = [*(f"10.1.{number}.7" for number in range(20)), "2001:db8::1", None, "10.1.0.7"]


@pytest.fixture
def rows_without_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as past:
        past.setattr("audit.fields.parts_of_text", lambda text: None)
        LoginLog.objects.bulk_create(LoginLog(ip_address=address, is_success=True) for address in ADDRESSES)
    assert not LoginLog.objects.filter(address_fine__isnull=False).exists()


def fill_parts() -> int:
    """Fill, and return with how many statements."""
    with CaptureQueriesContext(connection) as captured, connection.schema_editor() as editor:
        migration.fill_parts(apps, editor)
    return len(captured)


@pytest.mark.usefixtures("rows_without_parts")
@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_rows_are_given_their_addresses_in_parts(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(migration, "BATCH", batch)
    fill_parts()
    filled = LoginLog.objects.order_by("id").values_list("ip_address", *PARTS)
    assert [row[0] for row in filled] == ADDRESSES
    assert [row[1:] for row in filled] == [parts_of_text(text) or (None,) * 4 for text in ADDRESSES]


@pytest.mark.usefixtures("rows_without_parts")
def test_statements_that_give_them_do_not_grow_with_the_addresses() -> None:
    with_many = fill_parts()
    assert with_many < len(set(ADDRESSES))

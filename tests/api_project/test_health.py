"""/healthz and /readyz."""

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries


def test_process_is_alive_without_the_database(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_service_is_ready_when_all_migrations_are_applied(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_service_is_not_ready_while_a_migration_is_pending(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="audit").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrations are pending"})
    assert answer["Retry-After"]


def test_service_is_not_ready_without_its_database(client: Client) -> None:
    with patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=OperationalError("gone")):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_probes_are_only_read(client: Client, method: str, path: str) -> None:
    answer = client.generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_have_their_head(client: Client, path: str) -> None:
    assert client.head(path).status_code == 200

"""The line on the logger ``audit``."""

import json
import logging

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from api_project.logs import LineFormatter
from tests.conftest import PASSWORD
from users.models import User


def formatted(record: logging.LogRecord) -> dict[str, object]:
    line: dict[str, object] = json.loads(LineFormatter().format(record))
    return line


def test_each_attempt_is_one_line(
    bob: User,
    api: APIClient,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with caplog.at_level("INFO", logger="audit"), django_capture_on_commit_callbacks(execute=True):
        for password in (PASSWORD, "wrong"):
            api.post("/api/v1/auth/login/", {"username": "bob", "password": password}, HTTP_X_REQUEST_ID="request-1")

    lines = [formatted(record) for record in caplog.records]
    assert [(line["logger"], line["message"], line["is_success"]) for line in lines] == [
        ("audit", "login", True),
        ("audit", "login", False),
    ]
    assert {(line["username"], line["request_id"], line["entrance"]) for line in lines} == {("bob", "request-1", "api")}
    assert lines[1]["failure_reason"] == "wrong_password"
    assert set(lines[0]) == {
        "time", "level", "logger", "message", "login_id", "user_id", "username", "ip_address", "user_agent",
        "is_success", "failure_reason", "entrance", "token_id", "session_id", "request_id",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_attempt_that_is_rolled_back_leaves_no_line(api: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="audit"), transaction.atomic():
        api.post("/api/v1/auth/login/", {"username": "bob", "password": "wrong"})
        transaction.set_rollback(True)
    assert caplog.records == []

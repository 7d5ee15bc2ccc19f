"""Rows of lists are written as REST framework writes rows one by one."""

from datetime import UTC, datetime

import pytest

from audit.models import LoginLog
from audit.serializers import COLUMNS, LoginLogSerializer

FULL = {
    "user_id": 7,
    "username": "b\u00f6b",
    "login_time": datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC),
    "ip_address": "2001:db8::1",
    "user_agent": "curl/8",
    "is_success": True,
    "entrance": "api",
    "token_id": "0d1c7d3e-36a4-4a0f-9a80-000000000000",
    "session_id": "0d1c7d3e-36a4-4a0f-9a80-000000000001",
    "request_id": "r-1",
}
BARE = {
    "username": "",
    "login_time": datetime(2026, 1, 1, tzinfo=UTC),
    "is_success": False,
    "failure_reason": "wrong_password",
    "entrance": "page",
}


@pytest.mark.django_db
@pytest.mark.parametrize("columns", [FULL, BARE])
def test_row_is_written_the_same_field_by_field_and_at_once(columns: dict[str, object]) -> None:
    LoginLog.objects.create(**columns)
    at_once = LoginLogSerializer(LoginLog.objects.values(*COLUMNS).get()).data
    field_by_field = LoginLogSerializer(LoginLog.objects.get()).data
    assert at_once == field_by_field
    assert list(at_once) == list(field_by_field)

"""JSON is written as REST framework writes it."""

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from api_project.renderers import FastJSONRenderer
from users.vocabulary import Entrance

VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    2**64,
    10**30,
    1.5,
    "",
    "ä€😀",
    'quotes " and \\ and \n\t\r\x00\x1f\x7f',
    "line\u2028paragraph\u2029",
    "</script>",
    [],
    {},
    (1, 2),
    {"nested": [{"a": None}, []]},
    {1: "a key that is no text"},
    {"é": "é"},
    ErrorDetail("wrong", "invalid"),
    Entrance.API,
    gettext_lazy("Invalid token."),
    uuid.UUID(int=1),
    Decimal("1.10"),
    date(2026, 1, 2),
    datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
    time(1, 2, 3),
    timedelta(hours=1, microseconds=5),
    ReturnDict({"a": 1}, serializer=Serializer()),
    ReturnList([1], serializer=Serializer()),
    b"bytes",
    {1},
    (item for item in [1]),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("media_type", ["application/json", "application/json; indent=4", None])
def test_value_is_written_as_rest_framework_writes_it(value: Any, media_type: str | None) -> None:
    data = value if value is None else {"value": list(value) if hasattr(value, "send") else value}
    expected = JSONRenderer().render(data, media_type, {})
    assert FastJSONRenderer().render(data, media_type, {}) == expected


def test_what_is_no_json_is_refused_likewise() -> None:
    with pytest.raises(TypeError):
        FastJSONRenderer().render({"value": object()}, "application/json", {})


def test_common_values_need_no_second_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JSONRenderer, "render", None)
    data = {"results": [{"id": 1, "time": "2026-01-01T00:00:00Z", "is_success": True, "address": None}]}
    assert FastJSONRenderer().render(data, "application/json", {}).startswith(b'{"results":[')

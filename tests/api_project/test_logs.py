"""Lines of the log are JSON, whatever stands in them."""

import json
import logging
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.utils.module_loading import import_string


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("bob", "bob"),
        ("ä€😀 \u2028", "ä€😀 \u2028"),
        ('"\n\\', '"\n\\'),
        ("half a character: \ud800", "half a character: \ud800"),
        (2**70, 2**70),
        (None, None),
        (UUID(int=1), str(UUID(int=1))),
        ({"a": [1]}, {"a": [1]}),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (OSError("gone"), None),
    ],
    ids=repr,
)
def test_every_line_is_written(value: Any, written: Any) -> None:
    options: dict[str, Any] = dict(settings.LOGGING["formatters"]["json"])  # type: ignore[index]  # the stubs say object
    formatter = import_string(options.pop("()"))(**options)
    record = logging.LogRecord("audit", logging.INFO, __file__, 1, "login", None, None)
    record.value = value
    line = formatter.format(record)
    assert "\n" not in line
    loaded = json.loads(line)
    assert (loaded["level"], loaded["logger"], loaded["message"]) == ("INFO", "audit", "login")
    assert written is None or loaded["value"] == written

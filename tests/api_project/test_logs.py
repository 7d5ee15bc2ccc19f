"""Lines of the log are JSON, whatever stands in them."""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from gunicorn.glogging import Logger as GunicornLogger

from api_project.logs import LineFormatter


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
    record = logging.LogRecord("audit", logging.INFO, __file__, 1, "login", None, None)
    record.value = value
    line = LineFormatter().format(record)
    assert "\n" not in line
    loaded = json.loads(line)
    assert (loaded["level"], loaded["logger"], loaded["message"]) == ("INFO", "audit", "login")
    assert written is None or loaded["value"] == written


def test_line_says_when_and_what_went_wrong() -> None:
    failure = OSError("disk full")
    record = logging.LogRecord("audit", logging.ERROR, __file__, 1, "%s failed", ("it",), (OSError, failure, None))
    record.stack_info = "where it was"
    for record.created, record.msecs in ((1763641664.9999, 999.9), (1763641665.0, 0.0), (1763641664.5, 500.0)):
        line = json.loads(LineFormatter().format(record))
        assert line["time"] == logging.Formatter().formatTime(record)
    assert (line["level"], line["message"], line["stack_info"]) == ("ERROR", "it failed", "where it was")
    assert line["exc_info"] == "OSError: disk full"


def make_record(**extra: object) -> logging.LogRecord:
    return logging.getLogger("audit").makeRecord("audit", logging.INFO, __file__, 1, "login", (), None, extra=extra)


def test_line_has_what_was_added_and_nothing_else() -> None:
    line = json.loads(LineFormatter().format(make_record(login_id=7, request="GET /?token=secret", level="mine")))
    assert list(line) == ["time", "level", "logger", "message", "login_id"]
    assert line["level"] == "INFO"


def test_the_servers_own_lines_can_still_be_written() -> None:
    line = logging.Formatter(GunicornLogger.error_fmt, GunicornLogger.datefmt).format(make_record())
    assert f"[{os.getpid()}] [INFO] login" in line

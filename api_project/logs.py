"""How a line of the log is written."""

import json
import logging
import time
from functools import lru_cache
from typing import Any

import orjson

# No line of ours says from which file, thread or task it comes, and to find out takes longer than to write it. (The
# process is in gunicorn's lines.) https://docs.python.org/3/howto/logging.html#optimization
logging.logThreads = logging.logMultiprocessing = False
setattr(logging, "_srcfile", None)  # noqa: B010 - likewise, and missing in the stubs
setattr(logging, "logAsyncioTasks", False)  # noqa: B010 - not in Python 3.11, where it does nothing

OWN = {"time", "level", "logger", "message"}
# What each record has, and what the line has no room for: Django adds the request, which would print its query string.
RESERVED = {*vars(logging.makeLogRecord({})), "asctime", "request", *OWN}


class LineFormatter(logging.Formatter):
    """Writes a line of JSON: when, how bad, who, what, and what the record says beside that."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": f"{in_words(int(record.created))},{int(record.msecs):03d}",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in RESERVED},
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack_info"] = self.formatStack(record.stack_info)
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # what orjson refuses, such as half a character from a URL
            return json.dumps(line, default=str)


@lru_cache(maxsize=2)  # lines of one second have it in common
def in_words(second: int) -> str:
    """Return the time as logging writes it."""
    return time.strftime(logging.Formatter.default_time_format, time.localtime(second))


def configuration(*, is_json: bool) -> dict[str, Any]:
    """Return the setting ``LOGGING``: a line for each event on standard error, of JSON or for people to read."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "api_project.logs.LineFormatter"},
            "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        },
        "filters": {
            # What is the database's failure has a line of its own, and a flood of logins would bury it.
            "but_503": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda record: getattr(record, "status_code", None) != 503,
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if is_json else "text"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        # Django's own handlers would print each line a second time, or send it by e-mail.
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # A line for every 4xx would bury those that call for somebody.
            "django.request": {"level": "ERROR", "filters": ["but_503"]},
            # Neither would a traceback for every scanner; the answer says what is wrong.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.RequestDataTooBig": {"level": "CRITICAL"},
            "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        },
    }

"""The vocabulary of authentication attempts: where they are made, and why they are refused."""

import math
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail


class Entrance(models.TextChoices):
    """Where the attempt was made."""

    API = "api", _("API")
    SESSION = "session", _("JSON session")
    PAGE = "page", _("web page")
    ADMIN = "admin", _("admin")
    OTHER = "other", _("other")


class FailureReason(models.TextChoices):
    """Why the attempt was refused. For the log's readers only: the client is never told."""

    UNKNOWN_USER = "unknown_user", _("unknown user")
    WRONG_PASSWORD = "wrong_password", _("wrong password")
    UNUSABLE_PASSWORD = "unusable_password", _("account without a password")
    INACTIVE = "inactive", _("inactive account")
    LOCKED_OUT = "locked_out", _("locked out")
    OVERLOADED = "overloaded", _("too many password checks at once")
    NOT_PERMITTED = "not_permitted", _("not permitted at this entrance")
    MALFORMED = "malformed", _("malformed request")
    OTHER = "other", _("other")


class TurnedAway(APIException):
    """The attempt was refused before its password was looked at. ``wait`` is what Retry-After says, in seconds."""

    failure_reason: ClassVar[FailureReason]

    def __init__(self, wait: timedelta) -> None:
        self.wait = max(1, math.ceil(wait.total_seconds()))
        super().__init__()


class LockedOut(TurnedAway):
    """429: too many failures. The right password is refused as well."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "locked_out"
    default_detail = _("Too many failed logins.")  # here, where makemessages finds it: not so in an f-string
    failure_reason = FailureReason.LOCKED_OUT

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.detail = ErrorDetail(f"{self.default_detail} {in_words(self.wait)}", self.default_code)


class Overloaded(TurnedAway):
    """503: more passwords are waiting to be checked than the process can take on, or it has no memory for this one."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "overloaded"
    default_detail = _("Too many people are logging in at the moment. Try again shortly.")
    failure_reason = FailureReason.OVERLOADED


TURNED_AWAY = {refusal.failure_reason: refusal for refusal in (LockedOut, Overloaded)}


def in_words(seconds: int) -> str:
    """Return when to try again, rounded up to minutes or, from two hours on, to hours."""
    minutes = math.ceil(seconds / 60)
    if minutes < 120:
        text = ngettext("Try again in %(count)d minute.", "Try again in %(count)d minutes.", minutes)
        return text % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("Try again in %(count)d hour.", "Try again in %(count)d hours.", hours) % {"count": hours}

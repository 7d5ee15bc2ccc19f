"""What is known of an authentication attempt between its check and its row.

Django's ``user_login_failed`` says neither which account was meant nor why it was refused. Whoever decides notes both
here, beside the request; whoever records reads them.
"""

from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakKeyDictionary, WeakSet

from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from users.models import User
from users.vocabulary import TURNED_AWAY, Entrance, FailureReason, TurnedAway


@dataclass(slots=True)
class Attempt:
    """One check of credentials. ``failure_reason`` is None when they were right.

    ``device`` is what the device is called if it is known: the request shows something else that opens the account.
    ``wait`` is for how long it was turned away, if it was. Not the exception: with its traceback it would keep the
    request, and the password, for ever.
    """

    username: str
    user: User | None
    failure_reason: FailureReason | None = None
    device: str = ""
    wait: timedelta = timedelta(0)
    is_recorded: bool = False


_entrances: WeakKeyDictionary[HttpRequest, Entrance] = WeakKeyDictionary()
_attempts: WeakKeyDictionary[HttpRequest, list[Attempt]] = WeakKeyDictionary()
_awaited: WeakSet[HttpRequest] = WeakSet()
_logging_in: WeakSet[HttpRequest] = WeakSet()


def enter(request: HttpRequest, entrance: Entrance, *, login_follows: bool = True) -> None:
    """Say where the request asks to be let in, and whether a login follows if its credentials are right.

    To be called before ``authenticate()``. Where nobody says that one follows, right credentials are recorded as soon
    as they are checked, since nothing may follow.
    """
    inner = underlying(request)
    _entrances[inner] = entrance
    if login_follows:
        _logging_in.add(inner)
    else:
        _logging_in.discard(inner)


def entrance_of(request: HttpRequest | None) -> Entrance:
    """Return where the request asked to be let in."""
    return _entrances.get(underlying(request), Entrance.OTHER) if request else Entrance.OTHER


def is_login(request: HttpRequest | None) -> bool:
    """Whether a login follows right credentials."""
    return request is not None and underlying(request) in _logging_in


def note(request: HttpRequest, attempt: Attempt) -> None:
    """Keep the attempt as long as the request lives."""
    _attempts.setdefault(underlying(request), []).append(attempt)


def noted(request: HttpRequest | None) -> list[Attempt]:
    """Return the attempts noted on the request, the last one at the end."""
    return _attempts.get(underlying(request), []) if request else []


def latest(request: HttpRequest | None) -> Attempt | None:
    """Return the last attempt noted on the request."""
    attempts = noted(request)
    return attempts[-1] if attempts else None


def await_outcome(request: HttpRequest) -> None:
    """Say that something is to be written together with the row of the request's attempt, or neither of them."""
    _awaited.add(underlying(request))


def is_awaited(request: HttpRequest | None) -> bool:
    """Whether something is written together with the row."""
    return request is not None and underlying(request) in _awaited


def turned_away(request: HttpRequest | None) -> TurnedAway | None:
    """Return why the last attempt's password was not looked at, if it was not. For callers of ``authenticate()``."""
    attempt = latest(request)
    if attempt is None or attempt.failure_reason not in TURNED_AWAY:
        return None
    return TURNED_AWAY[attempt.failure_reason](attempt.wait)


def underlying(request: HttpRequest) -> HttpRequest:
    """Return Django's request, also from the one that REST framework wraps around it."""
    inner: HttpRequest = getattr(request, "_request", request)
    return inner


def refuse(request: HttpRequest, *, username: str, reason: FailureReason) -> None:
    """Count as failed an attempt that ``authenticate()`` did not refuse. Sends ``user_login_failed``."""
    note(request, Attempt(username=username, user=User.objects.find_by_login(username), failure_reason=reason))
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)

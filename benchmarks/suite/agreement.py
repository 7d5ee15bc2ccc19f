"""Whether all that are compared do the same: else nothing is measured."""

import json
from collections.abc import Callable

from benchmarks.accounts import FIRST
from benchmarks.contenders import Contender

# Takes headers, returns status and body.
Ask = Callable[[dict[str, str]], tuple[int, str]]


class DisagreementError(Exception):
    """A contender answers something else than the others."""


def check(contender: Contender, ask: Ask, key: str) -> None:
    """See that the token opens the account, and that another one, or none, does not.

    Raises:
        DisagreementError: it is not so.
    """
    status, body = ask(contender.with_token(key))
    if status != 200 or json.loads(body) != FIRST:
        raise DisagreementError(f"{contender.title} answered its token with {status}: {body}")
    if not contender.checks_tokens:
        return
    for headers in (contender.with_token(forged(key)), {}):
        status, body = ask(headers)
        if status != contender.refusal:
            raise DisagreementError(f"{contender.title} answered {headers} with {status}: {body}")


def forged(key: str) -> str:
    """Return a key that looks like the other, and is none."""
    return key[:-8] + key[-8:].swapcase() if key[-8:].swapcase() != key[-8:] else key[:-8] + "0" * 8

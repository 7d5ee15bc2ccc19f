"""Every code that the API can answer is listed, in the OpenAPI document and in the README."""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from rest_framework import exceptions

import api_project.urls  # noqa: F401 - which imports every module that has an exception
from api_project.codes import CODES
from tests.openapi import Document
from users.vocabulary import TurnedAway

ROOT = Path(__file__).resolve().parents[2]
# Anything is accepted as an answer, no throttle of REST framework's is used, and the last is raised by its heirs alone.
NEVER = {exceptions.NotAcceptable, exceptions.Throttled, TurnedAway}
ANSWER = {"AuthenticationFailed", "PermissionDenied", "refuse"}  # what is called with a code that is sent


def heirs(parent: type[exceptions.APIException]) -> Iterator[type[exceptions.APIException]]:
    yield parent
    for heir in parent.__subclasses__():
        yield from heirs(heir)


def of_exceptions() -> set[tuple[str, int]]:
    """Return the code and the status of each exception that the API answers."""
    others = ("dashboard.", "tests.")  # pages say it in words
    mine = {each for each in heirs(exceptions.APIException) if not each.__module__.startswith(others)}
    return {(each.default_code, each.status_code) for each in mine - NEVER}


def of_calls() -> set[str]:
    """Return the codes that the code says where it refuses something."""
    packages = ("api_project", "auth_api", "audit", "users")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return {
        str(word.value.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ANSWER
        for word in call.keywords
        if word.arg == "code" and isinstance(word.value, ast.Constant)
    }


def test_every_code_is_listed_with_its_statuses() -> None:
    listed = {(code, status) for code, (statuses, _) in CODES.items() for status in statuses}
    assert of_exceptions() <= listed
    assert {"token_expired", "bad_http", "request_timeout"} <= of_calls()  # or this looks in the wrong places
    assert of_calls() | {code for code, _ in of_exceptions()} == set(CODES)


def test_code_that_no_exception_has_comes_with_the_statuses_listed() -> None:
    statuses = {code: CODES[code][0] for code in CODES.keys() - {code for code, _ in of_exceptions()}}
    assert statuses == {"bad_http": (400, 414, 417, 431), "request_timeout": (408,), "token_expired": (401,)}


def test_document_lists_the_codes(document: Document) -> None:
    error, invalid = (document["components"]["schemas"][name]["properties"] for name in ("Error", "ValidationError"))
    assert error["code"]["x-extensible-enum"] == list(CODES)
    of_400 = [code for code, (statuses, _) in CODES.items() if HTTPStatus.BAD_REQUEST in statuses]
    assert invalid["code"]["x-extensible-enum"] == of_400
    assert all(f"`{code}`" in error["code"]["description"] for code in CODES)


def test_readme_lists_the_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d, ]+) \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert rows == [(code, ", ".join(map(str, statuses)), when) for code, (statuses, when) in CODES.items()]

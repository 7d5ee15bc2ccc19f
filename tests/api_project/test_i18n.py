"""Words in the reader's language."""

import gettext
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.parts import missing
from users.models import User

ROOT = Path(__file__).resolve().parents[2]
CATALOG = Path("api_project/locale/de/LC_MESSAGES/django.po")

UNREADABLE = "kein UTF-8, oder eine Zahl, die nicht lesbar ist"


def messages(folder: Path) -> dict[str, str]:
    """Return the texts of a catalogue and their translations."""
    return dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', (folder / CATALOG).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Die Anmeldung mit diesen Zugangsdaten ist nicht möglich."),
        ("de-AT,en;q=0.5", "Die Anmeldung mit diesen Zugangsdaten ist nicht möglich."),
        ("en", "Unable to log in with the given credentials."),
        ("fr", "Unable to log in with the given credentials."),
        ("x" * 10_000, "Unable to log in with the given credentials."),
    ],
)
def test_answer_follows_accept_language(db: None, api: APIClient, language: str, words: str) -> None:
    credentials = {"username": "nobody", "password": "wrong"}
    answer = api.post("/api/v1/auth/login/", credentials, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.json() == {"non_field_errors": [words], "code": "invalid_credentials"}
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(
    "path",
    [
        "audit/login-logs/4711/",
        "auth/lockouts/4711/",
        "auth/tokens/5a0b6a5e-2f0e-4c64-9a3c-0d4f7b8f9f11/",
        "auth/sessions/5a0b6a5e-2f0e-4c64-9a3c-0d4f7b8f9f11/",
        "auth/tokens/4711/",
        "users/4711/",
    ],
)
def test_what_is_not_there_is_said_in_words_that_name_no_class(
    staff: User, as_user: Callable[[User], APIClient], path: str
) -> None:
    method = "delete" if "sessions" in path else "get"
    for language, words in (("en", "Not found."), ("de", "Nicht gefunden.")):
        answer = getattr(as_user(staff), method)(f"/api/v1/{path}", HTTP_ACCEPT_LANGUAGE=language)
        assert (answer.status_code, answer.json()) == (404, {"detail": words, "code": "not_found"})


@pytest.mark.parametrize(
    ("body", "english", "german"),
    [
        (b'{"username": "bob",\n bob}', "at line 2, column 2", "in Zeile 2, Spalte 2"),
        (b"{", "at line 1, column 2", "in Zeile 1, Spalte 2"),
        *((body, "not UTF-8, or a number that can't be read", UNREADABLE) for body in (b"\xff", b"NaN", b"9" * 5000)),
    ],
)
def test_json_that_is_none_is_said_where(db: None, api: APIClient, body: bytes, english: str, german: str) -> None:
    for language, words in (("en", f"JSON parse error - {english}"), ("de", f"JSON-Fehler - {german}")):
        answer = api.post("/api/v1/auth/login/", body, content_type="application/json", HTTP_ACCEPT_LANGUAGE=language)
        assert (answer.status_code, answer.json()) == (400, {"detail": words, "code": "parse_error"})


@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("/api/v1/auth/login/", "application/json, application/x-www-form-urlencoded, multipart/form-data"),
        ("/api/v1/users/", "application/json"),
    ],
)
def test_type_that_is_not_read_is_told_those_that_are(
    staff: User, as_user: Callable[[User], APIClient], path: str, types: str
) -> None:
    for language, words in (("en", f"This endpoint takes {types}."), ("de", f"Dieser Endpunkt nimmt {types} an.")):
        answer = as_user(staff).post(path, b"<x/>", content_type="text/xml", HTTP_ACCEPT_LANGUAGE=language)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        assert answer.json()["detail"].endswith(f" {words}")
        assert '"text/xml"' in answer.json()["detail"]


def test_every_text_is_translated_and_compiled() -> None:
    catalogue = messages(ROOT)
    with (ROOT / CATALOG).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [text for text in catalogue if compiled.gettext(text) != catalogue[text] or not catalogue[text]] == []


def test_catalogue_has_every_text_of_the_code(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        missing("xgettext (package gettext)")
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "tests"))
    command = ["makemessages", "--locale=de", "--no-obsolete", "--no-wrap", "--no-location"]
    settings = ["--settings=api_project.settings"]
    subprocess.run([sys.executable, "manage.py", *command, *settings], cwd=copy, capture_output=True, check=True)
    assert set(messages(copy)) == set(messages(ROOT)), "run `make messages`"

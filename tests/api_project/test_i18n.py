"""Words in the reader's language."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.parts import missing

ROOT = Path(__file__).resolve().parents[2]
CATALOG = Path("api_project/locale/de/LC_MESSAGES/django.po")


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

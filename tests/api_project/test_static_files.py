"""Static files, collected or not."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from api_project import settings as product

PAGES = ["/", "/login/", "/api/docs/", "/api/redoc/", "/nothing"]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Return the folder for collected files, which is not there yet; with the product's settings, not the tests'."""
    settings.STATIC_ROOT, settings.STORAGES = tmp_path / "static", product.STORAGES
    settings.MIDDLEWARE = product.MIDDLEWARE
    return tmp_path / "static"


def served(client: Client) -> list[str]:
    """Return the addresses of all files that the pages ask for, each of which is there."""
    pages = [client.get(page) for page in PAGES]
    assert [page.status_code for page in pages] == [200] * 4 + [404]
    found = {url for page in pages for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.content.decode())}
    for url in found:
        answer = client.get(url)
        assert answer.status_code == 200, url
        answer.close()
    return sorted(found)


@pytest.mark.django_db
def test_what_is_not_collected_is_served_from_where_it_lies(client: Client, folder: Path, settings: Settings) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    assert "/static/dashboard/latchkey.css" in served(client)


@pytest.mark.django_db
def test_what_is_collected_says_what_is_in_it(client: Client, folder: Path, settings: Settings) -> None:
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", "--no-input", "--verbosity", "0")
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", url) for url in served(client))


@pytest.mark.django_db
def test_page_does_not_fail_for_a_file_that_is_new(client: Client, folder: Path) -> None:
    folder.mkdir()
    (folder / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": {}, "hash": ""}))
    assert b"/static/dashboard/latchkey.css" in client.get("/login/").content

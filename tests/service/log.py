"""Reading the whole login log as a client does."""

from typing import Any

import httpx


def all_rows(client: httpx.Client) -> list[dict[str, Any]]:
    """Follow the pages to the end, and return the rows, newest first."""
    rows: list[dict[str, Any]] = []
    url: str | None = "/audit/login-logs/?page_size=200"
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["results"]
        url = page["next"]
    return rows

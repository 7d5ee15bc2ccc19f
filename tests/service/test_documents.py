"""The OpenAPI document, of a server that has just begun."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from tests.openapi import FILE
from tests.service.server import Server

READERS = 24


@pytest.mark.parametrize("server", [{"WORKERS": "1"}], indirect=True)
def test_first_readers_get_the_document_all_at_once(server: Server) -> None:
    together = Barrier(READERS)

    def read(_: int) -> tuple[int, bytes]:
        with httpx.Client(timeout=30) as client:
            client.get(f"{server.url}/healthz")
            together.wait()
            answer = client.get(f"{server.url}/api/schema/")
        return answer.status_code, answer.content

    with ThreadPoolExecutor(READERS) as pool:
        assert set(pool.map(read, range(READERS))) == {(200, FILE.read_bytes())}

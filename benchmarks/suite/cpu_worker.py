"""The process in which requests are measured, of Latchkey or of a peer: the whole handler, without a server.

It takes orders on standard input, a line of JSON each: ``{"headers": {...}, "count": 200}``. It answers each with a
line: the status and the body of the last answer, and the seconds that the process, all its threads, has had of the
processor. ``PEER`` chooses the project.
"""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

PATH = "/api/v1/users/me/"
Answer = tuple[int, bytes]
Ask = Callable[[dict[str, str], int], Answer]


def main() -> None:
    """Serve."""
    answers, sys.stdout = sys.stdout, sys.stderr
    ask = MAKE.get(os.environ.get("PEER", "latchkey"), by_django)()
    for line in sys.stdin:
        order = json.loads(line)
        began = time.process_time()
        status, body = ask(order["headers"], order["count"])
        seconds = time.process_time() - began
        answers.write(json.dumps({"status": status, "body": body.decode(), "seconds": seconds}) + "\n")
        answers.flush()


def by_latchkey() -> Ask:
    """Ask the product's WSGI application."""
    from api_project.wsgi import application  # noqa: PLC0415 - sets Django up

    return by_wsgi(application)


def by_django() -> Ask:
    """Ask a peer's."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - not where FastAPI runs

    return by_wsgi(get_wsgi_application())


def by_wsgi(application: Any) -> Ask:
    """Ask with what gunicorn would pass."""

    def ask(headers: dict[str, str], count: int) -> Answer:
        status, body = "", b""

        def start_response(line: str, _: Any, exc_info: Any = None) -> None:
            nonlocal status
            status = line

        for _ in range(count):
            response = application(wsgi_environ(headers), start_response)
            body = b"".join(response)
            response.close()
        return int(status[:3]), body

    return ask


def wsgi_environ(headers: dict[str, str]) -> dict[str, Any]:
    """Return the request as WSGI has it."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": PATH,
        "RAW_URI": PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "40000",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


def by_fastapi() -> Ask:
    """Ask the ASGI application, on the event loop that uvicorn chooses, with what it would pass."""
    import uvloop  # noqa: PLC0415 - installed for FastAPI alone

    from benchmarks.peers.fastapi_app import app  # noqa: PLC0415 - likewise

    loop = uvloop.new_event_loop()
    return lambda headers, count: loop.run_until_complete(ask_asgi(app, headers, count))


async def ask_asgi(app: Any, headers: dict[str, str], count: int) -> Answer:
    """Ask one after the other."""
    messages: list[dict[str, Any]] = []
    gone = asyncio.Event()  # of a client that never goes

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    for _ in range(count):
        messages.clear()
        body = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive(body: Any = body) -> Any:
            return next(body, None) or await gone.wait()

        await app(asgi_scope(headers), receive, send)
    return messages[0]["status"], b"".join(message.get("body", b"") for message in messages)


def asgi_scope(headers: dict[str, str]) -> dict[str, Any]:
    """Return the request as ASGI has it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 40000),
        "scheme": "http",
        "root_path": "",
        "method": "GET",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
        ],
    }


MAKE: dict[str, Callable[[], Ask]] = {"latchkey": by_latchkey, "fastapi": by_fastapi}

if __name__ == "__main__":
    main()

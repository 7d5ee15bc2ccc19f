"""Somebody else's web site."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Stranger:
    """Pages at an origin that is not ours, which try something."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def next_door(self) -> str:
        """Return its address on the host of the service: another origin, but the same site, which gets cookies."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def elsewhere(self) -> str:
        """Return its address on another site."""
        return f"http://localhost:{self.port}"

    def show(self, path: str, body: str) -> None:
        """Put a page there."""
        self.pages[path] = f"<!doctype html><title>Win a prize</title><link rel=icon href='data:,'>{body}"

    def form(self, path: str, action: str, **fields: str) -> None:
        """Put a page there that sends a form to the address as soon as somebody comes."""
        inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
        form = f'<form method="post" action="{action}">{inputs}</form>'
        self.show(path, f"{form}<script>document.forms[0].submit()</script>")


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Serve them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the page."""
            page = site.pages[self.path].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Stranger(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield site
        server.shutdown()
        thread.join()

"""What we replace of gunicorn is there to replace: what is gone would never be called, and nobody would say so."""

import pytest

from api_project.slow_clients.collecting import CollectingWorker, Connection
from api_project.worker import Worker

REPLACED = {
    Connection: ["init", "close"],
    CollectingWorker: [
        "accept", "enqueue_req", "handle_request", "finish_request", "murder_pending", "set_accept_enabled",
    ],
    Worker: ["load_wsgi", "handle_error", "handle_quit", "handle_request", "set_accept_enabled", "_cap_keepalive"],
}  # fmt: skip


@pytest.mark.parametrize(("ours", "name"), [(ours, name) for ours, names in REPLACED.items() for name in names])
def test_method_is_gunicorns(ours: type, name: str) -> None:
    assert name in vars(ours)
    assert [base for base in ours.__mro__ if base.__module__.startswith("gunicorn.") and name in vars(base)]

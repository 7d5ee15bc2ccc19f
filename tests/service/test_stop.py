"""Starting and stopping the server."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api_project.management.commands.serve import GRACE_SECONDS
from tests.service.load import CLIENTS, Load, under_load
from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server, token_of


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("is_for_group", [True, False], ids=["group", "process"])
def test_server_stops_at_once(server: Server, anyone: httpx.Client, number: int, is_for_group: bool) -> None:
    for _ in range(4):
        anyone.get("/users/me/")
    process = server.process
    assert process is not None
    if is_for_group:  # what a terminal does at Ctrl-C
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.wait(timeout=8)
    with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
        pass


def test_worker_that_is_stopped_before_it_has_begun_ends_without_a_word(server: Server, tmp_path: Path) -> None:
    assert server.process is not None
    old = workers_of(server)
    os.kill(old[0], signal.SIGKILL)
    while workers_of(server) in (old, old[1:]):  # until there is one in its place, which takes a moment to begin
        time.sleep(0.01)
    time.sleep(0.2)
    os.killpg(server.process.pid, signal.SIGINT)
    server.process.wait(timeout=8)
    assert server.log is not None
    after_kill = server.log.read_text().partition("SIGKILL")[2]
    assert "Traceback" not in after_kill
    assert "exited" not in after_kill


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
@pytest.mark.parametrize(
    ("number", "is_for_group"), [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)]
)
def test_stop_under_load_cuts_nobody_off(server: Server, number: int, is_for_group: bool) -> None:
    process = server.process
    assert process is not None
    with under_load(server) as load:
        time.sleep(3)
        os.killpg(process.pid, number) if is_for_group else process.send_signal(number)
        process.wait(timeout=GRACE_SECONDS)
        time.sleep(0.5)
    assert load.count().total() > 0
    assert load.unanswered[False] == 0
    assert load.unanswered[True] > 0
    server.start()
    assert_rows(server, load)


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
@pytest.mark.parametrize(
    ("number", "is_for_all", "ended", "left"),
    [(signal.SIGHUP, True, 2, 2), (signal.SIGTTOU, True, 1, 1), (signal.SIGTERM, False, 1, 2)],
    ids=["all are replaced", "one less is wanted", "one is replaced"],
)
def test_workers_that_stop_under_load_leave_the_others_what_they_listen_on(
    server: Server, number: int, is_for_all: bool, ended: int, left: int
) -> None:
    assert server.process is not None
    old = workers_of(server)
    with under_load(server) as load:
        time.sleep(2)
        os.kill(server.process.pid if is_for_all else old[0], number)
        wait_for_workers(server, lambda now: len(set(old) - set(now)) == ended and len(now) == left)
        for _ in range(20):
            assert httpx.get(f"{server.url}/healthz", timeout=30).status_code == 200
        at_last = load.count().total()
        time.sleep(2)
    assert load.unanswered.total() == 0
    assert load.count().total() > at_last
    assert_rows(server, load)


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_death_of_the_first_process_cuts_nobody_off(server: Server) -> None:
    assert server.process is not None
    with under_load(server) as load:
        time.sleep(2)
        server.process.kill()
        server.process.wait()
        deadline = time.monotonic() + 30
        while not load.unanswered[True]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert load.unanswered[False] == 0
    server.start()
    assert_rows(server, load)


def wait_for_workers(server: Server, is_met: Callable[[list[int]], bool]) -> None:
    """Wait until the processes that answer are as they should be."""
    deadline = time.monotonic() + 30
    while not is_met(now := workers_of(server)):
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def assert_rows(server: Server, load: Load) -> None:
    """Check that each answered attempt has its row."""
    with server.client() as client:
        key = token_of(client, "admin", ADMIN_PASSWORD)
    with server.client(Authorization=f"Token {key}") as client:
        rows = {row["request_id"]: row["is_success"] for row in all_rows(client)}
    assert {request_id: rows[request_id] for request_id in load.statuses} == {
        request_id: status == 200 for request_id, status in load.statuses.items()
    }


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_death_of_a_worker_is_noticed_by_its_own_requests_alone(server: Server) -> None:
    with under_load(server) as load:
        time.sleep(2)
        os.kill(workers_of(server)[0], signal.SIGKILL)
        time.sleep(3)
        at_last = load.count().total()
        time.sleep(2)
    assert load.unanswered[True] == 0
    assert load.unanswered[False] <= CLIENTS
    assert load.count().total() > at_last
    assert_rows(server, load)


def workers_of(server: Server) -> list[int]:
    """Return the processes that answer."""
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(child) for child in children.split()]


def test_worker_that_dies_is_replaced(server: Server, anyone: httpx.Client) -> None:
    children = workers_of(server)
    assert len(children) == 2
    os.kill(children[0], signal.SIGKILL)
    for _ in range(100):
        time.sleep(0.1)
        with contextlib.suppress(httpx.TransportError):
            assert anyone.get("/users/me/").status_code == 401
    after = workers_of(server)
    assert len(after) == 2
    assert children[0] not in after


def test_client_that_never_ends_its_body_does_not_keep_the_server_up(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.5)
        assert server.process is not None
        server.process.terminate()
        server.process.wait(timeout=20)


def test_second_server_on_the_port_refuses_to_start(server: Server) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        server.manage("serve")
    assert "Address already in use" in refused.value.stderr
    assert "Traceback" not in refused.value.stderr


def test_server_can_be_started_from_any_folder(server: Server, tmp_path: Path) -> None:
    server.kill()
    server.folder = tmp_path
    server.start()
    assert httpx.get(f"{server.url}/readyz", timeout=30).status_code == 200


def test_server_says_that_it_answers_once_it_does(server: Server, tmp_path: Path) -> None:
    server.kill()
    log = server.log = tmp_path / "started.log"
    server.start()
    says = f"Latchkey answers on {server.url}/ (Ctrl-C stops it)\n"
    deadline = time.monotonic() + 30
    while log.read_text() != says:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def test_server_that_does_not_start_does_not_say_that_it_answers(server: Server, tmp_path: Path) -> None:
    server.kill()
    server.environment["PYTHONPATH"] = str(tmp_path)  # which the server's processes look at, and the command late
    (tmp_path / "gunicorn.py").write_text("raise SystemExit('it does not start')")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        server.manage("serve")
    assert "answers on" not in refused.value.stdout


def test_unknown_host_is_refused_in_a_sentence(server: Server) -> None:
    server.environment["HOST"] = "nonsense.invalid"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        server.manage("serve")
    assert "Can't listen on nonsense.invalid" in refused.value.stderr


def test_wrong_setting_is_refused_in_a_sentence(server: Server) -> None:
    server.environment["PORT"] = "http"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        server.manage("serve")
    assert refused.value.stderr == ("Error: The environment variable PORT must hold a port number from 1 to 65535.\n")

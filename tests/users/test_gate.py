"""Password checks wait for their turn: so many at once, so many waiting, for so long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

import users.gate
from users.backends import turn
from users.gate import Gate, NoTurnError
from users.vocabulary import Overloaded

PATIENCE = 10  # seconds, which no test uses up


@pytest.fixture
def gate() -> Gate:
    """Return a gate for one, with room for two who wait."""
    return Gate(places=lambda: 1, queue=lambda: 2)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Return threads enough."""
    with ThreadPoolExecutor(16) as pool:
        yield pool


def pass_through(gate: Gate, log: list[str], name: str = "", *, until: Event | None = None, wait: float = 10) -> None:
    """Enter, say so, stay until the event, and leave."""
    with turn(gate, deadline=time.monotonic() + wait):
        log.append(f"in {name}")
        if until is not None:
            assert until.wait(PATIENCE)
        log.append(f"out {name}")


def await_length(sequence: object, length: int) -> None:
    """Wait until the other threads have come so far."""
    deadline = time.monotonic() + PATIENCE
    while len(sequence) < length:  # type: ignore[arg-type]
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_turns_come_one_after_the_other_in_order(gate: Gate, pool: ThreadPoolExecutor) -> None:
    log: list[str] = []
    done = Event()
    futures = [pool.submit(pass_through, gate, log, "first", until=done)]
    await_length(log, 1)
    for number, name in enumerate(["second", "third"]):
        futures.append(pool.submit(pass_through, gate, log, name))
        await_length(gate._waiting, number + 1)
    done.set()
    for future in futures:
        future.result()

    assert log == ["in first", "out first", "in second", "out second", "in third", "out third"]


def test_who_finds_the_queue_full_is_refused_at_once(gate: Gate, pool: ThreadPoolExecutor) -> None:
    log: list[str] = []
    done = Event()
    futures = [pool.submit(pass_through, gate, log, until=done)]
    await_length(log, 1)
    futures += [pool.submit(pass_through, gate, log) for _ in range(2)]
    await_length(gate._waiting, 2)

    with pytest.raises(Overloaded):
        pass_through(gate, log)

    done.set()
    for future in futures:
        future.result()
    assert len(log) == 6


def test_who_has_waited_too_long_is_refused_and_forgotten(gate: Gate, pool: ThreadPoolExecutor) -> None:
    log: list[str] = []
    done = Event()
    first = pool.submit(pass_through, gate, log, until=done)
    await_length(log, 1)

    with pytest.raises(Overloaded):
        pass_through(gate, log, wait=0.01)

    done.set()
    first.result()
    pass_through(gate, log)
    assert len(log) == 4


def test_turn_is_passed_on_if_waiting_fails(
    gate: Gate, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    done = Event()
    first = pool.submit(pass_through, gate, log, until=done)
    await_length(log, 1)

    def fail() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(users.gate, "lend_connection", fail)
        with pytest.raises(ZeroDivisionError):
            pass_through(gate, log)
    done.set()
    first.result()
    pass_through(gate, log)
    assert (gate._inside, len(gate._waiting), len(log)) == (0, 0, 4)


def test_turn_that_comes_in_the_last_moment_is_kept(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.enter(deadline=time.monotonic() + PATIENCE)
    # The one inside leaves just before the one who waits gives up.
    monkeypatch.setattr(users.gate, "lend_connection", gate.leave)
    gate.enter(deadline=time.monotonic())
    gate.leave()
    assert gate._inside == 0


def test_turn_is_passed_on_after_a_failure(gate: Gate) -> None:
    with pytest.raises(ZeroDivisionError), turn(gate, deadline=time.monotonic() + PATIENCE):
        raise ZeroDivisionError
    pass_through(gate, [])


def test_zero_lets_in_everybody(pool: ThreadPoolExecutor) -> None:
    gate = Gate(places=lambda: 0, queue=lambda: 0)
    log: list[str] = []
    done = Event()
    futures = [pool.submit(pass_through, gate, log, until=done) for _ in range(8)]
    await_length(log, 8)
    assert log == ["in "] * 8
    done.set()
    for future in futures:
        future.result()


def test_never_more_inside_than_allowed(pool: ThreadPoolExecutor) -> None:
    gate = Gate(places=lambda: 3, queue=lambda: 100)
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        with turn(gate, deadline=time.monotonic() + PATIENCE):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.001)
            inside.pop()

    for future in [pool.submit(enter) for _ in range(200)]:
        future.result()
    assert max(most) == 3
    assert gate._inside == 0


class Shared:
    """A connection, as far as lending goes."""

    def __init__(self, *, is_lendable: bool, in_atomic_block: bool) -> None:
        self.is_lendable, self.in_atomic_block, self.is_closed = is_lendable, in_atomic_block, False

    def close(self) -> None:
        """Note that it was given back."""
        self.is_closed = True


@pytest.mark.parametrize(
    ("is_lendable", "in_atomic_block", "is_lent"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_who_waits_leaves_the_connection_to_others(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, is_lendable: bool, in_atomic_block: bool, is_lent: bool
) -> None:
    connection = Shared(is_lendable=is_lendable, in_atomic_block=in_atomic_block)
    monkeypatch.setattr(users.gate, "connection", connection)
    gate.enter(deadline=time.monotonic() + PATIENCE)
    assert not connection.is_closed  # there was no need to wait
    with pytest.raises(NoTurnError):
        gate.enter(deadline=time.monotonic())
    assert connection.is_closed == is_lent
    gate.leave()

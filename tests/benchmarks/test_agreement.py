"""Those who are compared do the same, or no figure is worth anything. Needs the peers that ``make bench`` installs."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.accounts import FIRST
from benchmarks.contenders import BY_KEY, CONTENDERS, Contender
from benchmarks.environment import is_installed
from benchmarks.suite import agreement
from benchmarks.suite.bench import QUICK, Bench
from benchmarks.suite.cpu import Worker, start
from tests.parts import missing

ENDS = {
    "latchkey": "DELETE FROM auth_api_authtoken",
    "authtoken": "DELETE FROM authtoken_token",
    "knox": "DELETE FROM knox_authtoken",
    "allauth": "DELETE FROM django_session",
    "fastapi": "DELETE FROM tokens",
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    if not is_installed():
        missing("the benchmark's peers: .venv/bin/python -m benchmarks.environment")
    return Bench(tmp_path, QUICK)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.key)
def test_every_contender_answers_its_token_with_the_same_account_and_refuses_others(
    bench: Bench, stack: ExitStack, contender: Contender
) -> None:
    worker = start(stack, bench, contender, "sqlite")
    agreement.check(contender, worker.answer, worker.key)  # raises if they differ
    assert status(worker) == 200


@pytest.mark.parametrize("key", ENDS)
def test_who_is_said_to_revoke_at_once_does(bench: Bench, stack: ExitStack, key: str) -> None:
    worker = start(stack, bench, BY_KEY[key], "sqlite")
    assert status(worker) == 200
    end_tokens(bench, key)
    assert BY_KEY[key].revocation == "at once"
    assert status(worker) == BY_KEY[key].refusal


OTHERS = [(200, json.dumps(FIRST | {"email": "another"})), (401, json.dumps(FIRST)), (200, json.dumps(FIRST))]


@pytest.mark.parametrize("answer", OTHERS, ids=["another account", "a refusal", "the account, to anybody"])
def test_who_answers_otherwise_is_not_measured(answer: tuple[int, str]) -> None:
    with pytest.raises(agreement.DisagreementError):
        agreement.check(BY_KEY["latchkey"], lambda headers: answer, "a key of some length")


def status(worker: Worker) -> int:
    return worker.answer(worker.contender.with_token(worker.key))[0]


def end_tokens(bench: Bench, key: str) -> None:
    service, _ = bench.prepared(BY_KEY[key], "sqlite")
    connection = sqlite3.connect(service.directory / "db.sqlite3")
    with connection:
        connection.execute(ENDS[key])
    connection.close()

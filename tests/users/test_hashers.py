"""How passwords are hashed."""

import argon2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from users import hashers
from users.hashers import Argon2idHasher

FULL = 19 * 1024 * 2  # KiB times passes


class Weaker(Argon2PasswordHasher):
    """Parameters of former days."""

    def __init__(self, memory_cost: int, time_cost: int, parallelism: int = 1) -> None:
        self.memory_cost, self.time_cost, self.parallelism = memory_cost, time_cost, parallelism


@pytest.mark.parametrize(
    "weaker", [Weaker(8, 1), Weaker(19 * 1024, 1), Weaker(8 * 1024, 2, 4), Weaker(19 * 1024 - 7, 2), Weaker(12_000, 3)]
)
def test_refusal_by_a_weaker_hash_costs_the_same_work(weaker: Weaker, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = weaker.encode("right", "a salt of sixteen")
    more: list[int] = []
    monkeypatch.setattr(hashers, "hash_secret_raw", lambda _p, _s, passes, memory, *_: more.append(passes * memory))

    assert not check_password("wrong", encoded)

    work = weaker.memory_cost * weaker.time_cost + sum(more)
    assert FULL - 16 < work <= FULL


def test_refusal_by_a_hash_of_today_costs_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = make_password("right")
    monkeypatch.setattr(hashers, "hash_secret_raw", None)  # which can't be called
    assert not check_password("wrong", encoded)


def test_hardening_runs_for_real() -> None:
    hasher = Argon2idHasher()
    hasher.harden_runtime("wrong", Weaker(8, 1).encode("right", "a salt of sixteen"))
    assert argon2.extract_parameters(make_password("x").removeprefix("argon2")).memory_cost == hasher.memory_cost

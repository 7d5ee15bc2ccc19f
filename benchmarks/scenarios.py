"""What the attacker does in an afternoon. Each scenario meets a fresh service."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.guesses import Guess, send_at_once, send_in_turn
from benchmarks.service import Service

GUESSES = 64
VICTIM = "victim"
OTHERS = [f"other{number:02}" for number in range(GUESSES)]
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("a"), ord("z") + 1)})
SPELLINGS = [VICTIM, VICTIM.upper(), VICTIM.title(), f" {VICTIM}", f"{VICTIM} ", VICTIM.translate(FULL_WIDTH)]


@dataclass(frozen=True)
class Scenario:
    """Guesses, and whether they are sent at once or in turn."""

    title: str
    guesses: Sequence[Guess]
    send: Callable[[Service, Sequence[Guess]], Counter[int]]

    @property
    def is_race(self) -> bool:
        """Whether the outcome depends on who comes first."""
        return self.send is send_at_once


AT_ONCE = Scenario("(a) 64 at once on one account", [Guess(VICTIM)] * GUESSES, send_at_once)
FORWARDED = Scenario(
    "(b) 64 in turn, each with another X-Forwarded-For",
    [Guess(VICTIM, forwarded_for=f"203.0.113.{number}") for number in range(GUESSES)],
    send_in_turn,
)
SPELT = Scenario(
    "(c) 64 in turn, the name in six spellings",
    [Guess(SPELLINGS[number % len(SPELLINGS)]) for number in range(GUESSES)],
    send_in_turn,
)
ENTRANCES = Scenario(
    "(d) 64 in turn, over all entrances", [Guess(VICTIM, entrance=number) for number in range(GUESSES)], send_in_turn
)
ADDRESSES = Scenario(
    "(e) 64 at once on one account, each from another address",
    [Guess(VICTIM, address=f"127.0.0.{number}") for number in range(2, 2 + GUESSES)],
    send_at_once,
)
ACCOUNTS = Scenario(
    "(f) 4 on each of 64 accounts, in turn, from one address",
    [Guess(name) for _ in range(4) for name in OTHERS],
    send_in_turn,
)
SCENARIOS = [AT_ONCE, FORWARDED, SPELT, ENTRANCES, ADDRESSES, ACCOUNTS]

"""Measures things in turn, so that a busy moment of the machine falls on all of them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm


@dataclass
class Sample:
    """Something that is done again and again. ``section``, ``what`` and ``place`` say where its figure belongs."""

    section: str
    what: str
    place: str
    run: Callable[[], object]
    times: list[float] = field(default_factory=list)  # milliseconds

    def take(self) -> None:
        """Do it once more."""
        began = time.perf_counter()
        self.run()
        self.times.append((time.perf_counter() - began) * 1000)

    def as_json(self) -> dict[str, Any]:
        """Return what the process that prints needs to know."""
        return {"section": self.section, "what": self.what, "place": self.place, "times": self.times}


def measure(samples: Iterable[Sample], *, repetitions: int, milliseconds: float) -> None:
    """Take each so many times; five times, or twice, if that would take longer altogether."""
    samples = list(samples)
    for sample in tqdm(samples, desc="warming up", disable=None):
        sample.run()
    for number in tqdm(range(repetitions), desc="repetitions", disable=None):
        for sample in samples:
            spent = sum(sample.times)
            if number < 2 or spent < milliseconds or (number < 5 and spent < 5 * milliseconds):
                sample.take()

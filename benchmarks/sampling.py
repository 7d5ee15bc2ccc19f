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


def measure(samples: Iterable[Sample], *, repetitions: int, milliseconds: float, at_least: int = 5) -> None:
    """Take each so many times; fewer, but some, of what takes longer than that altogether."""
    samples = list(samples)
    for sample in samples:
        sample.run()  # warms it up
    for number in tqdm(range(repetitions), desc="repetitions", disable=None):
        for sample in samples:
            if number < at_least or sum(sample.times) < milliseconds:
                sample.take()

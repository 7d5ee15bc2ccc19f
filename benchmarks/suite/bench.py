"""What the measurements share: how much is to be done, and the databases, each made once."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.accounts import READER
from benchmarks.contenders import Contender
from benchmarks.service import Service

# Of each round: contender, then quantity, then one value for each round.
Figures = dict[str, dict[str, list[float]]]
PEOPLE = [f"person{number:02}" for number in range(64)]
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Effort:
    """How much is done. Seconds are of one figure in one round."""

    cpu_rounds: int = 30
    http_rounds: int = 4
    http_seconds: int = 2
    login_rounds: int = 3
    login_seconds: int = 5
    flood_rounds: int = 3
    flood_seconds: int = 10
    start_rounds: int = 7
    beyond_hash: int = 400
    row_rounds: int = 100


FULL = Effort()
QUICK = Effort(
    cpu_rounds=8, http_rounds=1, http_seconds=1, login_rounds=1, login_seconds=2, flood_rounds=1, flood_seconds=3,
    start_rounds=1, beyond_hash=50, row_rounds=15,
)  # fmt: skip


@dataclass
class Bench:
    """One run."""

    directory: Path
    effort: Effort
    keys: dict[Path, str] = field(default_factory=dict)  # of the first account's tokens, by the database's place

    def prepared(
        self, contender: Contender, database: str, processes: int = CORES, **options: Any
    ) -> tuple[Service, str]:
        """Return the contender with its accounts, not started yet, and a token of the first account's."""
        place = self.directory / "-".join([contender.key, database, *map(str, options.values())])
        service = contender.service(place, database=database, processes=processes, **options)
        if place not in self.keys:
            self.keys[place] = service.seed([READER, *PEOPLE])
        return service, self.keys[place]

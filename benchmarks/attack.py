"""The attacker's afternoon: how many passwords are really checked when somebody guesses.

Run ``python -m benchmarks.attack``. It prints a Markdown table; progress and statuses go to standard error.
"""

import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tqdm import tqdm

from benchmarks import accounts
from benchmarks.environment import install_peers
from benchmarks.figures import table
from benchmarks.projects import Latchkey, Peer
from benchmarks.scenarios import ADDRESSES, OTHERS, SCENARIOS, VICTIM, Scenario
from benchmarks.service import Service
from benchmarks.workspace import workspace

RACES = 3
LIMIT = 5  # of the peers, for each address; Latchkey's default for an account and a network
HOME, ELSEWHERE = "127.0.1.1", "127.0.1.2"  # where the owner has logged in before, and where never
AT_HOME = "after (e): does the owner get in, from where he logged in before?"
AWAY = "after (e): does the owner get in, from a network that is new to him?"

PROJECTS: dict[str, Callable[..., Service]] = {
    "authtoken, throttled": partial(Peer, peer="authtoken", limit=LIMIT),
    "authtoken, django-axes": partial(Peer, peer="axes", limit=LIMIT),
    "knox, throttled": partial(Peer, peer="knox", limit=LIMIT),
    "Latchkey": Latchkey,
}
# Races are run anew, since they end in different ways.
ATTACKS = [scenario for scenario in SCENARIOS for _ in range(RACES if scenario.is_race else 1)]
NOTES = """
Passwords compared with an account's hash, counted in the hasher, on a fresh database in two processes; where guesses
race, the least and the most of three runs. All have SQLite (WAL, IMMEDIATE, FULL) and Latchkey's Argon2id.

- **authtoken** has REST framework's `AnonRateThrottle` on its login, at 5 an hour, counted in a file cache. It counts
  the requests of an address, right passwords too, and reads and writes the count in two steps. It believes
  X-Forwarded-For unless `NUM_PROXIES` is set. It knows no accounts, and guards no other door: the admin's stands open.
- **django-axes**, at a limit of 5, guards every door. By default it counts the failures of an address, so that another
  address begins anew; `AXES_LOCKOUT_PARAMETERS` can make it count by account. It looks before the check and counts
  after it: guesses that race get through. A lockout is for everybody at the address, and ends when somebody lifts it,
  unless `AXES_COOLOFF_TIME` is set. At REST framework's login it answers as if the password were wrong.
- **knox** has authtoken's throttle, which is never asked: REST framework authenticates first, and Basic has failed by
  then.
- **Latchkey** allows 5 failures for an account and network, 30 for an account from everywhere, which is the limit in
  (e), and 100 for a network on any account, within 15 minutes. So in (f) it checks more than those who count addresses
  alone: many people may share an address. `LOGIN_FAILURES_PER_NETWORK` changes it. The account's allowance, which the
  peers do not have, has its price: once it is used up, the owner is kept out as well in a network that is new to him,
  until the lockout ends.
- In (c), a peer takes some spellings for other names, whose guesses are checked against no account.
"""


def main() -> None:
    """Print the table, and what is to be said of it."""
    install_peers()
    columns = []
    with workspace() as directory, tqdm(total=len(PROJECTS) * len(ATTACKS), disable=None) as progress:
        for name, make in PROJECTS.items():
            tqdm.write(name, file=sys.stderr)
            columns.append(afternoon(make, directory / name, progress))
    titles = [*(scenario.title for scenario in SCENARIOS), AT_HOME, AWAY]
    rows = [[title, *(column[title] for column in columns)] for title in titles]
    sys.stdout.write(table(["passwords checked", *PROJECTS], rows) + NOTES)


def afternoon(make: Callable[..., Service], directory: Path, progress: tqdm) -> dict[str, str]:
    """Return the project's cells, by the titles of their rows."""
    fresh = make(directory=directory / "fresh")
    fresh.prepare(accounts.script([VICTIM, *OTHERS]))
    found: defaultdict[str, list[int | bool]] = defaultdict(list)
    for number, scenario in enumerate(ATTACKS):
        copy = shutil.copytree(fresh.directory, directory / str(number))
        with make(directory=copy) as service:
            figures = besiege(service) if scenario is ADDRESSES else {scenario.title: attack(service, scenario)}
        for title, figure in figures.items():
            found[title].append(figure)
        progress.update()
    return {title: cell(figures) for title, figures in found.items()}


def cell(figures: Sequence[int | bool]) -> str:
    """Show what the runs came to: one figure if they agree, else the least and the most."""
    shown = [("yes" if figure else "no") if isinstance(figure, bool) else str(figure) for figure in sorted(figures)]
    return shown[0] if shown[0] == shown[-1] else f"{shown[0]} to {shown[-1]}"


def attack(service: Service, scenario: Scenario) -> int:
    """Return how many passwords were checked."""
    before = service.checked()
    statuses = scenario.send(service, scenario.guesses)
    checked = service.checked() - before
    tqdm.write(f"{scenario.title}: {checked} checked, statuses {dict(sorted(statuses.items()))}", file=sys.stderr)
    return checked


def besiege(service: Service) -> dict[str, int | bool]:
    """Attack an account whose owner has logged in before, and let him try again."""
    if not lets_in(service, HOME):
        raise RuntimeError("the owner's own login, before the attack, was refused")
    checked = attack(service, ADDRESSES)
    return {ADDRESSES.title: checked, AT_HOME: lets_in(service, HOME), AWAY: lets_in(service, ELSEWHERE)}


def lets_in(service: Service, address: str) -> bool:
    """Log in with the right password, at the first entrance."""
    with service.client(address) as client:
        return service.entrances[0](client, VICTIM, accounts.PASSWORD).status_code == 200


if __name__ == "__main__":
    main()

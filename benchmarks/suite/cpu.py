"""What an authenticated GET costs on the processor, in process, contender beside contender."""

import json
import random
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.service import ROOT
from benchmarks.suite import agreement
from benchmarks.suite.bench import Bench, Figures

SLICE = 200  # requests in turn
WARM_UP = 500  # requests
MICROSECONDS = "microseconds"


@dataclass
class Worker:
    """A process that is asked for the account."""

    contender: Contender
    key: str
    process: subprocess.Popen[str]

    def ask(self, headers: dict[str, str], count: int = 1) -> tuple[int, str, float]:
        """Return status, body, and the seconds of the processor."""
        if self.process.stdin is None or self.process.stdout is None:
            raise TypeError("not a pipe")
        self.process.stdin.write(json.dumps({"headers": headers, "count": count}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process of {self.contender.title} has ended: see its worker.log")
        found = json.loads(answer)
        return found["status"], found["body"], found["seconds"]

    def answer(self, headers: dict[str, str]) -> tuple[int, str]:
        """Return status and body."""
        return self.ask(headers)[:2]

    def microseconds(self, count: int = SLICE) -> float:
        """Return what a request costs."""
        status, body, seconds = self.ask(self.contender.with_token(self.key), count)
        if status != 200:
            raise RuntimeError(f"{self.contender.title} answered {status}: {body}")
        return seconds / count * 1_000_000


def measure(bench: Bench, database: str) -> Figures:
    """Measure all, a slice each in turn, in a random order each round."""
    with ExitStack() as stack:
        workers = [start(stack, bench, contender, database) for contender in CONTENDERS]
        for worker in workers:
            agreement.check(worker.contender, worker.answer, worker.key)
            worker.microseconds(WARM_UP)
        figures: Figures = {worker.contender.key: {MICROSECONDS: []} for worker in workers}
        for _ in tqdm(range(bench.effort.cpu_rounds), desc=f"CPU, {database}", leave=False, disable=None):
            for worker in random.sample(workers, len(workers)):
                figures[worker.contender.key][MICROSECONDS].append(worker.microseconds())
    return figures


def start(stack: ExitStack, bench: Bench, contender: Contender, database: str) -> Worker:
    """Start the contender's process, which ends with the stack."""
    service, key = bench.prepared(contender, database)
    log = stack.enter_context((service.directory / "worker.log").open("wb"))
    process = subprocess.Popen(  # noqa: S603 - a module of ours
        [service.python, "-m", "benchmarks.suite.cpu_worker"],
        cwd=ROOT, env=service.all_variables(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    )  # fmt: skip
    stack.enter_context(process)
    stack.callback(process.terminate)
    return Worker(contender, key, process)

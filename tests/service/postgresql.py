"""A PostgreSQL server of the test's own, to be stopped and started."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.parts import missing
from tests.service.server import free_port


def programs() -> Path:
    """Return the folder of PostgreSQL's server programs, where `.ci/with-postgresql` looks for them as well."""
    found = [Path(os.environ["POSTGRESQL_BIN"])] if "POSTGRESQL_BIN" in os.environ else []
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        found.append(Path(answer.stdout.strip()))
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    usable = [folder for folder in found if (folder / "initdb").exists()]
    return usable[0] if usable else missing("PostgreSQL's server")


@dataclass
class Cluster:
    """The server, with its data in a folder."""

    home: Path
    port: int

    @classmethod
    def create(cls, home: Path) -> "Cluster":
        """Make it, in a folder that PostgreSQL's own account can reach: it refuses to run as root."""
        cluster = cls(home, free_port())
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        cluster.run("initdb", "--auth=trust", "--username=latchkey", "--encoding=UTF8", "--locale=C")
        return cluster

    @property
    def url(self) -> str:
        """Return the URL of its one database."""
        return f"postgresql://latchkey@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.home}"
        self.run("pg_ctl", f"--log={self.home / 'log'}", "--wait", f"--options={options}", "start")

    def stop(self) -> None:
        """Stop it at once, as a crash does."""
        self.run("pg_ctl", "--mode=immediate", "stop")

    def freeze(self) -> None:
        """Have all of its processes stand still, while the system goes on to take what is sent to it."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Send a signal to each process."""
        first = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            os.kill(process, number)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs."""
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(programs() / program), f"--pgdata={self.home / 'data'}", *arguments]
        subprocess.run(command, cwd=self.home, check=True, stdout=subprocess.DEVNULL)

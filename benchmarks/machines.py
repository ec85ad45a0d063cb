"""Several machines, on one: PostgreSQL, a Prefect server and workers as processes of their own, each of which can be killed or restarted.

A machine here is a worker and everything it starts, held to one core, so that two of them stand for two small machines
and not for one that is twice as busy. All on loopback, in a folder that is thrown away.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
COUNCIL = "wren"
CORES = sorted(os.sched_getaffinity(0))


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, seen: Callable[[], Any], seconds: float = 120, pause: float = 0.3) -> Any:
    """Return what `seen` tells once it is true.

    Raises:
        TimeoutError: it was not within `seconds`.
    """
    end = time.monotonic() + seconds
    while not (told := seen()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds")
        time.sleep(pause)
    return told


class Cluster:
    """A PostgreSQL server of our own, which ends with the process that started it, however that ends."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            raise FileNotFoundError("PostgreSQL is not installed")
        self.programs, self.folder, self.port = found[-1].parent, folder, free_port()
        folder.mkdir(mode=0o755)
        self._who: dict[str, Any] = {}
        self._server: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [self.programs / "initdb", "-D", folder / "db", "-U", "cme", "-A", "trust", "-N"],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._who,
        )  # fmt: skip
        self.start()

    @property
    def url(self) -> str:
        """Its address, without a database's name."""
        return f"postgresql://cme@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200",
            # Nothing here pulls the machine's plug, and its disk, which others use, is not what is measured.
            "fsync": "off",
        }  # fmt: skip
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "db", "-p", str(self.port), *words],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=_end_with_parent, **self._who,
            )  # fmt: skip
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        until("PostgreSQL answers", lambda: subprocess.run(ready, check=False).returncode == 0)

    def stop(self) -> None:
        """Break every connection and stop it."""
        if self._server:
            self._server.send_signal(signal.SIGINT)  # PostgreSQL's "fast"
            self._server.wait(120)
            self._server = None

    def restart(self) -> None:
        """Stop it and start it again at once."""
        self.stop()
        self.start()

    def make(self, name: str) -> str:
        """Make an empty database and return its address."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "cme"]
        subprocess.run([self.programs / "createdb", *where, name], check=True)
        return f"{self.url}/{name}"


def _end_with_parent() -> None:
    """Ask the kernel to stop this process (SIGQUIT: PostgreSQL's "immediate") when its parent has died."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class Machines:
    """One council on several machines: its database, the Prefect server, and workers."""

    def __init__(self, folder: Path, cluster: Cluster, config: str) -> None:
        self.folder, self.cluster, self.port = folder, cluster, free_port()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.server: subprocess.Popen[bytes] | None = None
        self._logs = 0
        (folder / "councils").mkdir(parents=True)
        (folder / "config.yaml").write_text(config)
        self.url = cluster.make(f"{COUNCIL}{self.port}")
        prefect = cluster.make(f"prefect{self.port}")
        self.council = {
            "CME_CONFIG": str(folder / "config.yaml"), "CME_DATA": str(folder / "data"),
            "CME_SECRETS": str(folder / "secrets"), "CME_DATABASE_URL": self.url,
        }  # fmt: skip
        file = folder / "councils" / COUNCIL
        file.write_text("".join(f"{k}={v}\n" for k, v in self.council.items()))
        file.chmod(0o600)
        self.shared = self._shared(prefect.replace("postgresql://", "postgresql+asyncpg://"))

    def _shared(self, prefect: str) -> dict[str, str]:
        lines = (ROOT / "deploy" / "shared.environment").read_text().splitlines()
        told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        at = f"http://127.0.0.1:{self.port}"
        theirs = ("CME_", "DJANGO_", "PREFECT_")
        return {k: v for k, v in os.environ.items() if not k.startswith(theirs)} | told | {
            "PREFECT_API_URL": f"{at}/api", "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_HOME": str(self.folder / "prefect"), "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": at,
            "PREFECT_API_AUTH_STRING": "cme:shared", "PREFECT_SERVER_API_AUTH_STRING": "cme:shared",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": prefect, "CME_COUNCILS": str(self.folder / "councils"),
        }  # fmt: skip

    def run(self, *words: str, council: bool = False) -> str:
        """Run a module to its end, as the council or as the machines, and return what it printed."""
        env = {**self.shared, **(self.council if council else {})}
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )  # fmt: skip
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{words}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout

    def _start(self, core: int | None, *words: str) -> subprocess.Popen[bytes]:
        self._logs += 1
        with (self.folder / f"log{self._logs}").open("wb") as log:
            begun = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=self.shared, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        if core is not None:  # what it starts inherits it
            os.sched_setaffinity(begun.pid, {core})
        return begun

    def start_server(self) -> None:
        """Start the Prefect server and wait until it answers."""
        self.server = self._start(None, "prefect", "server", "start", "--no-ui")
        until("the Prefect server is ready", self._answers)

    def _answers(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"{self.shared['PREFECT_API_URL']}/ready", timeout=3),
        ):
            return True
        return False

    def deploy(self, readers: int) -> None:
        """Register the council's deployments."""
        self.run("flows.deploying", COUNCIL, "--readers", str(readers))

    def poll(self) -> None:
        """Ask for a poll now; the schedule's first is an interval away."""
        self.run("prefect", "deployment", "run", f"intake/intake-{COUNCIL}")

    def start_worker(self, limit: int = 1) -> subprocess.Popen[bytes]:
        """Start one more machine of one core."""
        core = CORES[len(self.workers) % len(CORES)]
        self.workers.append(self._start(core, "flows.workers", "work", "--limit", str(limit)))
        return self.workers[-1]

    def stop(self) -> None:
        """End everything that was started, the database aside."""
        for process in (*self.workers, self.server):
            if process:
                kill_machine(process)
        self.workers, self.server = [], None


def kill_machine(process: subprocess.Popen[bytes]) -> None:
    """kill -9 a process and all that it started, as if its machine lost its power."""
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.Error):
                child.send_signal(signal.SIGKILL)
    process.kill()
    process.wait(30)


def clear(folder: Path) -> None:
    """Throw a folder away."""
    shutil.rmtree(folder, ignore_errors=True)

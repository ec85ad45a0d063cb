"""The soak's hold on the program: it gives orders, hears the answers, and kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "mail")]

import servers  # noqa: E402


class Died(Exception):
    """The program was killed while it obeyed."""


class Program:
    """The polling or sending process; started again after each death."""

    def __init__(self, folder: Path, mailbox: dict[str, Any], sending: dict[str, Any]) -> None:
        config = yaml.safe_load((ROOT / "config.yaml").read_text())
        config["mailbox"] |= {"kind": "imap", "host": "127.0.0.1", "tls": "none", **mailbox}
        config["sending"] |= {"stop_when_queued": 10**6, "per_minute": 600, **sending}
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump(config))
        env = {
            **os.environ, "CME_DATA": str(folder / "data"), "CME_SECRETS": str(folder / "secrets"),
            "CME_CONFIG": str(file), "CME_MAILBOX_PASSWORD": servers.PASSWORD,
            "DJANGO_SETTINGS_MODULE": "cases.settings",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from benchmarks.soak_run import main; main()"],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.deaths = 0
        self.pid = self._hear()["pid"]

    def __call__(
        self, do: str, *more: Any, die: Any = None, after: float | None = None
    ) -> dict[str, Any]:
        """Give an order and return the answer; with `after`, kill the process so many seconds later.

        Raises:
            Died: it was killed before it answered.
        """
        assert self.process.stdin is not None
        timer = threading.Timer(after, os.kill, (self.pid, signal.SIGKILL)) if after else None
        if timer:
            timer.start()
        self.process.stdin.write(json.dumps({"do": do, "with": more, "die": die}) + "\n")
        self.process.stdin.flush()
        told = self._hear()
        if timer:
            timer.cancel()
        if told.get("ended") == -signal.SIGKILL:
            self.deaths += 1
            self.pid = self._hear()["pid"]
            raise Died
        return told

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line or json.loads(line).get("ended", -9) != -9:
            raise RuntimeError("the program ended by itself")
        return dict(json.loads(line))

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)

"""Workers of several machines: `python -m flows.workers work` takes runs from the pool, `run COUNCIL` is one run.

A worker serves every council of the pool. A run becomes one council's by the file of that name in the councils folder
(`/etc/cme/councils/wrenshire`, mode 0600, lines NAME=value: CME_CONFIG, CME_DATA, CME_SECRETS, CME_DATABASE_URL), which is
put into its environment before Django or Prefect is imported. So two councils never meet in one process, and
no secret reaches Prefect.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from pathlib import Path

POOL = "cme"
COUNCIL = r"[a-z0-9-]{1,40}"
FOLDER = "CME_COUNCILS"
_LINE = re.compile(r"(CME_[A-Z0-9_]+)=(.*)")


class CouncilMissing(Exception):
    """There is no usable file for this council on this machine. The text says which and why."""


def environment_of(council: str, folder: Path) -> dict[str, str]:
    """Return what a council's file says.

    Raises:
        CouncilMissing: no such file, others can read it, or a line is not NAME=value.
    """
    if not re.fullmatch(COUNCIL, council):
        raise CouncilMissing("A council's name here is small letters, digits and hyphens.")
    file = folder / council
    if not file.is_file():
        raise CouncilMissing(f"There is no file {file} on this machine.")
    if file.stat().st_mode & 0o077:
        raise CouncilMissing(f"{file} can be read by others: chmod 600 {file}.")
    told = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise CouncilMissing(f"{file}, line {number}: is not CME_NAME=value.")
        told[found[1]] = found[2]
    return told


def enter_council(council: str) -> None:
    """Make this process the council's: nothing of another council's environment stays."""
    told = environment_of(council, Path(os.environ.get(FOLDER) or "/etc/cme/councils"))
    for name in [n for n in os.environ if n.startswith("CME_") and n != FOLDER]:
        del os.environ[name]
    os.environ.update(told)


def main() -> int:
    """Work, or be one run."""
    parser = argparse.ArgumentParser(prog="python -m flows.workers")
    what = parser.add_subparsers(dest="what", required=True)
    work = what.add_parser("work", help="take runs from the pool until told to stop")
    work.add_argument("--pool", default=POOL)
    work.add_argument("--limit", type=int, default=2, help="runs at once; about one for each core")
    what.add_parser("run", help="one run, started by a worker").add_argument("council")
    arguments = parser.parse_args()
    if arguments.what == "run":
        try:
            enter_council(arguments.council)
        except CouncilMissing as error:
            sys.exit(str(error))
        os.execv(sys.executable, [sys.executable, "-m", "prefect.engine"])
    # A shell's `&` leaves SIGINT ignored, and the worker turns TERM into INT: it would never stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [
        "worker",
        "start",
        "--type",
        "process",
        "--pool",
        arguments.pool,
        "--limit",
        str(arguments.limit),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "prefect", *command])


if __name__ == "__main__":
    sys.exit(main())

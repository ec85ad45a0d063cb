"""Every benchmark in this folder, one table each: `make bench`, or `python -m benchmarks NAME…` for some.

A benchmark is a module that can be run by itself. Each runs in a process of its own, so that its memory is its own and
its death is not the others'; the exit code is 1 when any of them failed.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from os import cpu_count
from pathlib import Path
from platform import python_version

HERE = Path(__file__).resolve().parent
LIMIT = 3600


def names() -> list[str]:
    """Return the modules that can be run, by reading them and not by importing them."""
    return [p.stem for p in sorted(HERE.glob("*.py")) if p.stem != "__main__" and _runs(p)]


def _runs(path: Path) -> bool:
    body = ast.parse(path.read_text("utf-8")).body
    return any(isinstance(n, ast.If) and "__main__" in ast.unparse(n.test) for n in body)


def run(name: str) -> bool:
    """Print one benchmark's table and return True when it ended well."""
    print(f"\n== {name}: {_about(name)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cme-bench-") as data:
        settings = {"CME_DATA": data, "DJANGO_SETTINGS_MODULE": "cases.settings"}
        command = ["env", *(f"{k}={v}" for k, v in settings.items()), sys.executable]
        command += ["-m", f"benchmarks.{name}"]
        try:
            done = subprocess.run(command, cwd=HERE.parent, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            print(f"{name} ran for more than {LIMIT} s and was stopped")
            return False
    if done.returncode:
        print(f"{name} failed with exit code {done.returncode}", flush=True)
    return not done.returncode


def _about(name: str) -> str:
    told = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text("utf-8"))) or ""
    return told.partition("\n")[0]


def main(wanted: list[str]) -> int:
    """Run those wanted, or all; return 1 when one failed or is not known."""
    known = names()
    if unknown := sorted(set(wanted) - set(known)):
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    print(f"Python {python_version()}, {cpu_count()} processors", flush=True)
    failed = [name for name in wanted or known if not run(name)]
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

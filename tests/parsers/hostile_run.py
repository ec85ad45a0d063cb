"""Reads files one after another as a worker does, and tells what each cost: run by `test_limits`.

Standard input names the files, a line each; a line of JSON comes back for each: what was
decided, the processor seconds, the megabytes above what the process held before, and whether
the good form that is read after it still reads as before.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from cases.examine import examine

ON = date(2026, 11, 2)
ADDRESS_SPACE = 2_500 * 2**20  # as in cases.workers
SECONDS = 30


def memory(which: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1024
    return 0.0


def told(path: Path) -> dict[str, Any]:
    return examine(path.name, path.read_bytes(), on=ON)


def measured(path: Path) -> dict[str, Any]:
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest mark
    base, before = memory("VmRSS"), time.process_time()
    said = told(path)
    return {
        "decisions": [d["decision"] for d in said["documents"]],
        "reasons": [h["reason"] for h in said["held"]],
        "surnames": [r["fields"].get("surname", {}).get("value") for r in said["readings"]],
        "seconds": time.process_time() - before,
        "megabytes": memory("VmHWM") - base,
    }


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, hard))
    good = Path(sys.argv[1])
    whole = told(good)
    for line in sys.stdin:
        name, _, where = line.strip().partition("\t")
        answer = {"name": name, **measured(Path(where)), "next": told(good) == whole}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

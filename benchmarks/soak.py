"""The soak: thousands of emails and letters, an officer in the same mailbox, crashes, and every one accounted for.

Intake: emails come into a real Dovecot while an officer reads, flags, files, bins and deletes between the polls; the polling
process is killed (SIGKILL) every 20 polls at a commit point or at any moment, and the mailbox is rebuilt twice. In the
end each email that a whole poll could see must be on file once, byte for byte, in one end state. Then the same process
goes on for some more polls without a crash, and its memory must stay flat.

Outbox: letters go to a server that takes them and drops the line, drops it earlier, or puts off, and the sender is killed
again and again; once with a Sent folder that keeps copies (some of them late), once without. Each letter must have gone
once, or stand before the officer as uncertain.

    python -m benchmarks.soak [--mails 5000] [--letters 1000] [--crashes 50] [--seed 7] [--json]

Exit 1 when anything is lost or doubled, or memory grows by more than a tenth.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from benchmarks.soak_intake import intake
from benchmarks.soak_outbox import outbox

GROWTH = 1.10


def well(told: dict[str, Any]) -> bool:
    """Return whether nothing was lost or doubled and memory stayed flat."""
    wrong = ("lost", "doubled", "changed", "unread", "not_in_ledger", "chain_broken_at")
    same = told.get("forms", 0) == told.get("cases", 0)
    return same and not any(told.get(k) for k in wrong) and (told.get("growth") or 1) < GROWTH


def main() -> int:
    """Run both, print the figures, and return 1 when one of them is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--crashes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    told = {
        "outbox, Sent keeps copies": outbox(chosen.letters, chosen.crashes, chosen.seed, copies=True),
        "outbox, no Sent folder": outbox(chosen.letters, chosen.crashes, chosen.seed, copies=False),
        "intake": intake(chosen.mails, chosen.seed),
    }  # fmt: skip
    if chosen.json:
        print(json.dumps(told))
    for name, figures in () if chosen.json else told.items():
        print(f"{name}: {'well' if well(figures) else 'WRONG'}")
        for what, figure in figures.items():
            print(f"  {what:22}{figure}")
    return int(not all(map(well, told.values())))


if __name__ == "__main__":
    sys.exit(main())

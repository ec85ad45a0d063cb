"""`cme intake --json` over a mailbox in a process of its own with limits, and then once more: what the record holds.

python corpus_run.py OUT.json
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from typing import Any

MEMORY = 1_500 * 2**20
SECONDS = 180


def intake() -> list[dict[str, Any]]:
    from cases.commands import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(["intake", "--json"])
    return [json.loads(line) for line in out.getvalue().splitlines()]


def unhurried() -> list[dict[str, Any]]:
    """Take in, and once more what a busy machine's late reader put off: nobody waits two minutes for it here."""
    from cases.models import Arrival, ArrivalState

    told = intake()
    for _ in range(2):
        late = Arrival.objects.filter(state=ArrivalState.KEPT)
        if late.update(try_after=None):
            told += intake()
    return [row for row in told if row["verdict"] != "unread"]


def rows() -> dict[str, Any]:
    from django.apps import apps

    from cases.models import Arrival, Contact, Letter, Sighting
    from cases.record.ledger import open_bytes

    arrivals = {}
    for arrival in Arrival.objects.select_related("raw").order_by("id"):
        raw = open_bytes(arrival.raw) if arrival.raw else b""
        arrivals[arrival.pk] = {
            "raw": raw.hex() if len(raw) < 50_000 else "", "size": len(raw), "state": arrival.state,
            "verdict": arrival.verdict, "machine": arrival.machine, "same_as": arrival.same_as_id,
            "message_id": arrival.message_id, "sender": arrival.sender, "move_to": arrival.move_to,
            "documents": [[d.path, d.decision, d.why] for d in arrival.documents.order_by("id")],
            "held": sorted(arrival.holds.filter(settled_at=None).values_list("reason", flat=True)),
        }  # fmt: skip
    return {
        "arrivals": arrivals,
        "seen": [
            [s.folder, s.uidvalidity, s.uid, s.arrival_id, s.gone_at is not None]
            for s in Sighting.objects.order_by("id")
        ],
        "letters": list(Letter.objects.values_list("arrival_id", "kind", "recipient")),
        "contacts": list(Contact.objects.values_list("address", flat=True)),
        "tables": {
            m.__name__: m.objects.count()
            for m in apps.get_app_config("cases").get_models()
            if m.__name__ not in ("Setting", "Lease")
        },
    }


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from cases.commands.moving import prepare

    prepare()
    told = {"first": unhurried(), "rows": rows(), "second": intake(), "rows_after": rows()}
    used = resource.getrusage(resource.RUSAGE_SELF)
    told["peak_mb"] = used.ru_maxrss // 1024
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(told, file)


if __name__ == "__main__":
    main()

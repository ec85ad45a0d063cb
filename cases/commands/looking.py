"""Commands that only look: read, match, due, report, verify."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cases.commands import command, django
from parsers.labels import FORMS, LABELS

PROMISED = (
    "from", "subject", "date", "message_id", "new_text", "machine", "case_refs", "from_name",
    "in_reply_to", "to", "notes",
)  # fmt: skip


def add(commands: Any) -> None:
    """Add the commands."""
    read = command(
        commands, "read", "Say what an email or a document says.",
        "cme read form.docx referral.eml --json", run_read,
    )  # fmt: skip
    read.add_argument("files", nargs="+", metavar="FILE")
    read.add_argument("--json", action="store_true", help="one JSON object a line")
    read.add_argument("--password", action="append", default=[], help="for a locked file")
    match = command(
        commands, "match", "Tell which rows of a table are children known already.",
        "cme match known.csv incoming.csv out.csv --explain", run_match,
    )  # fmt: skip
    for name in ("known", "incoming", "out"):
        match.add_argument(name, type=Path, metavar=f"{name.upper()}.csv")
    match.add_argument("--explain", action="store_true", help="print the reasons for each row")
    due = command(
        commands, "due", "Say what is due on every open case, and why. Sends nothing.",
        "cme due --today 2026-12-01 --json", run_due,
    )  # fmt: skip
    due.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD")
    due.add_argument("--json", action="store_true")
    command(
        commands, "verify", "Prove that no entry of the timeline was changed or removed.",
        "cme verify", run_verify,
    )  # fmt: skip


def run_read(arguments: argparse.Namespace) -> int:
    """Print what each file says; exit 1 when anything is held or cannot be read."""
    from cases.workers import Pool, WorkerDied

    pool, code = Pool(1), 0
    try:
        for name in arguments.files:
            try:
                raw = Path(name).read_bytes()
                told = pool.examine(
                    Path(name).name, raw, on=date.today(), passwords=arguments.password
                )
            except (OSError, WorkerDied) as error:
                told = _unreadable(error)
            told["file"] = name
            code = code or int(bool(told["held"]))
            print(json.dumps(promised(told), ensure_ascii=False) if arguments.json else table(told))
            sys.stdout.flush()
    finally:
        pool.close()
    return code


def _unreadable(error: Exception) -> dict[str, Any]:
    if isinstance(error, OSError):
        text = f"The file cannot be opened: {error.strerror or 'no reason given'}."
        reason = "unreadable"
    else:
        timed_out = getattr(error, "timed_out", False)
        reason = "timed_out" if timed_out else "unreadable"
        text = "Reading the file " + ("took too long." if timed_out else "broke its reader.")
    held = [{"reason": reason, "document": "", "text": text}]
    return {"email": None, "documents": [], "readings": [], "held": held}


def promised(told: dict[str, Any]) -> dict[str, Any]:
    """Return the object that the contract promises, in its order."""
    email = told["email"]
    return {
        "file": told["file"],
        "email": {k: email[k] for k in PROMISED if k in email} if email else None,
        "documents": told["documents"],
        "readings": told["readings"],
        "held": told["held"],
    }


def table(told: dict[str, Any]) -> str:
    """Return what was read as an officer would want to see it."""
    lines = [told["file"], "=" * min(len(told["file"]), 100)]
    if email := told["email"]:
        lines.append(f"Email from {email['from'] or 'nobody'}: {email['subject']}")
        if email["machine"]:
            lines.append(f"Written by a machine ({email['machine']}).")
    for document in told["documents"]:
        why = f" - {document['why']}" if document["why"] else ""
        lines.append(
            f"  {document['decision']:8}{document['path']} ({document['format'] or '?'}){why}"
        )
    for number, reading in enumerate(told["readings"], 1):
        form = FORMS.get(reading["form"], reading["form"])
        lines += ["", f"Child {number}: {form}, in {reading['document']}"]
        lines += _values(reading)
    for held in told["held"]:
        lines += ["", f"Waits for a person: {held['text']} [{held['reason']}: {held['document']}]"]
    return "\n".join(lines) + "\n"


def _values(reading: dict[str, Any]) -> list[str]:
    lines = []
    order = list(LABELS)
    told = sorted(
        reading["fields"].items(), key=lambda f: order.index(f[0]) if f[0] in order else 99
    )
    for name, value in told:
        doubt = "" if value["sure"] >= 0.95 else f"  (to check: {value['sure']:.0%} sure)"
        shown = textwrap.shorten(_shown(value["value"]), 70)
        lines.append(f"  {LABELS.get(name, name):28}{shown}{doubt}  [{value['place']}]")
    for unread in reading["unread"]:
        label = LABELS.get(unread["field"] or "") or textwrap.shorten(unread["label"], 40)
        raw = textwrap.shorten(unread["raw"], 40)
        lines.append(
            f"  {label:28}could not be read: {raw!r}, {unread['why']}  [{unread['place']}]"
        )
    lines += [
        f"  says: {s['kind']} - {textwrap.shorten(s['words'], 70)}"
        for s in reading.get("signals", [])
    ]
    return lines


def _shown(value: Any) -> str:
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case list():
            return "; ".join(_shown(v) for v in value)
        case dict():
            return ", ".join(f"{k} {_shown(v)}" for k, v in value.items() if v not in (None, ""))
        case _:
            return str(value)


def run_match(arguments: argparse.Namespace) -> int:
    """Decide each row of INCOMING against KNOWN and the rows before it."""
    from cases.match_table import match_tables

    return match_tables(arguments.known, arguments.incoming, arguments.out, arguments.explain)


def run_due(arguments: argparse.Namespace) -> int:
    """Print every open deadline."""
    django()
    from cases import clock, clocks

    today = arguments.today or clock.today()
    rows = clocks.all_due(today)
    for row in rows:
        if arguments.json:
            print(json.dumps(row.told()))
        else:
            late = "OVERDUE" if row.overdue else "due"
            when = row.due.strftime("%a %d %b %Y") if row.due else "not known"
            print(f"{row.case:16}{late:8}{when:16}{row.what} ({row.who})")
            print(f"{'':16}{row.because or row.problem}")
            if row.next_letter:
                day = row.next_letter_on.strftime("%a %d %b") if row.next_letter_on else "?"
                print(f"{'':16}next letter: {row.next_letter} on {day}")
    if not rows and not arguments.json:
        print("Nothing is due.")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Walk the chain of entries."""
    django()
    from cases import clock
    from cases.record import ledger
    from cases.record.entries import anchor, verify

    chain, now = verify(), clock.now()
    told = {"entries": chain.count, "broken_at": chain.broken_at, "at": now.isoformat()}
    ledger.remember("audit_chain", told, now)
    if chain.broken_at is not None:
        print(f"The timeline was changed: entry {chain.broken_at} does not fit.", file=sys.stderr)
        return 1
    print(f"{chain.count} entries, none changed or removed. Anchor: {anchor()}")
    return 0


def instant(day: date | None) -> datetime:
    """Return now, or nine in the morning (UK) of a given day."""
    from cases import clock

    if day is None:
        return clock.now()
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=clock.UK)

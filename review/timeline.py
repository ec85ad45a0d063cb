"""A case's timeline as sentences: entries hold ids and codes, the words come from rows that retention can delete."""

from __future__ import annotations

from typing import Any

from cases import rules
from cases.config import current
from cases.models import CaseEvent, Entry
from policy.deadlines import EVENTS
from policy.status import STATUSES
from review.pages import cap, label, letter_name, who


def timeline(entries: list[Entry], events: list[CaseEvent]) -> list[dict[str, Any]]:
    """The case's entries, newest first, as sentences."""
    by_id = {e.pk: e for e in events}
    return [
        {"at": r.at, "by": r.by, "say": sentence(r, by_id), "arrival": r.arrival} for r in entries
    ]


def sentence(row: Entry, events: dict[int, CaseEvent]) -> str:
    """Return an entry as a sentence; details come from rows that retention can delete."""
    data = row.data
    match row.act:
        case "opened":
            return "Case opened" + (
                ", provisionally: the officer is to say whether the child is known"
                if data.get("provisional")
                else ""
            )
        case "event" | "event proposed" | "event accepted":
            event = events.get(data.get("event", 0))
            told = cap(EVENTS.get(data.get("kind", ""), data.get("kind", "")))
            note = f" “{event.note}”" if event and event.note else ""
            when = event.on if event else data.get("on")
            head = "Proposed: " if row.act == "event proposed" else ""
            return f"{head}{told} ({when:%-d %B %Y}){note}" if event else f"{head}{told}"
        case "status":
            return f"Status: {STATUSES.get(data.get('to', ''), data.get('to'))}"
        case "field changed" | "proposal accepted" | "proposal refused":
            return f"{row.act.capitalize()}: {label(data.get('field', ''))}"
        case act if act.startswith("filed: "):
            changed = ", ".join(label(f) for f in data.get("changed", []))
            return f"Email filed as {act[7:].replace('_', ' ')}" + (
                f"; {changed}" if changed else ""
            )
        case act if act.startswith("letter "):
            kind = data.get("kind", "")
            return f"{act.capitalize()}: {letter_name(kind)}" if kind else act.capitalize()
        case "chase decided":
            to = data.get("to", "")
            whom = who(to) if to in ("ewo", "senior_ewo", "cme_officer") else to.replace("_", " ")
            return f"Time to ask the {whom}: {_rule(data.get('rule', ''))}"
        case "arrival held" | "arrival filed":
            return "Email " + row.act.removeprefix("arrival ")
        case act:
            return cap(act)


def _rule(name: str) -> str:
    """Return what a rule asks, in the configuration's words."""
    found = next((r.what for r in rules.rules(current()) if r.name == name), name.replace("_", " "))
    return found.rstrip(".")

"""The states of a case (policy Appendix 3), apart from its outcome: S2S is an outcome that never closes a case.

A table: what is not in it does not happen, and says why. Drawn into docs/drawn/states.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STATUSES: Mapping[str, str] = {
    "open": "Referral open",
    "investigating": "EWO is investigating",
    "s2s": "Posted on s2s, still looking",
    "found": "Found, no provision yet",
    "placed": "In provision, followed up at 6 and 18 weeks",
    "closed": "Closed",
}

TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "open": {
        "ewo_assigned": "investigating", "first_action": "investigating", "home_visit": "investigating",
        "home_visit_failed": "investigating", "s2s_posted": "s2s", "found": "found", "placed": "placed",
        "returned": "placed", "closed": "closed",
    },
    "investigating": {
        "s2s_posted": "s2s", "found": "found", "placed": "placed", "returned": "placed", "closed": "closed",
    },
    "s2s": {"found": "found", "placed": "placed", "returned": "placed", "closed": "closed"},
    "found": {
        "placed": "placed", "returned": "placed", "missing_again": "open", "closed": "closed",
    },
    "placed": {"missing_again": "open", "closed": "closed"},
    "closed": {"missing_again": "open"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """The table does not allow it; `why` in words."""

    why: str


def move(status: str, event: str) -> str | Refused:
    """Return the status that an event leads to, or why it leads nowhere."""
    allowed = TRANSITIONS.get(status)
    if allowed is None:
        return Refused(f"There is no status {status}.")
    if event in allowed:
        return allowed[event]
    return Refused(f"“{event.replace('_', ' ')}” changes nothing on a case that is {status}.")


def drawing() -> str:
    """Return the table as a state diagram for docs/drawn/states.md."""
    lines = ["# States of a case", "", "Made from `policy/status.py`.", "", "```mermaid", "stateDiagram-v2", "  [*] --> open"]  # fmt: skip
    for status, label in STATUSES.items():
        lines.append(f"  {status}: {label}")
    for status, moves in TRANSITIONS.items():
        by_target: dict[str, list[str]] = {}
        for event, target in moves.items():
            by_target.setdefault(target, []).append(event.replace("_", " "))
        lines += [f"  {status} --> {target}: {', '.join(e)}" for target, e in by_target.items()]
    return "\n".join([*lines, "```", ""])

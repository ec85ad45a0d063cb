"""Drawings of the policy's rooms, made from the code and config.yaml so that they cannot fall behind.

`python -m docs.draw` writes them into docs/drawn/.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mail.letters import names, render
from policy import status, year, year_drawn
from policy.calendar import Calendar, SchoolCalendar, england_bank_holidays
from policy.deadlines import EVENTS, WHEN, Calendars, Rule
from policy.rule_table import rule_from

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE: dict[str, Any] = {
    "reference": "CME-2026-0001", "initials": "PF", "school": "Alder Grove Primary School",
    "team": "Children Missing Education team", "council": "Wrenshire County Council",
    "telephone": "01632 960100", "answer_within": "10 working days",
    "urgent": "Wrenshire Customer First, 01632 960101", "form": "cme", "others": [],
    "missing": ["the date the child last attended", "the full address the family moved to"],
    "overdue": True, "due": date(2026, 10, 27), "because": "3 working days after 22 Oct 2026: an EWO was assigned",
    "what": "Visit to the last known home address.", "mailbox": "cme@wrenshire.example",
    "council_wide": False, "troubles": ["post in: last proved poll 40 minutes ago"],
    "opened_on": date(2026, 10, 22), "status": "investigating", "received": date(2026, 10, 22),
    "lines": [
        {"reference": "CME-2026-0001", "initials": "PF", "overdue": True, "due": date(2026, 10, 27),
         "what": "The starters and leavers return."},
        {"reference": "CME-2026-0007", "initials": "TO", "overdue": False, "due": date(2026, 11, 5),
         "what": "A copy of the parents' letter to the school about home education."},
    ],
}  # fmt: skip


def _config() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    return found


def shipped_rules() -> list[Rule]:
    """Return the rules of config.yaml."""
    return [rule_from(name, told) for name, told in _config()["deadlines"].items()]


def states() -> str:
    """Return the state diagram."""
    return status.drawing()


def letters() -> str:
    """Return every letter whole, for a team leader to read and sign off."""
    parts = [
        "# Letters",
        "",
        "Each letter as it goes out, about an invented child. Made from `templates/emails/`.",
    ]
    for name in names():
        letter = render(name, EXAMPLE)
        parts += [
            "",
            f"## {name}",
            "",
            "```text",
            f"Subject: {letter.subject}",
            "",
            letter.text.rstrip(),
            "```",
        ]
    return "\n".join([*parts, ""])


def deadlines() -> str:
    """Return every rule in words, one row a rule and one line a letter."""
    parts = [
        "# Deadlines",
        "",
        "Every clock and its letters. Made from `config.yaml`, section `deadlines`.",
    ]
    for rule in shipped_rules():
        period = f"{rule.fixed} each year" if "-" in rule.fixed else rule.fixed or rule.period.words
        parts += [
            "",
            f"## {rule.name}",
            "",
            rule.what,
            "",
            f"- Policy: {rule.policy}",
            f"- Owed by: {rule.who}",
        ]
        parts.append(
            f"- Period: {period}" + (f" (by law {rule.statutory.words})" if rule.statutory else "")
        )
        if rule.starts:
            parts.append(f"- Starts: {_words(rule.starts)}")
        parts.append(f"- Stops: {_words((*rule.stops, *sorted(rule.ends)))}")
        if only := _only(rule):
            parts.append(f"- Only: {only}")
        parts += [f"- Letter “{s.letter}” to {s.to}, {_offset(s.offset)}" for s in rule.sequence]
    return "\n".join([*parts, ""])


def _only(rule: Rule) -> str:
    """Return about which cases the rule is, in words."""
    told = [WHEN[name] for name in sorted(rule.when)]
    if rule.forms:
        told.append(f"for the forms {', '.join(sorted(rule.forms))}")
    if rule.flags:
        told.append(f"with {', '.join(f.replace('_', ' ') for f in sorted(rule.flags))}")
    for holds, words in (
        (rule.council, "for the council as a whole"),
        (rule.repeats, "again and again until it ends"),
        (rule.after_closing, "also after the case is closed"),
        (rule.in_holidays, "also in the schools' holidays"),
    ):
        told += [words] if holds else []
    return "; ".join(told)


def _words(kinds: tuple[str, ...]) -> str:
    return "; ".join(EVENTS[k] for k in kinds)


def _offset(days: int) -> str:
    if not days:
        return "on the due day"
    unit = "working day" if abs(days) == 1 else "working days"
    return f"{abs(days)} {unit} {'before' if days < 0 else 'after'}"


def _played() -> year.Year:
    told, holidays = _config()["calendar"], england_bank_holidays()
    council = Calendar(holidays, frozenset(told["closures"]), date(2028, 12, 31))
    county = SchoolCalendar(tuple((a, b) for a, b in told["terms"]), holidays, name="the county")
    return year.play(shipped_rules(), Calendars(council, county, {}))


def played_year() -> str:
    """Return the played year as a calendar and a table."""
    played = _played()
    return "\n".join(
        [
            "# A school year, played",
            "",
            "Invented cases; made by `policy/year.py`.",
            "",
            "![Letters by day](year.svg)",
            "",
            "```text",
            year_drawn.as_calendar(played),
            "",
            year_drawn.as_table(played),
            "```",
            "",
        ]
    )


def year_picture() -> str:
    """Return the played year's calendar as a picture."""
    return year_drawn.as_svg(_played())


DRAWINGS = {
    "states.md": states, "letters.md": letters, "deadlines.md": deadlines, "year.md": played_year,
    "year.svg": year_picture,
}  # fmt: skip

"""Every enquiry that a form tells of: its grid's rows, a visit in parts, questions about single checks.

Source: policy 9.8 and 10.1; docs/contract.md, `enquiries`.
"""

from __future__ import annotations

import re
from typing import Any

from parsers.documents.model import Place
from parsers.forms import enquiries
from parsers.forms.placed import Form, Placed
from parsers.pairs import Answer, Enquiry
from parsers.words import tokens

Row = tuple[dict[str, Any], Place, str]
_PLAIN = frozenset({
    "home_visit", "emergency_contacts", "siblings_schools", "social_care", "first_day_calling",
})  # fmt: skip
_ASKED = re.compile(r"school|contact|check|enquir|ask|spoke|call|visit", re.I)
_KNOWN = re.compile(r"\W*(?:(?:is|are|was|were|has)\b.*\bknown to\b|known to\b)", re.I)


def rows(form: Form) -> list[Row]:
    """Return each enquiry with its place and its words; what was used is marked on the form."""
    made: list[Row] = []
    for row in form.found.enquiries:
        entry = enquiries.from_grid(row, form.words, form.on)
        if entry:
            made.append((entry, row.place, " ".join(a.raw for a in row.columns.values())))
    made.extend(_visit(form))
    for p in form.placed:
        if id(p.pair) not in form.used and _is_check(form, p):
            entry = enquiries.from_pair(p.pair.label, p.pair.answer, form.words, form.on)
            if entry:
                form.used.add(id(p.pair))
                made.append((entry, p.pair.place, f"{p.pair.label}: {p.pair.answer.raw}"))
    return made


def _visit(form: Form) -> list[Row]:
    """Return the visit that a form asks for in parts: its date, whom it was to, what came of it."""
    visit: dict[str, Answer] = {}
    first: Place | None = None
    for p in form.placed:
        key = set(tokens(p.pair.label))
        part = _part(key)
        asks = p.field in (None, "outside") and key & {"visit", "visited", "visits"}
        if part and asks and p.picked.words and part not in visit:
            visit[part] = p.pair.answer
            first = first or p.pair.place
            form.used.add(id(p.pair))
    if first is None:
        return []
    entry = enquiries.from_grid(Enquiry(visit, first, "visit"), form.words, form.on)
    return [(entry, first, " ".join(a.raw for a in visit.values()))] if entry else []


def _part(key: set[str]) -> str:
    if "date" in key:
        return "date"
    if key & {"outcome", "result"}:
        return "outcome"
    return "address" if "address" in key else ""


def _is_check(form: Form, p: Placed) -> bool:
    """Say whether a question that asks for no field is about one enquiry."""
    if p.field not in (None, "outside") or p.pair.section == "office":
        return False
    action = form.words.action(p.pair.label)
    if action is None or _KNOWN.match(p.pair.label):
        return False
    if p.pair.section == "enquiries":
        return True
    if p.field is not None or len(tokens(p.pair.label)) < 2:
        return False
    if action == "siblings_schools" and not _ASKED.search(p.pair.label):
        return False  # who the siblings are is no enquiry
    return action in _PLAIN or (action != "other" and _many(form))


def _many(form: Form) -> bool:
    """Say whether the form asks several questions about enquiries outside any grid."""
    asked = [
        p
        for p in form.placed
        if p.field is None and form.words.action(p.pair.label) not in (None, "other")
    ]
    return len(asked) >= 3

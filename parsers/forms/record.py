"""From questions and answers to one reading for each child.

What a stranger would get wrong: that an empty form is a referral, and a list of the class a list of leavers.

Source: docs/contract.md; policy 9.4 and 9.5; docs/reading.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from parsers import fingerprint, grounds, leftover
from parsers.documents.model import Document, Place
from parsers.finder import find
from parsers.forms import checks, child, children, kind, whose
from parsers.forms.answers import Asking
from parsers.forms.placed import EVENTS, Form
from parsers.reading import FormKind, Reading, Unread
from parsers.vocabulary import Vocabulary
from parsers.words import is_no_value, squash

_HAPPENED = re.compile(
    r"missing|on.?roll|\bleav|\bleft\b|remov|no.?show|not (?:arriv|start|return|attend|in school)|non.?arriv|off.?roll|\badmi(?:t|ss)|\bstart"
    r"|\bjoin|\bcme\b|withdr|home.?educat|\behe\b|\bmov(?:e|ing)|transfer|did not|failed|absen|delet|refer|trac(?:e|ing)",
    re.I,
)
# A question of several words with a short answer behind it, which is a day or yes or no.
_ASKED = re.compile(
    r"((?:[^\s:?]+ ){3,18}[^\s:?]+)[:?]+ ?((?:yes|no|y|n|not known|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})\b.{0,40})",
    re.I,
)
_ADULT = 20  # years


@dataclass(slots=True)
class FormRead:
    """All readings of one document, and what to tell of it as a whole."""

    readings: list[Reading] = field(default_factory=list)
    raw: list[Reading] = field(default_factory=list)  # also those that name no child
    labels: int = 0
    answered: int = 0
    child_answers: int = 0
    unknown_pairs: int = 0
    ambiguous: bool = False
    nameless: bool = False
    eventless: bool = False  # a list of people that says nothing of what happened
    dropped: int = 0  # children over the limit, told and not read
    form: FormKind = "unknown"
    layout: fingerprint.Layout | None = None


def read(document: Document, path: str, vocabulary: Vocabulary, on: date) -> FormRead:
    """Return the readings of a document, one for each child."""
    text = document.text()
    sheet = document.format in ("xlsx", "xls", "csv", "ods", "xlsb")
    asking = Asking(on, sheet, grounds.scheme_of(text))
    form = Form(document, path, vocabulary, on, find(document, vocabulary), text, asking)
    form.placed, layout = fingerprint.recall(whose.place(form), vocabulary.lessons)
    result = _read(form)
    result.layout = layout
    return result


def _read(form: Form) -> FormRead:
    result = FormRead()
    known = [p for p in form.placed if p.field]
    result.labels = len(known)
    result.answered = sum(bool(p.picked.words) for p in known if p.field != "outside")
    result.unknown_pairs = sum(1 for p in form.placed if not p.field and p.picked.words)
    drafts, result.dropped = children.drafts(form.placed)
    rows = checks.rows(form)
    for own, shared in drafts:
        reading, ambiguous = child.reading(form, own, shared, rows)
        if reading is None:
            continue
        result.ambiguous |= ambiguous
        result.readings.append(reading)
    result.child_answers = sum(
        any(f in r.fields for f in ("surname", "forenames", "upn")) for r in result.readings
    )
    result.raw = list(result.readings)
    result.eventless = _tells_nothing(form, result.readings)
    if result.eventless:
        result.readings = []
    _leftover(form, result)
    result.readings, nameless = _with_identity(result.readings)
    result.nameless = nameless and not result.readings
    result.form = _kind(form, result.readings, len(rows))
    result.readings = [replace(r, form=result.form) for r in result.readings]
    return result


def _tells_nothing(form: Form, readings: list[Reading]) -> bool:
    """Say whether this is a list of people that refers nobody: a class, or the staff."""
    listed = [r for r in readings if len(r.fields) > 1]
    if not any((p.pair.child or 0) > 1000 for p in form.placed) or len(listed) < 2:
        return False
    born = [
        date.fromisoformat(r.fields["date_of_birth"].value)
        for r in listed
        if "date_of_birth" in r.fields
    ]
    grown = sum((form.on - day).days > _ADULT * 365.25 for day in born)
    if born and grown > 0.5 * len(born):
        return True
    titles = [*form.found.headings, *(t.text for t in form.found.loose[:6]), form.text[:110]]
    told = any(set(r.fields) & EVENTS for r in listed) or any(
        p.field == "movement_date" for p in form.placed
    )
    told = told or _HAPPENED.search(form.text) is not None
    told = told or any(p.field is None and re.search(r"\d", p.picked.words) for p in form.placed)
    return not told and not any(form.words.titled(t) for t in titles)


def _leftover(form: Form, result: FormRead) -> None:
    """Tell what stood in a table beside the questions, or behind a question alone on its line, and was taken up by none."""
    lost = leftover.untold(form.document, form.found) if result.readings else []
    lost += _asked_loosely(form) if result.readings else []
    if lost:
        first = result.readings[0]
        told = tuple(
            Unread(None, before, words, place, "no question was found for it")
            for before, words, place in lost
        )
        result.readings[0] = replace(first, unread=(*first.unread, *told))


def _asked_loosely(form: Form) -> list[tuple[str, str, Place]]:
    """Return loose lines that ask and answer ("Date the parent told us: 28/09/2026") between a form's questions."""
    made = []
    for line in form.found.loose:
        asked = _ASKED.fullmatch(squash(line.text))
        if asked and not is_no_value(asked[2]):
            made.append((asked[1], asked[2], line.place))
    return made


def _with_identity(readings: list[Reading]) -> tuple[list[Reading], bool]:
    kept = [r for r in readings if any(f in r.fields for f in ("surname", "forenames", "upn"))]
    return kept, any(set(r.fields) - {"school_name", "school_urn", "school_laestab", "referrer_name",
        "referrer_role", "referrer_phone", "referrer_email", "referral_date", "source_code"} for r in readings)  # fmt: skip


def _kind(form: Form, readings: list[Reading], rows: int) -> FormKind:
    asked = {p.field for p in form.placed if p.field}
    answered = {p.field for p in form.placed if p.field and p.picked.words}
    ground = next(
        (r.fields["ground"].value["meaning"] for r in readings if "ground" in r.fields), None
    )
    return kind.decide(
        form.text, form.found.headings, asked, answered, len(readings), rows, form.words, ground
    )

"""What the modules of one form hand on: the form, its questions with their fields, and small things about both.

Source: docs/reading.md, "the way from blocks to values".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from parsers.documents.model import Document
from parsers.fields import Got
from parsers.forms.answers import Asking, Chosen
from parsers.pairs import Found, Pair
from parsers.reading import Unread, Value
from parsers.vocabulary import Vocabulary

IDENTITY = ("surname", "forenames", "known_as", "date_of_birth", "sex", "upn", "year_group")
NAMES = frozenset({"surname", "forenames", "full_name"})
SINGLE = frozenset({*IDENTITY, "full_name", "middle_names"})
DONE = frozenset({"actions_taken", "visit_outcome"})  # told in words, not in a grid
EVENTS = frozenset({
    "last_attended", "off_roll_date", "admission_date", "reason", "ground", "destination_school", "destination_address",
    "destination_country", "move_date", "narrative", "enquiries", "parental_letter", "ctf_sent",
})  # fmt: skip
PARENT = {
    "parent_name": "name", "parent_phone": "phone", "parent_email": "email", "parent_address": "address",
    "parent_relationship": "relationship", "parent_name_phone": "name_phone", "parent_surname": "surname",
    "parent_forenames": "forenames", "parent_postcode": "postcode",
}  # fmt: skip
SIBLING = {
    "siblings": "free", "sibling_dob": "date_of_birth", "sibling_school": "school",
    "sibling_surname": "surname", "sibling_forenames": "forenames", "sibling_name": "name",
}  # fmt: skip
IN_SIBLING = {
    "surname": "sibling_surname", "forenames": "sibling_forenames", "full_name": "sibling_name",
    "name": "sibling_name", "date_of_birth": "sibling_dob", "school_name": "sibling_school",
    "school": "sibling_school", "siblings": "siblings",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A pair whose field is settled by its section."""

    pair: Pair
    field: str | None
    sure: float
    picked: Chosen


@dataclass(slots=True)
class Form:
    """One document being read, with every question it asks."""

    document: Document
    path: str
    words: Vocabulary
    on: date
    found: Found
    text: str
    asking: Asking
    placed: list[Placed] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # ids of the pairs that told of an enquiry


def value_of(got: Got, p: Placed) -> Value:
    sure = min(got.sure, p.sure, p.picked.sure)
    return Value(got.value, p.picked.raw or p.picked.words, p.pair.place, round(sure, 3))


def unread_of(p: Placed, name: str | None, why: str) -> Unread:
    return Unread(name, p.pair.label, (p.picked.raw or p.picked.words)[:500], p.pair.place, why)


def plain(item: Any) -> str:
    return re.sub(r"[^\w]+", " ", str(item).casefold()).strip()


def within(one: str, other: str) -> bool:
    return set(plain(one).split()) <= set(plain(other).split())

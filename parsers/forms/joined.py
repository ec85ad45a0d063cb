"""Two questions in one label: "Name and date of birth", "Name and address of parent".

The answer is cut where its shape says: at the date, at the line's end or the first comma. What cannot be
cut stays whole under the first of the two.

Source: docs/reading.md, "layouts"; the deletion return asks for a parent's "full name and address".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from parsers import dates
from parsers.documents.model import Text
from parsers.forms.answers import chosen
from parsers.pairs import Answer, Pair
from parsers.words import squash


def apart(pair: Pair, on: date) -> list[Pair]:
    """Return the pairs that one pair asks for together; none when it asks for one thing."""
    asked = pair.match.field if pair.match else ""
    words = chosen(pair.answer).words
    if asked == "name_dob":
        return _named(pair, words, on)
    if asked == "parent_name_address":
        return _housed(pair, words)
    return []


def _as(pair: Pair, field: str, words: str) -> Pair:
    assert pair.match is not None
    return replace(
        pair, match=replace(pair.match, field=field), answer=Answer((Text(words, pair.place),))
    )


def _named(pair: Pair, words: str, on: date) -> list[Pair]:
    text = squash(words)
    found = dates.find(text, on=on, kind="birth")
    if len(found) != 1:
        return [_as(pair, "full_name", text)]
    name = text.replace(found[0].raw, " ")
    name = re.sub(r"\b(?:d\.?o\.?b\.?|born(?: on)?|date of birth)\b|[():;]", " ", name, flags=re.I)
    return [
        _as(pair, "full_name", squash(name).strip(" ,-–/.")),
        _as(pair, "date_of_birth", found[0].raw),
    ]


def _housed(pair: Pair, words: str) -> list[Pair]:
    lines = [squash(line).strip(" ,") for line in words.split("\n") if line.strip()]
    if len(lines) > 1 and not re.search(r"\d", lines[0]):
        return [
            _as(pair, "parent_name", lines[0]),
            _as(pair, "parent_address", ", ".join(lines[1:])),
        ]
    name, comma, rest = squash(words).partition(",")
    if comma and re.search(r"\d", rest) and not re.search(r"\d", name):
        return [_as(pair, "parent_name", name.strip()), _as(pair, "parent_address", rest.strip())]
    return [_as(pair, "parent_name_phone", words)]

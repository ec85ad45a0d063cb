"""An address asked for in parts: house, street, town, county, "Line 2"; brought together as one question.

What a stranger would get wrong: a county is no country, and each part alone is no address. The postcode stays a
question of its own.

Source: the unseen sets' web forms and exports; docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.documents.model import Text
from parsers.forms.answers import chosen
from parsers.pairs import Answer, Pair
from parsers.vocabulary import Match
from parsers.words import is_no_value, squash

_WORD = (
    r"(?:house|flat|building|property)(?: ?(?:name|no\.?|number))?|street(?: ?(?:name|address))?|road(?: name)?|village|town"
    r"|city|locality|county|district|suburb"
)
_PART = re.compile(
    r"(?:(?:the |child'?s? |pupil'?s? |home |contact |current |family |last known |new |postal |full )*(?:address|addr)\b[\s(\[,:\-–]*)?"
    rf"(?:(?:line|address)?\s*(?P<line>[1-5])|(?:{_WORD})(?:\s*(?:/|,|or|and|&)\s*(?:{_WORD}))*)\s*[)\].:*]*",
    re.I,
)
_WHERE = ("address", "destination_address", "parent_address", "previous_address", "outside")


def whole(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs with the parts of each address brought together under its first question."""
    made: list[Pair] = []
    run: list[Pair] = []
    for pair in pairs:
        if run and _goes_on(run, pair):
            run.append(pair)
            continue
        made.extend(_joined(run))
        run = [pair] if _begins(pair) else []
        if not run:
            made.append(pair)
    return [*made, *_joined(run)]


def _is_part(pair: Pair) -> bool:
    return _PART.fullmatch(squash(pair.label)) is not None and not pair.answer.marked


def _begins(pair: Pair) -> bool:
    if pair.match is not None and pair.match.field in _WHERE[:-1]:
        return not pair.answer.marked
    return _is_part(pair)


def _goes_on(run: Sequence[Pair], pair: Pair) -> bool:
    if not _is_part(pair) or pair.section != run[0].section or pair.child != run[0].child:
        return False
    found = _PART.fullmatch(squash(pair.label))
    return not (found and found["line"] == "1")


def _joined(run: list[Pair]) -> list[Pair]:
    if len(run) < 2:
        return run
    told = [(p, chosen(p.answer).words.strip()) for p in run]
    words = [w.strip(" ,") for _, w in told if w and not is_no_value(w)]
    first = next((p for p in run if p.match and p.match.field in _WHERE), run[0])
    match = first.match if first.match and first.match.field in _WHERE[:-1] else None
    match = match or Match("address", 0.95, "parts", 2, "child")
    answer = Answer((Text(", ".join(dict.fromkeys(words)), run[0].answer.items[0].place if run[0].answer.items else run[0].place),)) if words else Answer()  # fmt: skip
    return [replace(run[0], match=match, answer=answer)]

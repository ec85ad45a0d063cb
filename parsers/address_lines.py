"""An address asked for in parts, put together again.

"Address line 1", "Line 2", "Town", "Postcode" are one question in four cells. A stranger would keep
the first line, read the county as a country, and lose the town.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Text
from parsers.pairs import Answer, Pair
from parsers.vocabulary import Match, Vocabulary
from parsers.words import is_no_value, squash

_LINE = re.compile(
    r"(?P<base>.*?\baddress)?\W*(?:\bline)?\W*(?:[1-5]|one|two|three|four)\W*|(?P<of>.*?\baddress)\W+(?:street|road|town|city|county|post ?code)\W*"
    r"|(?:.*\b)?(?:house|flat|building|property)\b.{0,20}\b(?:number|name|no)\b.*|(?:number|name)(?:/| or | and )?.{0,12}\b(?:street|road)\b.*"
    r"|(?:.*\b)?street(?: (?:name|address))?\W*|first line of (?:the )?(?P<first>.*\baddress)\W*",
    re.I,
)
_PLACE = re.compile(
    r"\W*(?:\w+ )?(?:town|city|village|locality|district|county|area)(?:\W{1,3}(?:town|city|village|locality|district|county|area))*\W*",
    re.I,
)
_CODE = re.compile(r"(?:.*\b)?post ?-? ?code\W*", re.I)
_CAPTION = re.compile(
    r"\b(?:(?:address )?line \d|town(?:/city)?|city|county|post ?code)\s*:\s*", re.I
)
_FIELDS = frozenset({"address", "parent_address", "destination_address"})


def joined(pairs: list[Pair], words: Vocabulary) -> list[Pair]:
    """Return the pairs with each run of parts of an address made one pair."""
    made: list[Pair] = []
    at = 0
    while at < len(pairs):
        run = _run(pairs, at)
        if len(run) > 1 or _captioned(pairs[at]):
            run = run or [pairs[at]]
            made.append(_one(run, words))
            at += len(run)
        else:
            made.append(pairs[at])
            at += 1
    return made


def _run(pairs: list[Pair], at: int) -> list[Pair]:
    first = pairs[at]
    label = squash(first.label)
    begins = _LINE.fullmatch(label) is not None and not label.isdigit()
    whole = first.match is not None and first.match.field in _FIELDS
    if not begins and not whole:
        return []
    run = [first]
    parts = 0
    for pair in pairs[at + 1 :]:
        text = squash(pair.label)
        if (pair.child, pair.section) != (first.child, first.section) or pair.answer.marked:
            break
        if _CODE.fullmatch(text):
            run.append(pair)
            break
        if not _PLACE.fullmatch(text) and not _further(text, label):
            break
        parts += 1
        run.append(pair)
    told = any(_words(p) for p in run)
    return run if told and (parts or begins) else []


def _further(text: str, first: str) -> bool:
    """Say whether a label asks for another line of the same address and does not begin another."""
    found = _LINE.fullmatch(text)
    return found is not None and text.casefold() != first.casefold()


def _words(pair: Pair) -> str:
    written = pair.answer.written
    if is_no_value(written):
        return ""
    return ", ".join(squash(_CAPTION.sub("", x)) for x in written.splitlines())


def _captioned(pair: Pair) -> bool:
    """Say whether an address is written behind captions of its own: "Line 1: ..., Town: ..."."""
    asked = pair.match is not None and pair.match.field in _FIELDS and not pair.answer.marked
    return asked and re.search(r"\bline \d\s*:", pair.answer.written, re.I) is not None


def _one(run: list[Pair], words: Vocabulary) -> Pair:
    first = run[0]
    found = _LINE.fullmatch(squash(first.label))
    base = next((g for g in found.groups() if g), "") if found else first.label
    match = words.match(base) if base else None
    if match is None or match.field not in _FIELDS:
        match = first.match if first.match and first.match.field in _FIELDS else None
    text = ", ".join(w.strip(" ,") for p in run if (w := _words(p)))
    item = Text(text, first.place, sure=min(p.answer.sure for p in run))
    label = squash(base) or first.label
    return replace(
        first,
        label=label,
        match=match or Match("address", 0.93, "parts", len(run)),
        answer=Answer((item,)),
    )

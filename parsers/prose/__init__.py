"""What an email says in plain words: what changed, and a referral told as a story.

Each child whom the words name gives a reading; what is told once for several is told of each. Nothing
read from prose is surer than 0.93. A covering note ("please find attached") says nothing of its own.

Source: policy 9.4 (referral), 9.5 (updates by email), 9.6, 10.1 (visits), 15.2, 17.2 (risk).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from parsers.prose import children as who
from parsers.prose import references, where
from parsers.prose import text as prose
from parsers.prose.kind import kind_of
from parsers.prose.signals import signals as _signals
from parsers.prose.telling import Telling
from parsers.prose.text import Sentence, Words
from parsers.reading import Reading, Signal
from parsers.vocabulary import Vocabulary

_MOVES = frozenset({"address", "abroad", "found", "enrolled"})
LONGEST = prose.LONGEST  # characters of one message that are read
_COVER = re.compile(
    r"(?:please |pls )?(?:find|see)(?: \w+){0,3} (?:attached|enclosed)|i (?:have |am )?attach(?:ed|ing)?|attached (?:is|are|please|herewith)|(?:form|referral|document)s? (?:is |are )?attached|as attached|attached (?:form|referral|file)",
    re.I,
)


def signals(text: str, covering: bool = False) -> tuple[Signal, ...]:
    """Return what the words say happened, each with its sentence; `covering` keeps only risk."""
    return _signals(prose.told("", text), covering)


def read(text: str, path: str, *, on: date, words: Vocabulary, subject: str = "") -> list[Reading]:
    """Return what plain words say about each child: an update, or a referral told in prose; often none.

    An email about several cases, each under its own reference, is read in as many parts.
    """
    parts = references.parts(text)
    if not parts:
        return _read(text, path, on, words, subject)
    return [
        replace(reading, form="update", case_ref=ref)
        for ref, part in parts
        for reading in _read(part, path, on, words, ref)
    ]


def _read(text: str, path: str, on: date, words: Vocabulary, subject: str) -> list[Reading]:
    if not text.strip():
        return []
    told = prose.told(subject, text)
    found = who.children(told, on)
    happened = _signals(told, forenames=who.forenames(found))
    kinds = {s.kind for s in happened}
    telling = Telling(told, path, on, words, kinds, found)
    values, each = telling.read()
    shared = set(values) | {name for own in each for name in own}
    form = kind_of(told, subject, kinds, shared, len(found), who.listed(found))
    if form == "admission":  # the school that is joined; another one named is the previous one
        values.pop("school_name", None)
        if "destination_school" in values:
            values["school_name"] = values.pop("destination_school")
    stays = form == "admission" or (form in ("cme", "ehe", "removal") and not kinds & _MOVES)
    if stays and "address" not in values and "destination_address" in values:
        values["address"] = values.pop("destination_address")  # "we live at": nobody moved
        if code := where.postcode_of(str(values["address"].value)):
            values["postcode"] = replace(values["address"], value=code, raw=code)
    if not _is_news(told, happened, form, shared, len(found)):
        return []
    readings = [
        Reading(
            path,
            form,
            {**values, **own},
            tuple(telling.unread),
            _of_child(happened, number, telling.own),
        )
        for number, own in enumerate(each)
    ]
    return [*readings, *(Reading(path, "cme", kin) for kin in telling.missing_siblings)]


def _of_child(
    happened: tuple[Signal, ...], number: int, own_words: list[list[Sentence]]
) -> tuple[Signal, ...]:
    """Leave out what the words say of another child alone: one brother is home educated, the other is not."""
    mine = {(s.place, s.text[:300]) for s in own_words[number]} if own_words else set()
    others = {(s.place, s.text[:300]) for sentences in own_words for s in sentences} - mine
    return tuple(s for s in happened if (s.place, s.words) not in others)


def _is_news(
    told: Words, happened: tuple[Signal, ...], form: str, shared: set[str], children: int
) -> bool:
    """Say whether the words tell of anything: a name or a heading alone does not, nor a covering note."""
    kinds = {s.kind for s in happened if s.kind != "home_educated" or s.place is not prose.SUBJECT}
    if form != "update" or kinds - {"correction", "phone"}:
        return True
    if not shared and _COVER.search(told.text):
        return False
    if kinds or shared - {"surname", "forenames", "year_group"}:
        return True
    return bool(children and shared - {"surname", "forenames"})

"""What running words beside labelled answers add to a form's reading: a letter's heading, the story under a typed form.

What a stranger would get wrong: half of the referrals that schools type begin with "Name: / DOB: / Year:" and tell
the rest in sentences; a letter names its child in "RE: ..." and only its number behind a label. What stands behind
a label counts more; words about another child add nothing.

Source: docs/contract.md, `readings`; policy 9.4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.covering import first_word
from parsers.documents.model import Document, Table, words_of
from parsers.reading import Reading

_WHO = ("surname", "forenames", "date_of_birth", "upn")
_ADDED_AT_MOST = 0.85  # words beside a form were not asked for: an officer should look
_ANSWERED = re.compile(r"\s*[A-Z][\w /()'’&-]{1,40}[:?]\s*\S.{0,60}?(?<![.!?])\s*")
_AT_LINE = re.compile(r"line (\d+)")


def with_words(reading: Reading, told: Sequence[Reading]) -> Reading:
    """Return a form's reading with what the words beside it tell of the same child, where the form says nothing."""
    if len(told) != 1 or not _same_child(reading, told[0]):
        return reading
    added = {
        name: replace(value, sure=min(value.sure, _ADDED_AT_MOST))
        for name, value in told[0].fields.items()
        if name not in reading.fields
    }
    signals = tuple(s for s in told[0].signals if s not in reading.signals)
    return replace(
        reading, fields={**reading.fields, **added}, signals=(*reading.signals, *signals)
    )


def unlabelled(text: str, readings: Sequence[Reading], document: Document) -> str:
    """Return the words of a typed form without the lines of its labelled answers and of its tables."""
    grids = [letters(words_of(b)) for b in document.blocks if isinstance(b, Table)]
    places = [v.place.words for r in readings for v in r.fields.values()]
    places += [u.place.words for r in readings for u in r.unread]
    taken = {int(n) for place in places for n in _AT_LINE.findall(place)}
    lines = text.split("\n")
    return "\n".join(
        ""
        if n in taken or _ANSWERED.fullmatch(line) or any(letters(line) in g for g in grids)
        else line
        for n, line in enumerate(lines, start=1)
    )


def letters(text: str) -> str:
    """Return a text's letters and digits alone, in small, to find it in another setting of it."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _same_child(form: Reading, told: Reading) -> bool:
    for name in _WHO:
        ours, theirs = form.fields.get(name), told.fields.get(name)
        if ours and theirs and first_word(ours) != first_word(theirs):
            return False
    return True

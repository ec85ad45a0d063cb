"""A form's layout by the labels it prints, and what an officer once put right on one like it.

A layout is known again by its fingerprint: the known labels in their order, each with its section, as short digests,
so that nothing of an answer is kept. What a stranger would get wrong: that a form must be known to be read (a lesson
is a check and an accelerator, and every form is read without one first); that a layout with one label more is the
same (it is told as another version, and what is read by the old lesson is shown to a person); that a lesson is a
word of the vocabulary (it holds on its own layout and nowhere else).

Source: docs/reading.md, "layouts that were corrected".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from parsers.forms.placed import Placed
from parsers.words import tokens

FEWEST = 6  # labels that make a layout; two forms with fewer are alike by chance
ALIKE = 0.8  # of the labels, in order: another version of one layout
_ASKED = 400  # answers told of one document
_UNPROVED, _PROVED = (
    0.9,
    0.98,
)  # how sure a label's meaning is before and after an officer let it stand


@dataclass(frozen=True, slots=True)
class Lesson:
    """On layouts printed like `prints`, the label `key` is answered with `field`; empty: with nothing we keep."""

    id: int
    layout: int
    prints: tuple[tuple[str, ...], ...]
    key: str
    field: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A label with an answer: what an officer's correction is looked up in."""

    key: str
    label: str
    field: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What a document's labels give: its fingerprint, its answers by label, and the lessons that were used."""

    print: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    used: Mapping[str, int] | None = None  # field -> lesson
    known: int = 0  # the layout that it is, or of which it is another version
    changed: bool = False
    lost: int = 0  # lessons whose label this version does not print

    def told(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "print": list(self.print), "used": dict(self.used or {}), "known": self.known,
            "changed": self.changed, "lost": self.lost,
            "asked": [{"key": a.key, "label": a.label, "field": a.field, "place": a.place, "words": a.words}
                      for a in self.asked],
        }  # fmt: skip


def lessons_from(told: Iterable[Mapping[str, Any]]) -> tuple[Lesson, ...]:
    """Return lessons out of plain data."""
    return tuple(
        Lesson(
            int(row["id"]), int(row["layout"]), tuple(tuple(p) for p in row["prints"]),
            str(row["key"]), str(row["field"]), bool(row["proved"]),
        )
        for row in told
    )  # fmt: skip


def recall(placed: list[Placed], lessons: tuple[Lesson, ...] = ()) -> tuple[list[Placed], Layout]:
    """Return the questions as an officer once put them right on this layout, and the layout."""
    keys = _keys(placed)
    mark = tuple(k for k, p in zip(keys, placed, strict=True) if p.pair.match and not _row(p))
    asked = tuple(
        Asked(k, p.pair.label[:200], p.field or "", p.pair.place.words, p.picked.words[:500])
        for k, p in zip(keys, placed, strict=True)
        if p.picked.words and p.pair.how != "lone"
    )
    layout = Layout(mark, asked[:_ASKED])
    if len(mark) < FEWEST or not lessons:
        return placed, layout
    known, same = _nearest(mark, lessons)
    if not known:
        return placed, layout
    mine = {x.key: x for x in lessons if x.layout == known}
    made, used = list(placed), {}
    moved = [(at, mine[key]) for at, key in enumerate(keys) if key in mine]
    for at, lesson in moved:
        if lesson.field and placed[at].picked.words:
            sure = _PROVED if lesson.proved and same else _UNPROVED
            made[at] = replace(placed[at], field=lesson.field, sure=sure)
            used[lesson.field] = lesson.id
    for at, lesson in moved:  # a label gives way only where the other one answers
        if not lesson.field and placed[at].field in used:
            made[at] = replace(placed[at], field=None)
    lost = len({x.key for x in mine.values() if x.field} - set(keys))
    return made, replace(layout, used=used, known=known, changed=not same, lost=lost)


def _row(p: Placed) -> bool:
    """Say whether a question is one row's of many: how many children a list names is no part of its layout."""
    return p.pair.child is not None and p.pair.child > 1001


def _nearest(mark: tuple[str, ...], lessons: tuple[Lesson, ...]) -> tuple[int, bool]:
    """Return the remembered layout that these labels are, and whether they are the very same; 0 when there is none."""
    best, likeness = 0, 0.0
    have = set(mark)
    for layout, prints in {x.layout: x.prints for x in lessons}.items():
        if mark in prints:
            return layout, True
        for other in prints:
            if 2 * len(have & set(other)) < ALIKE * (len(have) + len(set(other))):
                continue
            ratio = SequenceMatcher(None, mark, other, autojunk=False).ratio()
            if ratio >= ALIKE and ratio > likeness:
                best, likeness = layout, ratio
    return best, False


def _keys(placed: list[Placed]) -> list[str]:
    """Return each question's digest: its section, its label, and which of several alike it is for one child."""
    seen: Counter[tuple[Any, ...]] = Counter()
    keys = []
    for p in placed:
        what = (p.pair.section or "", " ".join(tokens(p.pair.label)))
        turn = (*what, p.pair.child)
        told = "\x1f".join((*what, str(seen[turn])))
        seen[turn] += 1
        keys.append(hashlib.sha256(told.encode()).hexdigest()[:12])
    return keys

"""Halves of a table side by side, each under a heading of its own.

"Pupil" over two columns and "Family" over the next two: a stranger reads row by row, and the pupil's
surname becomes the mother's. A heading owns its own columns only, down to the next heading or to a
cell that reaches over both. Where the row below holds nothing but headings ("Child | Parent" over
"Name | DOB | Name | Phone"), it is one list whose columns are of two kinds of people.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parsers.documents.model import Cell, Table, Text
from parsers.tables.cells import is_loud
from parsers.tables.judged import Judged
from parsers.tables.shapes import is_value
from parsers.words import squash

if TYPE_CHECKING:
    from parsers.finder import Finder

Reader = Callable[["Finder", Table, int], None]


@dataclass(frozen=True, slots=True)
class Half:
    """The columns from `start` up to `end`, and the heading over them."""

    head: Cell
    start: int
    end: int
    section: str | None

    def holds(self, cell: Cell) -> bool:
        return self.start <= cell.col and cell.col + cell.colspan <= self.end

    def cut_by(self, cell: Cell) -> bool:
        return cell.col < self.start < cell.col + cell.colspan


def read(t: Judged, index: int, filled: list[Cell], reader: Reader) -> int | None:
    """Read the halves under a row of headings, each for itself; return the row after them."""
    halves = _halves(t, index, filled)
    if not halves:
        return None
    t.f.settle()
    if _all_labels(t, t.row(index + 1), t.row(index + 2)):
        t.tops = [(h.start, h.end, h.section, squash(h.head.text)) for h in halves]
        t.f.found.asides.extend(squash(h.head.text) for h in halves)
        return index + 1
    end = _end(t, index, halves)
    for half in halves:
        t.f.open(squash(half.head.text), half.head.place)
        t.f.section = half.section
        rows = [c for i in range(index + 1, end) for c in t.row(i) if half.holds(c)]
        if rows:
            cells = tuple(replace(c, col=c.col - half.start) for c in rows)
            reader(t.f, replace(t.t, cells=cells, cols=half.end - half.start), t.depth)
        t.f.settle()
    below = t.row(end)
    t.f.section = halves[0].section if any(h.cut_by(c) for h in halves for c in below) else None
    t.f.heading, t.f.child = "", None
    t.f.group += 1
    return end


def twins(t: Judged, index: int, cells: list[Cell], reader: Reader) -> int | None:
    """Read two columns of pairs whose labels are the same row after row, each for itself.

    "Mother | x | Father | y" over "Mobile | x | Mobile | y" are two people and not a list of telephones.
    """
    start = index + 1 if _two_people(t, cells) else index
    end = start
    while end < len(t.order) and _same_labels(t, t.row(end)):
        end += 1
    if end - start < (1 if start > index else 2):
        return None
    t.f.settle()
    asked = {
        m.field for i in range(start, end) for c in t.row(i)[:1] if (m := t.known[c.row, c.col])
    }
    section = "parent" if start > index else t.f.section
    if section is None and asked & {"date_of_birth", "upn"}:
        section = "child"
    for first, last in ((0, 2), (2, 4)):
        t.f.section, t.f.group = section, t.f.group + 1
        rows = [c for i in range(index, end) for c in t.row(i) if first <= c.col < last]
        moved = tuple(replace(c, col=c.col - first) for c in rows)
        reader(t.f, replace(t.t, cells=moved, cols=2), t.depth)
    t.f.section, t.f.group = (None if start > index else section), t.f.group + 1
    return end


def _two_people(t: Judged, cells: list[Cell]) -> bool:
    if [c.col for c in cells] != [0, 1, 2, 3] or not all(t.filled(c) for c in cells[::2]):
        return False
    asked = [t.known[c.row, c.col] for c in cells[::2]]
    return all(m is not None and m.field == "parent_name" for m in asked)


def _same_labels(t: Judged, cells: list[Cell]) -> bool:
    if [c.col for c in cells] != [0, 1, 2, 3] or not t.filled(cells[0]):
        return False
    if any(not isinstance(i, Text) for c in cells[::2] for i in c.items):
        return False
    left, right = (squash(c.text).casefold().strip(" :") for c in cells[::2])
    others = [squash(c.text).casefold() for c in cells[1::2]]
    return left == right and left not in others and len(left) < 60


def _halves(t: Judged, index: int, filled: list[Cell]) -> list[Half]:
    """Return the halves that a row of headings begins; none when it is no such row."""
    below = t.row(index + 1)
    if not 2 <= len(filled) <= 4 or len(below) <= len(filled):
        return []
    if any(len(t.units(c)) > 1 or not all(isinstance(i, Text) for i in c.items) for c in filled):
        return []
    ends = [c.col for c in filled[1:]] + [t.t.cols]
    halves = [
        Half(c, c.col, end, t.f.words.section(squash(c.text)))
        for c, end in zip(filled, ends, strict=True)
    ]
    if any(h.end - h.start < 2 for h in halves):
        return []
    firsts = [next((c for c in below if c.col == h.start), None) for h in halves]
    labels = sum(c is not None and t.strong(c) for c in firsts)
    if all(h.section for h in halves) and all(c.colspan > 1 for c in filled):
        return halves
    loud = all(is_loud(c) or c.colspan > 1 for c in filled)
    named = any(h.section for h in halves)
    return halves if loud and named and labels and 2 * labels >= len(halves) else []


def _end(t: Judged, index: int, halves: list[Half]) -> int:
    at = index + 1
    while at < len(t.order):
        row = t.row(at)
        filled = [c for c in row if t.filled(c)]
        if len(row) == 1 or any(h.cut_by(c) for h in halves for c in row):
            break
        if at > index + 1 and _halves(t, at, filled):
            break
        at += 1
    return at


def _all_labels(t: Judged, cells: list[Cell], below: list[Cell]) -> bool:
    """Say whether a row holds headings only, over answers in the row below it."""
    full = [c for c in cells if t.filled(c)]
    if len(full) < 3 or any(is_value(c) for c in full):
        return False
    labels = sum(t.strong(c) for c in full)
    return labels == len(full) or (labels >= 0.6 * len(full) and any(is_value(c) for c in below))

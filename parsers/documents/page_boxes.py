"""Answers in boxes of their own: each becomes a row of two cells, the printed label and the answer.

Many forms draw a frame for each answer and print the label above it or at its left, outside any
table. Read as lines, three labels above their frames are one line and three answers the next. A
frame round a heading or a note is no answer: its words are bold, or nothing is printed for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parsers.documents.model import Box, Cell, Place, Table
from parsers.documents.page import Grid, Item, Page, Token, area, middle, union, within
from parsers.documents.page_lines import lines_of, segments_of, words_in

_WIDE, _HIGH, _TALL = 30, 11, 320
_LEFT, _ABOVE = 200.0, 13.0
_LABEL = 90
_ASKS = re.compile(r"^[A-Z][^:]{1,40}:", re.MULTILINE)
Fill = Callable[[list[Token], Box, str, int], list[Item]]
Segment = tuple[list[Token], Box]


@dataclass(frozen=True, slots=True)
class Framed:
    """An answer in its frame and the label printed for it."""

    label: list[Token]
    answer: list[Token]
    box: Box

    @property
    def whole(self) -> Box:
        return union([self.box, *(t.box for t in self.label)])


def framed(page: Page, tokens: list[Token], tables: Sequence[Grid]) -> list[Framed]:
    """Return the answers in frames among a page's loose words, in reading order."""
    boxes = _frames(page, tables)
    if len(boxes) < 2:
        return []
    inside: list[list[Token]] = [[] for _ in boxes]
    outside: list[Token] = []
    for token in tokens:
        x, y = middle(token.box)
        at = next((n for n, b in enumerate(boxes) if b[0] <= x <= b[2] and b[1] <= y <= b[3]), None)
        (outside if at is None else inside[at]).append(token)
    segments = [
        (s, union(t.box for t in s)) for line in lines_of(outside) for s in segments_of(line, page.standing)
        if all(t.item is None for t in s)
    ] if outside else []  # fmt: skip
    found = [
        Framed(label, words, box)
        for box, words in zip(boxes, inside, strict=True)
        if _is_answer(words) and (label := _label(box, segments, boxes)) is not None
    ]
    taken = [id(t) for f in found for t in f.label]
    if len(found) < 2 or len(set(taken)) < len(taken):
        return []  # a label of two frames is a heading over them
    return sorted(found, key=lambda f: (round(f.box[1] / 6), f.box[0]))


def _frames(page: Page, tables: Sequence[Grid]) -> list[Box]:
    """Return single frames and shaded boxes that no table holds and that hold no other."""
    drawn = [*(page.frames or ()), *page.fills]
    fit = [
        b for b in drawn
        if b[2] - b[0] >= _WIDE and _HIGH <= b[3] - b[1] <= _TALL
        and not any(within(b, g.box) or within(g.box, b) for g in tables)
    ][:300]  # fmt: skip
    kept: list[Box] = []
    for box in sorted(fit, key=area):
        if not any(within(other, box) or within(box, other) for other in kept):
            kept.append(box)
    return kept


def _is_answer(words: list[Token]) -> bool:
    if any(t.item is not None or t.bold for t in words):
        return False
    text = "\n".join(words_in(line) for line in lines_of(words)) if words else ""
    return not text.rstrip().endswith(":") and _ASKS.search(text) is None


def _label(box: Box, segments: list[Segment], boxes: list[Box]) -> list[Token] | None:
    """Return the words printed for a frame: at its left on its first line, else just above it."""
    best: tuple[float, list[Token]] | None = None
    for segment, place in segments:
        gap = box[0] - place[2]
        y = (place[1] + place[3]) / 2
        if not (-2 <= gap <= _LEFT and box[1] - 4 <= y <= box[3] + 2):
            continue
        if any(place[2] < (b[0] + b[2]) / 2 < box[0] and b[1] <= y <= b[3] for b in boxes):
            continue
        if best is None or gap < best[0]:
            best = gap, segment
    if best is None:
        for segment, place in segments:
            gap = box[1] - place[3]
            near = abs(place[0] - box[0]) <= 14 and place[2] <= box[2] + 30
            if -3 <= gap <= _ABOVE and near and (best is None or gap < best[0]):
                best = gap, segment
    if best is None:
        return None
    text = words_in(best[1])
    return best[1] if 1 < len(text) <= _LABEL and re.search(r"[^\W\d_]{2}", text) else None


def rows(group: Sequence[Framed], page: int, number: int, fill: Fill) -> Table:
    """Return frames that follow each other as a table of labels and answers."""
    where = f"page {page}, table {number}"
    cells: list[Cell] = []
    for row, one in enumerate(group):
        for col, (words, box) in enumerate(
            ((one.label, union(t.box for t in one.label)), (one.answer, one.box))
        ):
            name = f"{where}, row {row + 1}, cell {col + 1}"
            cells.append(
                Cell(row, col, tuple(fill(words, box, name, page)), Place(name, page, box))
            )
    whole = union(f.whole for f in group)
    return Table(tuple(cells), len(group), 2, Place(where, page, whole))

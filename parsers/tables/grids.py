"""Grids of answers: enquiries and visits by row, yes and no by column, a tick beside each option.

Each reader returns what it took, or nothing when the table is no such grid.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re

from parsers.documents.model import Cell, Field, Mark, Table, Text
from parsers.pairs import OPTION, Answer, Enquiry, Item
from parsers.tables.cells import (
    answer_of,
    boxed,
    captioned,
    is_chosen,
    is_loud,
    is_marked,
    is_option,
    plain,
    ticked,
)
from parsers.tables.judged import Judged
from parsers.words import squash

_DAY = re.compile(r"\d{1,2}[/. -](?:\d{1,2}|[a-z]{3,9})\b", re.I)
_CROSS = re.compile(r"[xX✓✔√]")
_SEXES = re.compile(r"(?:boy|girl|male|female|m|f)(?: ?/ ?(?:boy|girl|male|female|m|f))+", re.I)


def options(t: Judged) -> bool:
    """Read a table of options, a box at the end or the front of each row, as one answer."""
    rows = [[c for c in cells if t.filled(c)] for cells in t.rows.values()]
    items: list[Item] = []
    marks = [c for row in rows for c in row if _CROSS.fullmatch(squash(c.text))]
    typed = t.t.cols == 2 and len(rows) > 2 and len(marks) == 1
    for row in rows:
        boxes = [c for c in row if len(c.items) == 1 and isinstance(c.items[0], Mark)]
        if not boxes and typed:
            cross = Mark(_CROSS.fullmatch(squash(row[0].text)) is not None, "glyph", row[0].place)
            words = squash(row[-1].text)
            if len(words) > 12:
                items.extend((cross, Text(words, cross.place)))
            continue
        words = " ".join(squash(c.text) for c in row if c not in boxes)
        if len(boxes) != 1 or not words or len(row) < 2:
            continue
        mark = boxes[0].items[0]
        if isinstance(mark, Mark):
            items.extend((mark, Text(words, mark.place)))
    if len(items) < 4 or len(items) < 2 * 0.7 * len(rows):
        return False
    asked = [(t.f.heading, t.f.words.match(t.f.heading)), t.f.last_label]
    for label, match in asked:
        if match is not None and match.field in ("ground", "reason"):
            place = items[0].place
            t.f.add(label, match, Answer(tuple(items)), place, "ticks")
            return True
    return False


def enquiries(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    columns: dict[int, str] = {}
    for cell in filled:
        if any(isinstance(i, Mark) or (isinstance(i, Field) and i.value) for i in cell.items):
            return None
        name = t.f.words.grid_column(squash(cell.text))
        if name is not None:
            columns[cell.col] = name
    asked = t.f.found.pairs[-1] if t.f.found.pairs else None
    tried = asked is not None and asked.match is not None and asked.match.field == "actions_taken" and (
        not asked.answer.items)  # fmt: skip
    logged = {"date", "outcome"} <= set(columns.values())
    if (tried or logged or t.f.section == "enquiries") and "action" not in columns.values():
        columns = _by_shape(t, index, filled, columns)
    names = set(columns.values())
    enquiring = (
        tried
        or t.f.section == "enquiries"
        or names & {"action", "spoke"}
        or ("address" in names and "date" in names and "time" in names)
    )
    first = min(c.col for c in cells)
    if len(names) < 2 or len(columns) < len(filled) * 0.6 or not enquiring:
        return None
    if not names & {"done", "date", "outcome"}:
        return None
    if "action" not in names and first not in columns:
        columns[first] = "action"
    t.f.found.asides.extend(squash(c.text) for c in filled)
    at = index + 1
    while at < len(t.order):
        row = t.row(at)
        full = [c for c in row if t.filled(c)]
        if not full:
            at += 1
            continue
        if len(row) == 1 and t.t.cols > 1:
            break
        made: dict[str, Answer] = {}
        for cell in row:
            name = columns.get(cell.col)
            if name is None or not t.filled(cell):
                continue
            answer = answer_of(cell)
            if name == "time":
                answer = Answer()
            if name in made:
                answer = Answer((*made[name].items, *answer.items))
            made[name] = answer
        if made:
            t.f.found.enquiries.append(Enquiry(made, row[0].place, t.f.heading))
        at += 1
    return at


def _by_shape(t: Judged, index: int, heads: list[Cell], columns: dict[int, str]) -> dict[int, str]:
    """Name the columns of a grid of enquiries whose headings are not known by what stands in them."""
    rows = [t.row(n) for n in range(index + 1, len(t.order))]
    named = {col: name for col, name in columns.items() if name != "done"}
    for head in heads:
        texts = [squash(c.text) for row in rows for c in row if c.col == head.col and t.filled(c)]
        if head.col in named or not texts:
            continue
        dated = sum(_DAY.search(x) is not None and len(x) < 30 for x in texts)
        acted = sum(t.f.words.action(x) is not None for x in texts)
        if 2 * dated > len(texts):
            guess = "date"
        elif 2 * acted >= len(texts) and "action" not in named.values():
            guess = "action"
        else:
            guess = columns.get(head.col, "outcome")
        if guess not in named.values():
            named[head.col] = guess
    return named if {"date", "action"} <= set(named.values()) else columns


def yes_no(t: Judged, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
    options = {
        c.col: squash(c.text) for c in filled if OPTION.fullmatch(squash(c.text).strip(" .:?"))
    }
    parts = _parts(cells, options)
    if len(options) < 2 or len(filled) - len(options) > len(parts):
        return _printed(t, index, filled)
    if any(isinstance(i, Mark) for c in filled for i in c.items):
        return None
    below = {c.col: c for c in t.row(index + 1)}
    if not below or all(c in below and OPTION.fullmatch(plain(below[c])) for c in options):
        return None  # every row has its own options
    corner = [c for c in filled if c.col not in options]
    if len(parts) == 1 and corner and t.f.words.section(squash(corner[0].text)):
        t.f.open(squash(corner[0].text), corner[0].place)
    t.f.found.asides.extend(squash(c.text) for c in filled)
    at = index + 1
    while at < len(t.order):
        row = t.row(at)
        if len(row) == 1 and not _goes_on(t, at, row[0], options):
            break
        if t.filled(row[0]) and row[0].col in options:
            break
        for start, end in parts:
            _answered(t, [c for c in row if start <= c.col < end], options)
        at += 1
    return at


def _parts(cells: list[Cell], options: dict[int, str]) -> list[tuple[int, int]]:
    """Return the columns of each grid in a row of headings: "Status | Yes | No | Status | Yes | No" has two."""
    starts = [0]
    for before, cell, after in zip(cells, cells[1:], cells[2:], strict=False):
        if cell.col not in options and before.col in options and after.col in options:
            starts.append(cell.col)
    parts = list(zip(starts, [*starts[1:], 10_000], strict=True))
    whole = all(len({o for c, o in options.items() if a <= c < b}) > 1 for a, b in parts)
    return parts if whole else [(0, 10_000)]  # "CP plan | No | CIN | Yes" is two answers


def _printed(t: Judged, index: int, filled: list[Cell]) -> int | None:
    """Pass over a heading whose answers' column is headed "Yes / No"."""
    unmarked = not any(
        isinstance(i, Text) and i.styles & {"strike", "highlight", "underline"}
        for i in filled[-1].items
    )
    lead = squash(filled[0].text)
    if (
        len(filled) == 2
        and unmarked
        and (index == 0 or t.f.words.section(lead))
        and re.fullmatch(r"\W*(?:yes ?/ ?no|y ?/ ?n)\W*", squash(filled[-1].text), re.I)
        and t.f.words.match(lead) is None
    ):
        if t.f.words.section(lead):
            t.f.open(lead, filled[0].place)
        return index + 1
    return None


def _goes_on(t: Judged, at: int, cell: Cell, options: dict[int, str]) -> bool:
    """Say whether a row of one cell is a question nobody answered and the grid goes on below it."""
    if cell.colspan > 1 or is_loud(cell) or not t.filled(cell):
        return False
    rest = (t.row(n) for n in range(at + 1, len(t.order)))
    return any(c.col in options and t.filled(c) for row in rest for c in row)


def _answered(t: Judged, row: list[Cell], options: dict[int, str]) -> None:
    """Give a row's question the option that is ticked under its heading."""
    if not row or not t.filled(row[0]) or row[0].col in options:
        return
    items: list[Item] = []
    for cell in row[1:]:
        option = options.get(cell.col)
        if option is None:
            items.extend(i for i in cell.items if isinstance(i, Text))
            continue
        on = ticked(cell)
        if on is not None:
            items.extend((Mark(on, "glyph", cell.place), Text(option, cell.place)))
    label = squash(row[0].text)
    t.f.add(label, t.f.words.match(label), Answer(tuple(items)), row[-1].place, "ticks")


def ticks(t: Judged, cells: list[Cell], at: int) -> int:
    """Read "Looked after? | Yes [x] | No [ ]" and "[x] | Looked after"; return the cells taken."""
    cell = cells[at]
    boxes = []
    for other in cells[at + 1 :]:
        if len(other.text) > 25 or not (is_chosen(other) or (t.filled(other) and is_option(other))):
            break
        boxes.append(other)
    marked = any(isinstance(i, Mark | Table) for i in cell.items)
    text = squash(cell.text)
    if not marked and text and len(boxes) > 1 and all(is_option(b) for b in boxes) and (
        any(is_chosen(b) for b in boxes) or len({plain(b) for b in boxes}) == len(boxes)
    ):  # fmt: skip
        t.f.settle()
        items = tuple(captioned(boxes) or [i for b in boxes for i in boxed(b, boxes)])
        match = t.known[cell.row, cell.col]
        t.f.add(text, match, Answer(items), boxes[0].place, "ticks")
        return 1 + len(boxes)
    following = cells[at + 1] if at + 1 < len(cells) else None
    if (
        at % 2 == 0
        and len(cells) % 2 == 0
        and marked
        and is_option(cell)
        and following is not None
        and not any(isinstance(i, Mark | Field | Table) for i in following.items)
        and 3 < len(squash(following.text)) < 120
        and not (at and t.strong(cells[at - 1]) and not is_marked(cells[0]))
    ):
        label = squash(following.text)
        lone = not text
        t.f.settle()
        t.f.add(
            label,
            t.f.words.match(label),
            answer_of(cell),
            cell.place,
            "lone" if lone else "ticks",
        )
        return 2
    choice = _SEXES.fullmatch(text) and any(
        isinstance(i, Text) and i.styles & {"strike", "highlight"} for i in cell.items
    )
    if choice and not (following and t.filled(following) and not t.strong(following)):
        t.f.settle()
        t.f.add("Sex", t.f.words.match("Sex"), answer_of(cell), cell.place, "cell")
        return 1
    return 0

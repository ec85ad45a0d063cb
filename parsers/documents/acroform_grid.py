"""Rows of form fields under printed heads: a table that no rule shows.

A stranger would label a field by the nearest words, which only the first row has; the rows below it
would be answers to nothing. So fields that stand in columns, two rows or more, with nothing printed
among them and heads printed over them, are a grid as if rules were drawn round each, and are read as
any table is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from parsers.documents.model import Box, Field
from parsers.documents.page import Grid, Token, area, middle, within
from parsers.documents.page_lines import lines_of

_HEAD_GAP = 16.0  # points between a row of fields and the heads over it
_HEAD_LINES = 3
Row = list[Token]


def with_field_grids(
    ruled: list[Grid], words: Sequence[Token], controls: Sequence[Token]
) -> tuple[list[Grid], list[Grid]]:
    """Return a page's grids and, of them, those that its controls make under printed heads.

    Rules drawn round the fields and not round their heads give way to the whole; those that hold
    the heads too are the table already.
    """
    kept, made = list(ruled), []
    for grid in field_grids(words, controls):
        y = _seam(grid.ys[0], grid.ys[1])
        left, top, right, bottom = grid.box
        if any(g.find(_seam(*grid.xs[-2:]), y) is not None for g in kept):
            continue
        over = [g for g in kept if g.box[0] < right and g.box[2] > left and g.box[1] < bottom and g.box[3] > top]  # fmt: skip
        if all(within(g.box, (left - 8, top, right + 8, bottom + 8)) for g in over):
            kept = [g for g in kept if not any(g is o for o in over)]
            made.append(grid)
    return sorted((*kept, *made), key=lambda g: -area(g.box)), made


def field_grids(words: Sequence[Token], controls: Sequence[Token]) -> list[Grid]:
    """Return the grids that controls make under heads printed for them."""
    printed = [t for t in words if t.item is None]
    rows = lines_of(controls) if len(controls) > 3 else []
    made: list[Grid] = []
    at = 0
    while at < len(rows):
        count = _alike(rows, at, printed)
        if count > 1 and (grid := _grid(rows[at : at + count], printed)) is not None:
            made.append(grid)
        at += count
    return made


def _alike(rows: list[Row], at: int, printed: list[Token]) -> int:
    """Return how many rows from here on stand in the same columns, close below each other."""
    first = rows[at]
    if len(first) < 2 or _among(first, printed):
        return 1
    count = 1
    for above, row in itertools.pairwise(rows[at:]):
        same = len(row) == len(first) and all(map(_over, first, row))
        gap = _top(row) - _bottom(above)
        if not same or gap > 1.5 * _height(row) or _among(row, printed):
            break
        if _between(printed, above, row):
            break
        count += 1
    return count


def _grid(rows: list[Row], printed: list[Token]) -> Grid | None:
    if not all(any(isinstance(t.item, Field) for t in row) for row in rows):
        return None
    columns = [
        (min(t.box[0] for t in col), max(t.box[2] for t in col)) for col in zip(*rows, strict=True)
    ]
    walls = [(a[1] + b[0]) / 2 for a, b in itertools.pairwise(columns)]
    xs = [columns[0][0] - 4, *walls, columns[-1][1] + 4]
    heads = _heads(_top(rows[0]), xs, printed)
    for wall, (a, b) in enumerate(itertools.pairwise(columns), 1):
        # A tick box is narrower than its head, which may begin well to its left.
        xs[wall] = min([xs[wall], *(t.box[0] - 1 for t in heads if a[1] - 6 <= t.box[0] < b[0])])
    headed = {n for t in heads if (n := _column(t, xs)) is not None}
    if len(headed) < max(2, len(columns) - 1):
        return None
    tops = [_top(row) for row in rows]
    ends = [_bottom(row) for row in rows]
    ys = [min(t.box[1] for t in heads) - 1, _seam(max(t.box[3] for t in heads), tops[0])]
    ys += [_seam(end, top) for end, top in zip(ends, tops[1:], strict=False)]
    ys.append(ends[-1] + 1)
    names = [t for t in printed if ys[1] < middle(t.box)[1] < ys[-1] and t.box[2] < xs[0] + 4]
    if names:
        xs.insert(0, min(t.box[0] for t in names) - 1)
    if any(low >= high for low, high in itertools.pairwise(ys)):
        return None
    down, across = len(ys) - 1, len(xs) - 1
    owner = [[(r, c) for c in range(across)] for r in range(down)]
    return Grid(xs, ys, owner, {key: (1, 1) for row in owner for key in row})


def _heads(top: float, xs: list[float], printed: list[Token]) -> list[Token]:
    """Return the words printed over the columns, wrapped ones too, the lowest line first."""
    found: list[Token] = []
    edge, room = top, _HEAD_GAP
    for _ in range(_HEAD_LINES):
        line = [
            t for t in printed
            if -4 <= edge - t.box[3] < room and t not in found and _column(t, xs) is not None
        ]  # fmt: skip
        if not line or (found and not _wrapped(line, found, xs)):
            break
        found.extend(line)
        edge = min(t.box[1] for t in line)
        room = 0.5 * max(t.box[3] - t.box[1] for t in line)
    return found


def _wrapped(line: list[Token], found: list[Token], xs: list[float]) -> bool:
    """Say whether a line over the heads is their own first line: of one type, and in columns."""
    looks = {t.bold for t in found}
    narrow = all(t.box[2] <= xs[(_column(t, xs) or 0) + 1] + 4 for t in line)
    return narrow and all(t.bold in looks for t in line)


def _column(token: Token, xs: list[float]) -> int | None:
    x = middle(token.box)[0]
    return next((n for n, (a, b) in enumerate(itertools.pairwise(xs)) if a <= x <= b), None)


def _over(upper: Token, lower: Token) -> bool:
    """Say whether two controls of one kind stand above each other, nearly as wide."""
    if isinstance(upper.item, Field) != isinstance(lower.item, Field):
        return False
    shared = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    wide = max(upper.box[2] - upper.box[0], lower.box[2] - lower.box[0])
    return shared > 0.8 * wide


def _among(row: Row, printed: list[Token]) -> bool:
    """Say whether words are printed right of a row's first control, on its line."""
    top, bottom = _top(row), _bottom(row)
    return any(
        top <= middle(t.box)[1] <= bottom and t.box[2] > row[0].box[2] for t in printed
    )  # fmt: skip


def _between(printed: list[Token], above: Row, row: Row) -> bool:
    box: Box = (row[0].box[0], _bottom(above), row[-1].box[2], _top(row))
    return any(
        box[0] <= x <= box[2] and box[1] < y < box[3] for x, y in (middle(t.box) for t in printed)
    )


def _seam(upper: float, lower: float) -> float:
    return (upper + lower) / 2


def _top(row: Row) -> float:
    return min(t.box[1] for t in row)


def _bottom(row: Row) -> float:
    return max(t.box[3] for t in row)


def _height(row: Row) -> float:
    return max(t.box[3] - t.box[1] for t in row)

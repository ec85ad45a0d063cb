"""What stands on a page and where: words, ticks, rules, and the grids that rules make.

Shared by PDFs and pictures. Coordinates are points from the page's top left corner.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.documents.model import Box, Field, Mark, Table, Text

Item = Text | Field | Mark | Table
Matrix = tuple[float, ...]  # six numbers, or nine if it sees the page aslant


@dataclass(slots=True)
class Token:
    """A word, or a tick or field, where it stands; `anchor` is where it is to be read instead."""

    box: Box
    text: str = ""
    bold: bool = False
    italic: bool = False
    sure: float = 1.0
    method: str = "text"
    item: Field | Mark | None = None
    lead: float = 0.0  # where its first word ends, if it may have several
    glued: bool = False  # no space between this word and the one before it
    anchor: Box | None = None
    mark: str = ""  # strike, highlight or underline

    @property
    def at(self) -> Box:
        return self.anchor or self.box


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line; `at` is its y if it lies and its x if it stands."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    number: int
    width: float
    height: float
    tokens: list[Token] = field(default_factory=list)
    lying: list[Rule] = field(default_factory=list)
    standing: list[Rule] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    tables: list[Grid] | None = None  # its grids of several cells, once they were looked for
    frames: list[Box] | None = None  # its grids of one cell, likewise
    back: Matrix | None = None  # from the page as it was turned for reading to how it is shown


@dataclass(slots=True)
class Grid:
    """A ruled table: its edges, and which cell owns each elementary square."""

    xs: list[float]
    ys: list[float]
    owner: list[list[tuple[int, int]]]
    spans: dict[tuple[int, int], tuple[int, int]]
    open_top: bool = False  # no rule closes it there
    open_bottom: bool = False

    @property
    def box(self) -> Box:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def find(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the cell in which a point lies."""
        col, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= col < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1:
            return self.owner[row][col]
        return None

    def cell_box(self, key: tuple[int, int]) -> Box:
        row, col = key
        rows, cols = self.spans[key]
        return self.xs[col], self.ys[row], self.xs[col + cols], self.ys[row + rows]


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def union(boxes: Iterable[Box]) -> Box:
    """Return the box round all boxes."""
    many = list(boxes)
    if len(many) == 1:
        return many[0]
    lefts, tops, rights, bottoms = zip(*many, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def within(small: Box, big: Box) -> bool:
    return (
        small[0] >= big[0] - 2 and small[1] >= big[1] - 2
        and small[2] <= big[2] + 2 and small[3] <= big[3] + 2
    )  # fmt: skip


def times(m: Matrix, n: Matrix) -> Matrix:
    """Return the matrix that does first `m`, then `n`."""
    if len(m) == len(n) == 6:
        a, b, c, d, e, f = m
        g, h, i, j, k, o = n
        return (
            a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + o,
        )  # fmt: skip
    p, q = _whole(m), _whole(n)
    return tuple(
        sum(p[3 * row + k] * q[3 * k + col] for k in range(3))
        for row in range(3)
        for col in range(3)
    )


def _whole(m: Matrix) -> Matrix:
    """Return a matrix with all its nine numbers, for rows of (x, y, 1)."""
    return m if len(m) == 9 else (m[0], m[1], 0.0, m[2], m[3], 0.0, m[4], m[5], 1.0)


def inverse(m: Matrix) -> Matrix:
    if len(m) == 9:
        a, b, c, d, e, f, g, h, i = m
        whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
        return tuple(v / whole for v in (
            e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g,
            c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d,
        ))  # fmt: skip
    a, b, c, d, e, f = m
    size = a * d - b * c
    return (
        d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size,
    )  # fmt: skip


def moved(box: Box, m: Matrix) -> Box:
    """Return the upright box round a box that a matrix moved."""
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    if len(m) == 9:
        a, b, c, d, e, f, g, h, i = m
        aslant = [(a * x + d * y + g, b * x + e * y + h, c * x + f * y + i) for x, y in corners]
        points = [(x / (w or 1.0), y / (w or 1.0)) for x, y, w in aslant]
    else:
        a, b, c, d, e, f = m
        points = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)

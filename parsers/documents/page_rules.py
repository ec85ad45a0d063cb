"""From rules to grids: which cells the lines drawn on a page make.

A stranger would ask for rectangles. Writers draw a table as lines, as thin filled boxes or as a box
for each cell, leave its outer edges open and let cells span; so lines that meet are one table, and
each elementary square of it belongs to the cell from which no rule parts it.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from parsers.documents.page import Grid, Page, Rule, area

NEAR = 2.0  # points within which two rules are one
GRID_CELLS = 20_000
_AT, _START = attrgetter("at"), attrgetter("start")


def merged(rules: Sequence[Rule]) -> list[Rule]:
    """Join rules that lie on one line and touch or overlap."""
    found: list[Rule] = []
    bundle: list[Rule] = []
    for rule in sorted(rules, key=_AT):
        if bundle and rule.at - bundle[0].at > NEAR:
            found.extend(_joined(bundle))
            bundle = []
        bundle.append(rule)
    found.extend(_joined(bundle))
    return found


def _joined(bundle: list[Rule]) -> list[Rule]:
    found: list[Rule] = []
    for rule in sorted(bundle, key=_START):
        if found and rule.start <= found[-1].end + NEAR * 1.5:
            found[-1] = Rule(found[-1].at, found[-1].start, max(found[-1].end, rule.end))
        else:
            found.append(rule)
    return found


def grids(page: Page) -> list[Grid]:
    """Return the page's ruled tables, the largest first."""
    lying, standing = merged(page.lying), merged(page.standing)
    parent = list(range(len(lying) + len(standing)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    slack = NEAR * 1.5
    for h, rule in enumerate(lying):
        for v, post in enumerate(standing):
            if (
                rule.start - slack <= post.at <= rule.end + slack
                and post.start - slack <= rule.at <= post.end + slack
            ):
                parent[root(h)] = root(len(lying) + v)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i in range(len(parent)):
        group = groups.setdefault(root(i), ([], []))
        if i < len(lying):
            group[0].append(lying[i])
        else:
            group[1].append(standing[i - len(lying)])
    made = [grid for hs, vs in groups.values() if (grid := _grid(hs, vs)) is not None]
    return sorted(made, key=lambda g: -area(g.box))


def ruled(page: Page) -> list[Grid]:
    """Return the grids of several cells, looked for once: the page's rules must be complete."""
    if page.tables is None:
        found = grids(page)
        page.tables = [g for g in found if len(g.spans) > 1]
        page.frames = [g.box for g in found if len(g.spans) == 1]
    return page.tables


def _edges(rules: list[Rule], low: float, high: float) -> list[float]:
    """Return the places of the edges, the outer ones added where the table is open."""
    found: list[float] = []
    for at in sorted(r.at for r in rules):
        if not found or at - found[-1] > NEAR * 1.5:
            found.append(at)
    if not found or found[0] - low > 8:
        found.insert(0, low)
    if high - found[-1] > 8:
        found.append(high)
    return found


def _grid(lying: list[Rule], standing: list[Rule]) -> Grid | None:
    if len(lying) < 2 or not standing:
        return None
    ys = _edges(lying, min(v.start for v in standing), max(v.end for v in standing))
    xs = _edges(standing, min(h.start for h in lying), max(h.end for h in lying))
    rows, cols = len(ys) - 1, len(xs) - 1
    if rows < 1 or cols < 1 or rows * cols > GRID_CELLS:
        return None
    right = _walls(xs, ys, standing)
    below = _walls(ys, xs, lying)
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows):
        for col in range(cols):
            if (row, col) in taken:
                continue
            wide = 1
            while (
                col + wide < cols
                and (row, col + wide) not in taken
                and (col + wide, row) not in right
            ):
                wide += 1
            high = 1
            while row + high < rows and not any(
                (row + high, c) in below or (row + high, c) in taken
                or (c > col and (c, row + high) in right)
                for c in range(col, col + wide)
            ):  # fmt: skip
                high += 1
            spans[row, col] = (high, wide)
            for r in range(row, row + high):
                for c in range(col, col + wide):
                    taken[r, c] = (row, col)
    owner = [[taken[r, c] for c in range(cols)] for r in range(rows)]
    top, bottom = min(r.at for r in lying), max(r.at for r in lying)
    return Grid(xs, ys, owner, spans, top - ys[0] > 8, ys[-1] - bottom > 8)


def _walls(across: list[float], along: list[float], rules: list[Rule]) -> set[tuple[int, int]]:
    """Return (edge, interval) pairs at which a rule stands between two elementary cells."""
    found: set[tuple[int, int]] = set()
    mids = [(a + b) / 2 for a, b in itertools.pairwise(along)]
    between = [(a + b) / 2 for a, b in itertools.pairwise(across)]
    for rule in rules:
        edge = bisect_left(between, rule.at)  # the nearest
        begin, end = bisect_left(mids, rule.start - NEAR), bisect_right(mids, rule.end + NEAR)
        found.update((edge, i) for i in range(begin, end))
    return found

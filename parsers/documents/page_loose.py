"""What stands outside ruled tables: tables that only gaps show, columns of prose, and lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from parsers.documents.model import Block, Box, Cell, Field, Mark, Place, Table
from parsers.documents.page import Page, Rule, Token, union
from parsers.documents.page_columns import columns
from parsers.documents.page_items import items_of
from parsers.documents.page_lines import Run, lines_of, paragraphs, segments_of, words_in


def loose_blocks(
    tokens: list[Token], page: Page, counter: list[int], tables: list[Box]
) -> Iterable[tuple[float, float, Block]]:
    """Yield the blocks outside ruled tables: tables by their gaps, columns, and lines."""
    if not tokens:
        return
    # The margin is where the page's words end, but a page with one short line still has its paper.
    right = max([t.at[2] for t in page.tokens] + [box[2] for box in tables] + [page.width * 0.8])
    barriers = [Rule(x, box[1], box[3]) for box in tables for x in (box[0], box[2])]
    barriers += [r for r in page.standing if r.end - r.start > 8]
    yield from _Flow(page, counter, barriers).blocks(tokens, right)


class _Flow:
    """Walks the loose words of a page from top to bottom, numbering its lines."""

    def __init__(self, page: Page, counter: list[int], barriers: list[Rule]) -> None:
        self._page = page
        self._counter = counter
        self._barriers = barriers
        self._lines = 0

    def blocks(self, tokens: list[Token], right: float) -> Iterator[tuple[float, float, Block]]:
        left = min(t.at[0] for t in tokens)
        lines = [[Run(s) for s in segments_of(line, self._barriers)] for line in lines_of(tokens)]
        plain: list[list[Run]] = []
        at = 0
        while at < len(lines):
            length, starts = _gapped(lines, at)
            sides = None if length else columns(lines, at)
            if not length and sides is None:
                plain.append(lines[at])
                at += 1
                continue
            yield from self._flush(plain, left, right)
            if sides is None:
                self._counter[0] += 1
                table, box = _gap_table(
                    lines[at : at + length], starts, self._page, self._counter[0]
                )
                yield box[1], box[0], table
            else:
                length = sides[0]
                yield from self._sides(sides[1], sides[2], right)
            at += length
        yield from self._flush(plain, left, right)

    def _flush(
        self, plain: list[list[Run]], left: float, right: float
    ) -> Iterator[tuple[float, float, Block]]:
        number = self._page.number
        for line in paragraphs(plain, left, right, False):
            self._lines += 1
            box = union(t.at for run in line for t in run.tokens)
            for n, item in enumerate(items_of(line, f"page {number}, line {self._lines}", number)):
                yield box[1], box[0] + n * 1e-4, item
        plain.clear()

    def _sides(
        self, left: list[Run], right: list[Run], edge: float
    ) -> Iterator[tuple[float, float, Block]]:
        """Yield one column after the other, all at the place where both begin."""
        top = min(run.box[1] for run in (*left, *right))
        order = 0
        for side, end in ((left, min(run.box[0] for run in right) - 6), (right, edge)):
            for _, _, block in self.blocks([t for run in side for t in run.tokens], end):
                order += 1
                yield top, order * 1e-4, block


def _gapped(lines: list[list[Run]], at: int) -> tuple[int, list[float]]:
    """Return how many lines from here on are a table that only its gaps show, and its columns."""
    head = lines[at]
    if len(head) < 3 or any(asks(run) or _answers(run) for run in head):
        return 0, []
    starts = [run.tokens[0].at[0] for run in head]
    if at + 1 < len(lines) and _ticked(lines[at + 1], head):
        starts.insert(0, lines[at + 1][0].tokens[0].at[0])
    count, rows = 1, 1
    bottom = max(run.box[3] for run in head)
    for line in lines[at + 1 :]:
        top = min(run.box[1] for run in line)
        size = max(t.box[3] - t.box[1] for run in line for t in run.tokens)
        if top - bottom > 2.5 * size or any(asks(run) for run in line):
            break
        if len(line) == 1 and line[0].tokens[0].at[0] - starts[0] < 6 and top - bottom > 0.8 * size:
            break
        found = [_column(run, starts) for run in line]
        if None in found or len(set(found)) < len(found):
            break
        if len(line) >= 2:
            rows += 1
        bottom = max(run.box[3] for run in line)
        count += 1
    return (count, starts) if rows >= 3 else (0, [])


def _ticked(line: list[Run], head: list[Run]) -> bool:
    """Say whether a line is a question with a tick box for each head: no head stands over it."""
    if len(line) != len(head) + 1 or not line[0].plain or not all(run.plain for run in head):
        return False
    boxes = all(len(r.tokens) == 1 and isinstance(r.tokens[0].item, Mark) for r in line[1:])
    return boxes and line[0].tokens[-1].at[2] <= head[0].tokens[0].at[0] + 2


def _answers(run: Run) -> bool:
    """Say whether a form's field is in a run: what stands beside its label heads no column."""
    return any(isinstance(t.item, Field) for t in run.tokens)


def asks(run: Run) -> bool:
    text = words_in(run.tokens)
    return text.endswith(":") or re.search(r"[A-Za-z)]:\s", text) is not None


def _column(run: Run, starts: list[float]) -> int | None:
    begin, end = run.tokens[0].at[0], run.tokens[-1].at[2]
    col = bisect_right(starts, begin + 6) - 1
    if col < 0:
        return None
    return col if col + 1 == len(starts) or end <= starts[col + 1] + 2 else None


def _gap_table(
    lines: list[list[Run]], starts: list[float], page: Page, number: int
) -> tuple[Table, Box]:
    rows: list[dict[int, Run]] = []
    bottom = 0.0
    for line in lines:
        cells = {c: run for run in line if (c := _column(run, starts)) is not None}
        top = min(run.box[1] for run in line)
        size = max(t.box[3] - t.box[1] for run in line for t in run.tokens)
        wrapped = rows and 0 not in cells and top - bottom < 0.6 * size
        bottom = max(run.box[3] for run in line)
        if wrapped and all(c in rows[-1] for c in cells):
            for c, run in cells.items():
                rows[-1][c].more.append(run.tokens)
                rows[-1][c].fulls.append(True)
        else:
            rows.append(cells)
    where = f"page {page.number}, table {number}"
    made: list[Cell] = []
    headed = all(run.plain for run in lines[0])
    for r, cells in enumerate(rows):
        for c in range(len(starts)):
            name = f"{where}, row {r + 1}, cell {c + 1}"
            cell_run = cells.get(c)
            items = items_of([cell_run], name, page.number) if cell_run else []
            place = Place(name, page.number, cell_run.box if cell_run else None)
            made.append(Cell(r, c, tuple(items), place, header=r == 0 and headed))
    box = union(run.box for line in lines for run in line)
    return Table(tuple(made), len(rows), len(starts), Place(where, page.number, box)), box

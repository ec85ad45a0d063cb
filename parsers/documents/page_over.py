"""Tables that go on over the end of a page, and the row that the page's end cut in two."""

from __future__ import annotations

from dataclasses import replace

from parsers.documents.model import Block, Cell, Table
from parsers.documents.page import Grid, Page


def carries(made: list[tuple[Block, Grid | None]], first: int, page: Page) -> bool:
    """Say whether only a running header stands above a page's first table."""
    return all(b.place.box is None or b.place.box[3] < 0.1 * page.height for b, _ in made[:first])


def ends(made: list[tuple[Block, Grid | None]], last: int, page: Page) -> bool:
    return all(
        b.place.box is None or b.place.box[1] > 0.9 * page.height for b, _ in made[last + 1 :]
    )


def continued(
    upper: Block, old: list[float], lower: Block, grid: Grid | None, opened: bool
) -> Table | None:
    """Return both tables as one if the lower one's columns are the upper one's.

    A row that the page's end cut in two is one row again: no rule closes it above or below
    (`opened`), and nothing stands in its first cell on the next page.
    """
    if not isinstance(upper, Table) or not isinstance(lower, Table) or grid is None:
        return None
    new = grid.xs
    places = [min(range(len(old)), key=lambda i: abs(old[i] - x)) for x in new]
    if any(abs(old[p] - x) > 4 for p, x in zip(places, new, strict=False)):
        return None
    if abs(old[0] - new[0]) > 4 or abs(old[-1] - new[-1]) > 4:
        return None
    head = [c.text for c in upper.cells if c.row == 0]
    skip = 1 if len(head) > 2 and head == [c.text for c in lower.cells if c.row == 0] else 0
    moved = [
        replace(
            cell, row=cell.row - skip + upper.rows, col=places[cell.col],
            colspan=places[min(cell.col + cell.colspan, len(places) - 1)] - places[cell.col],
        )
        for cell in lower.cells
        if cell.row >= skip
    ]  # fmt: skip
    if any(c.colspan < 1 for c in moved):
        return None
    if opened and grid.open_top and not skip:
        whole = _mended(upper, moved)
        if whole is not None:
            return replace(upper, cells=whole, rows=upper.rows + lower.rows - 1)
    return replace(upper, cells=(*upper.cells, *moved), rows=upper.rows + lower.rows - skip)


def _mended(upper: Table, moved: list[Cell]) -> tuple[Cell, ...] | None:
    """Return the cells of both parts, the row cut by the page's end as one; None if none was."""
    rest = {c.col: c for c in moved if c.row == upper.rows}
    last = {c.col: c for c in upper.cells if c.row + c.rowspan == upper.rows}
    first = rest.get(0)
    if first is None or first.items or any(c.rowspan > 1 for c in rest.values()):
        return None
    if any(col not in last or last[col].colspan != c.colspan for col, c in rest.items()):
        return None
    kept = tuple(
        replace(c, items=(*c.items, *rest[c.col].items))
        if c.row + c.rowspan == upper.rows and c.col in rest
        else c
        for c in upper.cells
    )
    return (*kept, *(replace(c, row=c.row - 1) for c in moved if c.row > upper.rows))

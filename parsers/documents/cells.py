"""From words and rules on a page to cells, lines and blocks: what PDFs and pictures share.

A stranger would read lines across the page. A value that wraps inside a cell is then cut apart by
its neighbour's line; so cells come first (from rules), then columns (from gaps), then lines.

What a reader of forms may rely on: everything that stands on one line has the same `Place.words`
("page 1, line 4"), in order from left to right, ticks and fields among the words. A `Text` that a
wide gap follows on its line ends with a tab, so "Label: value   Label: value" can be told apart
without geometry. A text above an unruled form field is moved to stand just before that field.
A field that stands alone beside another on a line has a line of its own.

Coordinates are points from the page's top left corner.

Source: docs/sources.md, "PDF: cells by rules, then gaps, then lines".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from parsers.documents.model import Block, Box, Cell, Place, Table, Text
from parsers.documents.page import (
    Grid,
    Item,
    Matrix,
    Page,
    Token,
    area,
    middle,
    moved,
    union,
    within,
)
from parsers.documents.page_boxes import Framed, framed, rows
from parsers.documents.page_items import items_of, styles_of, text_items
from parsers.documents.page_lines import Run, lines_of, paragraphs, segments_of, without_leaders
from parsers.documents.page_loose import loose_blocks
from parsers.documents.page_over import carries, continued, ends
from parsers.documents.page_rules import ruled


def build(pages: Sequence[Page]) -> tuple[Block, ...]:
    """Return the blocks of all pages in reading order, tables over page ends joined."""
    counter = [0]
    blocks: list[Block] = []
    tail: tuple[int, list[float], bool] | None = None
    for page in pages:
        made = _page_blocks(page, counter)
        firsts = [i for i, (_, grid) in enumerate(made) if grid]
        carried: tuple[int, list[float], bool] | None = None
        if tail is not None and firsts and firsts[0] <= 2 and carries(made, firsts[0], page):
            block, grid = made[firsts[0]]
            joined = continued(blocks[tail[0]], tail[1], block, grid, tail[2])
            if joined is not None and grid is not None:
                blocks[tail[0]] = joined
                if ends(made, firsts[0], page):
                    carried = (tail[0], tail[1], grid.open_bottom)
                made.pop(firsts[0])
                firsts = [i for i, (_, x) in enumerate(made) if x]
        base = len(blocks)
        blocks.extend(b for b, _ in made)
        tail = carried
        if firsts and ends(made, firsts[-1], page):
            last = made[firsts[-1]][1]
            tail = (base + firsts[-1], last.xs, last.open_bottom) if last else None
    turned = {page.number: page.back for page in pages if page.back is not None}
    return tuple(_shown(block, turned) for block in blocks) if turned else tuple(blocks)


def _shown(item: Item, turned: dict[int, Matrix]) -> Item:
    """Return an item with its places carried back to the page as it is shown."""
    place = _shown_place(item.place, turned)
    if not isinstance(item, Table):
        return replace(item, place=place)
    made = tuple(
        replace(
            cell, place=_shown_place(cell.place, turned),
            items=tuple(_shown(inner, turned) for inner in cell.items),
        )
        for cell in item.cells
    )  # fmt: skip
    return replace(item, place=place, cells=made)


def _shown_place(place: Place, turned: dict[int, Matrix]) -> Place:
    back = turned.get(place.page or 0)
    if back is None or place.box is None:
        return place
    return replace(place, box=moved(place.box, back))


def _page_blocks(page: Page, counter: list[int]) -> list[tuple[Block, Grid | None]]:
    found = ruled(page)
    loose: list[Token] = []
    held: list[dict[tuple[int, int], list[Token]]] = [{} for _ in found]
    for token in without_leaders(page.tokens):
        x, y = middle(token.at)
        for g in range(len(found) - 1, -1, -1):
            box = found[g].box
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                key = found[g].find(x, y)
                if key is not None:
                    held[g].setdefault(key, []).append(token)
                    break
        else:
            loose.append(token)
    inner: dict[int, list[tuple[tuple[int, int], int]]] = {}
    outer: list[int] = []
    for g, grid in enumerate(found):
        for big in range(g - 1, -1, -1):
            x, y = middle(grid.box)
            key = found[big].find(x, y)
            if key is not None and within(grid.box, found[big].cell_box(key)):
                inner.setdefault(big, []).append((key, g))
                break
        else:
            outer.append(g)
    tables: dict[int, Table] = {}
    numbers: dict[int, int] = {}
    for g in sorted(outer, key=lambda i: (found[i].box[1], found[i].box[0])):
        counter[0] += 1
        numbers[g] = counter[0]
    for g in range(len(found) - 1, -1, -1):
        nested = [(key, tables[n]) for key, n in inner.get(g, []) if n in tables]
        number = numbers.get(g, 0)
        tables[g] = _table(found[g], held[g], nested, page, number or counter[0])
    made: list[tuple[float, float, Block, Grid | None]] = [
        (found[g].box[1], found[g].box[0], tables[g], found[g])
        for g in outer
        if any(c.items for c in tables[g].cells)
    ]
    boxes = framed(page, loose, found)
    if boxes:
        taken = {id(t) for f in boxes for t in (*f.label, *f.answer)}
        loose = [t for t in loose if id(t) not in taken]
    for top, left, block in loose_blocks(loose, page, counter, [found[g].box for g in outer]):
        made.append((top, left, block, None))
    made.extend(_grouped(boxes, made, page.number, counter))
    made.sort(key=lambda m: (m[0], m[1]))
    return [(block, grid) for _, _, block, grid in made]


def _grouped(
    boxes: list[Framed],
    others: list[tuple[float, float, Block, Grid | None]],
    page: int,
    counter: list[int],
) -> list[tuple[float, float, Block, Grid | None]]:
    """Return answers in frames as tables, a new one wherever something else stands between."""
    made: list[tuple[float, float, Block, Grid | None]] = []
    tops = sorted(top for top, _, _, _ in others)
    groups: list[list[Framed]] = []
    for one in boxes:
        last = groups[-1][-1].whole[1] if groups else 0.0
        between = bisect_right(tops, one.whole[1]) - bisect_right(tops, last)
        if groups and not between:
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        counter[0] += 1
        table = rows(group, page, counter[0], cell_items)
        box = table.place.box or group[0].box
        made.append((box[1], box[0], table, None))
    return made


def _table(
    grid: Grid,
    held: dict[tuple[int, int], list[Token]],
    nested: list[tuple[tuple[int, int], Table]],
    page: Page,
    number: int,
) -> Table:
    where = f"page {page.number}, table {number}"
    cells: list[Cell] = []
    for key in sorted(grid.spans):
        box = grid.cell_box(key)
        name = f"{where}, row {key[0] + 1}, cell {key[1] + 1}"
        items: list[Item] = list(cell_items(held.get(key, []), box, name, page.number))
        items.extend(table for at, table in nested if at == key)
        rows, cols = grid.spans[key]
        shaded = any(_covers(fill, box) for fill in page.fills)
        cells.append(
            Cell(*key, tuple(items), Place(name, page.number, box), rows, cols, shaded=shaded)
        )
    cells = _combed(cells)
    cells = _headed(cells)
    return Table(
        tuple(cells), len(grid.ys) - 1, len(grid.xs) - 1, Place(where, page.number, grid.box)
    )


def cell_items(tokens: list[Token], box: Box, name: str, page: int) -> list[Item]:
    """Return what stands in one cell, its wrapped lines joined."""
    if not tokens:
        return []
    if len(tokens) == 1 and (only := tokens[0]).item is None:
        place = Place(name, page, only.box, only.method)
        return list(text_items(only.text, place, styles_of(tokens), only.sure, True))
    lines = [[Run(s) for s in segments_of(line)] for line in lines_of(tokens)]
    found: list[Item] = []
    joined = paragraphs(lines, box[0], box[2], True)
    for n, line in enumerate(joined):
        found.extend(items_of(line, name if len(joined) == 1 else f"{name}, line {n + 1}", page))
    return found


def _covers(fill: Box, box: Box) -> bool:
    wide = min(fill[2], box[2]) - max(fill[0], box[0])
    high = min(fill[3], box[3]) - max(fill[1], box[1])
    return wide > 0 and high > 0 and wide * high > 0.6 * max(1.0, area(box))


def _combed(cells: list[Cell]) -> list[Cell]:
    """Join the letters of a date or UPN that is written one to a box."""
    found: list[Cell] = []
    comb: list[Cell] = []

    def close() -> None:
        if len(comb) >= 5 and sum(bool(c.items) for c in comb) >= 3:
            texts = [i for c in comb for i in c.items if isinstance(i, Text)]
            box = union(c.place.box for c in comb if c.place.box)
            place = replace(comb[0].place, box=box)
            whole = Text(
                "".join(t.text.strip() for t in texts), place, sure=min(t.sure for t in texts)
            )
            span = sum(c.colspan for c in comb)
            found.append(replace(comb[0], items=(whole,), place=place, colspan=span))
        else:
            found.extend(comb)
        comb.clear()

    for cell in cells:
        box = cell.place.box or (0, 0, 0, 0)
        single = all(isinstance(i, Text) and len(i.text.strip()) <= 1 for i in cell.items)
        narrow = box[2] - box[0] < 27 and single and cell.rowspan == 1
        if not narrow or (comb and comb[-1].row != cell.row):
            close()
        if narrow:
            comb.append(cell)
        else:
            found.append(cell)
    close()
    return sorted(found, key=lambda c: (c.row, c.col))


def _headed(cells: list[Cell]) -> list[Cell]:
    first = [c for c in cells if c.row == 0 and c.items]
    if len(first) < 2 or max(c.row for c in cells) == 0:
        return cells
    loud = [
        c.shaded or all("bold" in i.styles for i in c.items if isinstance(i, Text)) for c in first
    ]
    rest = [c for c in cells if c.row > 0 and c.items]
    quiet = [
        c
        for c in rest
        if not c.shaded and not any(isinstance(i, Text) and "bold" in i.styles for i in c.items)
    ]
    if not all(loud) or 2 * len(quiet) < len(rest):
        return cells
    return [replace(c, header=True) if c.row == 0 else c for c in cells]

"""The rules and the tick boxes of a page that is a picture, put among the words that were recognised.

The recogniser reads letters only: of a box it makes nothing, or a letter of some script, and of a
lone tick a V. A box that cannot be told is doubtful and never left out: left out, it would give its
neighbour's state to the wrong answer.
"""

from __future__ import annotations

import re
from typing import Any

import cv2

from parsers.documents import ink
from parsers.documents.model import Box, Mark, Place
from parsers.documents.page import Grid, Page, Rule, Token, middle
from parsers.documents.page_rules import ruled


def rules(grey: Any, scale: float) -> tuple[list[Rule], list[Rule]]:
    """Return the picture's long straight lines in points."""
    dark = ink.binary(grey)
    long = max(24, min(grey.shape) // 45)
    lying = cv2.morphologyEx(
        dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (long, 1))
    )
    standing = cv2.morphologyEx(
        dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (1, long))
    )
    found: tuple[list[Rule], list[Rule]] = ([], [])
    for which, image in enumerate((lying, standing)):
        shape = (9, 3) if which == 0 else (3, 9)
        image = cv2.dilate(image, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        _, _, stats, _ = cv2.connectedComponentsWithStats(image)
        for x, y, w, h, _ in stats[1:2_000].tolist():
            long_side, thick = (w, h) if which == 0 else (h, w)
            if thick > max(14, long_side * 0.08) or long_side < long * 1.3:
                continue
            at = (y + h / 2 if which == 0 else x + w / 2) * scale
            start = (x if which == 0 else y) * scale
            found[which].append(Rule(at, start, start + long_side * scale))
    return found


def _trimmed(token: Token, box: Box, letter: float) -> bool:
    """Cut a tick box off a word's end, if the word has room for it; say whether it had.

    The finder of lines takes a box and its caption for one line, of which only the caption is read.
    `letter` is how wide a letter must stay, as a share of the line's height.
    """
    left, top, right, bottom = token.box
    high = bottom - top
    at_start = box[0] <= left + 0.45 * high
    at_end = box[2] >= right - 0.45 * high
    if at_start == at_end or box[3] - box[1] < 0.45 * high:
        return False
    new = (box[2] + 1, right) if at_start else (left, box[0] - 1)
    if new[1] - new[0] < letter * high * len(token.text):
        return False
    token.box = (new[0], top, new[1], bottom)
    return True


# What the recogniser makes of a box, empty or ticked.
_BOXED = re.compile(r"[\W_]{1,3}|[xXvVoODQ口日区凶囗回✓√]|\W?[xXvV√]\W?")


def ticks(page_: Page, grey: Any, scale: float) -> None:
    """Put the tick boxes that stand near words, or alone in a cell, among the words."""
    grids = ruled(page_)
    low, high = max(8, round(6 / scale)), max(16, round(22 / scale))
    found = ink.squares(grey, low, high)[:200]
    found = [s for s in found if not s.is_letter]
    kept = [
        s
        for s in found
        if _tick(page_, _points(s.box, scale), ink.state(s, found), s.crossed, grids)
    ]
    for box in ink.doubtful(grey, kept):
        _tick(page_, _points(box, scale), None, True, grids)
    for grid in grids:
        _bare_ticks(page_, ink.binary(grey), grid, scale)


def _points(box: tuple[float, float, float, float], scale: float) -> Box:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale


def _tick(page_: Page, box: Box, on: bool | None, crossed: bool, grids: list[Grid]) -> bool:
    """Put one box among the words, in place of what the recogniser made of it; say whether it is one."""
    x, y = middle(box)
    inside = [t for t in page_.tokens if t.box[0] <= x <= t.box[2] and t.box[1] <= y <= t.box[3]]
    words = [t for t in inside if not _BOXED.fullmatch(t.text)]
    if not all(_trimmed(t, box, 0.44 if crossed else 0.36) for t in words):
        return False
    inside = [t for t in inside if t not in words]
    near = any(
        t not in inside and t.item is None and abs(middle(t.box)[1] - y) < 10
        and min(abs(t.box[0] - box[2]), abs(box[0] - t.box[2])) < 40 for t in page_.tokens
    )  # fmt: skip
    celled = any(g.box[0] < x < g.box[2] and g.box[1] < y < g.box[3] for g in grids)
    if not near and not celled:
        return False
    page_.tokens = [t for t in page_.tokens if t not in inside]
    mark = Mark(on, "ink", Place("", method="ink"), sure=0.5 if on is None else 0.95)
    page_.tokens.append(Token(box, item=mark, method="ink"))
    return True


# What the recogniser makes of a tick that stands alone.
_HOOK = re.compile(r"[VvJUuLlYy/\\✓xX]")
_PLACED = 0.6  # how sure a tick without a box is: something stands in the cell, and it is no word


def _bare_ticks(page_: Page, dark: Any, grid: Grid, scale: float) -> None:
    """Put ticks without boxes into the cells of columns in which nothing else stands below the heading.

    The recogniser overlooks a lone tick, or takes it for a letter.
    """
    columns: dict[int, list[tuple[Box, list[Token]]]] = {}
    for (row, col), (high, wide) in grid.spans.items():
        if row and high == wide == 1:
            cell = (grid.xs[col], grid.ys[row], grid.xs[col + 1], grid.ys[row + 1])
            inside = [t for t in page_.tokens if _within(middle(t.box), cell)]
            columns.setdefault(col, []).append((cell, inside))
    for cells_ in columns.values():
        if len(cells_) < 2 or any(not _may_be_tick(tokens) for _, tokens in cells_):
            continue
        for cell, tokens in cells_:
            blob = _blob(dark, cell, scale)
            if blob is None or any(t.item is not None for t in tokens):
                continue
            page_.tokens = [t for t in page_.tokens if t not in tokens]
            mark = Mark(True, "ink", Place("", method="ink"), sure=_PLACED)
            page_.tokens.append(Token(blob, item=mark, method="ink"))


def _within(point: tuple[float, float], box: Box) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def _may_be_tick(tokens: list[Token]) -> bool:
    return all(t.item is not None or _HOOK.fullmatch(t.text) for t in tokens) and len(tokens) < 2


def _blob(dark: Any, cell: Box, scale: float) -> Box | None:
    """Return where one stroke or cross stands in a cell that has no words; None if it is empty."""
    inset = 3.0
    left, top = round((cell[0] + inset) / scale), round((cell[1] + inset) / scale)
    right, bottom = round((cell[2] - inset) / scale), round((cell[3] - inset) / scale)
    patch = dark[max(0, top) : bottom, max(0, left) : right]
    if patch.size < 60:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(patch)
    large = [
        s
        for s in stats[1:200].tolist()
        if 5 / scale < max(s[2], s[3]) < 30 / scale and min(s[2], s[3]) > 2.5 / scale
    ]
    if not large or len(large) > 3:
        return None
    x, y, w, h, _ = max(large, key=lambda s: s[4])
    return _points((left + x, top + y, left + x + w, top + y + h), scale)

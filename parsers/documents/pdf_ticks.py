"""Drawn tick boxes: squares and rings, on by what is drawn or written in them.

A row of squares that touch is no row of ticks: it is a comb, for the figures of a date.
"""

from __future__ import annotations

from parsers.documents.model import Box, Mark, Place
from parsers.documents.page import Page, Rule, Token, middle
from parsers.documents.pdf_drawn import Drawn


def squares(page: Page, drawn: Drawn) -> None:
    """Put drawn tick boxes into the page as marks, on by what is drawn or written in them."""
    boxes = [*_lone_squares(page), *drawn.squares, *drawn.rings]
    kept: list[Box] = []
    for box in boxes:
        if not any(inside(middle(box), other) for other in kept):
            kept.append(box)
    if len(kept) > 400 or _is_comb(kept, page):
        for box in kept:
            _outline(box, page)
        return
    for box in kept:
        inner = [t for t in page.tokens if t.item is None and inside(middle(t.box), box)]
        letters = "".join(t.text for t in inner).strip()
        ticked = bool(letters) or any(
            inside(middle(m), box) and max(m[2] - m[0], m[3] - m[1]) < 1.35 * (box[2] - box[0])
            and max(m[2] - m[0], m[3] - m[1]) > 0.25 * (box[2] - box[0])
            for m in drawn.marks if not _same(m, box)
        )  # fmt: skip
        ticked = ticked or any(_same(m, box) for m in drawn.marks)
        if len(letters) > 1 or letters.isdigit():
            _outline(box, page)
            continue
        page.tokens = [t for t in page.tokens if t not in inner] if inner else page.tokens
        page.tokens.append(Token(box, item=Mark(ticked, "ink", Place("", method="ink"), sure=0.97)))


def _same(a: Box, b: Box) -> bool:
    return all(abs(p - q) < 1.2 for p, q in zip(a, b, strict=True))


def _outline(box: Box, page: Page) -> None:
    page.lying += [Rule(box[1], box[0], box[2]), Rule(box[3], box[0], box[2])]
    page.standing += [Rule(box[0], box[1], box[3]), Rule(box[2], box[1], box[3])]


def _is_comb(boxes: list[Box], page: Page) -> bool:
    """Say whether squares touch in a row, as the boxes for a date's figures do."""
    touching = sum(
        any(abs(a[2] - b[0]) < 1.5 and abs(a[1] - b[1]) < 1.5 for b in boxes) for a in boxes
    )
    return touching >= 4 and touching * 2 > len(boxes)


def inside(point: tuple[float, float], box: Box) -> bool:
    return box[0] - 1 <= point[0] <= box[2] + 1 and box[1] - 1 <= point[1] <= box[3] + 1


def _lone_squares(page: Page) -> list[Box]:
    """Return tick boxes drawn as four separate lines, their lines taken out of the rules."""
    small_h = [r for r in page.lying if 5 <= r.end - r.start <= 24]
    small_v = [r for r in page.standing if 5 <= r.end - r.start <= 24]
    if not small_h or not small_v or len(small_h) > 400:
        return []
    found: list[Box] = []
    used: set[int] = set()
    for top in small_h:
        for low in small_h:
            side = low.at - top.at
            if not (
                5 <= side <= 24 and abs(top.start - low.start) < 1 and abs(top.end - low.end) < 1
            ):
                continue
            if not 0.75 < (top.end - top.start) / side < 1.34:
                continue
            sides = [
                v for v in small_v
                if min(abs(v.at - top.start), abs(v.at - top.end)) < 1
                and abs(v.start - top.at) < 1.2 and abs(v.end - low.at) < 1.2
            ]  # fmt: skip
            if len({round(v.at - top.start) > 1 for v in sides}) == 2:
                found.append((top.start, top.at, top.end, low.at))
                used |= {id(top), id(low), *(id(v) for v in sides)}
    page.lying = [r for r in page.lying if id(r) not in used]
    page.standing = [r for r in page.standing if id(r) not in used]
    return found

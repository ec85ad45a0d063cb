"""Form controls laid among the words printed for them on a PDF's page.

Printed words and controls stand on one line in the blocks: "question", mark, "Yes", mark, "No".
A label printed above a field is moved to stand before it. Rows of fields under printed heads are a
table (`acroform_grid`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parsers.documents.acroform import Controls
from parsers.documents.acroform_grid import with_field_grids
from parsers.documents.model import Box, Field, Mark
from parsers.documents.page import Grid, Page, Token, middle, union
from parsers.documents.page_lines import lines_of, segments_of, without_leaders, words_in
from parsers.documents.page_rules import ruled

Segment = tuple[list[Token], Box]


def lay(found: Controls, page: Page, to_view: Callable[..., Box]) -> None:
    """Put a page's controls among its words, each with the label printed for it."""
    here = found.pages.get(page.number - 1, [])
    if not here:
        return
    tokens = [Token(to_view(*rectangle), item=item) for rectangle, item in here]
    page.tokens = [t for t in page.tokens if not _underneath(t, tokens)]
    segments: list[Segment] = [
        (s, union(t.box for t in s)) for line in lines_of(without_leaders(page.tokens))
        for s in segments_of(line, page.standing) if all(t.item is None for t in s)
    ]  # fmt: skip
    grids, rows = with_field_grids(ruled(page), page.tokens, tokens)
    page.tables = grids
    for token in tokens:
        if _gridded(token, rows):
            continue  # its label is the head of its column
        if isinstance(token.item, Field):
            _label(token, segments, tokens, _gridded(token, grids))
        elif isinstance(token.item, Mark):
            _caption(token, segments)
    page.tokens.extend(_stacked([t for t in tokens if not _gridded(t, grids)], page.tokens))
    page.tokens.extend(t for t in tokens if _gridded(t, grids))


def _stacked(controls: list[Token], printed: list[Token]) -> list[Token]:
    """Join fields without any label to the one they stand under: an address typed line by line."""
    kept: list[Token] = []
    for line in lines_of(controls):
        lower, upper = line[0], kept[-1] if kept else None
        if (
            upper is not None and len(line) == 1
            and isinstance(lower.item, Field) and lower.item.label is None
            and isinstance(upper.item, Field) and upper.item.label and upper.item.name != "comment"
            and abs(lower.box[0] - upper.box[0]) < 4
            and lower.box[1] - upper.box[3] < lower.box[3] - lower.box[1]
            and not _beside(lower, upper, printed)
        ):  # fmt: skip
            value = "\n".join(v for v in (upper.item.value, lower.item.value) if v)
            upper.item = replace(upper.item, value=value)
            upper.box = union((upper.box, lower.box))
        else:
            kept.extend(line)
    return kept


def _beside(lower: Token, upper: Token, printed: list[Token]) -> bool:
    """Say whether anything is printed on the lower field's line or between the two."""
    return any(
        upper.box[3] - 2 < middle(t.box)[1] < lower.box[3] and t.box[0] < lower.box[2]
        for t in printed
    )


def _underneath(word: Token, controls: list[Token]) -> bool:
    """Say whether a printed tick or dot lies under a tick widget: the widget's own picture."""
    if isinstance(word.item, Mark) and word.item.how == "ink":
        x, y = middle(word.box)
        return any(
            isinstance(c.item, Mark) and c.box[0] - 3 <= x <= c.box[2] + 3 and c.box[1] - 3 <= y <= c.box[3] + 3
            for c in controls
        )  # fmt: skip
    return False


def _gridded(token: Token, grids: list[Grid]) -> bool:
    x, y = middle(token.box)
    return any(g.box[0] <= x <= g.box[2] and g.box[1] <= y <= g.box[3] for g in grids)


def _label(token: Token, segments: list[Segment], controls: list[Token], gridded: bool) -> None:
    box = token.box
    first = (box[1], min(box[3], box[1] + 24))
    left = _best_left(box, first, segments, controls)
    above = None if left is not None else _best_above(box, segments, controls)
    chosen = left if left is not None else above
    if chosen is None or not isinstance(token.item, Field):
        return
    if token.item.label is None:
        token.item = replace(token.item, label=words_in(chosen).strip(" :_") or None)
    if above is not None and not gridded:
        start = box[0] - 0.5
        for n, word in enumerate(above):
            at = start + n * 0.01
            word.anchor = (at, first[0], at + 0.005, first[1])


def _best_left(
    box: Box, band: tuple[float, float], segments: list[Segment], controls: list[Token]
) -> list[Token] | None:
    best, distance = None, 320.0
    for segment, place in segments:
        overlap = min(place[3], band[1] + 2) - max(place[1], band[0] - 2)
        gap = box[0] - place[2]
        if overlap < 0.5 * (place[3] - place[1]) or gap < -4 or gap >= distance:
            continue
        if any(
            place[2] < (c.box[0] + c.box[2]) / 2 < box[0] and _between(band, c) for c in controls
        ):
            continue
        best, distance = segment, gap
    return best


def _between(band: tuple[float, float], control: Token) -> bool:
    return band[0] - 3 <= (control.box[1] + control.box[3]) / 2 <= band[1] + 3


def _best_above(box: Box, segments: list[Segment], controls: list[Token]) -> list[Token] | None:
    best, distance = None, 16.0
    for segment, place in segments:
        gap = box[1] - place[3]
        if not -4 <= gap < distance or place[0] > box[2] or place[2] < box[0] - 2:
            continue
        if abs(place[0] - box[0]) > 40 and not box[0] <= place[0] <= box[2]:
            continue
        best, distance = segment, gap
    return best


def _caption(token: Token, segments: list[Segment]) -> None:
    """Name a tick after the words at its right, or at its left if they are nearer."""
    if not isinstance(token.item, Mark) or token.item.label is not None:
        return
    best, distance = None, 30.0
    y = middle(token.box)[1]
    for segment, place in segments:
        if not place[1] - 3 <= y <= place[3] + 3:
            continue
        for gap in (place[0] - token.box[2], token.box[0] - place[2] + 6):
            if -3 <= gap < distance:
                best, distance = segment, gap
    if best is not None:
        words = words_in(best).strip(" :")
        token.item = replace(token.item, label=words or None)

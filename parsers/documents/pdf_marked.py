"""Words that somebody struck out, highlighted or underlined in a PDF, by a drawn line or box or by a comment.

Neither is a property of the text. A strike is a rule through the middle of a word, a highlight a
shaded box that fits it, an underline a rule as long as the word under it: a longer one was drawn to
write on. The borders of a table never cross a word. What a reader program adds later is a comment
with the corners of the words it means.

Source: ISO 32000-1, 12.5.6.10 (text markup annotations).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from parsers.documents.model import Box
from parsers.documents.page import Page, Rule, Token

Marked = tuple[Box, str]
_FIT = 3.5
_MOST = 2_000


def found(page: Page, boxes: Sequence[Box], told: Iterable[Marked] = ()) -> list[Marked]:
    """Return the places of a page's marks on its words: of rules, of shaded `boxes`, and those `told`."""
    made = list(told)
    rows = sorted((t for t in page.tokens if t.item is None), key=_middle)
    heights = [_middle(t) for t in rows]
    for rule in page.lying[:_MOST]:
        for token in rows[bisect_left(heights, rule.at - 12) : bisect_right(heights, rule.at + 12)]:
            if rule.end > token.box[0] + 1 and rule.start < token.box[2] - 1:
                kind = _of(rule, token)
                if kind:
                    made.append(((rule.start, token.box[1], rule.end, token.box[3]), kind))
                    break
    for box in boxes[:_MOST]:
        y = (box[1] + box[3]) / 2
        for token in rows[bisect_left(heights, y - 4) : bisect_right(heights, y + 4)]:
            high = token.box[3] - token.box[1]
            inside = token.box[0] - _FIT <= box[0] and box[2] <= token.box[2] + _FIT
            if inside and box[3] - box[1] <= 1.7 * high and box[2] - box[0] > 3:
                made.append((box, "highlight"))
                break
    return made


def _middle(token: Token) -> float:
    return (token.box[1] + token.box[3]) / 2


def _of(rule: Rule, token: Token) -> str:
    """Return what a rule that meets a token's width does to it, "" if nothing."""
    high = token.box[3] - token.box[1]
    at = (rule.at - token.box[1]) / max(high, 1.0)
    within = rule.start >= token.box[0] - _FIT and rule.end <= token.box[2] + _FIT
    if 0.35 <= at <= 0.72:
        return "strike" if within else ""
    return "underline" if 0.75 <= at <= 1.12 and within else ""


def mark(page: Page, marks: Sequence[Marked]) -> None:
    """Give the page's words, each a token of its own, the marks that cover them."""
    for box, kind in marks:
        for token in page.tokens:
            if token.item is not None or token.mark == "strike":
                continue
            if not token.box[1] < (box[1] + box[3]) / 2 < token.box[3]:
                continue
            over = min(box[2], token.box[2]) - max(box[0], token.box[0])
            if over >= 0.7 * (token.box[2] - token.box[0]):
                token.mark = kind
    used = {box for box, kind in marks if kind == "highlight"}
    page.fills = [box for box in page.fills if box not in used]

"""From words to lines, segments and paragraphs.

A line is cut into segments at its wide gaps and where a rule stands between two words. A line that
had to wrap is joined to the one above it, and a value broken in the middle ("14/03/201" over "4") is
joined without a space where its shape says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from parsers.documents.model import Box
from parsers.documents.page import Rule, Token, union

_LEADER = re.compile(r"_{2,}|\.{4,}|…{2,}|(?:\. ){3,}\.?|-{5,}|·{4,}")
_ONLY_LEADER = re.compile(r"[_.…·\-]+")


def without_leaders(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens with underscores and dotted leaders, which are blanks, cut off."""
    kept: list[Token] = []
    for token in tokens:
        if token.item is not None or not _LEADER.search(token.text):
            kept.append(token)
            continue
        length = len(token.text)
        width = (token.box[2] - token.box[0]) / length
        for part in re.finditer(r"\S+", _LEADER.sub(lambda m: " " * len(m[0]), token.text)):
            if _ONLY_LEADER.fullmatch(part[0]):
                continue
            box = (
                token.box[0] + part.start() * width, token.box[1],
                token.box[0] + part.end() * width, token.box[3],
            )  # fmt: skip
            kept.append(replace(token, text=part[0], box=box, glued=False))
    return kept


def lines_of(tokens: Iterable[Token]) -> list[list[Token]]:
    """Group tokens into lines by their heights, top to bottom, each from left to right."""
    many = list(tokens)
    if len(many) == 1:
        return [many]
    heights = sorted(t.at[3] - t.at[1] for t in many if t.item is None)
    usual = heights[len(heights) // 2] if heights else 12.0

    def span(token: Token) -> tuple[float, float]:
        top, bottom = token.at[1], token.at[3]
        if token.item is not None and bottom - top > usual * 2.2:
            return top, top + usual * 1.6  # a field of many lines belongs to its first
        return top, bottom

    found: list[tuple[float, float, list[Token]]] = []
    for token in sorted(many, key=lambda t: sum(span(t))):
        top, bottom = span(token)
        best = None
        for i in range(len(found) - 1, max(-1, len(found) - 4), -1):
            low, high, _ = found[i]
            overlap = min(bottom, high) - max(top, low)
            if overlap >= 0.5 * min(bottom - top, high - low):
                best = i
                break
        if best is None:
            found.append((top, bottom, [token]))
        else:
            low, high, line = found[best]
            line.append(token)
            if token.item is None:
                found[best] = (min(low, top), min(max(high, bottom), low + 3 * usual), line)
    found.sort(key=lambda f: f[0] + f[1])
    return [sorted(line, key=lambda t: t.at[0]) for _, _, line in found]


def segments_of(line: list[Token], barriers: Sequence[Rule] = ()) -> list[list[Token]]:
    """Cut a line at its wide gaps, and where a rule stands between two words."""
    found: list[list[Token]] = []
    for token in line:
        if found:
            last = found[-1][-1]
            gap = token.at[0] - last.at[2]
            size = max(6.0, min(token.at[3] - token.at[1], last.at[3] - last.at[1]))
            if gap <= max(9.0, 1.15 * size) and not _barred(last.at, token.at, barriers):
                found[-1].append(token)
                continue
        found.append([token])
    return found


def _barred(left: Box, right: Box, barriers: Sequence[Rule]) -> bool:
    if not barriers:
        return False
    y = (right[1] + right[3]) / 2
    return any(left[2] - 1 <= r.at <= right[0] + 1 and r.start <= y <= r.end for r in barriers)


def words_in(tokens: Iterable[Token]) -> str:
    """Return the words of tokens with a space between any two that are not glued."""
    text = ""
    for token in tokens:
        if token.item is None and token.text:
            text += token.text if token.glued or not text else " " + token.text
    return text


_SHAPES = (
    re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})"),
    re.compile(r"\d{4}-\d{2}-\d{2}"),
    re.compile(r"[A-Z]\d{11}[\dA-Z]"),
    re.compile(r"[\w.'+\-]+@[\w\-]+(?:\.[\w\-]+)+"),
    re.compile(r"0\d{9,10}"),
)
_TAIL, _HEAD = re.compile(r"\S+$"), re.compile(r"^\S+")


def join_broken(upper: str, lower: str, full: bool) -> str:
    """Join two lines of one paragraph; `full` says that the upper one reaches the right edge."""
    tail, head = _TAIL.search(upper), _HEAD.search(lower)
    if tail is None or head is None:
        return upper + lower
    a, b = tail[0], head[0]
    if a.endswith("\u00ad"):
        return upper[:-1] + lower
    if a.endswith("-") and len(a) > 1 and a[-2].isalnum() and b[0].isalnum():
        return upper + lower
    if full or len(a) + len(b) < 20:
        for shape in _SHAPES:
            if shape.fullmatch(a + b) and not shape.fullmatch(a):
                return upper + lower
    if (
        "@" in a
        and full
        and re.fullmatch(r"[\w.\-]+", b)
        and ("." in b or not re.search(r"\.\w{2,}$", a))
    ):
        return upper + lower
    if full and " " not in upper.strip():
        if a[-1].isalpha() and b[0].isalpha() and b[0].islower():
            return upper + lower
        if a[-1].isdigit() and b[0].isdigit():
            return upper + lower
        if a[-1] in "@./" and "@" in a + b:
            return upper + lower
    return upper + " " + lower


@dataclass(slots=True)
class Run:
    """One line's segment: its tokens, and the words of lines that wrapped into it."""

    tokens: list[Token]
    more: list[list[Token]] = field(default_factory=list)
    fulls: list[bool] = field(default_factory=list)

    @property
    def last(self) -> list[Token]:
        return self.more[-1] if self.more else self.tokens

    @property
    def plain(self) -> bool:
        return all(t.item is None for t in self.tokens)

    @property
    def box(self) -> Box:
        return union(t.box for part in [self.tokens, *self.more] for t in part)


def _wraps(upper: list[Token], lower: list[Token], left: float, right: float) -> tuple[bool, bool]:
    """Say whether the lower line had to wrap from the upper one, and whether the upper is full."""
    end = upper[-1].at[2]
    first = lower[0]
    size = max(4.0, upper[-1].at[3] - upper[-1].at[1])
    word, _, more = first.text.partition(" ")
    whole = not (more and first.lead and first.anchor is None)
    wide = (first.at[2] if whole else first.lead) - first.at[0]
    letter = wide / max(1, len(word))
    pad = min(max(0.0, upper[0].at[0] - left), 12.0)
    space = 0.22 * size
    fits = end + space + wide <= right - pad + 0.5
    full = end + letter * 1.3 > right - pad - 0.5
    return not fits, full


def _same_style(upper: list[Token], lower: list[Token]) -> bool:
    a, b = upper[-1], lower[0]
    tall_a, tall_b = a.at[3] - a.at[1], b.at[3] - b.at[1]
    if a.bold != b.bold:
        return False
    if abs(tall_a - tall_b) <= 0.12 * max(tall_a, tall_b):
        return True
    # A box is as tall as its letters: "Devon" has none that hang below the line, "Achterberg" has one.
    type_a, type_b = _type_size(upper), _type_size(lower)
    return abs(type_a - type_b) <= 0.2 * max(type_a, type_b)


def _type_size(line: list[Token]) -> float:
    """Return about how large a line's type is, by how tall it stands and which letters are in it."""
    words = "".join(t.text for t in line)
    tall = max(t.at[3] for t in line) - min(t.at[1] for t in line)
    up = 0.72 if re.search(r"[A-Z0-9bdfhklt(\[/'’]", words) or not words.isascii() else 0.52
    return tall / (up + (0.21 if re.search(r"[gjpqyQ,;(\[/|]", words) else 0.0))


def paragraphs(lines: list[list[Run]], left: float, right: float, cell: bool) -> list[list[Run]]:
    """Join each line that wrapped to the line or the column above it."""
    found: list[list[Run]] = []
    lowest = 0.0
    for line in lines:
        above = found[-1] if found else None
        top = min(t.at[1] for run in line for t in run.tokens)
        size = max(t.at[3] - t.at[1] for run in line for t in run.tokens)
        near = above is not None and top - lowest < (1.1 if cell else 0.75) * size
        lowest = max(t.at[3] for run in line for t in run.tokens)
        if above is not None and near and len(line) == 1 and line[0].plain:
            run = line[0]
            target = _target(above, run, left, right)
            if target is not None:
                limit = _limit(above, target, right)
                wraps, full = _wraps(
                    target.last, run.tokens, left if cell else target.tokens[0].at[0], limit
                )
                column = len(above) > 1 and target is not above[0]
                if (wraps or column) and _same_style(target.last, run.tokens):
                    target.more.append(run.tokens)
                    target.fulls.append(full)
                    continue
        found.append(line)
    return found


def _target(above: list[Run], run: Run, left: float, right: float) -> Run | None:
    start = run.tokens[0].at[0]
    if len(above) == 1 and above[0].last and above[0].last[-1].item is None:
        indent = start - above[0].tokens[0].at[0]
        return above[0] if abs(indent) < 24 or start - left < 4 else None
    for candidate in above:
        if candidate.plain and abs(candidate.tokens[0].at[0] - start) < 4:
            return candidate
    return None


def _limit(above: list[Run], target: Run, right: float) -> float:
    after = [r for r in above if r.tokens[0].at[0] > target.tokens[0].at[0]]
    return min((r.tokens[0].at[0] - 4 for r in after), default=right)

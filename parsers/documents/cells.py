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

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from parsers.documents import glyphs
from parsers.documents.lines import is_prompt
from parsers.documents.model import Block, Box, Cell, Field, Mark, Place, Table, Text

Item = Text | Field | Mark | Table
Matrix = tuple[float, float, float, float, float, float]
NEAR = 2.0  # points within which two rules are one
GRID_CELLS = 20_000


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


def times(m: Matrix, n: Matrix) -> Matrix:
    """Return the matrix that does first `m`, then `n`."""
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + o,
    )  # fmt: skip


def inverse(m: Matrix) -> Matrix:
    a, b, c, d, e, f = m
    size = a * d - b * c
    return (
        d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size,
    )  # fmt: skip


def moved(box: Box, m: Matrix) -> Box:
    """Return the upright box round a box that a matrix moved."""
    a, b, c, d, e, f = m
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(xs), min(ys), max(xs), max(ys)


# Rules to grids

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
    return sorted(made, key=lambda g: -_area(g.box))


def ruled(page: Page) -> list[Grid]:
    """Return the grids of several cells, looked for once: the page's rules must be complete."""
    if page.tables is None:
        page.tables = [g for g in grids(page) if len(g.spans) > 1]
    return page.tables


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


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


# Tokens to lines

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


# Wrapped lines

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


# Lines to items


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
    return a.bold == b.bold and abs(tall_a - tall_b) <= 0.12 * max(tall_a, tall_b)


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


def items_of(line: list[Run], words: str, page: int) -> list[Item]:
    """Return a line's items, all with one place's words."""
    found: list[Item] = []
    alone = all(t.item is None for run in line for t in run.tokens)
    for i, run in enumerate(line):
        made = list(_run_items(run, words, page, alone))
        if made and i + 1 < len(line) and isinstance(made[-1], Text):
            made[-1] = replace(made[-1], text=made[-1].text + "\t")
        found.extend(made)
    return _apart(found)


def _apart(items: list[Item]) -> list[Item]:
    """Give fields that stand beside each other, each with its own label, lines of their own."""
    found: list[Item] = []
    extra = 0
    for before, item in zip([None, *items], items, strict=False):
        if isinstance(before, Field) and isinstance(item, Field) and item.label != before.label:
            extra += 1
        if extra:
            item = replace(
                item, place=replace(item.place, words=f"{item.place.words}, part {extra + 1}")
            )
        found.append(item)
    return found


def _run_items(run: Run, words: str, page: int, alone: bool) -> Iterable[Item]:
    group: list[Token] = []
    parts: list[list[Token]] = []
    for token in run.tokens:
        if token.item is not None:
            parts.append([token])
            group = []
            continue
        style = group and (group[-1].bold == token.bold or not any(c.isalnum() for c in token.text))
        if not style or token.item is not None:
            group = []
            parts.append(group)
        group.append(token)
    for i, part in enumerate(parts):
        item = part[0].item
        if item is not None:
            yield replace(item, place=Place(words, page, part[0].box, item.place.method))
            continue
        text = words_in(part)
        box = union(t.box for t in part)
        sure = min(t.sure for t in part)
        if i == len(parts) - 1 and run.more:
            for more, full in zip(run.more, run.fulls, strict=False):
                text = join_broken(text, words_in(more), full)
                sure = min(sure, min(t.sure for t in more))
            box = union([box, *(t.box for more in run.more for t in more)])
        yield from text_items(
            text, Place(words, page, box, part[0].method), _styles(part), sure, alone
        )


def _styles(part: list[Token]) -> frozenset[str]:
    return frozenset(
        name for name, on in (("bold", part[0].bold), ("italic", part[0].italic)) if on
    )


def text_items(
    text: str, place: Place, styles: frozenset[str], sure: float, alone: bool
) -> Iterable[Item]:
    """Return a text as words and ticks; a printed prompt gives nothing."""
    if is_prompt(text):
        return
    for prompt in _PROMPTS.finditer(text):
        text = text.replace(prompt[0], " ").strip()
    if not text.strip():
        return
    if not glyphs.worth_a_look(text):
        yield Text(text, place, styles, sure)
        return
    for piece in glyphs.split(text, alone):
        if isinstance(piece, tuple):
            yield Mark(piece[0], "glyph", place, sure=min(piece[1], sure))
        elif piece.strip():
            yield Text(piece.strip(), place, styles, sure)


_PROMPTS = re.compile(
    r"Click (?:or tap )?(?:here )?to enter (?:a date|text)\.?|Click here to enter (?:a date|text)\.?"
    r"|Choose an item\.?",
    re.IGNORECASE,
)


# Pages to blocks


def build(pages: Sequence[Page]) -> tuple[Block, ...]:
    """Return the blocks of all pages in reading order, tables over page ends joined."""
    counter = [0]
    blocks: list[Block] = []
    tail: tuple[int, list[float], bool] | None = None
    for page in pages:
        made = _page_blocks(page, counter)
        firsts = [i for i, (_, grid) in enumerate(made) if grid]
        carried: tuple[int, list[float], bool] | None = None
        if tail is not None and firsts and firsts[0] <= 2 and _carries(made, firsts[0], page):
            block, grid = made[firsts[0]]
            joined = _continued(blocks[tail[0]], tail[1], block, grid, tail[2])
            if joined is not None and grid is not None:
                blocks[tail[0]] = joined
                if _ends(made, firsts[0], page):
                    carried = (tail[0], tail[1], grid.open_bottom)
                made.pop(firsts[0])
                firsts = [i for i, (_, x) in enumerate(made) if x]
        base = len(blocks)
        blocks.extend(b for b, _ in made)
        tail = carried
        if firsts and _ends(made, firsts[-1], page):
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


def _carries(made: list[tuple[Block, Grid | None]], first: int, page: Page) -> bool:
    """Say whether only a running header stands above a page's first table."""
    return all(b.place.box is None or b.place.box[3] < 0.1 * page.height for b, _ in made[:first])


def _ends(made: list[tuple[Block, Grid | None]], last: int, page: Page) -> bool:
    return all(
        b.place.box is None or b.place.box[1] > 0.9 * page.height for b, _ in made[last + 1 :]
    )


def _continued(
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
            if key is not None and _within(grid.box, found[big].cell_box(key)):
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
    for top, left, block in _loose_blocks(loose, page, counter, [found[g].box for g in outer]):
        made.append((top, left, block, None))
    made.sort(key=lambda m: (m[0], m[1]))
    return [(block, grid) for _, _, block, grid in made]


def _within(small: Box, big: Box) -> bool:
    return (
        small[0] >= big[0] - 2 and small[1] >= big[1] - 2
        and small[2] <= big[2] + 2 and small[3] <= big[3] + 2
    )  # fmt: skip


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
        return list(text_items(only.text, place, _styles(tokens), only.sure, True))
    lines = [[Run(s) for s in segments_of(line)] for line in lines_of(tokens)]
    found: list[Item] = []
    joined = paragraphs(lines, box[0], box[2], True)
    for n, line in enumerate(joined):
        found.extend(items_of(line, name if len(joined) == 1 else f"{name}, line {n + 1}", page))
    return found


def _covers(fill: Box, box: Box) -> bool:
    wide = min(fill[2], box[2]) - max(fill[0], box[0])
    high = min(fill[3], box[3]) - max(fill[1], box[1])
    return wide > 0 and high > 0 and wide * high > 0.6 * max(1.0, _area(box))


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


def _loose_blocks(
    tokens: list[Token], page: Page, counter: list[int], tables: list[Box]
) -> Iterable[tuple[float, float, Block]]:
    """Yield the blocks outside ruled tables: tables by their gaps, and lines."""
    if not tokens:
        return
    left = min(t.at[0] for t in tokens)
    # The margin is where the page's words end, but a page with one short line still has its paper.
    right = max([t.at[2] for t in page.tokens] + [box[2] for box in tables] + [page.width * 0.8])
    barriers = [Rule(x, box[1], box[3]) for box in tables for x in (box[0], box[2])]
    barriers += [r for r in page.standing if r.end - r.start > 8]
    lines = [[Run(s) for s in segments_of(line, barriers)] for line in lines_of(tokens)]
    at = 0
    number = 0
    plain: list[list[Run]] = []

    def flush() -> Iterable[tuple[float, float, Block]]:
        nonlocal number
        for line in paragraphs(plain, left, right, False):
            number += 1
            box = union(t.at for run in line for t in run.tokens)
            for n, item in enumerate(
                items_of(line, f"page {page.number}, line {number}", page.number)
            ):
                yield box[1], box[0] + n * 1e-4, item
        plain.clear()

    while at < len(lines):
        length = _gapped(lines, at)
        if length:
            yield from flush()
            counter[0] += 1
            table, box = _gap_table(lines[at : at + length], page, counter[0])
            yield box[1], box[0], table
            at += length
        else:
            plain.append(lines[at])
            at += 1
    yield from flush()


def _gapped(lines: list[list[Run]], at: int) -> int:
    """Return how many lines from here on are a table that only its gaps show; 0 if none."""
    head = lines[at]
    if len(head) < 3 or any(_asks(run) for run in head):
        return 0
    starts = [run.tokens[0].at[0] for run in head]
    count, rows = 1, 1
    bottom = max(run.box[3] for run in head)
    for line in lines[at + 1 :]:
        top = min(run.box[1] for run in line)
        size = max(t.box[3] - t.box[1] for run in line for t in run.tokens)
        if top - bottom > 2.5 * size or any(_asks(run) for run in line):
            break
        if len(line) == 1 and line[0].tokens[0].at[0] - starts[0] < 6 and top - bottom > 0.8 * size:
            break
        if any(_column(run, starts) is None for run in line):
            break
        if len(line) >= 2:
            rows += 1
        bottom = max(run.box[3] for run in line)
        count += 1
    return count if rows >= 3 else 0


def _asks(run: Run) -> bool:
    text = words_in(run.tokens)
    return text.endswith(":") or re.search(r"[A-Za-z)]:\s", text) is not None


def _column(run: Run, starts: list[float]) -> int | None:
    begin, end = run.tokens[0].at[0], run.tokens[-1].at[2]
    col = bisect_right(starts, begin + 6) - 1
    if col < 0:
        return None
    return col if col + 1 == len(starts) or end <= starts[col + 1] + 2 else None


def _gap_table(lines: list[list[Run]], page: Page, number: int) -> tuple[Table, Box]:
    starts = [run.tokens[0].at[0] for run in lines[0]]
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
    for r, cells in enumerate(rows):
        for c in range(len(starts)):
            name = f"{where}, row {r + 1}, cell {c + 1}"
            cell_run = cells.get(c)
            items = items_of([cell_run], name, page.number) if cell_run else []
            place = Place(name, page.number, cell_run.box if cell_run else None)
            made.append(Cell(r, c, tuple(items), place, header=r == 0))
    box = union(run.box for line in lines for run in line)
    return Table(tuple(made), len(rows), len(starts), Place(where, page.number, box)), box

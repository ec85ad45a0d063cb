"""The forms of sets C to I as strangers wrote them: a few marks for what a typist does.

A line is a paragraph; `#` and `##` start headings, `-` a list item, `>` small print, `|` a table row with
cells between bars (`|3>` spans three columns, a lone `^` joins the cell above). `[[` and `]]` stand around
a text box. Inside a line `{...}` is what was filled in, `{a//b//c}` a list to choose from with `a` chosen,
`[x]` and `[ ]` boxes to tick, `**bold**`, `~~struck out~~`, `==highlighted==`, and `\\` a new line. What is in braces
and begins with `d:` or `n:` is a day or a number to a spreadsheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).parent
_INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|~~(?P<struck>.+?)~~|==(?P<marked>.+?)==|(?P<box>\[[ x]\])"
    r"|\{(?P<answer>[^{}]*)\}|(?P<line>\\\\)"
)
Kind = Literal["text", "bold", "struck", "marked", "box", "answer", "line"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words of one kind; a box's words are `x` or a blank."""

    kind: Kind
    words: str
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Cell:
    runs: list[Run]
    span: int = 1
    joined: bool = False  # to the cell above


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is head, sub, small, item, line, table or frame; a frame's rows are its lines."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Strange:
    """One form: how it is made, its blocks (or its raw words), and what it says of each child."""

    key: str
    format: str
    body: str
    truth: list[dict[str, Any]]
    look: dict[str, Any]

    @property
    def group(self) -> str:
        return self.key[0].upper()

    @property
    def blocks(self) -> list[Block]:
        return blocks(self.body)


def strange_forms(group: str) -> list[Strange]:
    """Return the forms of one of the sets C to I, in order."""
    raw = yaml.safe_load((HERE / f"unseen_{group.lower()}.yaml").read_text("utf-8"))
    return [
        Strange(x.pop("id"), x.pop("as"), x.pop("body"), x.pop("truth"), look=x)
        for x in (dict(spec) for spec in raw)
    ]


def runs(words: str) -> list[Run]:
    """Take a line apart into its runs."""
    made: list[Run] = []
    at = 0
    for found in _INLINE.finditer(words):
        if found.start() > at:
            made.append(Run("text", words[at : found.start()]))
        at = found.end()
        kind: Any = found.lastgroup
        inside = found[kind]
        match kind:
            case "box":
                made.append(Run("box", inside[1:2]))
            case "answer":
                first, *lines = inside.split("\\\\")
                chosen, *others = first.split("//")
                made.append(Run("answer", chosen, tuple(others)))
                for more in lines:
                    made += [Run("line", ""), Run("answer", more)]
            case _:
                made.append(Run(kind, inside))
    if words[at:]:
        made.append(Run("text", words[at:]))
    return made


def blocks(body: str) -> list[Block]:
    """Take a form apart into blocks; a blank line ends a table."""
    made: list[Block] = []
    framed: list[list[Cell]] | None = None
    table: list[list[Cell]] | None = None
    for line in body.splitlines():
        bare = line.strip()
        if not bare.startswith("|"):
            table = None
        if bare == "[[":
            framed = []
        elif bare == "]]" and framed is not None:
            made.append(Block("frame", rows=framed))
            framed = None
        elif framed is not None:
            framed.append([Cell(runs(bare))])
        elif bare.startswith("|"):
            if table is None:
                table = []
                made.append(Block("table", rows=table))
            table.append(_row(bare))
        elif bare:
            made.append(_paragraph(bare))
    return made


def _row(line: str) -> list[Cell]:
    cells = []
    for part in line.strip("|").split("|"):
        spanned = re.match(r"(\d)>\s", part)
        words = part[spanned.end() :] if spanned else part
        joined = words.strip() == "^"
        cells.append(
            Cell([] if joined else runs(words.strip()), int(spanned[1]) if spanned else 1, joined)
        )
    return cells


def _paragraph(line: str) -> Block:
    for mark, kind in (("## ", "sub"), ("# ", "head"), ("> ", "small"), ("- ", "item")):
        if line.startswith(mark):
            return Block(kind, runs(line[len(mark) :]))
    return Block("line", runs(line))

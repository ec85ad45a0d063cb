"""From a line's words to items of the model: texts, ticks and fields, all with the line's place.

A `Text` that a wide gap follows on its line ends with a tab. A field that stands beside another has
a line of its own. Prompts that a form printed ("Click here to enter a date") give nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from parsers.documents import glyphs
from parsers.documents.lines import is_prompt
from parsers.documents.model import Field, Mark, Place, Text
from parsers.documents.page import Item, Token, union
from parsers.documents.page_lines import Run, join_broken, words_in


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
        same = group and (group[0].bold, group[0].mark) == (token.bold, token.mark)
        style = same or (group and not any(c.isalnum() for c in token.text))
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
            text, Place(words, page, box, part[0].method), styles_of(part), sure, alone
        )


def styles_of(part: list[Token]) -> frozenset[str]:
    first = part[0]
    flags = (("bold", first.bold), ("italic", first.italic), (first.mark, bool(first.mark)))
    return frozenset(name for name, on in flags if on)


_PROMPTS = re.compile(
    r"Click (?:or tap )?(?:here )?to enter (?:a date|text)\.?|Click here to enter (?:a date|text)\.?"
    r"|Choose an item\.?",
    re.IGNORECASE,
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

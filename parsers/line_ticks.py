"""Lines with ticks or controls among their words: a question with its options, or several questions.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from parsers.documents.model import Field, Mark, Place, Text
from parsers.pairs import OPTION, Answer, Item, as_items, options_of, words_in
from parsers.words import squash, without_leaders

if TYPE_CHECKING:
    from parsers.finder import Finder

_SEX_BOX = re.compile(r"\s*(?:m|male|boy)\W*", re.I)
_LAST_OPTION = re.compile(rf"(?P<asks>.*?)(?:^|(?<=\W))(?P<option>{OPTION.pattern})\W*", re.I)
_FIRST_OPTION = re.compile(rf"\W*(?P<option>{OPTION.pattern})(?:\W+(?P<asks>.*))?", re.I)
_SHOWS = re.compile(
    r"\W*(?:please )?(?:tick|cross|mark|put an?|use an?|enter an?|with an?)(?: (?:the )?(?:box|tick|cross|with an?|as))*\W*",
    re.I,
)


def apart(f: Finder, items: list[Item]) -> list[list[Item]]:
    """Part "DOB: 3/4/15   Sex: Male [ ] Female [x]   Year: 6" into its three questions."""
    several = _several(f, items)
    if several:
        return several
    parts: list[list[Item]] = [[]]
    last = max(n for n, item in enumerate(items) if isinstance(item, Mark))
    for at, item in enumerate(items):
        if not isinstance(item, Text):
            parts[-1].append(item)
            continue
        for chunk in re.split(r"\s{3,}|\t+", item.text):
            label, colon, _ = chunk.partition(":")
            if not colon and at < last and chunk.rstrip().endswith("?"):
                label, colon = chunk.rstrip(" ?"), "?"
            asks = bool(colon) and f.words.match(label) is not None
            ticked = any(isinstance(i, Mark) for i in parts[-1])
            asks = asks or (not ticked and _SEX_BOX.fullmatch(chunk) is not None)
            done = any(not isinstance(i, Text) for i in parts[-1]) or (
                re.search(r":\s*\S", words_in(parts[-1])) is not None
            )
            if asks and parts[-1] and done:
                parts.append([])
            if chunk.strip():
                parts[-1].append(replace(item, text=chunk))
    return parts


def _several(f: Finder, items: list[Item]) -> list[list[Item]]:
    """Part "EHCP Yes [ ] No [x] LAC Yes [x] No [ ]", where no colon says that another question begins."""
    at = [n for n, item in enumerate(items) if isinstance(item, Mark)]
    if len(at) < 4:
        return []
    cuts = [-1, *at, len(items)]
    words = [words_in(items[a + 1 : b]).strip(" ,;/") for a, b in pairwise(cuts)]
    before = _LAST_OPTION.fullmatch(words[0]) is not None  # the caption stands before its box
    groups: list[list[Item]] = []
    if not before:
        groups.append([Text(words[0], items[0].place)])
    for n, mark in enumerate(at):
        found = (_LAST_OPTION if before else _FIRST_OPTION).fullmatch(words[n if before else n + 1])
        if found is None:
            return []
        asked = squash(found["asks"] or "").strip(" .,;/")
        caption = Text(found["option"], items[mark].place)
        if before and (asked or not groups):
            groups.append([Text(asked, items[mark].place)])
        groups[-1].extend((caption, items[mark]) if before else (items[mark], caption))
        if not before and asked and n + 1 < len(at):
            groups.append([Text(asked, items[mark].place)])
    questions = [words_in(g[:1]) for g in groups]
    known = sum(f.words.match(q) is not None for q in questions)
    return groups if len(groups) > 1 and all(questions) and 2 * known >= len(groups) else []


def controls(f: Finder, items: list[Item]) -> None:
    """Pair each control with the words before it, or with its own caption."""
    self_label = ""
    place = items[0].place
    values: list[Item] = []
    for item in [*items, None]:
        if item is None or (isinstance(item, Text) and values):
            if values:
                tail = ""
                if isinstance(item, Text):
                    tail = item.text
                if (
                    tail
                    and f.words.match(tail.strip(" ,;")) is None
                    and ":" not in tail
                    and not self_label
                ):
                    values.append(item)  # type: ignore[arg-type]
                    continue
                _controlled(f, self_label, values, place)
                values, self_label = [], ""
            if item is None:
                break
        if isinstance(item, Text):
            self_label = (self_label + " " + item.text).strip()
        else:
            values.append(item)
            place = item.place
    if self_label and not values:
        f.worded([Text(self_label, place)])


def _controlled(f: Finder, label: str, values: list[Item], place: Place) -> None:
    own = next((v.label for v in values if isinstance(v, Field) and v.label), None)
    label = without_leaders(label)
    inner = f.parts.colons(label) if ":" in label.rstrip(" :") else []
    if inner and not inner[-1][2]:
        f.settle()
        for name, match, value in inner[:-1]:
            f.add(name, match, Answer((Text(value, place),)), place, "line")
        label = inner[-1][0]
    match = f.words.match(label) if label else None
    if own and (match is None or not label):
        better = f.words.match(own)
        if better is not None or not label:
            label, match = own, better
    if not label:
        if f.waiting is not None:
            f.waiting[3].extend(values)
            if not f.spills(f.waiting[1]):
                f.settle()
        return
    f.settle()
    f.add(label, match, Answer(tuple(values)), place, "control")


def ticked(f: Finder, items: list[Item]) -> None:
    """Read a line with ticks: a question with its options, or ticks that are questions."""
    if len(items) == 3 and isinstance(items[1], Mark) and _SHOWS.fullmatch(words_in(items[:1])):
        return  # "Tick ✓ or cross" shows what a tick looks like
    lead, options = _question_last(f, items) or options_of(items)
    known = f.words.match(lead) if lead else None
    captions = [(mark, caption, f.words.match(caption)) for mark, caption in options]
    separate = all(
        match and not OPTION.fullmatch(squash(c).strip(" .:/")) for _, c, match in captions if c
    )
    named = [c for _, c, _ in captions if c]
    own = [m for m, _ in options if m.label and not lead]
    if lead and (
        known
        or lead.rstrip().endswith((":", "?"))
        or all(OPTION.fullmatch(squash(c).strip(" .:/")) for c in named)
    ):
        f.settle()
        f.add(lead, known, Answer(tuple(as_items(options, items))), items[0].place, "ticks")
    elif lead and not named and len(options) == 1:
        f.settle()
        f.add(lead, known, Answer((options[0][0],)), items[0].place, "lone")
    elif own and not named:
        for mark in own:
            f.add(
                mark.label or "",
                f.words.match(mark.label or ""),
                Answer((mark,)),
                mark.place,
                "lone",
            )
    elif f.waiting is not None and not (separate and named and f.waiting[1] is None):
        f.waiting[3].extend(as_items(options, items))
    elif separate and named:
        f.settle()
        for mark, caption, match in captions:
            f.add(caption, match, Answer((mark,)), mark.place, "lone")
    else:
        for mark, caption in options:
            f.add(caption, f.words.match(caption), Answer((mark,)), mark.place, "lone")


def _question_last(f: Finder, items: list[Item]) -> tuple[str, list[tuple[Mark, str]]] | None:
    """Turn "Yes ☐ No ☒ Looked after child" round: the question stands behind its ticks."""
    at = [n for n, item in enumerate(items) if isinstance(item, Mark)]
    if len(at) < 2:
        return None
    cuts = [-1, *at, len(items)]
    parts = [words_in(items[a + 1 : b]).strip(" ,;/:") for a, b in pairwise(cuts)]
    marks = [item for item in items if isinstance(item, Mark)]
    if all(OPTION.fullmatch(p) for p in parts[:-1]):
        captions, question = parts[:-1], parts[-1]
        if re.match(rf"(?:{OPTION.pattern})\b", question, re.I):
            return None
    else:
        last = re.match(rf"({OPTION.pattern})\b\W*(.{{4,}})", parts[-1], re.I)
        if parts[0] or last is None or not all(OPTION.fullmatch(p) for p in parts[1:-1]):
            return None
        captions, question = [*parts[1:-1], last[1]], last[2]
    known = f.words.match(question) if len(question) > 2 else None
    if known is None and (f.waiting is not None or len(question.split()) < 3):
        return None
    if re.match(r"(?:if|please|details|give|state)\b", question, re.I):
        return None
    return question, list(zip(marks, captions, strict=True))

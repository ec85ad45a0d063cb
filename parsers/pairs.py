"""Questions with their answers, and how a line with ticks is taken apart.

The values that the shapes of a document give up, before anybody asks what they mean.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from parsers.documents.model import Block, Field, Mark, Place, Table, Text
from parsers.vocabulary import Match
from parsers.words import squash

Item = Text | Field | Mark
Strong = frozenset({"exact", "order", "parts", "grammar"})
OPTION = re.compile(
    r"(?:yes|no|y|n|n/?a|not known|unknown|male|female|m|f|boy|girl|don'?t know|unsure|other)", re.I
)
_NUMBERED = re.compile(
    r"^\W*(?:(?P<sib>sibling|brother|sister)|(?P<par>parent(?:\s*/\s*carer)?|carer|contact|guardian|priority)|(?P<child>child|pupil|student|young person|learner))"
    r"(?:'s|s)?(?:\s*(?:details|no\.?|number|#|name))?\s*(?P<n>\d{1,2}|one|two|three|four|five|six)?\s*(?:details)?\W*$", re.I)  # fmt: skip
VALUEISH = re.compile(
    r"(?:attendance (?:officer|lead|manager)|mother|father|mum|dad|head ?teacher|dsl|ewo|education welfare officer|"
    r"designated safeguarding lead|carer|guardian|parent|school|social worker|male|female|ehcp|sen support|key worker|"
    r"(?:[\w'. -]+ )(?:school|academy|college))", re.I)  # fmt: skip
_ORDINAL = re.compile(
    r"^\W*(?P<n>first|second|third|fourth|fifth|sixth|[1-9](?:st|nd|rd|th))\s+(?P<who>.+)$", re.I
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_WORD_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a heading numbers: "Child 2", "Second parent", "Sibling"; `number` is 0 when it says none."""

    kind: str
    number: int


def numbered(text: str) -> Person | None:
    """Return the person whom a short heading numbers, or None."""
    ordinal = _ORDINAL.match(text)
    if ordinal:
        n = ordinal["n"].casefold()
        count = _ORDINALS.index(n) + 1 if n in _ORDINALS else int(n[0])
        text = f"{ordinal['who']} {count}"
    found = _NUMBERED.match(text)
    if found is None:
        return None
    kind = "sibling" if found["sib"] else "parent" if found["par"] else "child"
    n = (found["n"] or "0").casefold()
    return Person(kind, _WORD_NUMBERS.get(n) or int(n))


@dataclass(frozen=True, slots=True)
class Answer:
    """What stood where an answer belongs."""

    items: tuple[Item, ...] = ()

    @property
    def marked(self) -> bool:
        return any(isinstance(item, Mark) for item in self.items)

    @property
    def written(self) -> str:
        """The words and control values, struck words left out, lines kept."""
        return _lines_of([i for i in self.items if not isinstance(i, Mark) and not _struck(i)])

    @property
    def raw(self) -> str:
        parts = []
        for item in self.items:
            match item:
                case Mark():
                    parts.append("[x]" if item.on else "[ ]")
                case Field():
                    parts.append(item.value)
                case Text():
                    parts.append(item.text)
        return squash(" ".join(p for p in parts if p))

    @property
    def sure(self) -> float:
        return min((i.sure for i in self.items if isinstance(i, Text | Mark)), default=1.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer. `owner` says whose it is, by its section or its table."""

    label: str
    match: Match | None
    answer: Answer
    place: Place
    section: str | None = None
    heading: str = ""
    child: int | None = None
    group: str = ""
    how: str = "left"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One row of a grid of enquiries or visits, by column."""

    columns: dict[str, Answer]
    place: Place
    heading: str


@dataclass(slots=True)
class Found:
    """Everything that the shapes gave up: pairs in order, enquiries, headings, loose words."""

    pairs: list[Pair] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    loose: list[Text] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)  # columns' headings, totals: seen and not asked
    records: int = 0


def _struck(item: Item) -> bool:
    return isinstance(item, Text) and "strike" in item.styles


def _lines_of(items: Sequence[Item]) -> str:
    lines: list[list[str]] = []
    last: str | None = None
    for item in items:
        words = (
            item.text if isinstance(item, Text) else item.value if isinstance(item, Field) else ""
        )
        if not words.strip():
            continue
        if last is None or item.place.words != last:
            lines.append([])
        lines[-1].append(words)
        last = item.place.words
    return "\n".join(" ".join(line) for line in lines)


def lines(items: Iterable[Block]) -> Iterator[list[Item] | Table]:
    """Yield paragraphs (items of one place) and tables in order."""
    current: list[Item] = []
    for item in items:
        if isinstance(item, Table):
            if current:
                yield current
                current = []
            yield item
            continue
        if current and current[-1].place.words != item.place.words:
            yield current
            current = []
        if isinstance(item, Text) and "\n" in item.text:
            if current:
                yield current
                current = []
            for line in item.text.split("\n"):
                if line.strip():
                    yield [replace(item, text=line)]
            continue
        current.append(item)
    if current:
        yield current


def after_label(texts: list[Text], label: str) -> tuple[Item, ...]:
    """Return a line's words after its label, each run with the look it had."""
    left = len(re.sub(r"[\s:?]", "", label))
    kept: list[Item] = []
    for text in texts:
        letters = len(re.sub(r"[\s:?]", "", text.text))
        if left and left >= letters:
            left -= letters
            continue
        words = text.text
        while left > 0 and words:
            left -= not (words[0].isspace() or words[0] in ":?")
            words = words[1:]
        words = words.strip(" \t") if kept else words.strip(" :?*-–\t")
        if words:
            kept.append(replace(text, text=words))
    return tuple(kept)


def options_of(items: Sequence[Item]) -> tuple[str, list[tuple[Mark, str]]]:
    """Return the words before the options and each mark with its caption.

    Whether captions stand before or after their boxes is judged by the line's two ends.
    """
    marks = [i for i, item in enumerate(items) if isinstance(item, Mark)]
    if not marks:
        return words_in(items), []
    ends_on_mark = marks[-1] == len(items) - 1
    begins_on_mark = marks[0] == 0
    tail = words_in(items[marks[-1] + 1 :])
    option_first = not begins_on_mark and not ends_on_mark and len(marks) > 1 and (
        re.search(rf"(?:^|[\s:?])(?:{OPTION.pattern})\W*$", words_in(items[: marks[0]]), re.I) is not None
        and not OPTION.match(tail))  # fmt: skip
    if option_first:
        items = items[: marks[-1] + 1]
    elif begins_on_mark or not ends_on_mark:
        lead = words_in(items[: marks[0]])
        pairs = []
        for n, at in enumerate(marks):
            end = marks[n + 1] if n + 1 < len(marks) else len(items)
            pairs.append((items[at], words_in(items[at + 1 : end])))
        return lead, [(m, c.strip(" ,;/")) for m, c in pairs if isinstance(m, Mark)]
    made: list[tuple[Mark, str]] = []
    lead = ""
    start = 0
    for n, at in enumerate(marks):
        mark = items[at]
        caption = words_in(items[start:at])
        start = at + 1
        if n == 0:
            lead, caption = _lead(caption)
        if isinstance(mark, Mark):
            made.append((mark, caption.strip(" ,;/:")))
    if len(made) == 1 and not lead:
        return made[0][1], [(made[0][0], "")]
    return lead, made


def _lead(text: str) -> tuple[str, str]:
    """Cut the first option off the words before it: "Gender: Male" to "Gender:", "Male"."""
    head, colon, tail = text.rpartition(":")
    if colon and tail.strip():
        return head + ":", tail.strip()
    head, mark, tail = text.rpartition("?")
    if mark and tail.strip():
        return head + "?", tail.strip()
    match = re.search(rf"(?:^|\s)({OPTION.pattern})\W*$", text, re.I)
    if match:
        return text[: match.start()].strip(), match[1]
    return ("", text) if not colon else (text, "")


def words_in(items: Iterable[Item]) -> str:
    parts = [i.text if isinstance(i, Text) else i.value for i in items if not isinstance(i, Mark)]
    return squash(" ".join(p for p in parts if p))


def as_items(options: list[tuple[Mark, str]], items: Sequence[Item]) -> Iterator[Item]:
    """Yield marks each followed by its caption, whichever side it was printed on."""
    for mark, caption in options:
        yield mark
        if caption:
            yield Text(caption, mark.place)

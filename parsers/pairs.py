"""From a document's blocks to questions with their answers, by shape first and words second.

A stranger would flatten a table to lines of text. Then nothing says which column a tick stood in,
and a row of unknown headings is read as answers. Here each table is judged as a whole (label
left, label above, label in the cell, rows or columns of people, a grid of enquiries, yes/no columns)
before any cell is paired, and a cell in a column of answers is an answer even when it reads like a label.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from parsers.documents.model import Block, Cell, Document, Field, Mark, Place, Table, Text
from parsers.vocabulary import Match, Vocabulary
from parsers.words import is_no_value, squash, tokens, without_leaders

Item = Text | Field | Mark
Strong = frozenset({"exact", "order", "parts"})
_OPTION = re.compile(
    r"(?:yes|no|y|n|n/?a|not known|unknown|male|female|m|f|boy|girl|don'?t know|unsure|other)", re.I
)
_NUMBERED = re.compile(
    r"^\W*(?:(?P<sib>sibling|brother|sister)|(?P<par>parent(?:\s*/\s*carer)?|carer|contact|guardian|priority)|(?P<child>child|pupil|student|young person|learner))"
    r"(?:'s|s)?(?:\s*(?:details|no\.?|number|#|name))?\s*(?P<n>\d{1,2}|one|two|three|four|five|six)?\s*(?:details)?\W*$", re.I)  # fmt: skip
_VALUEISH = re.compile(
    r"(?:attendance (?:officer|lead|manager)|mother|father|mum|dad|head ?teacher|dsl|ewo|education welfare officer|"
    r"designated safeguarding lead|carer|guardian|parent|school|social worker|male|female|ehcp|sen support|key worker|"
    r"(?:[\w'. -]+ )(?:school|academy|college))", re.I)  # fmt: skip
_WORD_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


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


def find(document: Document, vocabulary: Vocabulary) -> Found:
    """Return a document's questions and answers, enquiries and headings."""
    finder = _Finder(vocabulary)
    finder.run(document.blocks)
    finder.settle()
    return finder.found


class _Finder:
    """Walks the blocks once, remembering the section it is in and a label that waits for an answer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary
        self.found = Found()
        self.section: str | None = None
        self.heading = ""
        self.child: int | None = None
        self.group = 0
        self.in_cell_form = False
        self.waiting: tuple[str, Match | None, Place, list[Item]] | None = None

    # Lines

    def run(self, blocks: Iterable[Block], depth: int = 0) -> None:
        for unit in lines(blocks):
            if isinstance(unit, Table):
                self.settle()
                if depth < 8:
                    self.table(unit, depth)
            else:
                self.line(unit)

    def settle(self) -> None:
        """Give the waiting label what has been gathered for it."""
        if self.waiting is not None:
            label, match, place, items = self.waiting
            self.waiting = None
            if (
                not items
                and (len(tokens(label)) == 1 or label.isupper())
                and not label.endswith(":")
            ):
                section = self.words.section(label)
                if section is not None:  # nothing under it: it was a heading after all
                    self.section, self.heading, self.group = section, label, self.group + 1
                    return
            self.add(label, match, Answer(tuple(items)), place)

    def add(
        self, label: str, match: Match | None, answer: Answer, place: Place, how: str = "left",
        child: int | None = None, group: str = "", section: str | None = None,
    ) -> None:  # fmt: skip
        label = squash(label).strip(" :")
        if not label:
            return
        self.found.pairs.append(Pair(
            label, match, answer, place, section or self.section, self.heading,
            child if child is not None else self.child, group or f"section {self.group}", how))  # fmt: skip

    def line(self, items: list[Item]) -> None:
        if any(isinstance(i, Mark) for i in items):
            self.ticked(items)
        elif any(isinstance(i, Field) for i in items):
            self.controls(items)
        else:
            self.worded([i for i in items if isinstance(i, Text)])

    def worded(self, texts: list[Text]) -> None:
        whole = without_leaders(" ".join(t.text for t in texts)).strip()
        if not whole:
            return
        styles = frozenset.intersection(*(t.styles for t in texts))
        if self._announces(whole, styles):
            self.settle()
            self.open(whole, texts[0].place)
            return
        pairs = self.split_line(texts, whole)
        if pairs:
            waits = pairs[-1] if not pairs[-1][2] else None
            first_match = pairs[0][1]
            if (
                self.waiting
                and first_match is None
                and len(pairs) == 1
                and not self._question(pairs[0][0])
            ):
                self.waiting[3].extend(texts)
                return
            self.settle()
            for label, match, value in pairs:
                if value:
                    item = replace(texts[-1], text=value, styles=texts[-1].styles - {"bold"})
                    styled = (
                        _after_label(texts, label) if len(pairs) == 1 and len(texts) > 1 else ()
                    )
                    if len(
                        {i.styles for i in styled if isinstance(i, Text)}
                    ) > 1 and not self._spills(match):
                        self.add(label, match, Answer(styled), item.place, "line")
                        continue
                    if (
                        self._spills(match)
                        and match
                        and match.field not in ("reason", "ground")
                        and (label, match, value) == pairs[-1]
                    ):
                        self.waiting = (label, match, item.place, [item])
                    else:
                        self.add(label, match, Answer((item,)), item.place, "line")
                elif waits is None or label != waits[0]:
                    self.add(label, match, Answer(), texts[0].place, "line")
            if waits:
                if self.is_heading(waits[0], styles | {"heading"}) and waits[1] is None:
                    self.open(waits[0], texts[0].place)
                else:
                    self.waiting = (waits[0], waits[1], texts[0].place, [])
            return
        if self.is_heading(whole, styles):
            self.settle()
            self.open(whole, texts[0].place)
            return
        match = self.words.match(whole)
        lone = match is not None and match.how in Strong and len(whole) < 120
        if (
            lone
            and match is not None
            and not (self.waiting and self._wants(self.waiting[1], whole))
        ):
            self.settle()
            self.waiting = (whole, match, texts[0].place, [])
            return
        prefixed = (
            self._prefixed(whole) if len(texts) == 1 and self.waiting and self.waiting[3] else None
        )
        if self.waiting is not None and prefixed is None:
            gathered = self.waiting[3]
            if not gathered or self._spills(self.waiting[1]):
                gathered.extend(texts)
                if not self._spills(self.waiting[1]):
                    self.settle()
                return
        self.settle()
        prefixed = prefixed or (self._prefixed(whole) if len(texts) == 1 else None)
        if prefixed is not None:
            label, known, value = prefixed
            self.add(
                label, known, Answer((replace(texts[0], text=value),)), texts[0].place, "prefix"
            )
            return
        self.found.loose.extend(texts)

    def _prefixed(self, whole: str) -> tuple[str, Match, str] | None:
        """Cut "Date of birth 14 March 2015" where its label ends; sentences are left alone."""
        words = whole.split()
        if not 2 <= len(words) <= 14 or whole.endswith((".", "!", "?", ":")) or len(whole) > 90:
            return None
        for size in range(min(6, len(words) - 1), 0, -1):
            label, value = " ".join(words[:size]), " ".join(words[size:])
            match = self.words.match(label)
            if (
                match is None
                or match.how != "exact"
                or match.field == "outside"
                or not re.match(r"[A-Z\d(+]", value)
            ):
                continue
            dated = match.field in (
                "date_of_birth",
                "last_attended",
                "off_roll_date",
                "phone",
                "upn",
                "parent_phone",
                "move_date",
            )
            if dated and not re.search(r"\d", value):
                return None
            pair = (
                match.field == "parent_name"
                and "/" in label
                and re.fullmatch(r"(?:[A-Z][\w'’-]+\s?){2,4}", value)
            )
            if (
                size == 1
                and not dated
                and not pair
                and match.field
                not in ("surname", "forenames", "sex", "postcode", "school_name", "ethnicity")
            ):
                return None
            if match.field == "school_name" and not re.search(
                r"school|academy|college|primary|high|infant|junior", value, re.I
            ):
                return None
            return label, replace(match, sure=0.88), value
        return None

    def _announces(self, whole: str, styles: frozenset[str]) -> bool:
        """Say whether a line is a heading before anything else: by its style, number or title."""
        if len(whole) > 110 or whole.count(":") > 1 or re.search(r"\d{2}/\d{2}|@", whole):
            return False
        if "heading" in styles and not whole.endswith(":"):
            head, colon, tail = whole.partition(":")
            return (
                not (colon and tail.strip())
                or self.words.match(head) is None
                or self.words.titled(whole)
            )
        if re.match(r"^\s*(?:section|part)\s+\w{1,2}\s*[:.\-–—]", whole, re.I):
            return True
        return not self.found.pairs and self.waiting is None and self.words.titled(whole)

    def _question(self, label: str) -> bool:
        return len(label) < 60 and self.words.match(label) is not None

    def _wants(self, match: Match | None, text: str) -> bool:
        """Say whether a waiting label takes this text although it reads like a label itself."""
        if (
            _VALUEISH.fullmatch(text)
            and match is not None
            and not (self.waiting and self.waiting[3])
        ):
            return True
        return match is not None and match.field in {"school_name", "referrer_role", "reason", "ground"} and (
            (self.words.match(text) or match).how != "exact"
        )  # fmt: skip

    @staticmethod
    def _spills(match: Match | None) -> bool:
        """Say whether an answer of this kind goes on over the following lines."""
        return match is not None and match.field in {
            "narrative", "actions_taken", "address", "destination_address", "parent_address", "siblings",
            "reason", "visit_outcome", "ground",
        }  # fmt: skip

    def split_line(self, texts: list[Text], whole: str) -> list[tuple[str, Match | None, str]]:
        """Return the questions on a line with their answers; none if it is not such a line."""
        if len(texts) > 1 and "bold" in texts[0].styles and "bold" not in texts[1].styles:
            label = texts[0].text.strip()
            match = self.words.match(label)
            value = squash(" ".join(t.text for t in texts[1:]))
            if (match or label.endswith(":")) and ":" not in value.replace("://", ""):
                return [(label, match, value.lstrip(" :-–").strip())]
        segments = [s for s in re.split(r"\t+|\s{3,}|\s[|]\s", whole) if s.strip()]
        if len(segments) > 1 and ":" not in whole:
            return self._spaced(segments)
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            made = self._colons(segment)
            if not made and pairs and not pairs[-1][2]:
                pairs[-1] = (pairs[-1][0], pairs[-1][1], segment.strip())
            elif not made and pairs:
                pairs[-1] = (pairs[-1][0], pairs[-1][1], pairs[-1][2] + " " + segment.strip())
            elif not made and len(segments) > 1:
                match = self.words.match(segment)
                if match is None:
                    return []
                pairs.append((segment.strip(), match, ""))
            else:
                pairs.extend(made)
        return pairs

    def _spaced(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            match = self.words.match(segment)
            if match and match.how in Strong and not (pairs and not pairs[-1][2]):
                pairs.append((segment.strip(), match, ""))
            elif pairs:
                label, known, value = pairs[-1]
                pairs[-1] = (label, known, (value + " " + segment).strip())
            else:
                return []
        return pairs

    def _colons(self, text: str) -> list[tuple[str, Match | None, str]]:
        parts = re.split(r"(?<!\d):(?!//)|(?<=\d):(?!\d|//)|(?<=[A-Za-z)])\?(?=\s|$)|\s?=\s", text)
        if len(parts) < 2:
            return self._dashed(text)
        label = parts[0].strip()
        if (
            not label
            or len(label) > 160
            or (len(label.split()) > 9 and self.words.match(label) is None)
        ):
            return []
        if re.search(r"[.!;]\s", label) and self.words.match(label) is None and len(label) > 40:
            return []
        pairs: list[tuple[str, Match | None, str]] = []
        for index in range(1, len(parts)):
            part = parts[index]
            last = index == len(parts) - 1
            value, following = (part, None) if last else self._tail(part)
            if following is None and not last:
                parts[index + 1] = part + ": " + parts[index + 1]
                continue
            pairs.append((label, self.words.match(label), without_leaders(value).strip(" ,;")))
            label = following or ""
        return pairs

    def _dashed(self, text: str) -> list[tuple[str, Match | None, str]]:
        label, dash, value = text.partition(" - ") if " - " in text else text.partition(" – ")
        match = self.words.match(label) if dash else None
        if match and match.how == "exact" and len(label) < 40:
            return [(label.strip(), match, value.strip())]
        return []

    def _tail(self, part: str) -> tuple[str, str | None]:
        """Cut "14/03/2015 Gender" into the answer before and the label that follows it."""
        words = part.split()
        for size in range(min(7, len(words)), 0, -1):
            tail = " ".join(words[-size:])
            match = self.words.match(tail)
            if (
                words[-size] in ("School", "Academy", "College", "Primary")
                and size < len(words)
                and words[-size - 1][:1].isupper()
            ):
                continue
            if (match and match.how in Strong and match.how != "parts") or (
                match and size > 1 and match.how == "parts"
            ):
                return " ".join(words[:-size]), tail
        return part, None

    def controls(self, items: list[Item]) -> None:
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
                        and self.words.match(tail.strip(" ,;")) is None
                        and ":" not in tail
                        and not self_label
                    ):
                        values.append(item)  # type: ignore[arg-type]
                        continue
                    self._controlled(self_label, values, place)
                    values, self_label = [], ""
                if item is None:
                    break
            if isinstance(item, Text):
                self_label = (self_label + " " + item.text).strip()
            else:
                values.append(item)
                place = item.place
        if self_label and not values:
            self.worded([Text(self_label, place)])

    def _controlled(self, label: str, values: list[Item], place: Place) -> None:
        own = next((v.label for v in values if isinstance(v, Field) and v.label), None)
        label = without_leaders(label)
        inner = self._colons(label) if ":" in label.rstrip(" :") else []
        if inner and not inner[-1][2]:
            self.settle()
            for name, match, value in inner[:-1]:
                self.add(name, match, Answer((Text(value, place),)), place, "line")
            label = inner[-1][0]
        match = self.words.match(label) if label else None
        if own and (match is None or not label):
            better = self.words.match(own)
            if better is not None or not label:
                label, match = own, better
        if not label:
            if self.waiting is not None:
                self.waiting[3].extend(values)
                if not self._spills(self.waiting[1]):
                    self.settle()
            return
        self.settle()
        self.add(label, match, Answer(tuple(values)), place, "control")

    def ticked(self, items: list[Item]) -> None:
        """Read a line with ticks: a question with its options, or ticks that are questions."""
        lead, options = options_of(items)
        known = self.words.match(lead) if lead else None
        captions = [(mark, caption, self.words.match(caption)) for mark, caption in options]
        separate = all(
            match and not _OPTION.fullmatch(squash(c).strip(" .:/"))
            for _, c, match in captions
            if c
        )
        named = [c for _, c, _ in captions if c]
        own = [m for m, _ in options if m.label and not lead]
        if lead and (
            known
            or lead.rstrip().endswith((":", "?"))
            or all(_OPTION.fullmatch(squash(c).strip(" .:/")) for c in named)
        ):
            self.settle()
            self.add(lead, known, Answer(tuple(_as_items(options, items))), items[0].place, "ticks")
        elif lead and not named and len(options) == 1:
            self.settle()
            self.add(lead, known, Answer((options[0][0],)), items[0].place, "lone")
        elif own and not named:
            for mark in own:
                self.add(
                    mark.label or "",
                    self.words.match(mark.label or ""),
                    Answer((mark,)),
                    mark.place,
                    "lone",
                )
        elif self.waiting is not None and not (separate and named and self.waiting[1] is None):
            self.waiting[3].extend(_as_items(options, items))
        elif separate and named:
            self.settle()
            for mark, caption, match in captions:
                self.add(caption, match, Answer((mark,)), mark.place, "lone")
        else:
            for mark, caption in options:
                self.add(caption, self.words.match(caption), Answer((mark,)), mark.place, "lone")

    # Headings

    def is_heading(self, text: str, styles: frozenset[str]) -> bool:
        if len(text) > 90 or re.search(r"\d{2}/\d{2}|@", text):
            return False
        numbered = _NUMBERED.match(text)
        if numbered and numbered["n"]:
            return True
        section = self.words.section(text)
        if section is None:
            return False
        loud = bool(styles & {"bold", "heading", "underline"}) or (text.isupper() and len(text) > 3)
        loud = (
            loud
            or re.match(r"^\s*(?:section|part)\s+\w{1,2}\b|^\s*[A-Z\d]{1,2}[.)]\s", text, re.I)
            is not None
        )
        titled = tokens(text) in self.words.sections
        known = self.words.match(text)
        if known and known.how in Strong and not (titled and loud):
            return False
        return loud or (titled and len(text) < 45)

    def open(self, text: str, place: Place) -> None:
        """Begin the section that a heading announces."""
        self.found.headings.append(text)
        self.heading = squash(text)
        self.group += 1
        numbered = _NUMBERED.match(text)
        section = self.words.section(text)
        asked = self.words.match(text)
        if (
            asked is not None
            and asked.how in Strong
            and (
                asked.field in ("narrative", "actions_taken", "visit_outcome")
                or tokens(text) not in self.words.sections
            )
        ):
            self.waiting = (text, asked, place, [])
        if numbered and numbered["n"]:
            section = "sibling" if numbered["sib"] else "parent" if numbered["par"] else "child"
            if numbered["child"]:
                n = numbered["n"].lower()
                self.child = _WORD_NUMBERS.get(n) or int(n)
                self.section = section
                return
        if section is None and not self.words.titled(text):
            self.section = None
        if section is not None and not (self.words.titled(text) and not self.found.pairs):
            self.section = section
            if section != "child" or re.search(r"children|all pupils", text, re.I):
                self.child = None
            if section in ("needs",) and self.child is not None:
                return

    # Tables

    def table(self, table: Table, depth: int) -> None:
        _TableReader(self, table, depth).read()


def _after_label(texts: list[Text], label: str) -> tuple[Item, ...]:
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
        return _words(items), []
    ends_on_mark = marks[-1] == len(items) - 1
    begins_on_mark = marks[0] == 0
    tail = _words(items[marks[-1] + 1 :])
    option_first = not begins_on_mark and not ends_on_mark and len(marks) > 1 and (
        re.search(rf"(?:^|[\s:?])(?:{_OPTION.pattern})\W*$", _words(items[: marks[0]]), re.I) is not None
        and not _OPTION.match(tail))  # fmt: skip
    if option_first:
        items = items[: marks[-1] + 1]
    elif begins_on_mark or not ends_on_mark:
        lead = _words(items[: marks[0]])
        pairs = []
        for n, at in enumerate(marks):
            end = marks[n + 1] if n + 1 < len(marks) else len(items)
            pairs.append((items[at], _words(items[at + 1 : end])))
        return lead, [(m, c.strip(" ,;/")) for m, c in pairs if isinstance(m, Mark)]
    made: list[tuple[Mark, str]] = []
    lead = ""
    start = 0
    for n, at in enumerate(marks):
        mark = items[at]
        caption = _words(items[start:at])
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
    match = re.search(rf"(?:^|\s)({_OPTION.pattern})\W*$", text, re.I)
    if match:
        return text[: match.start()].strip(), match[1]
    return ("", text) if not colon else (text, "")


def _words(items: Iterable[Item]) -> str:
    parts = [i.text if isinstance(i, Text) else i.value for i in items if not isinstance(i, Mark)]
    return squash(" ".join(p for p in parts if p))


def _as_items(options: list[tuple[Mark, str]], items: Sequence[Item]) -> Iterator[Item]:
    """Yield marks each followed by its caption, whichever side it was printed on."""
    for mark, caption in options:
        yield mark
        if caption:
            yield Text(caption, mark.place)


class _TableReader:
    """Judges one table and hands its pairs to the finder."""

    def __init__(self, finder: _Finder, table: Table, depth: int) -> None:
        self.f = finder
        self.t = table
        self.depth = depth
        self.sides: list[tuple[int, int, str | None]] = []
        self.rows: dict[int, list[Cell]] = {}
        for cell in table.cells:
            self.rows.setdefault(cell.row, []).append(cell)
        for cells in self.rows.values():
            cells.sort(key=lambda c: c.col)
        self.order = sorted(self.rows)
        self.known: dict[tuple[int, int], Match | None] = {}
        for cell in table.cells:
            self.known[cell.row, cell.col] = self._label(cell)
        self.values = self._value_columns()
        filled = [c for c in table.cells if self.filled(c)]
        inside = sum(self.known[c.row, c.col] is None and self._has_pair_cell(c) for c in filled)
        self.in_cells = inside >= 2 and inside >= 0.3 * len(filled) and not any(
            c.col > 0 and self.strong(c) for c in filled)  # fmt: skip
        finder.in_cell_form |= self.in_cells
        several = [len(list(lines(c.items))) > 1 for c in filled]
        self.in_cells = self.in_cells or (finder.in_cell_form and bool(several) and all(several))

    def _label(self, cell: Cell) -> Match | None:
        if any(
            isinstance(i, Mark | Table) or (isinstance(i, Field) and i.value) for i in cell.items
        ):
            return None
        text = squash(cell.text)
        if not text or len(text) > 200:
            return None
        units = list(lines(cell.items))
        if len(units) > 1 and not isinstance(units[0], Table):
            first = self.f.words.match(
                squash(" ".join(i.text for i in units[0] if isinstance(i, Text)))
            )
            whole = self.f.words.match(text)
            rest = squash(
                " ".join(
                    i.text
                    for u in units[1:]
                    if not isinstance(u, Table)
                    for i in u
                    if isinstance(i, Text)
                )
            )
            answered = bool(rest) and not rest.startswith(("(", "[", "*", "/"))
            if first and first.how in Strong and (whole is None or whole.how != "exact" or (
                answered and whole.field == first.field)):  # fmt: skip
                return None
        return self.f.words.match(text)

    def strong(self, cell: Cell) -> bool:
        match = self.known[cell.row, cell.col]
        return match is not None and match.how in Strong and not (
            cell.col > 0 and _VALUEISH.fullmatch(squash(cell.text)) is not None and not self._heads(cell))  # fmt: skip

    def _heads(self, cell: Cell) -> bool:
        """Say whether every cell beside this one is a label as well, as in a row of headings."""
        return len(self.rows[cell.row]) > 2 and all(
            self.known[c.row, c.col] for c in self.rows[cell.row] if c.text.strip()
        )

    def filled(self, cell: Cell) -> bool:
        return any(
            isinstance(i, Mark | Table) or (isinstance(i, Text) and i.text.strip()) or
            (isinstance(i, Field)) for i in cell.items)  # fmt: skip

    def _value_columns(self) -> frozenset[int]:
        """Return columns that hold answers: their left neighbour is mostly labels, they are not."""
        tally: dict[int, list[int]] = {}
        for cell in self.t.cells:
            if self.filled(cell) and cell.colspan < self.t.cols:
                counts = tally.setdefault(cell.col, [0, 0])
                counts[0] += 1
                counts[1] += self.strong(cell)
        found = set()
        for col, (count, labels) in tally.items():
            left = [tally[c] for c in tally if c < col]
            if not left or count < 3:
                continue
            n, strong = max((x for x in left), key=lambda x: x[1])
            if labels <= 0.34 * count and strong >= 0.6 * n:
                found.add(col)
        return frozenset(found)

    def read(self) -> None:
        index = 0
        while index < len(self.order):
            index = self._row(index)
        self.f.settle()

    def _cells(self, index: int) -> list[Cell]:
        return self.rows[self.order[index]] if index < len(self.order) else []

    def _row(self, index: int) -> int:
        cells = self._cells(index)
        filled = [c for c in cells if self.filled(c)]
        if not filled:
            return index + 1
        numbered = _NUMBERED.match(squash(filled[0].text)) if len(filled) == 1 else None
        if (
            numbered
            and numbered["n"]
            and not any(isinstance(i, Mark | Field) for i in filled[0].items)
        ):
            self.f.settle()
            self.f.open(squash(filled[0].text), filled[0].place)
            return index + 1
        if len(cells) == 1 or (len(filled) == 1 and filled[0].colspan > self.t.cols / 2):
            return self._alone(filled[0], index)
        side = filled[0]
        if (
            side.rowspan > 1
            and len(filled) > 1
            and not self.strong(side)
            and self.f.words.section(squash(side.text))
        ):
            self.f.settle()
            self.f.open(squash(side.text), side.place)
            filled = filled[1:]
            cells = [c for c in cells if c is not side]
        if self._column_sections(filled, index):
            return index + 1
        for reader in (self._enquiry_grid, self._yes_no_grid, self._people_columns, self._headed):
            after = reader(index, cells, filled)
            if after is not None:
                return after
        self._left(cells)
        return index + 1

    def _column_sections(self, filled: list[Cell], index: int) -> bool:
        """Remember headings that stand side by side, each over its own labels and answers."""
        after = self._cells(index + 1)
        if len(filled) < 2 or len(after) <= len(filled) or not all(c.colspan > 1 for c in filled):
            return False
        names = [self.f.words.section(squash(c.text)) for c in filled]
        if not all(names) or any(isinstance(i, Mark) for c in filled for i in c.items):
            return False
        self.sides = [
            (c.col, c.col + c.colspan, name) for c, name in zip(filled, names, strict=True)
        ]
        self.f.settle()
        self.f.child = None
        return True

    def _side(self, cell: Cell) -> None:
        for start, end, name in self.sides:
            if start <= cell.col < end:
                self.f.section, self.f.heading = name, ""

    def _alone(self, cell: Cell, index: int) -> int:
        self.sides = []
        text = squash(cell.text)
        plain = all(isinstance(i, Text) for i in cell.items)
        styles = frozenset({"bold"}) if cell.shaded or cell.header or _bold(cell) else frozenset()
        single = len(list(lines(cell.items))) == 1
        following = self._cells(index + 1)
        over = len(following) > 1 and self.t.cols > 1 and self.f.words.section(text) is not None and len(text) < 60 and (
            len(tokens(text)) <= 2 and not text.endswith(":"))  # fmt: skip
        if plain and single and over:
            self.f.settle()
            self.f.open(text, cell.place)
            return index + 1
        if (
            plain
            and single
            and self.f.is_heading(
                text.rstrip(":"), styles | (frozenset({"bold"}) if self.t.cols > 1 else frozenset())
            )
        ):
            after = self._cells(index + 1)
            match = self.known[cell.row, cell.col]
            below = after[0] if len(after) == 1 else None
            takes = (
                match
                and match.how in Strong
                and below
                and not self.strong(below)
                and self.filled(below)
            )
            if takes is None and match and not self.f.words.section(text):
                takes = True
            if not takes:
                self.f.settle()
                self.f.open(text, cell.place)
                return index + 1
        if self._has_pair_cell(cell):
            self._inside(cell)
        else:
            self.f.run(cell.items, self.depth + 1)
        return index + 1

    # Grids

    def _enquiry_grid(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        columns: dict[int, str] = {}
        for cell in filled:
            if any(isinstance(i, Mark) or (isinstance(i, Field) and i.value) for i in cell.items):
                return None
            key = tokens(squash(cell.text))
            name = self.f.words.grid.get(key)
            if re.fullmatch(r"(?:\w+ )?by(?: who[m]?)?\W*|by .*", squash(cell.text), re.I):
                name = "by"
            if name is None and (set(key) & {"address", "visited"}) == {"address", "visited"}:
                name = "address"
            if name is None and ("speak" in key or "spoke" in key or "spoken" in key):
                name = "spoke"
            if name is None and key and set(key) & {"outcome", "result", "comments", "response"}:
                name = "outcome"
            if name is None and set(key) & {"enquiry", "action", "checks", "check"}:
                name = "action"
            if name is not None:
                columns[cell.col] = name
        names = set(columns.values())
        enquiring = (
            self.f.section == "enquiries"
            or names & {"action", "spoke"}
            or ("address" in names and "date" in names and "time" in names)
        )
        first = min(c.col for c in cells)
        if len(names) < 2 or len(columns) < len(filled) * 0.6 or not enquiring:
            return None
        if not names & {"done", "date", "outcome"}:
            return None
        if "action" not in names and first not in columns:
            columns[first] = "action"
        done_words = {
            c.col: squash(c.text).casefold() for c in filled if columns.get(c.col) == "done"
        }
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            full = [c for c in row if self.filled(c)]
            if not full:
                at += 1
                continue
            if len(row) == 1 and self.t.cols > 1:
                break
            made: dict[str, Answer] = {}
            for cell in row:
                name = columns.get(cell.col)
                if name is None or not self.filled(cell):
                    continue
                answer = _answer(cell)
                if name == "time":
                    answer = Answer()
                if name in made:
                    answer = Answer((*made[name].items, *answer.items))
                made[name] = answer
            if made:
                self.f.found.enquiries.append(Enquiry(made, row[0].place, self.f.heading))
            at += 1
        del done_words
        return at

    def _yes_no_grid(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        options = {
            c.col: squash(c.text) for c in filled if _OPTION.fullmatch(squash(c.text).strip(" .:?"))
        }
        if len(options) < 2 or len(filled) - len(options) > 1:
            plain = not any(
                isinstance(i, Text) and i.styles & {"strike", "highlight", "underline"}
                for i in filled[-1].items
            )
            if (
                len(filled) == 2
                and plain
                and (index == 0 or self.f.words.section(squash(filled[0].text)))
                and re.fullmatch(r"\W*(?:yes ?/ ?no|y ?/ ?n)\W*", squash(filled[-1].text), re.I)
                and (self.f.words.match(squash(filled[0].text)) is None)
            ):
                lead = squash(filled[0].text)
                if self.f.words.section(lead):
                    self.f.open(lead, filled[0].place)
                return index + 1
            return None
        if any(isinstance(i, Mark) for c in filled for i in c.items):
            return None
        corner = [c for c in filled if c.col not in options]
        if corner and self.f.words.section(squash(corner[0].text)):
            self.f.open(squash(corner[0].text), corner[0].place)
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            if len(row) < 2 or (len(row) == 1):
                break
            label = row[0]
            if not self.filled(label):
                at += 1
                continue
            if label.col in options:
                break
            items: list[Item] = []
            for cell in row[1:]:
                option = options.get(cell.col)
                if option is None:
                    items.extend(i for i in cell.items if isinstance(i, Text))
                    continue
                on = _ticked(cell)
                if on is not None:
                    items.extend((Mark(on, "glyph", cell.place), Text(option, cell.place)))
            self.f.add(
                squash(label.text),
                self.f.words.match(squash(label.text)),
                Answer(tuple(items)),
                row[-1].place,
                "ticks",
            )
            at += 1
        return at

    def _people_columns(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        """Read columns of people: labels down the left, "Child 1" and "Child 2" across the top."""
        heads = [c for c in filled if c.col > 0]
        kinds = [_NUMBERED.match(squash(c.text)) for c in heads]
        roles = [
            re.fullmatch(
                r"\W*(mother|father|mum|dad|step\w+|carer|guardian)\W*", squash(c.text), re.I
            )
            for c in heads
        ]
        if len(heads) < 2 or not all(
            (k and k["n"]) or r for k, r in zip(kinds, roles, strict=True)
        ):
            return None
        below = [c for i in range(index + 1, len(self.order)) for c in self._cells(i)[:1]]
        if not any(self.strong(c) for c in below):
            return None
        at = index + 1
        while at < len(self.order):
            row = self._cells(at)
            if len(row) < 2:
                break
            for cell in row[1:]:
                head = next((n for n, h in enumerate(heads) if h.col == cell.col), None)
                if head is None:
                    continue
                kind = kinds[head]
                if kind and kind["child"]:
                    owner = "child"
                else:
                    owner = "sibling" if kind and kind["sib"] else "parent"
                number = None
                if kind and kind["child"]:
                    n = (kind["n"] or "1").lower()
                    number = _WORD_NUMBERS.get(n) or int(n)
                label = squash(row[0].text)
                self.f.add(label, self.f.words.match(label), _answer(cell), cell.place, "column",
                           child=number, group=f"{self.t.place.words} column {cell.col}", section=owner)  # fmt: skip
            at += 1
        for top, role in zip(heads, roles, strict=True):
            if role:
                self.f.add("Relationship", self.f.words.match("Relationship"), Answer((Text(role[1], top.place),)),
                           top.place, "column", group=f"{self.t.place.words} column {top.col}", section="parent")  # fmt: skip
        return at

    def _headed(self, index: int, cells: list[Cell], filled: list[Cell]) -> int | None:
        """Read a row of headings: records below it, or one row of answers."""
        labels = [c for c in filled if self.strong(c)]
        below = self._cells(index + 1)
        loud = len(filled) >= 2 and len(filled) == len(cells) and all(_loud(c) for c in filled) and bool(below) and (
            len(below) == len(cells) and not any(_loud(c) for c in below) and not self.values)  # fmt: skip
        if loud and len(filled) == 2 and not labels and self.t.rows > 2:
            loud = False
        if not loud and (len(filled) < 2 or len(labels) < 2 or len(labels) < 0.5 * len(filled)):
            return None
        evens = {id(c) for c in cells[::2]}
        if (
            not loud
            and len(cells) > 2
            and {id(c) for c in labels} <= evens
            and len(labels) < len(filled)
        ):
            return None
        if any(isinstance(i, Mark) for c in filled for i in c.items):
            return None
        holes = sum(not self.filled(c) for c in cells if c.col < filled[-1].col)
        if holes > 1 or any(c.col in self.values for c in labels[:1]):
            return None
        if not below or abs(len(below) - len(cells)) > max(1, len(cells) // 3) or len(below) < 2:
            return None
        if [c.col for c in below if c.col in {x.col for x in cells}] == []:
            return None
        if self._mostly_labels(below) or (self.values and self._is_left(cells)):
            return None
        if len(cells) == 2 and squash(below[0].text).endswith((":", "?", "*")):
            return None
        at = index + 1
        rows: list[list[Cell]] = []
        while at < len(self.order):
            row = self._cells(at)
            full = [c for c in row if self.filled(c)]
            if len(row) < 2 or (full and self._mostly_labels(row)):
                break
            if full:
                rows.append(row)
            elif rows and at + 1 < len(self.order) and self._mostly_labels(self._cells(at + 1)):
                at += 1
                break
            at += 1
        owner = self._owner(cells)
        names = {self.known[c.row, c.col].field for c in labels if self.known[c.row, c.col]}  # type: ignore[union-attr]
        people = bool(names & {"full_name", "name", "surname", "forenames"}) and len(names) >= 2
        several = len(rows) > 1
        if not rows:
            for c in filled:
                self.f.add(squash(c.text), self.known[c.row, c.col], Answer(), c.place, "above")
            return at
        for number, row in enumerate(rows):
            child = None
            if people and owner == "child":
                if several or self._is_list(index, at):
                    self.f.found.records += 1
                    child = 1000 + self.f.found.records
            group = f"{self.t.place.words} row {row[0].row}"
            for cell in row:
                head = next((c for c in cells if c.col <= cell.col < c.col + c.colspan), None)
                if head is None or not self.filled(head):
                    continue
                label = squash(head.text)
                match = self.known[head.row, head.col]
                if several and not people and number > 0:
                    pass
                self.f.add(label, match, _answer(cell), cell.place, "record" if (several or child) else "above",
                           child=child, group=group if people else "", section=owner if people else None)  # fmt: skip
        return at

    def _is_list(self, index: int, end: int) -> bool:
        return end - index > 2

    def _owner(self, heads: list[Cell]) -> str | None:
        owners = {m.owner for c in heads if (m := self.known[c.row, c.col]) and m.owner}
        names = [m.field for c in heads if (m := self.known[c.row, c.col])]
        if self.f.section in ("sibling", "parent"):
            return self.f.section
        if "siblings" in names or owners == {"sibling"} or "sibling_school" in names:
            return "sibling"
        if set(names) & {"relationship", "parent_relationship"} and not set(names) & {
            "upn",
            "date_of_birth",
            "year_group",
        }:
            return "parent"
        if sum(n.startswith("parent_") for n in names) >= max(2, len(names) - 1):
            return "parent"
        if set(names) & {"date_of_birth", "upn", "year_group", "surname", "full_name"}:
            return "child"
        return self.f.section

    def _mostly_labels(self, cells: list[Cell]) -> bool:
        full = [c for c in cells if self.filled(c)]
        return bool(full) and sum(self.strong(c) for c in full) >= max(1, 0.5 * len(full))

    def _is_left(self, cells: list[Cell]) -> bool:
        """Say whether a row reads label, answer, label, answer."""
        return (
            len(cells) % 2 == 0
            and all(c.col in self.values for c in cells[1::2])
            and self.strong(cells[0])
        )

    # Label and answer side by side

    def _left(self, cells: list[Cell]) -> None:
        at = 0
        while at < len(cells):
            cell = cells[at]
            following = cells[at + 1] if at + 1 < len(cells) else None
            if not self.filled(cell):
                at += 1
                continue
            self._side(cell)
            if self._is_label_cell(cell, following):
                text = squash(cell.text)
                if following is None:
                    self.f.run(cell.items, self.depth + 1)
                    at += 1
                    continue
                if self.strong(following) and following.col not in self.values and len(cells) > 2:
                    self.f.add(text, self.known[cell.row, cell.col], Answer(), cell.place)
                    at += 1
                    continue
                self._pair(cell, following)
                at += 2
                while at < len(cells) and self._goes_on(cells[at], cells, at):
                    at += 1
                continue
            self._inside(cell)
            at += 1

    def _inside(self, cell: Cell) -> None:
        """Read a cell that holds its label and, on the lines below it, its answer."""
        units = list(lines(cell.items))
        first = units[0] if units and not isinstance(units[0], Table) else []
        words = squash(" ".join(i.text for i in first if isinstance(i, Text)))
        match = (
            self.f.words.match(words) if words and all(isinstance(i, Text) for i in first) else None
        )
        rest = [u for u in units[1:] if not isinstance(u, Table)]
        if (
            match is None
            and len(rest) == len(units) - 1
            and 1 <= len(rest) <= 3
            and self.in_cells
            and len(words) < 60
        ):
            self.f.settle()
            self.f.add(words, None, Answer(tuple(i for u in rest for i in u)), cell.place, "cell")
            return
        if (
            match is None
            or match.how not in Strong
            or not rest
            or len(rest) < len(units) - 1
            or (
                any(self._has_pair(u) for u in rest)
                or (self.f._colons(words) and self.f._colons(words)[0][2])
            )
        ):
            self.f.run(cell.items, self.depth + 1)
            self.f.settle()
            return
        self.f.settle()
        label: tuple[str, Match] = (words, match)
        gathered: list[Item] = []
        for unit in rest:
            text = squash(" ".join(i.text for i in unit if isinstance(i, Text)))
            again = self.f.words.match(text) if len(unit) == 1 and gathered else None
            if (
                again is not None
                and again.how in Strong
                and not _VALUEISH.fullmatch(text)
                and again.field != label[1].field
            ):
                self.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")
                label, gathered = (text, again), []
            else:
                gathered.extend(unit)
        self.f.add(label[0], label[1], Answer(tuple(gathered)), cell.place, "cell")

    def _goes_on(self, cell: Cell, cells: list[Cell], at: int) -> bool:
        return not self.filled(cell)

    def _pair(self, cell: Cell, following: Cell) -> None:
        self.f.settle()
        label, match = squash(cell.text), self.known[cell.row, cell.col]
        inner = list(lines(following.items))
        if inner and self._has_pair(inner[0], first=True) and not _free(match):
            section = self.f.section
            owner = self.f.words.section(label)
            self.f.section = owner or section
            self.f.group += 1
            self.f.run(following.items, self.depth + 1)
            self.f.settle()
            self.f.section = section
            return
        if any(isinstance(i, Table) for i in following.items):
            self.f.run(following.items, self.depth + 1)
        self.f.add(label, match, _answer(following), following.place)

    def _has_pair(self, unit: list[Item] | Table, first: bool = False) -> bool:
        if isinstance(unit, Table) or any(isinstance(i, Mark) for i in unit):
            return False
        text = without_leaders(
            " ".join(
                i.text if isinstance(i, Text) else i.value for i in unit if not isinstance(i, Mark)
            )
        )
        pairs = self.f._colons(text)[: 1 if first else None]
        return any(m and m.how in Strong and (v or len(unit) > 1) for _, m, v in pairs)

    def _is_label_cell(self, cell: Cell, following: Cell | None) -> bool:
        if cell.col in self.values and cell.col > 0 and not self.strong(cell):
            return False
        if any(
            isinstance(i, Mark | Table) or (isinstance(i, Field) and i.value) for i in cell.items
        ):
            return False
        if self.strong(cell):
            return True
        text = squash(cell.text)
        if not text or len(text) > 200 or self._has_pair_cell(cell):
            return False
        if following is None or (self.in_cells and len(list(lines(cell.items))) > 1):
            return False
        structural = (
            text.endswith((":", "?", "*"))
            or _bold(cell)
            or cell.shaded
            or cell.col == 0
            or (following.col in self.values)
            or self._paired(cell, following)
        )
        return structural and not re.search(r"\d{2}[/.]\d{2}|@", text)

    def _paired(self, cell: Cell, following: Cell) -> bool:
        """Say whether a cell stands where a row of two or three pairs has a label."""
        row = self.rows[cell.row]
        place = row.index(cell)
        return len(row) in (4, 6) and place % 2 == 0 and self.filled(following) and len(cell.text) < 60 and (
            self._is_label_cell(row[0], row[1]) if place else False)  # fmt: skip

    def _has_pair_cell(self, cell: Cell) -> bool:
        units = list(lines(cell.items))
        if any(self._has_pair(u) for u in units):
            return True
        if len(units) > 1 and not isinstance(units[0], Table):
            first = squash(" ".join(i.text for i in units[0] if isinstance(i, Text)))
            match = self.f.words.match(first)
            return match is not None and match.how in Strong
        return False


def _free(match: Match | None) -> bool:
    return match is not None and match.field in {
        "narrative",
        "actions_taken",
        "reason",
        "visit_outcome",
        "siblings",
    }


def _loud(cell: Cell) -> bool:
    return cell.header or cell.shaded or _bold(cell)


def _bold(cell: Cell) -> bool:
    texts = [i for i in cell.items if isinstance(i, Text) and i.text.strip()]
    return bool(texts) and all("bold" in t.styles or "heading" in t.styles for t in texts)


def _answer(cell: Cell) -> Answer:
    return Answer(tuple(_flat(cell.items)))


def _flat(items: Iterable[Block]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Table):
            for cell in item.cells:
                yield from _flat(cell.items)
        else:
            yield item


def _ticked(cell: Cell) -> bool | None:
    """Return whether a cell under "Yes" or "No" is ticked; None when it is empty."""
    marks = [i for i in cell.items if isinstance(i, Mark)]
    if marks:
        return any(m.on for m in marks)
    text = squash(cell.text)
    if not text or is_no_value(text):
        return None
    return True

"""From a document's blocks to questions with their answers, by shape first and words second.

A stranger would flatten a table to lines of text. Then nothing says which column a tick stood in,
and a row of unknown headings is read as answers. Here each table is judged as a whole (label
left, label above, label in the cell, rows or columns of people, a grid of enquiries, yes/no columns)
before any cell is paired, and a cell in a column of answers is an answer even when it reads like a label.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from parsers import address_lines, former, layout, tables, together
from parsers.documents.model import Block, Document, Field, Mark, Place, Table, Text
from parsers.headings import ASKS, is_heading
from parsers.line_pairs import DASH, LinePairs
from parsers.line_ticks import apart, controls, ticked
from parsers.pairs import (
    VALUEISH,
    Answer,
    Found,
    Item,
    Pair,
    Strong,
    after_label,
    lines,
    numbered,
    words_in,
)
from parsers.tables.rows import each_its_own
from parsers.vocabulary import Match, Vocabulary
from parsers.words import squash, tokens, without_leaders

_QUESTION_NUMBER = re.compile(
    r"\s*(?:q\.? ?)?(?:\d{1,2}(?:\.\d{1,2})?[.)]?|[a-z][.)])\s+(?=[^\W\d])", re.I
)
# An answer that nobody would write as a further line of an address or a story.
_ANSWER = re.compile(
    r"\W*(?:\d{1,2}(?:st|nd|rd|th)?[ ./-]\w{1,9}[ ./-]\d{2,4}|(?:yes|no)(?:\W{1,3}\d{1,2}[ ./-]\w{1,9}(?:[ ./-]\d{2,4})?)?|[\d +()-]{10,}|\S+@\S+|[A-Z]\d{12})\W*",
    re.I,
)
_NOTES = re.compile(
    r"\W*(?:notes?|guidance|instructions?|important|how to (?:fill|complete)\b.*?)\s*:", re.I
)
_EXAMPLE = re.compile(
    r"(?:^|(?<=\s))(?:for example|examples?|e\.g\.?)\s*[:,–-]?\s(?=[^()]*:)", re.I
)
_SHOWN = re.compile(
    r"\W*(?:(?:annexe?|appendix|section|part|page)\W*\w{0,2}\W*)?(?:(?:an?|the|completed|worked|filled[ -]in|sample|specimen)\s+)*"
    r"(?:(?:example|specimen|sample)(?: (?:of )?(?:an? )?(?:completed )?(?:form|referral|return|copy|entry|notification))?)\W*",
    re.I,
)
_EITHER = re.compile(
    r".{0,40}?\b(?P<is>is|has|was) ?/ ?(?P<not>(?:is|was) not|does not have|has not|has no)\s+(?P<what>.{3,60})",
    re.I,
)
_TITLE = re.compile(
    r"^(?!.*\b(?:person|complet\w+|fill\w*|you|your|who|by|staff|details)\b).*\b(?:form|return|notification|notice|request|pro ?forma|report|sheet)\b(?: \(.*\))?\W*$",
    re.I,
)


def find(document: Document, vocabulary: Vocabulary) -> Found:
    """Return a document's questions and answers, enquiries and headings."""
    finder = Finder(vocabulary)
    finder.run(document.blocks)
    finder.settle()
    found = finder.found
    told = [p.label for p in found.pairs]
    found.pairs = together.apart(address_lines.joined(found.pairs, vocabulary))
    found.pairs = former.aside(each_its_own(found.pairs))
    found.asides.extend({*told} - {p.label for p in found.pairs})
    return found


class Finder:
    """Walks the blocks once, remembering the section it is in and a label that waits for an answer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary
        self.found = Found()
        self.section: str | None = None
        self.heading = ""
        self.child: int | None = None
        self.group = 0
        self.in_cell_form = False
        self.last_label: tuple[str, Match | None] = ("", None)
        self.waiting: tuple[str, Match | None, Place, list[Item]] | None = None
        self.parts = LinePairs(vocabulary)

    # Lines

    def run(self, blocks: Iterable[Block], depth: int = 0) -> None:
        units: list[list[Item] | Table] = list(lines(blocks))
        if depth == 0:
            units = layout.continued(layout.with_tables(units, self.words), self.words)
            self.parts.dashed = self._by_dashes(units)
        for at, unit in enumerate(units):
            if depth == 0 and not isinstance(unit, Table) and self._shows(unit):
                self.settle()
                self.found.asides.extend(layout.all_words(units[at:]))
                return
            if isinstance(unit, Table):
                self.settle()
                if depth < 8:
                    self.table(unit, depth)
            else:
                self.line(unit)

    def _by_dashes(self, units: list[list[Item] | Table]) -> bool:
        """Say whether this form parts its questions from its answers by dashes, line after line."""
        known = 0
        for unit in units:
            if isinstance(unit, list) and all(isinstance(i, Text) for i in unit):
                label, *rest = DASH.split(words_in(unit), maxsplit=1)
                known += bool(rest) and len(label) < 40 and self.words.match(label) is not None
        return known >= 3

    def _shows(self, unit: list[Item]) -> bool:
        """Say whether a line announces a form that somebody filled in to show how, below a real one."""
        answered = {p.match.field for p in self.found.pairs if p.match and p.answer.raw.strip()}
        words = words_in(unit)
        return (
            len(words) < 90
            and _SHOWN.fullmatch(words) is not None
            and bool(answered & {"surname", "forenames", "full_name", "name"})
        )

    def settle(self) -> None:
        """Give the waiting label what has been gathered for it."""
        if self.waiting is not None:
            label, match, place, items = self.waiting
            self.waiting = None
            bare = (
                len(tokens(label)) == 1
                or label.isupper()
                or (match is not None and match.how == "grammar" and not ASKS.search(label))
            )
            if not items and bare and not label.endswith(":"):
                section = self.words.section(label)
                if section is not None:  # nothing under it: it was a heading after all
                    self.section, self.heading, self.group = section, label, self.group + 1
                    return
            if not items:
                self.last_label = (label, match)
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
        parts = apart(self, items) if any(isinstance(i, Mark) for i in items) else []
        if len(parts) > 1:
            for part in parts:
                self.line(part)
        elif any(isinstance(i, Mark) for i in items):
            ticked(self, items)
        elif any(isinstance(i, Field) for i in items):
            controls(self, items)
        else:
            self.worded([i for i in items if isinstance(i, Text)])

    def worded(self, texts: list[Text]) -> None:
        whole = without_leaders(" ".join(t.text for t in texts)).strip()
        shown = _EXAMPLE.search(whole)
        if shown:  # what follows shows how to fill the form in
            whole = whole[: shown.start()].strip(" ,;–-")
            texts = [replace(texts[0], text=whole)]
        if not whole or self._deleted(texts):
            return
        if len(whole) > 3000:  # a line so long is no question; taking it apart would take long
            self.settle()
            self.found.loose.extend(texts)
            return
        styles = frozenset.intersection(*(t.styles for t in texts))
        if self._announces(whole, styles):
            self.settle()
            self.open(whole, texts[0].place)
            return
        pairs = self.parts.of(texts, whole)
        if pairs:
            waits = pairs[-1] if not pairs[-1][2] else None
            first_match = pairs[0][1]
            if (
                self.waiting
                and first_match is None
                and len(pairs) == 1
                and not self._question(pairs[0][0])
                and not _QUESTION_NUMBER.match(whole)
                and not _ANSWER.fullmatch(pairs[0][2])
                and not (len(texts) > 1 and "bold" in texts[0].styles - texts[1].styles)
            ):
                self.waiting[3].extend(texts)
                return
            self.settle()
            for label, match, answer in pairs:
                value = answer.lstrip(" :")
                if value:
                    item = replace(texts[-1], text=value, styles=texts[-1].styles - {"bold"})
                    styled = after_label(texts, label) if len(pairs) == 1 and len(texts) > 1 else ()
                    if len(
                        {i.styles for i in styled if isinstance(i, Text)}
                    ) > 1 and not self.spills(match):
                        self.add(label, match, Answer(styled), item.place, "line")
                        continue
                    if (
                        self.spills(match)
                        and match
                        and match.field not in ("reason", "ground")
                        and (label, match, answer) == pairs[-1]
                    ):
                        self.waiting = (label, match, item.place, [item])
                    else:
                        self.add(label, match, Answer((item,)), item.place, "line")
                elif waits is None or label != waits[0]:
                    self.add(label, match, Answer(), texts[0].place, "line")
            if waits:
                if is_heading(self.words, waits[0], styles | {"heading"}) and waits[1] is None:
                    self.open(waits[0], texts[0].place)
                else:
                    self.waiting = (waits[0], waits[1], texts[0].place, [])
            return
        if is_heading(self.words, whole, styles):
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
            self.parts.prefixed(whole)
            if len(texts) == 1 and self.waiting and self.waiting[3]
            else None
        )
        if self.waiting is not None and prefixed is None:
            gathered = self.waiting[3]
            if not gathered or self.spills(self.waiting[1]):
                gathered.extend(texts)
                if not self.spills(self.waiting[1]):
                    self.settle()
                return
        self.settle()
        prefixed = prefixed or (self.parts.prefixed(whole) if len(texts) == 1 else None)
        if prefixed is not None:
            label, known, value = prefixed
            self.add(
                label, known, Answer((replace(texts[0], text=value),)), texts[0].place, "prefix"
            )
            return
        self.found.loose.extend(texts)

    def _deleted(self, texts: list[Text]) -> bool:
        """Read "This pupil is / is not looked after" where one of the two is struck out."""
        struck = " ".join(t.text for t in texts if "strike" in t.styles)
        said = _EITHER.fullmatch(squash(" ".join(t.text for t in texts)))
        kept = [x for x in (said["is"], said["not"]) if squash(x) != squash(struck)] if said else []
        if said is None or not struck or len(kept) != 1:
            return False
        self.settle()
        answer = "No" if kept[0] == said["not"] else "Yes"
        label = said["what"].strip(" .")
        item = replace(texts[0], text=answer, styles=frozenset[str]())
        self.add(label, self.words.match(label), Answer((item,)), texts[0].place, "line")
        return True

    def _announces(self, whole: str, styles: frozenset[str]) -> bool:
        """Say whether a line is a heading before anything else: by its style, number or title."""
        if len(whole) > 110 or whole.count(":") > 1 or re.search(r"\d{2}/\d{2}|@", whole):
            return False
        first = not self.found.pairs and not self.found.headings and self.waiting is None
        head, colon, tail = whole.partition(":")
        if not self.found.pairs and self.waiting is None and _NOTES.match(whole):
            return True
        if first and colon and tail.strip()[:1].islower() and not re.search(r"\d", tail):
            return True  # "Child not in school: what we know" is a title
        if "heading" in styles and not whole.endswith(":"):
            return first or (
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
            VALUEISH.fullmatch(text)
            and match is not None
            and not (self.waiting and self.waiting[3])
        ):
            return True
        return match is not None and match.field in {"school_name", "referrer_role", "reason", "ground"} and (
            (self.words.match(text) or match).how != "exact"
        )  # fmt: skip

    @staticmethod
    def spills(match: Match | None) -> bool:
        """Say whether an answer of this kind goes on over the following lines."""
        return match is not None and match.field in {
            "narrative", "actions_taken", "address", "destination_address", "parent_address", "siblings",
            "reason", "visit_outcome", "ground",
        }  # fmt: skip

    def open(self, text: str, place: Place) -> None:
        """Begin the section that a heading announces."""
        first = not self.found.headings and not self.found.pairs
        self.found.headings.append(text)
        self.heading = squash(text)
        self.group += 1
        person = numbered(text)
        section = self.words.section(text)
        if (
            section is not None
            and (first or _TITLE.search(text))
            and tokens(text) not in self.words.sections
        ):
            self.section = None  # a form's title says what it is about, not whose the questions are
            return
        asked = self.words.match(text)
        if (
            asked is not None
            and asked.how in Strong
            and (asked.how != "grammar" or ASKS.search(text))
            and (
                asked.field in ("narrative", "actions_taken", "visit_outcome")
                or tokens(text) not in self.words.sections
            )
        ):
            self.waiting = (text, asked, place, [])
        if person is not None and person.number:
            section = person.kind
            if section == "child":
                self.child, self.section = person.number, section
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
        for part in layout.beside(table, self.words):
            tables.read(self, part, depth)

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
from itertools import pairwise

from parsers import layout, tables
from parsers.documents.model import Block, Document, Field, Mark, Place, Table, Text
from parsers.pairs import (
    OPTION,
    VALUEISH,
    Answer,
    Found,
    Item,
    Pair,
    Strong,
    after_label,
    as_items,
    lines,
    numbered,
    options_of,
    words_in,
)
from parsers.vocabulary import Match, Vocabulary
from parsers.words import squash, tokens, without_leaders

# What makes a loud line a question rather than a heading over other questions.
_ASKS = re.compile(
    r"[?:]\s*$|\b(?:names?|dates?|address|number|phone|telephone|e-?mail|when|who|where|why|what|which|how|reasons?|relationship)\b",
    re.I,
)
_QUESTION_NUMBER = re.compile(
    r"\s*(?:q\.? ?)?(?:\d{1,2}(?:\.\d{1,2})?[.)]?|[a-z][.)])\s+(?=[^\W\d])", re.I
)
_SEX_BOX = re.compile(r"\s*(?:m|male|boy)\W*", re.I)
_YES_NO = re.compile(r"(?P<label>.+?)[\s:]+(?P<answer>yes|no|y|n)", re.I)
# An answer that nobody would write as a further line of an address or a story.
_ANSWER = re.compile(
    r"\W*(?:\d{1,2}(?:st|nd|rd|th)?[ ./-]\w{1,9}[ ./-]\d{2,4}|yes|no|[\d +()-]{10,}|\S+@\S+|[A-Z]\d{12})\W*",
    re.I,
)
_NOTES = re.compile(
    r"\W*(?:notes?|guidance|instructions?|important|how to (?:fill|complete)\b.*?)\s*:", re.I
)
_EXAMPLE = re.compile(
    r"(?:^|(?<=\s))(?:for example|examples?|e\.g\.?)\s*[:,–-]?\s(?=[^()]*:)", re.I
)
_SHOWS = re.compile(
    r"\W*(?:please )?(?:tick|cross|mark|put an?|use an?|enter an?|with an?)(?: (?:the )?(?:box|tick|cross|with an?|as))*\W*",
    re.I,
)
_YEAR = re.compile(r"(?:y(?:ea)?r? ?)?\d{1,2}|R|reception|nursery|N[12]", re.I)
_TITLE = re.compile(
    r"^(?!.*\b(?:person|complet\w+|fill\w*|you|your|who|by|staff|details)\b).*\b(?:form|return|notification|notice|request|pro ?forma|report|sheet)\b(?: \(.*\))?\W*$",
    re.I,
)
_DASH = re.compile(r"\s+[-–—]\s+|\s*[-–—]\s+(?=\S)")


def find(document: Document, vocabulary: Vocabulary) -> Found:
    """Return a document's questions and answers, enquiries and headings."""
    finder = Finder(vocabulary)
    finder.run(document.blocks)
    finder.settle()
    return finder.found


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
        self.dashed = False

    # Lines

    def run(self, blocks: Iterable[Block], depth: int = 0) -> None:
        units: list[list[Item] | Table] = list(lines(blocks))
        if depth == 0:
            units = layout.with_tables(units, self.words)
            self.dashed = self._by_dashes(units)
        for unit in units:
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
                label, *rest = _DASH.split(words_in(unit), maxsplit=1)
                known += bool(rest) and len(label) < 40 and self.words.match(label) is not None
        return known >= 3

    def settle(self) -> None:
        """Give the waiting label what has been gathered for it."""
        if self.waiting is not None:
            label, match, place, items = self.waiting
            self.waiting = None
            bare = (
                len(tokens(label)) == 1
                or label.isupper()
                or (match is not None and match.how == "grammar" and not _ASKS.search(label))
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
        parts = self._apart(items) if any(isinstance(i, Mark) for i in items) else []
        if len(parts) > 1:
            for part in parts:
                self.line(part)
        elif any(isinstance(i, Mark) for i in items):
            self.ticked(items)
        elif any(isinstance(i, Field) for i in items):
            self.controls(items)
        else:
            self.worded([i for i in items if isinstance(i, Text)])

    def _apart(self, items: list[Item]) -> list[list[Item]]:
        """Part "DOB: 3/4/15   Sex: Male [ ] Female [x]   Year: 6" into its three questions."""
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
                asks = bool(colon) and self.words.match(label) is not None
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

    def worded(self, texts: list[Text]) -> None:
        whole = without_leaders(" ".join(t.text for t in texts)).strip()
        shown = _EXAMPLE.search(whole)
        if shown:  # what follows shows how to fill the form in
            whole = whole[: shown.start()].strip(" ,;–-")
            texts = [replace(texts[0], text=whole)]
        if not whole:
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
        pairs = self.split_line(texts, whole)
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
                    ) > 1 and not self._spills(match):
                        self.add(label, match, Answer(styled), item.place, "line")
                        continue
                    if (
                        self._spills(match)
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

    def _prefixed(self, whole: str, short: bool = False) -> tuple[str, Match, str] | None:
        """Cut "Date of birth 14 March 2015" where its label ends; sentences are left alone."""
        words = whole.split()
        if not 2 <= len(words) <= 14 or whole.endswith((".", "!", "?", ":")) or len(whole) > 90:
            return None
        for size in range(min(6, len(words) - 1), 0, -1):
            label, value = " ".join(words[:size]), " ".join(words[size:])
            match = self.words.match(label)
            if (
                match is None
                or match.how not in ("exact", "grammar")
                or match.field == "outside"
                or not re.match(r"[^\W_a-z]|[(+]", value)
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
                and not short
                and not dated
                and not pair
                and not (match.field == "year_group" and _YEAR.fullmatch(value))
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
        flags = self._flags(segments)
        if flags:
            return flags
        if len(segments) > 1 and ":" not in whole:
            return self._prefixes(segments) or self._spaced(segments)
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            made = self.colons(segment)
            if not made and pairs and not pairs[-1][2]:
                pairs[-1] = (pairs[-1][0], pairs[-1][1], segment.strip())
            elif not made and pairs and self._begins(segment):
                pairs.append((segment.strip(), self.words.match(segment), ""))
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

    def _flags(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        """Read "Is the pupil: CLA N   CP N   EHCP Y": short questions with their yes or no."""
        found = [_YES_NO.fullmatch(s.strip()) for s in segments]
        if len(segments) < 3 or sum(f is not None for f in found) < len(segments) - 1:
            return []
        pairs: list[tuple[str, Match | None, str]] = []
        for one in found:
            label = one["label"].rpartition(":")[2].strip() if one else ""
            match = self.words.match(label)
            if one and match is not None:
                pairs.append((label, match, one["answer"]))
        return pairs if len(pairs) >= 2 else []

    def _prefixes(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        """Read "Surname Nkemelu    Forename Ada    Born 12.12.2012"."""
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            found = self._prefixed(segment.strip(), short=True)
            if found is None:
                continue
            pairs.append((found[0], found[1], found[2]))
        return pairs if len(pairs) >= max(2, 0.6 * len(segments)) else []

    def _begins(self, segment: str) -> bool:
        """Say whether a stretch of a line is another label that has no colon."""
        match = self.words.match(segment)
        return match is not None and match.how in Strong and not VALUEISH.fullmatch(segment.strip())

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

    def colons(self, text: str) -> list[tuple[str, Match | None, str]]:
        if len(text) > 3000 or text.count(":") > 40:
            return []
        if ":" not in text and "?" not in text and "=" not in text:
            return self._dashed(text)
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
            pairs.append((label, self.words.match(label), without_leaders(value).strip(" ,;:")))
            label = following or ""
        return pairs

    def _dashed(self, text: str) -> list[tuple[str, Match | None, str]]:
        if " - " not in text and " – " not in text:
            return []
        label, *rest = _DASH.split(text, maxsplit=1)
        if not rest or len(label) > 40 or not label:
            return []
        match = self.words.match(label)
        known = match is not None and (
            match.how == "exact" or (self.dashed and match.how in Strong)
        )
        if known or (self.dashed and len(label.split()) <= 6 and label[:1].isupper()):
            return [(label.strip(), match, rest[0].strip())]
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
        inner = self.colons(label) if ":" in label.rstrip(" :") else []
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
        if len(items) == 3 and isinstance(items[1], Mark) and _SHOWS.fullmatch(words_in(items[:1])):
            return  # "Tick ✓ or cross" shows what a tick looks like
        lead, options = self._question_last(items) or options_of(items)
        known = self.words.match(lead) if lead else None
        captions = [(mark, caption, self.words.match(caption)) for mark, caption in options]
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
            self.settle()
            self.add(lead, known, Answer(tuple(as_items(options, items))), items[0].place, "ticks")
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
            self.waiting[3].extend(as_items(options, items))
        elif separate and named:
            self.settle()
            for mark, caption, match in captions:
                self.add(caption, match, Answer((mark,)), mark.place, "lone")
        else:
            for mark, caption in options:
                self.add(caption, self.words.match(caption), Answer((mark,)), mark.place, "lone")

    def _question_last(self, items: list[Item]) -> tuple[str, list[tuple[Mark, str]]] | None:
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
        known = self.words.match(question) if len(question) > 2 else None
        if known is None and (self.waiting is not None or len(question.split()) < 3):
            return None
        if re.match(r"(?:if|please|details|give|state)\b", question, re.I):
            return None
        return question, list(zip(marks, captions, strict=True))

    # Headings

    def is_heading(self, text: str, styles: frozenset[str]) -> bool:
        if len(text) > 90 or re.search(r"\d{2}/\d{2}|@", text):
            return False
        person = numbered(text)
        if person is not None and person.number:
            return True
        label, _, answer = text.partition(":")
        asked = self.words.match(label) if answer.strip() else None
        if asked is not None and asked.how in Strong:
            return False
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
            return known.how == "grammar" and loud and not _ASKS.search(text)
        return loud or (titled and len(text) < 45)

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
            and (asked.how != "grammar" or _ASKS.search(text))
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
            tables.TableReader(self, part, depth).read()

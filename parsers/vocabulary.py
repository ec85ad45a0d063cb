"""The wordings that forms print, and the council's own words added to them.

A label is looked up whole; then with its words in any order; then with a slip of a letter or two;
then taken apart into owner and attribute ("learner's residence" is a child and an address). Each
later way is less sure, and a label that contradicts its neighbours' structure is never rescued by a
slip: "Home and family" must not become "Home language".

Source: parsers/vocabulary.yaml; the council's own words come from the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from rapidfuzz.distance import OSA

from parsers import grammar, owners
from parsers.words import tokens

if TYPE_CHECKING:
    from parsers.fingerprint import Lesson

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`field` is a contract field or one of the reader's own ("name", "outside")."""

    field: str
    sure: float
    how: str  # exact, order, parts, grammar, slip
    words: int = 1
    owner: str | None = None


_OPTIONS = re.compile(r"\W*(?:yes|no|y|n|n/?a|none|not known|unknown|x)?\W*", re.I)

_SECTION_NUMBER = re.compile(
    r"^\s*(?:section|part)?\s*[A-Z\d]{1,2}\s*[.:)\-–—]\s*"
    r"|^\s*(?:section|part)\s+[a-z\d]{1,2}\b[\s:.\-–—]*",
    re.I,
)
_BY_WHOM = re.compile(r"(?:\w+ )?by(?: who[m]?)?\W*|by .*", re.I)
_KEPT = 20_000  # labels and headings remembered, so that a form's second reading is quick
_K = TypeVar("_K")
_V = TypeVar("_V")

# Sentences that tell how to fill in the form.
_GUIDANCE = re.compile(
    r"(?=(?:\S+\s+){3})(?:for (?:parents|schools|completion|use)|please|return|send|use|one|do not|this form|to be completed"
    r"|if you|note|tick|delete|dates? (?:as|in|must|should)|all|every|incomplete|complete)\b[^:?]*(?:[a-z]{3,}\.\s*$|[a-z]{3,}\.\s+[A-Z])", re.I)  # fmt: skip
_ASKS = re.compile(r"\W*(?:is|does|has|was|are|did|have|do|will|can)\b", re.I)
_NO_QUESTIONS = frozenset({
    "full_name", "surname", "forenames", "parent_name", "school_name", "name", "address", "phone", "reason",
    "referrer_name", "off_roll_date", "destination_school", "destination_address", "admission_date", "email",
    "actions_taken", "narrative", "visit_outcome",
})  # fmt: skip

_LETTERS = re.compile(r"[^\w/]+")
_ADJECTIVES = (
    frozenset({"child"}), frozenset({"expected", "proposed", "actual", "exact", "intended", "when"}),
    frozenset({"child", "school", "family", "you", "parent"}),
    frozenset({"child", "school", "family", "when", "expected", "actual", "exact", "home", "proposed"}),
)  # fmt: skip
_NEEDS_OWNER = frozenset({
    "name", "phone", "email", "date", "address", "full_name", "surname", "forenames", "date_of_birth",
    "postcode", "school_name", "parent_name", "parent_phone", "parent_email", "sex", "upn",
    "year_group", "outside", "referrer_name", "referrer_role", "referrer_phone",
})  # fmt: skip


def _keep(known: dict[_K, _V], key: _K, found: _V) -> None:
    """Remember what was found, and forget everything when there is too much of it."""
    if len(known) >= _KEPT:
        known.clear()
    known[key] = found


@dataclass(frozen=True)
class Vocabulary:
    exact: Mapping[Tokens, str]
    bags: Mapping[frozenset[str], str]
    sections: Mapping[Tokens, str]
    grid: Mapping[Tokens, str]
    kinds: Mapping[str, Mapping[str, Any]]
    actions: tuple[tuple[str, re.Pattern[str]], ...]
    own: Mapping[Tokens, str] = field(default_factory=dict)
    lessons: tuple[Lesson, ...] = ()  # what officers put right, layout by layout
    _seen: dict[Tokens, Match | None] = field(default_factory=dict)
    _titles: list[str] = field(default_factory=list)
    _english: set[str] = field(default_factory=set)
    _alike: dict[str, list[tuple[Tokens, str]]] = field(default_factory=dict)
    _labels: dict[str, Match | None] = field(default_factory=dict)
    _headings: dict[str, str | None] = field(default_factory=dict)
    _columns: dict[str, str | None] = field(default_factory=dict)

    def with_words(self, words: Mapping[str, str], lessons: tuple[Lesson, ...] = ()) -> Vocabulary:
        """Return a vocabulary that knows the council's own labels as well, which win, and its corrected layouts."""
        own = dict(self.own) | {
            tokens(label): name for label, name in words.items() if tokens(label)
        }
        return Vocabulary(self.exact, self.bags, self.sections, self.grid, self.kinds,
                          self.actions, own, lessons)  # fmt: skip

    def match(self, label: str) -> Match | None:
        """Return what a label asks for, or None when it is not known."""
        if not label or len(label) > 220:
            return None
        if label not in self._labels:
            _keep(self._labels, label, self._asked(label))
        return self._labels[label]

    def _asked(self, label: str) -> Match | None:
        key = tokens(label) if not _OPTIONS.fullmatch(label) and not _GUIDANCE.match(label) else ()
        if not key or (len(_LETTERS.sub("", label)) == 1 and key not in self.own):
            return None  # the "L" of a leaver's row is an answer
        if key not in self._seen:
            _keep(self._seen, key, self._match(key))
        found = self._seen[key] or self._bilingual(label)
        if found is None or found.how == "slip":
            found = _by_grammar(label) or found
        if (
            found is not None
            and found.how != "grammar"
            and _ASKS.match(label)
            and found.field in _NO_QUESTIONS
            and key not in self.own
        ):
            return None  # "Is the child ...?" asks for no name
        return found

    def _bilingual(self, label: str) -> Match | None:
        """Understand "Dyddiad geni / Date of birth": one half known, the other wholly strange."""
        halves = [h.strip() for h in re.split(r"\s[/|–—]\s|\n", label) if h.strip()]
        if len(halves) != 2:
            return None
        both = [self._known(tokens(h)) for h in halves]
        if both[0] is not None and both[1] is not None and both[0].field == both[1].field:
            return Match(both[0].field, 0.95, "order", both[0].words)
        known = [(h, m) for h in halves if (m := self._known(tokens(h))) is not None]
        if len(known) != 1 or len(known[0][0]) < 3:
            return None
        strange = next(h for h in halves if h != known[0][0])
        if not self._foreign(strange):
            return None
        return Match(known[0][1].field, 0.95, "order", known[0][1].words)

    def _known(self, key: Tokens) -> Match | None:
        found = self._match(key) if key else None
        return found if found is not None and found.how != "slip" else None

    def _foreign(self, words: str) -> bool:
        """Say whether none of the words stands on any form in English."""
        if not self._english:
            self._english.update(w for key in self.exact for w in key)
        return not set(tokens(words)) & self._english

    def _match(self, key: Tokens) -> Match | None:
        if key in self.own:
            return Match(self.own[key], 0.99, "exact", len(key))
        if key in self.exact:
            return Match(self.exact[key], 0.99, "exact", len(key))
        name = self.bags.get(frozenset(key)) if len(key) > 1 else None
        if name:
            return Match(name, 0.97, "order", len(key))
        apart = owners.parts(key)
        if apart:
            return Match(apart[0], 0.96, "parts", len(key), apart[1])
        for extra in _ADJECTIVES:
            short = tuple(w for w in key if w not in extra)
            name = self.exact.get(short) if len(short) < len(key) else None
            if name == "destination_address" and "school" in key and "address" not in key:
                name = "destination_school"
            if name and name not in _NEEDS_OWNER:
                return Match(name, 0.96, "order", len(key))
        return self._slip(key)

    def _slip(self, key: Tokens) -> Match | None:
        """Find the one label that differs by slips of a letter or two."""
        if len("".join(key)) < 6 or len(key) > 6:
            return None
        if not self._alike:  # a slip is never in a first letter
            for known, name in self.exact.items():
                self._alike.setdefault("".join(w[0] for w in known), []).append((known, name))
        found: set[str] = set()
        for known, name in self._alike.get("".join(w[0] for w in key), ()):
            if len(known) == len(key) and all(map(_near, key, known)):
                found.add(name)
        return Match(found.pop(), 0.9, "slip", len(key)) if len(found) == 1 else None

    def section(self, heading: str) -> str | None:
        """Return whose questions follow a heading, or None."""
        if len(heading) > 500:
            return self._announced(heading)
        if heading not in self._headings:
            _keep(self._headings, heading, self._announced(heading))
        return self._headings[heading]

    def _announced(self, heading: str) -> str | None:
        key = tokens(_SECTION_NUMBER.sub("", heading))
        if not key or len(key) > 9:
            return None
        if key in self.sections:
            return self.sections[key]
        have = set(key)
        for words, name in _HEADING_WORDS:
            if have & words:
                return name
        return None

    def grid_column(self, heading: str) -> str | None:
        """Return what a column of a grid of enquiries holds, by its heading, or None."""
        if len(heading) > 500:
            return self._column(heading)
        if heading not in self._columns:
            _keep(self._columns, heading, self._column(heading))
        return self._columns[heading]

    def _column(self, heading: str) -> str | None:
        key = tokens(heading)
        words = set(key)
        if _BY_WHOM.fullmatch(heading):
            return "by"
        if key in self.grid:
            return self.grid[key]
        if words >= {"address", "visited"}:
            return "address"
        if words & {"speak", "spoke", "spoken"}:
            return "spoke"
        if words & {"outcome", "result", "comments", "response"}:
            return "outcome"
        return "action" if words & {"enquiry", "action", "checks", "check"} else None

    def titled(self, line: str) -> bool:
        """Say whether a line holds a form's title."""
        plain = " " + re.sub(r"[^a-z0-9]+", " ", line.casefold()).strip() + " "
        if len(plain) > 110:
            return False
        if not self._titles:
            self._titles.extend(
                " " + re.sub(r"[^a-z0-9]+", " ", str(t).casefold()).strip() + " "
                for kind in self.kinds.values() for t in kind["title"] if len(str(t)) > 8)  # fmt: skip
        return any(t in plain for t in self._titles) and not (
            (m := self.match(line)) is not None and m.how == "exact")  # fmt: skip

    def action(self, words: str) -> str | None:
        """Return the enquiry that words tell of, or None."""
        for action, pattern in self.actions:
            if pattern.search(words[:300]):
                return action
        return None


_HEADING_WORDS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(words.split()), name) for words, name in (
        ("office internal official", "office"),
        ("guidance privacy instructions gdpr", "guidance"),
        ("sibling", "sibling"),
        ("enquiry checklist checks visits attempts actions", "enquiries"),
        ("referrer completing completed you ewo officer staff raised made headteacher", "referrer"),
        ("starter starters joiner joiners entrant admitted", "event"),
        ("new destination moving gone going onward abroad", "new_school"),
        ("socialworker", "social_worker"),
        ("gp health doctor professionals agencies", "other"),
        ("safeguarding vulnerability vulnerabilities risk needs socialcare sen", "needs"),
        ("parent mother father family contacts adult adults responsible", "parent"),
        ("removal deletion leaving ground reason roll admission circumstances", "event"),
        ("school", "school"),
        ("child", "child"),
    ))  # fmt: skip


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    if len(one) < 5 or len(other) < 5 or one[0] != other[0]:
        return False
    return bool(OSA.distance(one, other) <= (2 if min(len(one), len(other)) >= 9 else 1))


def _by_grammar(label: str) -> Match | None:
    found = grammar.understand(label)
    if found is None or found.strange:
        return None
    return Match(found.field, 0.93, "grammar", len(tokens(label)), found.owner)


@lru_cache(maxsize=1)
def standard() -> Vocabulary:
    """Return the vocabulary that comes with the reader."""
    raw: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "vocabulary.yaml").read_text("utf-8")
    )
    exact: dict[Tokens, str] = {}
    for wordings, name in [("outside", w) for w in raw["outside"]]:
        exact.setdefault(tokens(name), wordings)
    for name, labels in {**raw["generic"], **raw["fields"]}.items():
        for label in labels:
            key = tokens(str(label))
            if exact.get(key, "outside") == "outside":
                exact[key] = name
    exact.pop((), None)
    bags: dict[frozenset[str], str] = {}
    doubtful: set[frozenset[str]] = set()
    for key, name in exact.items():
        bag = frozenset(key)
        if bags.setdefault(bag, name) != name:
            doubtful.add(bag)
    for bag in doubtful:
        del bags[bag]
    return Vocabulary(
        exact, bags,
        _first(raw["sections"]),
        _first(raw["grid"]),
        raw["kinds"],
        tuple((action, re.compile(pattern, re.I)) for action, pattern in raw["actions"]),
    )  # fmt: skip


def _first(raw: Mapping[str, Any]) -> dict[Tokens, str]:
    found: dict[Tokens, str] = {}
    for name, labels in raw.items():
        for label in labels:
            found.setdefault(tokens(str(label)), name)
    return found

"""From questions and answers to one reading for each child.

What a stranger would get wrong: whose telephone it is (the section says, not the label); that two
different dates of birth are an average; that a list of siblings is a list of referrals; that an
empty form is a referral. Values told twice and differently are reported and never settled.

Source: docs/contract.md; policy 9.4 and 9.5; docs/reading.md, "conflicts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rapidfuzz import fuzz

from parsers import countries, fields, leftover
from parsers.documents.model import Document, Mark, Place, Text
from parsers.fields import Got
from parsers.finder import find
from parsers.forms import enquiries, guess, joined, kind, opinion, people
from parsers.forms.answers import BOOLEANS, Asking, Chosen, chosen, value
from parsers.forms.certainty import certainty
from parsers.forms.people import Told
from parsers.pairs import Answer, Enquiry, Found, Pair, options_of
from parsers.reading import FormKind, Reading, Unread, Value
from parsers.vocabulary import Match, Vocabulary, for_owner
from parsers.words import squash, tokens

_SCHOOL_TITLE = re.compile(
    r"(?!(?:old|new|previous|next|leaving|your|our|this|name of|the)\b)(?!.*\b(?i:child|children|pupils?|not|missing|absent|form|from|leavers?)\b)(?:[A-Z][\w'’.&-]*\s+(?:(?:of|and|the|for|in|upon|on|C of E)\s+)*){1,6}"
    r"(?i:school|academy|college|primary|infants|juniors)"
)
_GUESSED = 0.9  # a label is known better than this, or it was guessed
CHILDREN = 200  # in one document; the rest are told, never dropped in silence
IDENTITY = ("surname", "forenames", "known_as", "date_of_birth", "sex", "upn", "year_group")
_NAMES = frozenset({"surname", "forenames", "full_name"})
_SINGLE = frozenset({*IDENTITY, "full_name", "middle_names"})
_EACH = frozenset({
    "ethnicity", "first_language", "last_attended", "off_roll_date", "admission_date", "school_name",
})  # fmt: skip
_DONE = frozenset({"actions_taken", "visit_outcome"})  # told in words, not in a grid
# What stands in one child's block is that child's, and not the next one's.
_AT_HOME = frozenset({
    "address", "postcode", "reason", "ground", "destination_school", "destination_address", "destination_place",
    "destination_country", "move_date", "narrative", "social_worker", "known_as",
})  # fmt: skip
_EVENTS = frozenset({
    "last_attended", "off_roll_date", "admission_date", "reason", "ground", "destination_school", "destination_address",
    "destination_country", "move_date", "narrative", "enquiries", "parental_letter", "ctf_sent",
})  # fmt: skip
_HAPPENED = re.compile(
    r"missing|on.?roll|\bleav|\bleft\b|remov|no.?show|not (?:arriv|start|return|attend|in school)|non.?arriv|off.?roll|\badmi(?:t|ss)|\bstart"
    r"|\bjoin|\bcme\b|withdr|home.?educat|\behe\b|\bmov(?:e|ing)|transfer|did not|failed|absen|delet|refer|trac(?:e|ing)",
    re.I,
)
_MOVES = re.compile(r"leavers?|starters?|joiners?|leaving|starting|joining|admissions?", re.I)
_ADULT = 20  # years
_REPEATED_TEXT = _DONE | {"narrative", "reason"}
_PARENT = {
    "parent_name": "name", "parent_phone": "phone", "parent_email": "email", "parent_address": "address",
    "parent_relationship": "relationship", "parent_name_phone": "name_phone", "parent_surname": "surname",
    "parent_forenames": "forenames", "parent_postcode": "postcode",
}  # fmt: skip
_SIBLING = {
    "siblings": "free", "sibling_dob": "date_of_birth", "sibling_school": "school",
    "sibling_surname": "surname", "sibling_forenames": "forenames", "sibling_name": "name",
}  # fmt: skip
_IN_SIBLING = {
    "surname": "sibling_surname", "forenames": "sibling_forenames", "full_name": "sibling_name",
    "name": "sibling_name", "date_of_birth": "sibling_dob", "school_name": "sibling_school",
    "school": "sibling_school", "siblings": "siblings",
}  # fmt: skip
_IN_PARENT = {
    "surname": "parent_surname", "forenames": "parent_forenames", "full_name": "parent_name",
    "address": "parent_address", "date_of_birth": "outside", "postcode": "parent_postcode", "sex": "outside",
    "referrer_role": "outside", "referrer_email": "parent_email", "name": "parent_name", "known_as": "outside",
}  # fmt: skip
_IN_NEW = {
    "school_name": "destination_school", "address": "destination_address", "postcode": "destination_postcode",
    "full_name": "destination_school", "school_urn": "outside", "school_laestab": "outside",
    "referrer_name": "outside", "referrer_phone": "outside", "referrer_email": "outside",
}  # fmt: skip
_KEPT = frozenset({
    "surname", "forenames", "known_as", "date_of_birth", "sex", "upn", "year_group", "ethnicity",
    "first_language", "address", "postcode", "school_name", "school_urn", "school_laestab",
    "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "referral_date",
    "last_attended", "off_roll_date", "admission_date", "reason", "ground", "destination_school",
    "destination_address", "destination_country", "move_date", "narrative", "social_worker", *BOOLEANS,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A pair whose field is settled by its section."""

    pair: Pair
    field: str | None
    sure: float
    picked: Chosen


@dataclass(slots=True)
class FormRead:
    """All readings of one document, and what to tell of it as a whole."""

    readings: list[Reading] = field(default_factory=list)
    raw: list[Reading] = field(default_factory=list)  # also those that name no child
    labels: int = 0
    answered: int = 0
    child_answers: int = 0
    unknown_pairs: int = 0
    ambiguous: bool = False
    nameless: bool = False
    eventless: bool = False  # a list of people that says nothing of what happened
    dropped: int = 0  # children over the limit, told and not read
    form: FormKind = "unknown"


def read(document: Document, path: str, vocabulary: Vocabulary, on: date) -> FormRead:
    """Return the readings of a document, one for each child."""
    found = find(document, vocabulary)
    return _Form(document, path, vocabulary, on, found).read()


class _Form:
    def __init__(
        self, document: Document, path: str, vocabulary: Vocabulary, on: date, found: Found
    ) -> None:
        self.document, self.path, self.words, self.on, self.found = (
            document,
            path,
            vocabulary,
            on,
            found,
        )
        text = document.text()
        self.text = text
        self.asking = Asking(
            on, document.format in ("xlsx", "xls", "csv", "ods", "xlsb"), fields.scheme_of(text)
        )
        self.dropped = 0
        self.by: dict[str, float] = {}  # how surely the label of each value was known
        self.placed = self._previous(self._place(self._expanded(found.pairs)))

    def _previous(self, placed: list[Placed]) -> list[Placed]:
        """Tell the school before from the school that writes, where a form asks for both."""

        def before(p: Placed) -> bool:
            key = tokens(p.pair.label)
            return (
                p.field == "school_name"
                and "previous" in key
                and "current" not in p.pair.label.casefold()
            )

        both = any(p.field == "school_name" and p.picked.words and not before(p) for p in placed)
        placed = [replace(p, field="previous_school") if both and before(p) else p for p in placed]
        told = {p.field for p in placed if p.picked.words}
        joining = re.search(
            r"\badmi(?:t|ss)|\bnew pupil|\bjoin|\bstart|on.?roll", self.text[:200], re.I
        )
        if (
            "previous_school" in told
            and not told & {"school_name", "admission_date"}
            and not joining
        ):
            # the one school that a leaver's form asks for is the school that writes
            return [replace(p, field="school_name", sure=min(p.sure, 0.9))
                    if p.field == "previous_school" and not re.search(r"previous|former|prior", p.pair.label, re.I)
                    else p for p in placed]  # fmt: skip
        return placed

    # Whose it is

    def _expanded(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Give lists of ticks ("Pupil status: [x] Looked after [ ] Traveller") a pair for each tick."""
        made: list[Pair] = []
        for pair in pairs:
            if pair.section == "office":
                continue
            parts = joined.apart(pair, self.on) or self._status(pair)
            if parts:
                made.extend(parts)
                continue
            options = options_of(pair.answer.items)[1] if pair.answer.marked else []
            known = [(m, c, self.words.match(c)) for m, c in options if c]
            needs = [k for k in known if k[2] and k[2].field in BOOLEANS]
            plain = pair.match is None or pair.match.field in (
                "outside",
                "sen_status",
                "safeguarding_concern",
                "name",
            )
            if needs and plain and len(needs) >= max(1, len(known) // 2):
                made.extend(
                    replace(pair, label=c, match=match, answer=Answer((mark,)), how="lone")
                    for mark, c, match in known)  # fmt: skip
                continue
            made.append(pair)
        return made

    def _status(self, pair: Pair) -> list[Pair]:
        """Read "Legal status: Child in Need" as the question it answers with yes."""
        if pair.match is not None and pair.match.field not in (
            "outside",
            "sen_status",
            "narrative",
        ):
            return []
        if not re.search(r"\bstatus\b|\bplan\b|\bcp\b|\bcin\b|\blac\b|\bcla\b", pair.label, re.I):
            return []
        words = squash(chosen(pair.answer).words)
        match = self.words.match(words) if 1 < len(words) < 60 else None
        if match is None or match.field not in BOOLEANS:
            return []
        yes = replace(match, sure=min(match.sure, 0.93))
        return [replace(pair, label=words, match=yes, answer=Answer((Text("Yes", pair.place),)))]

    def _place(self, pairs: list[Pair]) -> list[Placed]:
        any_lone = any(
            p.how == "lone" and any(isinstance(i, Mark) and i.on for i in p.answer.items)
            for p in pairs
        )
        placed: list[Placed] = []
        owner: str | None = None
        last_section: str | None = None
        for pair in pairs:
            if pair.section != last_section:
                owner, last_section = None, pair.section
            picked = chosen(pair.answer)
            if pair.how == "lone":
                picked = self._lone(pair, picked, any_lone)
            name, sure = self._meant(pair, owner, picked)
            if name == "full_name" and pair.answer.marked and (
                picked.words.casefold() in ("male", "female", "boy", "girl")):  # fmt: skip
                name = "sex"
            if name in ("male", "female"):
                if not picked.words.lower().startswith("y"):
                    continue
                name, picked = "sex", replace(picked, words=name, sure=min(picked.sure, 0.95))
            if tokens(pair.label)[:1] in (("signed",), ("signature",)):
                owner = "referrer"
            elif name:
                owner = _owner_of(name) or owner
            placed.append(Placed(pair, name, sure, picked))
        return placed

    def _meant(self, pair: Pair, owner: str | None, picked: Chosen) -> tuple[str | None, float]:
        """Return the field that a label asks for, as its section and its answer's shape allow."""
        name, sure = self._field(pair, owner)
        if (
            pair.how == "record"
            and _MOVES.fullmatch(picked.words)
            and name in (None, "outside", "reason")
        ):
            return "joining_or_leaving", 0.93
        if not picked.words or (name and opinion.fits(name, picked.words, self.asking)):
            return name, sure
        if name == "outside":
            return name, sure
        swapped = opinion.swapped(name, picked.words) if name else None
        if swapped:
            return swapped, min(sure, 0.9)
        guessed = guess.field(pair, picked.words, owner, self.asking)
        guessed = guessed or opinion.otherwise(pair.label, picked.words, self.asking)
        if guessed is None:
            return name, sure
        other, doubt = self._field(
            replace(pair, match=Match(guessed[0], guessed[1], "guess", 1)), owner
        )
        if other is None or not opinion.fits(other, picked.words, self.asking):
            return name, sure
        return other, min(doubt, guessed[1])

    def _lone(self, pair: Pair, picked: Chosen, any_lone: bool) -> Chosen:
        mark = next((i for i in pair.answer.items if isinstance(i, Mark)), None)
        if mark is None or mark.on is None:
            return picked
        if mark.on:
            return replace(picked, words=picked.words or "Yes", sure=min(picked.sure, mark.sure))
        known = pair.match is not None and pair.match.field in BOOLEANS
        return replace(picked, words="No" if any_lone and known else "", sure=0.85)

    def _field(self, pair: Pair, owner: str | None) -> tuple[str | None, float]:
        match, section = pair.match, pair.section
        plain = squash(pair.label).casefold().strip(" .:")
        if pair.how == "lone" and plain in ("male", "female", "boy", "girl", "m", "f"):
            return ("male" if plain in ("male", "boy", "m") else "female"), 0.95
        if match is None:
            return None, 0.0
        name, sure = match.field, match.sure
        own = set(tokens(pair.label))
        if plain == "title" and section not in ("referrer",):
            return None, 0.0
        if section == "sibling" and "child" not in own and name in _IN_SIBLING:
            return _IN_SIBLING[name], sure
        if section == "sibling" and name in (
            "year_group",
            "sex",
            "upn",
            "address",
            "postcode",
            "ethnicity",
            "school_laestab",
        ):
            return "outside", sure
        if (
            section == "parent"
            and name in ("address", "postcode")
            and re.match(r"\W*home\b", pair.heading, re.I)
        ):
            return name, sure
        if section == "parent" and "child" not in own and name in _IN_PARENT:
            return _IN_PARENT[name], sure if name != "address" else min(sure, 0.93)
        if (
            section == "new_school"
            and "current" not in own
            and "previous" not in own
            and name in _IN_NEW
        ):
            if name == "full_name" and own & {"child"}:
                return name, sure
            if (
                name == "address"
                and re.search(r"school", pair.heading, re.I)
                and not re.search(r"address|home", pair.heading, re.I)
            ):
                return "outside", sure
            if name.startswith("referrer_") and own & {
                "ewo",
                "referrer",
                "completing",
                "completed",
                "staff",
                "you",
                "officer",
                "referred",
            }:
                return name, sure
            return _IN_NEW[name], min(sure, 0.96)
        if section == "social_worker" and name in ("name", "full_name", "referrer_name"):
            return "social_worker", sure
        if section in ("other", "social_worker") and name in ("name", "phone", "email", "address", "full_name",
                "surname", "date", "school_name", "referrer_role", "referrer_name", "agency", "referrer_phone", "postcode"):  # fmt: skip
            return "outside", sure
        if (
            section in ("referrer", "school")
            and name == "address"
            and not own & {"child", "home", "current"}
        ):
            return "outside", sure
        if (
            section == "referrer"
            and name in ("surname", "forenames", "full_name", "known_as")
            and "child" not in own
        ):
            return {"full_name": "referrer_name"}.get(name, "outside"), sure
        if section == "referrer" and name == "parent_phone" and "parent" not in own:
            return "referrer_phone", sure
        if section == "referrer" and name == "parent_relationship":
            return "referrer_role", min(sure, 0.9)
        if section in ("referrer", "school") and name == "postcode":
            return "outside", sure
        if (
            name == "name"
            and re.search(r"\bcontact\b", plain)
            and section in (None, "child", "school")
        ):
            return ("referrer_name", 0.88) if section == "school" else (None, 0.0)
        if name in ("name", "phone", "email", "date"):
            return self._generic(name, section, owner, sure, pair)
        if section == "school" and name == "referrer_role" and owner != "referrer":
            return name, 0.9
        if name == "agency":
            return "outside", sure
        if name == "name_role":
            return "referrer_name", sure
        return name, sure

    def _generic(
        self, name: str, section: str | None, owner: str | None, sure: float, pair: Pair
    ) -> tuple[str | None, float]:
        if name == "date":
            if pair.how == "record" and any(
                p.match is not None and p.match.field == "joining_or_leaving"
                for p in self.found.pairs
            ):
                return "movement_date", 0.93
            if section == "referrer" or owner == "referrer":
                return "referral_date", min(sure, 0.96)
            if re.search(r"leaver|off roll|removed", pair.heading, re.I):
                return "off_roll_date", 0.93
            if re.search(r"starter|joiner|admitted|on roll|admission", pair.heading, re.I):
                return "admission_date", 0.93
            if pair in self.found.pairs[-3:] and section not in (
                "enquiries",
                "sibling",
                "other",
                "social_worker",
            ):
                return "referral_date", 0.85
            return None, 0.0
        whose = (
            section
            if section in ("parent", "referrer", "sibling", "new_school", "school")
            else None
        )
        if section == "child" and name == "name":
            return "full_name", min(sure, 0.97)
        if section == "school" and owner == "referrer":
            whose = "referrer"
        if whose is None:
            if name == "name" and owner is None and section in (None, "child"):
                return "full_name", 0.93
            whose = owner if owner in ("parent", "referrer", "school") else None
            if (
                whose is None
                and name in ("phone", "email")
                and section in (None, "child")
                and owner == "child"
            ):
                whose, sure = "parent", 0.85
            sure = min(sure, 0.93)
        if whose is None:
            return None, 0.0
        if whose == "school" and name == "phone":
            sure = min(sure, 0.93)
        return for_owner(whose, name), sure

    # Children

    def read(self) -> FormRead:
        result = FormRead()
        known = [p for p in self.placed if p.field]
        result.labels = len(known)
        result.answered = sum(bool(p.picked.words) for p in known if p.field != "outside")
        result.unknown_pairs = sum(1 for p in self.placed if not p.field and p.picked.words)
        drafts = self._drafts()
        result.dropped = self.dropped
        self.used: set[int] = set()
        rows = self._enquiry_rows()
        for own, shared in drafts:
            reading, ambiguous = self._reading(own, shared, rows)
            if reading is None:
                continue
            result.ambiguous |= ambiguous
            result.readings.append(reading)
        result.child_answers = sum(
            any(f in r.fields for f in ("surname", "forenames", "upn")) for r in result.readings
        )
        result.raw = list(result.readings)
        result.eventless = self._tells_nothing(result.readings)
        if result.eventless:
            result.readings = []
        self._leftover(result)
        result.readings, nameless = self._with_identity(result.readings)
        result.nameless = nameless and not result.readings
        form = self._kind(result.readings, len(rows))
        result.form = form
        result.readings = [replace(r, form=form) for r in result.readings]
        return result

    def _tells_nothing(self, readings: list[Reading]) -> bool:
        """Say whether this is a list of people that refers nobody: a class, or the staff."""
        listed = [r for r in readings if len(r.fields) > 1]
        if not any((p.pair.child or 0) > 1000 for p in self.placed) or len(listed) < 2:
            return False
        born = [
            date.fromisoformat(r.fields["date_of_birth"].value)
            for r in listed
            if "date_of_birth" in r.fields
        ]
        grown = sum((self.on - day).days > _ADULT * 365.25 for day in born)
        if born and grown > 0.5 * len(born):
            return True
        titles = [*self.found.headings, *(t.text for t in self.found.loose[:6]), self.text[:110]]
        told = any(set(r.fields) & _EVENTS for r in listed) or any(
            p.field == "movement_date" for p in self.placed
        )
        told = told or _HAPPENED.search(self.text) is not None
        told = told or any(
            p.field is None and re.search(r"\d", p.picked.words) for p in self.placed
        )
        return not told and not any(self.words.titled(t) for t in titles)

    def _leftover(self, result: FormRead) -> None:
        """Tell what stood in a table beside the questions and was taken up by none."""
        lost = leftover.untold(self.document, self.found) if result.readings else []
        if lost:
            first = result.readings[0]
            told = tuple(
                Unread(None, before, words, place, "no question was found for it")
                for before, words, place in lost
            )
            result.readings[0] = replace(first, unread=(*first.unread, *told))

    def _with_identity(self, readings: list[Reading]) -> tuple[list[Reading], bool]:
        kept = [r for r in readings if any(f in r.fields for f in ("surname", "forenames", "upn"))]
        return kept, any(set(r.fields) - {"school_name", "school_urn", "school_laestab", "referrer_name",
            "referrer_role", "referrer_phone", "referrer_email", "referral_date", "source_code"} for r in readings)  # fmt: skip

    def _drafts(self) -> list[tuple[list[Placed], list[Placed]]]:
        """Return, for each child, the pairs that are its own and those all children share."""
        placed = self._shared(self._siblings_aside(self._numbered()))
        ids: list[int] = []
        for p in placed:
            if (
                p.pair.child is not None
                and p.pair.child not in ids
                and p.field in _SINGLE
                and p.picked.words
            ):
                ids.append(p.pair.child)
        shared = [p for p in placed if p.pair.child is None]
        if not ids:
            return [(placed, [])]
        drafts = []
        self.dropped = max(0, len(ids) - CHILDREN)
        for n in ids[:CHILDREN]:
            own = [p for p in placed if p.pair.child == n]
            drafts.append((own, [p for p in shared if p.field not in _SINGLE]))
        lone = [p for p in shared if p.field in _NAMES and p.picked.words]
        if lone and not any(self._same(lone, own) for own, _ in drafts):
            drafts.insert(0, (shared, []))
        return drafts

    def _same(self, one: list[Placed], other: list[Placed]) -> bool:
        words = set(re.findall(r"\w+", " ".join(p.picked.words for p in one).casefold()))
        theirs = set(
            re.findall(
                r"\w+", " ".join(p.picked.words for p in other if p.field in _NAMES).casefold()
            )
        )
        return bool(words) and words <= theirs

    def _siblings_aside(self, placed: list[Placed]) -> list[Placed]:
        """Take rows of children for siblings when the form is about one child named outside them."""
        outside = [p for p in placed if p.pair.child is None and p.picked.words]
        main = {p.field for p in outside}
        rows = any((p.pair.child or 0) > 1000 for p in placed)
        if not rows or not (main & _NAMES and main & {"date_of_birth", "upn"}):
            return placed
        listed = {p.field for p in placed if (p.pair.child or 0) > 1000 and p.picked.words}
        if listed & (_EVENTS - {"narrative", "destination_school"}):
            return placed  # brothers and sisters have no last day
        names = [p for p in outside if p.field in _NAMES]
        made = []
        for p in placed:
            if (p.pair.child or 0) > 1000:
                row = [q for q in placed if q.pair.child == p.pair.child]
                if self._same(names, row):
                    continue
                name = _IN_SIBLING.get(p.field or "", "outside")
                made.append(
                    replace(p, field=name, pair=replace(p.pair, child=None, section="sibling"))
                )
            else:
                made.append(p)
        return made

    def _numbered(self) -> list[Placed]:
        """Number the children of blocks that repeat without saying "Child 2"."""
        if any(p.pair.child is not None for p in self.placed):
            return self.placed
        starts: list[int] = []
        seen: dict[str, str] = {}
        for at, p in enumerate(self.placed):
            if p.field not in _SINGLE or not p.picked.words:
                continue
            if p.field in _NAMES and p.field in seen and self._another(at, p, seen):
                starts.append(at)
                seen = {}
            seen.setdefault(p.field, p.picked.words)
        if not starts:
            return self.placed
        made = []
        child = 0
        first = next(at for at, p in enumerate(self.placed) if p.field in _NAMES and p.picked.words)
        for at, p in enumerate(self.placed):
            child += at in starts
            mine = p.field in _SINGLE or p.field in BOOLEANS or p.field in _EACH
            block = starts[0] > at >= first or child > 0
            home = (
                block
                and at < starts[-1]
                and p.field in _AT_HOME
                and p.pair.section in (None, "child")
            )
            made.append(replace(p, pair=replace(p.pair, child=child + 1)) if mine or home else p)
        return made

    def _another(self, at: int, p: Placed, seen: dict[str, str]) -> bool:
        """Say whether a name asked again begins another child and does not contradict the first."""
        ahead = {p.field or "": p.picked.words}
        for q in self.placed[at + 1 : at + 25]:
            if q.field == p.field:
                break
            if q.field in _SINGLE and q.picked.words:
                ahead.setdefault(q.field, q.picked.words)
        if not ({"date_of_birth", "upn"} & set(ahead) and {"date_of_birth", "upn"} & set(seen)):
            return False
        names = [n for n in ("full_name", "forenames", "surname") if n in ahead and n in seen]
        alike = all(fuzz.ratio(_plain(ahead[n]), _plain(seen[n])) >= 84 for n in names)
        return not alike

    def _shared(self, placed: list[Placed]) -> list[Placed]:
        """Give every child what is asked once, below the last child's block."""
        ids = [
            p.pair.child
            for p in placed
            if p.pair.child is not None and p.field in _NAMES and p.picked.words
        ]
        if len(set(ids)) < 2 or any(i is not None and i > 1000 for i in ids):
            return placed
        having: dict[str, set[int]] = {}
        for p in placed:
            if p.pair.child is not None and p.field and p.picked.words:
                having.setdefault(p.field, set()).add(p.pair.child)
        last = max(i for i in ids if i is not None)
        return [
            replace(p, pair=replace(p.pair, child=None))
            if p.field and p.field not in _SINGLE and p.field not in BOOLEANS and having.get(p.field) == {last}
            else p for p in placed]  # fmt: skip

    # One child

    def _reading(
        self, own: list[Placed], shared: list[Placed], rows: list[tuple[dict[str, Any], Place, str]]
    ) -> tuple[Reading | None, bool]:
        values: dict[str, Value] = {}
        unread: list[Unread] = []
        ambiguous = False
        self.by = {}
        mine = {p.field for p in own if p.picked.words}
        pairs = own + [
            p for p in shared if p.field not in mine or p.field in _PARENT or p.field in _SIBLING
        ]
        current_school = any(
            p.field == "school_name" and "previous" not in tokens(p.pair.label) and p.picked.words
            for p in pairs
        )
        for p in pairs:
            if p.field is None or p.field == "outside":
                item = self._left_over(p, rows)
                if item:
                    unread.append(item)
                continue
            if p.field in _PARENT or p.field in _SIBLING or p.field == "school_contact":
                continue
            if (
                p.field == "school_name"
                and current_school
                and "previous" in tokens(p.pair.label)
                and "current" not in p.pair.label.casefold()
            ):
                if p.picked.words:
                    unread.append(_unread(p, None, "a previous school"))
                continue
            ambiguous |= self._take(p, values, unread)
        self._movements(pairs, values, unread)
        self._families(pairs, values, unread)
        contact = next((p for p in pairs if p.field == "school_contact" and p.picked.words), None)
        if contact and "referrer_name" not in values:
            named = value("referrer_name", contact.picked.words, self.asking)
            if isinstance(named, Got):
                values["referrer_name"] = _value(Got(named.value, 0.85), contact)
        self._codes(values, pairs)
        self._tidy(values, unread)
        taken = self._taken(pairs)
        made = [row for row, _, _ in rows] + taken
        if made:
            first = (
                rows[0][1]
                if rows
                else next(p.pair.place for p in pairs if p.field in _DONE and p.picked.words)
            )
            values["enquiries"] = Value(
                made, "; ".join(raw for _, _, raw in rows)[:2000], first, 0.95 if rows else 0.85
            )
        if not values:
            return None, False
        values = {k: replace(v, sure=certainty(k, v.sure)) for k, v in values.items()}
        if self.document.ocr:
            values = {
                k: replace(v, sure=round(min(v.sure, 0.9) - (0.02 if k in IDENTITY else 0), 3))
                for k, v in values.items()
            }
        return Reading(self.path, "unknown", values, tuple(unread)), ambiguous

    def _taken(self, pairs: list[Placed]) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for p in pairs:
            if p.field in _DONE and p.picked.words:
                found = enquiries.from_words(p.picked.words, self.words, self.on)
                if not found and p.field == "visit_outcome":
                    found = [
                        {
                            "action": "home_visit",
                            "done": True,
                            "date": enquiries.day_in(p.picked.words, self.on),
                            "by": None,
                            "outcome": squash(p.picked.words),
                        }
                    ]
                made.extend(found)
        return made

    def _take(self, p: Placed, values: dict[str, Value], unread: list[Unread]) -> bool:
        """Put one answer among the values; return whether it made identity ambiguous."""
        name = p.field or ""
        if not p.picked.words:
            if p.picked.why and p.picked.why != "not ticked":
                unread.append(_unread(p, name if name in _KEPT else None, p.picked.why))
            return False
        if name == "full_name":
            return self._whole_name(p, values, unread)
        if name == "sen_status":
            self._sen(p, values, unread)
            return False
        if name in _DONE:
            if not enquiries.from_words(p.picked.words, self.words, self.on):
                _append(values, "narrative", p)
            return False
        if name == "source":
            return False
        if name == "joining_or_leaving" or name == "movement_date":
            return False
        if name == "middle_names":
            got: Got | str = value("forenames", p.picked.words, self.asking)
            if isinstance(got, Got):
                values["_middle"] = _value(got, p)
            return False
        if name == "destination_postcode" or name == "destination_authority":
            if name == "destination_postcode" and not isinstance(
                fields.postcode(p.picked.words), str
            ):
                values["_new_postcode"] = _value(Got(p.picked.words, 0.97), p)
            elif name == "destination_authority":
                unread.append(_unread(p, None, "not a field of the case"))
            return False
        if name == "previous_school":
            unread.append(_unread(p, None, "a previous school"))
            return False
        if name not in _KEPT and name != "destination_place":
            unread.append(_unread(p, None, "not a field of the case"))
            return False
        if (
            name == "sen_support"
            and re.search(r"\behc", p.picked.words, re.I)
            and not re.match(r"\W*no", p.picked.words, re.I)
        ):
            self._sen(p, values, unread)
            return False
        if name in ("destination_school", "destination_address", "destination_place"):
            name = _destination(name, p)
            if name == "destination_country" and (named := countries.find(p.picked.words)):
                p = replace(p, picked=replace(p.picked, words=named[0]))
        if name == "address":
            listed = re.match(r"\s*1[.)]\s*(.+?)\s*\n?\s*\b2[.)]\s", p.picked.words, re.S)
            if listed:
                unread.append(_unread(p, "address", "more than one address"))
                p = replace(p, sure=min(p.sure, 0.9), picked=replace(p.picked, words=listed[1]))
        if name == "referrer_phone" and "referrer_email" not in values:
            mail = value("referrer_email", p.picked.words, self.asking)
            if isinstance(mail, Got):
                values["referrer_email"] = _value(mail, p)
        if name == "referrer_name" and "referrer_role" not in values:
            both = re.match(
                r"(.{3,40}?)\s*(?:,|\(|\s[-–]\s)\s*((?:\w+ ){0,4}(?:officer|teacher|lead|head|dsl|manager|administrator|secretary|tutor|worker|assistant|principal|ewo|senco|co-?ordinator|head ?teacher|head ?master|head ?mistress|bursar|head of year|mentor|clerk|business manager|governor|nurse|practitioner|advis[eo]r|director|deputy)\b[\w ]{0,20})\)?$",
                squash(p.picked.words),
                re.I,
            )
            if both:
                values["referrer_role"] = _value(Got(both[2].strip(), 0.93), p)
                p = replace(p, picked=replace(p.picked, words=both[1]))
        got = value(name, p.picked.words, self.asking)
        if name == "reason" and isinstance(got, Got) and "ground" not in values:
            cited = fields.ground(p.picked.words, self.asking.scheme)
            if isinstance(cited, Got) and cited.value["letter"]:
                values["ground"] = _value(cited, p)
        if (
            name == "reason"
            and re.fullmatch(r"\W*[a-o]\W*", p.picked.words, re.I)
            and "ground" not in values
        ):
            unread.append(
                _unread(p, "ground", "a letter alone does not say which regulations are meant")
            )
        if isinstance(got, str):
            unread.append(_unread(p, name, got))
            return False
        return self._keep(name, _value(got, p), values, unread, p)

    def _keep(
        self, name: str, new: Value, values: dict[str, Value], unread: list[Unread], p: Placed
    ) -> bool:
        old = values.get(name)
        if old is None:
            values[name] = new
            self.by[name] = p.sure
            return False
        if _plain(old.value) == _plain(new.value):
            if new.sure > old.sure:
                values[name] = new
            return False
        if name in _REPEATED_TEXT:
            _append(values, name, p)
            return False
        if p.sure <= _GUESSED < self.by.get(name, 0.0):  # a guess does not dispute a known label
            unread.append(_unread(p, None, "the label is not known"))
            return False
        if self.by.get(name, 1.0) <= _GUESSED < p.sure:
            values[name], self.by[name] = new, p.sure
            return False
        if name in ("address", "destination_address", "school_name", "destination_school", "reason", "referrer_role",
                    "surname", "forenames", "known_as") and isinstance(old.value, str) and isinstance(new.value, str) and (
                    _within(old.value, new.value) or _within(new.value, old.value)):  # fmt: skip
            values[name] = new if len(new.value) > len(old.value) else old
            return False
        if name == "referrer_phone" and isinstance(old.value, str):
            values[name] = replace(
                old, value=f"{old.value} / {new.value}", sure=min(old.sure, new.sure, 0.9)
            )
            return False
        if name in ("referrer_name", "referrer_email", "referrer_role", "referral_date"):
            unread.append(_unread(p, name, "said twice, differently"))
            return False
        values[name] = replace(old, sure=min(0.5, old.sure, new.sure))
        unread.append(_unread(p, name, "said twice, differently"))
        return name in ("surname", "forenames", "date_of_birth", "upn")

    def _whole_name(self, p: Placed, values: dict[str, Value], unread: list[Unread]) -> bool:
        key = tokens(p.pair.label)
        first = (
            "surname" in key and "forename" in key and key.index("surname") < key.index("forename")
        )
        told = (
            re.search(r"surname first|last name first|family name first", p.pair.label, re.I)
            is not None
        )
        split = fields.whole_name(p.picked.words, surname_first=first or told)
        if isinstance(split, str):
            unread.append(_unread(p, "surname", split))
            return False
        have = [values[n].value for n in ("surname", "forenames") if n in values]
        if len(have) == 2:
            whole = set(_plain(" ".join(have)).split())
            theirs = set(_plain(f"{split.forenames or ''} {split.surname or ''}").split())
            if theirs <= whole or whole <= theirs:
                return False
        ambiguous = False
        parts = (
            ("surname", split.surname),
            ("forenames", split.forenames),
            ("known_as", split.known_as),
        )
        for name, words in parts:
            if words:
                ambiguous |= self._keep(name, _value(Got(words, split.sure), p), values, unread, p)
        return ambiguous

    def _sen(self, p: Placed, values: dict[str, Value], unread: list[Unread]) -> None:
        text = squash(p.picked.words)
        if re.search(r"\behc|statement|\bE\b", text, re.I if len(text) > 2 else 0):
            values.setdefault("ehcp", _value(Got(True, 0.95), p))
        elif re.search(r"\bK\b|sen support|school action|support", text, re.I):
            values.setdefault("sen_support", _value(Got(True, 0.95), p))
        elif re.fullmatch(r"\W*(?:N|none|no|no sen)\W*", text, re.I):
            values.setdefault("sen_support", _value(Got(False, 0.93), p))
            values.setdefault("ehcp", _value(Got(False, 0.93), p))
        else:
            unread.append(_unread(p, "sen_support", "not a code of SEN provision"))

    def _movements(
        self, pairs: list[Placed], values: dict[str, Value], unread: list[Unread]
    ) -> None:
        """Read "L, 14/03/2026" as an off-roll date and "S, ..." as an admission."""
        dated = next((p for p in pairs if p.field == "movement_date" and p.picked.words), None)
        which = next((p for p in pairs if p.field == "joining_or_leaving" and p.picked.words), None)
        if dated is None:
            return
        text = squash(which.picked.words if which else dated.pair.heading).casefold()
        leaves = re.match(r"l\b|leav|left|off|remov", text) or re.search(r"leaver", text)
        starts = re.match(r"s\b|start|join|admi|on\b|enter|a\b|j\b", text) or re.search(
            r"starter|joiner", text
        )
        if bool(leaves) == bool(starts):
            return
        if starts:  # in "School moved to / from" a joiner's is where they came from
            for p in pairs:
                if p.field == "destination_school" and re.search(
                    r"\bfrom\b|previous", p.pair.label, re.I
                ):
                    values.pop("destination_school", None)
                    unread.append(_unread(p, None, "a previous school"))
        got = value("off_roll_date", dated.picked.words, self.asking)
        if isinstance(got, Got):
            values.setdefault("off_roll_date" if leaves else "admission_date", _value(got, dated))

    def _families(
        self, pairs: list[Placed], values: dict[str, Value], unread: list[Unread]
    ) -> None:
        parents = [
            _told(p, _PARENT[p.field]) for p in pairs if p.field in _PARENT and p.picked.words
        ]
        if parents:
            made = people.parents(parents)
            if made:
                values["parents"] = made
        kin = [_told(p, _SIBLING[p.field]) for p in pairs if p.field in _SIBLING and p.picked.words]
        kin = [
            replace(k, detail="name") if k.detail == "free" and " row " in k.group else k
            for k in kin
        ]
        if kin:
            made = people.siblings(kin, self.on)
            if made:
                values["siblings"] = made
            else:
                unread.extend(_unread(p, "siblings", "names could not be told apart") for p in pairs
                              if p.field == "siblings" and len(p.picked.words) > 4)  # fmt: skip

    def _codes(self, values: dict[str, Value], pairs: list[Placed]) -> None:
        reason = values.get("reason")
        if reason:
            code = fields.reason_code(str(reason.value))
            if code:
                values["reason_code"] = replace(
                    reason, value=code.value, sure=min(code.sure, reason.sure)
                )
        source = next((p for p in pairs if p.field == "source" and p.picked.words), None)
        if source:
            code = fields.source_code(source.picked.words)
            if code:
                values["source_code"] = _value(code, source)

    def _tidy(self, values: dict[str, Value], unread: list[Unread]) -> None:
        if (
            "admission_date" in values
            and "address" not in values
            and not {"last_attended", "off_roll_date", "ground"} & set(values)
        ):
            moved = values.get("destination_address")
            if moved and isinstance(fields.postcode(str(moved.value)), Got):
                values["address"] = values.pop(
                    "destination_address"
                )  # who is admitted has moved already
        middle = values.pop("_middle", None)
        if middle and "forenames" not in values and "surname" in values:
            values["forenames"] = replace(middle, sure=min(middle.sure, 0.88))
        if (
            middle
            and "forenames" in values
            and middle.value.casefold() not in values["forenames"].value.casefold()
        ):
            values["forenames"] = replace(
                values["forenames"], value=f"{values['forenames'].value} {middle.value}"
            )
        new = values.pop("_new_postcode", None)
        where = values.get("destination_address")
        if new and where and isinstance(fields.postcode(where.value), str):
            values["destination_address"] = replace(where, value=f"{where.value}, {new.value}")
        home = values.get("address")
        if home:
            code = fields.postcode(str(home.value))
            if isinstance(code, Got):
                values.setdefault(
                    "postcode", replace(home, value=code.value, sure=min(code.sure, home.sure))
                )
            elif "postcode" in values and not isinstance(home.value, bool):
                values["address"] = replace(home, value=f"{home.value}, {values['postcode'].value}")
        elders = values.get("parents")
        if not home and elders and len(elders.value) == 1 and self._bare_address():
            only = dict(elders.value[0])
            if set(only) > {"address"}:
                where = only.pop("address")
                values["parents"] = replace(elders, value=[only])
                values["address"] = home = replace(
                    elders, value=where, raw=where, sure=min(elders.sure, 0.85)
                )
                code = fields.postcode(where)
                if isinstance(code, Got):
                    values.setdefault("postcode", replace(elders, value=code.value, sure=0.85))
        if not home and elders and elders.value[0].get("address"):
            values["address"] = replace(
                elders, value=elders.value[0]["address"], sure=min(elders.sure, 0.8)
            )
            code = fields.postcode(elders.value[0]["address"])
            if isinstance(code, Got):
                values.setdefault("postcode", replace(elders, value=code.value, sure=0.8))
        self._titled_school(values)
        school = values.get("school_name")
        if school:
            self._school_numbers(school, values)
        self._ages(values, unread)

    def _bare_address(self) -> bool:
        """Say whether the only address asked for is not said to be the parent's own."""
        asked = [p for p in self.placed if p.field == "parent_address" and p.picked.words]
        return len(asked) == 1 and "parent" not in tokens(asked[0].pair.label)

    def _titled_school(self, values: dict[str, Value]) -> None:
        """Take the school from a list's title, "Leavers - Alder Primary School - DfE 935/2047"."""
        titles = [(t.text, t.place) for t in self.found.loose[:4]]
        titles += [(h, Place("title")) for h in self.found.headings[:2]]
        for words, place in titles:
            if len(words) > 160 or words.rstrip().endswith("."):
                continue
            for part in re.split(r"\s+[-–—|:]\s+|[,;:]\s+|\t|\s{3,}", words):
                if "school_name" not in values and _SCHOOL_TITLE.fullmatch(part.strip()):
                    values["school_name"] = Value(squash(part), words, place, 0.85)
                number = re.fullmatch(
                    r"\W*(?:DfE|DfES|LAESTAB|LA/?Estab)\D{0,8}(\d{3})[/ -]?(\d{4})\W*", part, re.I
                )
                if number:
                    values.setdefault(
                        "school_laestab", Value(f"{number[1]}/{number[2]}", words, place, 0.9)
                    )

    def _school_numbers(self, school: Value, values: dict[str, Value]) -> None:
        urn = re.search(r"\bURN:?\s*(\d{6})\b", str(school.value), re.I)
        number = re.search(
            r"\b(?:DfE|LAESTAB|DFES)\D{0,8}(\d{3})[/ -]?(\d{4})\b", str(school.value), re.I
        )
        if urn:
            values.setdefault("school_urn", replace(school, value=urn[1], sure=0.95))
        if number:
            values.setdefault(
                "school_laestab", replace(school, value=f"{number[1]}/{number[2]}", sure=0.95)
            )
        bare = re.sub(
            r"[\s,(–-]*\b(?:URN|DfE|DFES|LAESTAB)\b.*$", "", str(school.value), flags=re.I
        ).strip(" ,(")
        if (urn or number) and len(bare) > 3:
            values["school_name"] = replace(school, value=bare)

    def _ages(self, values: dict[str, Value], unread: list[Unread]) -> None:
        """Doubt a year group that the date of birth contradicts."""
        born, year = values.get("date_of_birth"), values.get("year_group")
        if not born or not year:
            return
        day = date.fromisoformat(born.value)
        start = self.on.year if self.on.month >= 9 else self.on.year - 1
        cohort = day.year if day.month < 9 else day.year + 1
        expected = start - cohort - 5 + 1 - 0
        said = {"R": 0, "N2": -1, "N1": -2}.get(year.value)
        number = said if said is not None else int(year.value)
        if abs(number - (expected - 0)) > 2:
            values["year_group"] = replace(year, sure=min(year.sure, 0.7))
            values["date_of_birth"] = replace(born, sure=min(born.sure, 0.8))

    def _left_over(self, p: Placed, rows: list[Any]) -> Unread | None:
        if not p.picked.words or len(p.picked.words) > 3000:
            return None
        if id(p.pair) in self.used:
            return None
        if p.pair.section == "enquiries" and self.words.action(p.pair.label):
            return None
        if p.pair.match is None and len(p.pair.label) < 2:
            return None
        return _unread(
            p, None, "the label is not known" if p.field is None else "not a field of the case"
        )

    def _enquiry_rows(self) -> list[tuple[dict[str, Any], Place, str]]:
        made: list[tuple[dict[str, Any], Place, str]] = []
        for row in self.found.enquiries:
            entry = enquiries.from_grid(row, self.words, self.on)
            if entry:
                made.append((entry, row.place, " ".join(a.raw for a in row.columns.values())))
        visit: dict[str, Answer] = {}
        for p in self.placed:
            key = set(tokens(p.pair.label))
            part = (
                "date"
                if "date" in key
                else "outcome"
                if key & {"outcome", "result"}
                else "address"
                if "address" in key
                else ""
            )
            if (
                p.field in (None, "outside")
                and part
                and key & {"visit", "visited", "visits"}
                and p.picked.words
                and part not in visit
            ):
                visit[part] = p.pair.answer
                self.used.add(id(p.pair))
        if visit:
            first = next(p for p in self.placed if id(p.pair) in self.used)
            entry = enquiries.from_grid(
                Enquiry(visit, first.pair.place, "visit"), self.words, self.on
            )
            if entry:
                made.append((entry, first.pair.place, " ".join(a.raw for a in visit.values())))
        for p in self.placed:
            if id(p.pair) in self.used:
                continue
            known = p.field not in (None, "outside")
            if known or p.pair.section == "office":
                continue
            inside = p.pair.section == "enquiries"
            action = self.words.action(p.pair.label)
            many = (
                p.field is None
                and action not in (None, "other")
                and len(tokens(p.pair.label)) >= 2
                and self._many()
            )
            clear = many or (
                action
                in (
                    "home_visit",
                    "emergency_contacts",
                    "siblings_schools",
                    "social_care",
                    "first_day_calling",
                )
                and (len(tokens(p.pair.label)) >= 2 and p.field is None)
            )
            if action and (inside or clear):
                entry = enquiries.from_pair(p.pair.label, p.pair.answer, self.words, self.on)
                if entry:
                    self.used.add(id(p.pair))
                    made.append((entry, p.pair.place, f"{p.pair.label}: {p.pair.answer.raw}"))
        return made

    def _many(self) -> bool:
        """Say whether the form asks several questions about enquiries outside any grid."""
        asked = [
            p
            for p in self.placed
            if p.field is None and self.words.action(p.pair.label) not in (None, "other")
        ]
        return len(asked) >= 3

    def _kind(self, readings: list[Reading], rows: int) -> FormKind:
        asked = {p.field for p in self.placed if p.field}
        answered = {p.field for p in self.placed if p.field and p.picked.words}
        ground = next(
            (r.fields["ground"].value["meaning"] for r in readings if "ground" in r.fields), None
        )
        return kind.decide(
            self.text, self.found.headings, asked, answered, len(readings), rows, self.words, ground
        )


def _owner_of(name: str) -> str | None:
    if name.startswith("parent_"):
        return "parent" if name != "parent_letter" else None
    if name in ("referrer_name", "referrer_role"):
        return "referrer"
    if name in ("school_name", "school_urn", "school_laestab"):
        return "school"
    if name in (
        "surname",
        "forenames",
        "full_name",
        "date_of_birth",
        "upn",
        "address",
        "postcode",
        "year_group",
    ):
        return "child"
    if name.startswith("sibling") or name.startswith("destination") or name == "social_worker":
        return "other"
    return None


_SCHOOL_WORDS = re.compile(r"\b(?:school|academy|college|primary|infants?|juniors?|high)\b", re.I)


_NO_SCHOOL = re.compile(
    r"\bno (?:new )?school|school (?:is )?(?:not|un)\s?(?:yet )?known|\b(?:moved|gone|going|moving|returned|returning|relocated) (?:back )?to\b",
    re.I,
)
_SCHOOL_NAMED = re.compile(r"\b(?:School|Academy|College|Primary|Infants?|Juniors?|High)\b")


def _destination(name: str, p: Placed) -> str:
    """Say what kind of place a destination is, by what was written."""
    words = squash(p.picked.words).strip(" .,")
    if words.casefold() in countries.NAMES:
        return "destination_country"
    if re.match(r"(?:elective(?:ly)? )?home[- ]?(?:educat|school)|ehe\b", words, re.I):
        return "reason"
    if not _SCHOOL_NAMED.search(words) and _NO_SCHOOL.search(words) and countries.find(words):
        return "destination_country"
    housed = isinstance(fields.postcode(words), Got) and re.search(r"\d+\w?[ ,]", words)
    if name == "destination_school" and housed and not _SCHOOL_WORDS.search(words):
        return "destination_address"
    if name != "destination_place" and tokens(p.pair.label) not in (
        ("new",),
        ("moving",),
        ("moved",),
    ):
        return name
    if _SCHOOL_WORDS.search(words) and not re.match(r"\d", words):
        return "destination_school"
    listed = p.pair.how == "record" and name == "destination_place"
    return "destination_school" if listed and not re.search(r"\d", words) else "destination_address"


def _value(got: Got, p: Placed) -> Value:
    sure = min(got.sure, p.sure, p.picked.sure)
    return Value(got.value, p.picked.raw or p.picked.words, p.pair.place, round(sure, 3))


def _append(values: dict[str, Value], name: str, p: Placed) -> None:
    old = values.get(name)
    if old is None:
        values[name] = _value(Got(p.picked.words.strip(), 0.95), p)
    elif p.picked.words.strip() not in str(old.value):
        values[name] = replace(
            old, value=f"{old.value}\n{p.picked.words.strip()}", raw=f"{old.raw} {p.picked.raw}"
        )


def _unread(p: Placed, name: str | None, why: str) -> Unread:
    return Unread(name, p.pair.label, (p.picked.raw or p.picked.words)[:500], p.pair.place, why)


_RELATIVE = re.compile(
    r"\W*(?:details of (?:the )?)?(mother|father|mum|dad|grandmother|grandfather|step-?mother|step-?father)(?:'s)?(?: details)?\W*",
    re.I,
)


def _told(p: Placed, detail: str) -> Told:
    relative = _RELATIVE.fullmatch(p.pair.heading)
    label = (
        f"{relative[1]} {p.pair.label}" if relative and p.pair.section == "parent" else p.pair.label
    )
    return Told(
        detail, label, p.picked.words, p.pair.place, p.pair.group, min(p.sure, p.picked.sure)
    )


def _plain(item: Any) -> str:
    return re.sub(r"[^\w]+", " ", str(item).casefold()).strip()


def _within(one: str, other: str) -> bool:
    return set(_plain(one).split()) <= set(_plain(other).split())

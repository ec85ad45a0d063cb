"""What plain words tell of the children: for all of them together, or for each on its own lines.

Nothing read from prose is surer than 0.93.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from parsers import fields
from parsers.documents.plain import read_text
from parsers.forms import record
from parsers.prose import children as who
from parsers.prose import corrections, household, when, where
from parsers.prose import text as prose
from parsers.prose.denial import denied, doubted
from parsers.prose.efforts import efforts
from parsers.prose.kind import MISSING
from parsers.prose.names import NAME, RELATION
from parsers.prose.references import REFERENCE
from parsers.prose.subjects import not_so, of_another
from parsers.prose.text import Sentence, Words
from parsers.reading import Unread, Value
from parsers.vocabulary import Vocabulary
from parsers.words import squash

_NEVER_SURER = 0.93
# Told beside the child's name and, better, behind a label or as a correction.
_STATED = ("date_of_birth", "upn", "year_group")
_NEEDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{pattern})\b", re.I))
    for name, pattern in (
        ("child_protection_plan", r"child protection plan|CP plan|CPP"), ("child_in_need", r"child[- ]in[- ]need|CIN plan|on CIN"),
        ("looked_after", r"looked[- ]after|LAC|in (?:foster )?care(?! of)|CLA"), ("ehcp", r"EHCP|EHC plan|education,? health (?:and|&) care plan"),
        ("sen_support", r"SEN support|SEN register"), ("young_carer", r"young carer"), ("eal", r"EAL|English (?:is |as )+an additional language"),
        ("private_fostering", r"privately fostered|private fostering"),
        ("traveller", r"(?:gypsy|roma|traveller)[\w, ]{0,20}? (?:family|child|background|heritage|community)"),
    )
)  # fmt: skip
_RUN_ON = ("address", "postcode", "destination_school")
# Told in running words more often than behind a label, where they run on into the next sentence.
_READ_FROM_WORDS = (
    "parents",
    "siblings",
    "address",
    "postcode",
    "destination_address",
    "school_name",
)
_HAS = re.compile(
    r"\b(?:is|are|has|have|had|got|on|with|under|subject|been|made|remains?|currently|receiv\w+|gets)\b[^.;,]{0,40}$",
    re.I,
)
_ENDED = re.compile(r"\b(?:no longer|came off|come off|taken off|ceased)\b[^.;,]{0,40}$", re.I)
_NOT_SO = re.compile(
    r"(?:n['’]t|\bnot|\bnever|\bno longer|\bno|\bcame off|\bcome off|\btaken off|\bnor)\b(?: \w+){0,5} ?(?:an? )?$",
    re.I,
)
_OF_KIN = re.compile(
    rf"\b(?:{RELATION}|brother|sister|sibling|cousin)\b[^.;]{{0,30}}[,(] ?who (?:is|has|was|are)\b[^.;]*$",
    re.I,
)
_BOXES = re.compile(
    "[\u2610-\u2612\u2713\u2714\u2717\u2718\uf0fe\uf0a8]|\\[ ?[xX]? ?\\]"
)  # ticks are read as ticks, not as words
_FOR_KIN = re.compile(
    r"\bsocial worker (?:for|of) (?:his|her|their|the) (?:\w+ )?(?:brother|sister|sibling|cousin|mother|mum|friend)",
    re.I,
)
_WORKER = re.compile(
    rf"\b(?i:social worker)(?:['’]s name)?(?: is| called| named)?[ ,:(–-]{{1,3}}(?:is )?(?P<name>{NAME})"
)
_CTF = re.compile(
    r"\b(?:CTF|common transfer file)\b[^.;,]{0,40}?\b(?:sent|uploaded|transferred|gone|went)\b|\b(?:sent|uploaded|transferred) (?:the |his |her |their |a )?(?:CTF|common transfer file)\b",
    re.I,
)


class Telling:
    """Looks through prose for what the contract has a field for, whoever it is about."""

    def __init__(
        self,
        told: Words,
        path: str,
        on: date,
        words: Vocabulary,
        kinds: set[str],
        found: list[who.Child],
    ) -> None:
        self.told, self.path, self.on, self.words, self.kinds = told, path, on, words, kinds
        self.found, self.forenames = found, who.forenames(found)
        self.own = who.own_sentences(told, found)  # for each child, the sentences about it alone
        self.unread: list[Unread] = []
        self.left: Value | None = None
        self.missing_siblings: list[dict[str, Value]] = []
        self.births = frozenset(
            date.fromisoformat(c.values["date_of_birth"].value)
            for c in found
            if "date_of_birth" in c.values
        )

    def read(self) -> tuple[dict[str, Value], list[dict[str, Value]]]:
        """Return what is told of all the children together, and what of each alone."""
        values = self._labelled()
        if "correction" in self.kinds:
            values |= dict(corrections.corrections(self.told.sentences, self.on))
        labelled = {n: values.pop(n) for n in _RUN_ON if n in values}
        each = [dict(child.values) for child in self.found] or [{}]
        shared = [s for s in self.told.sentences if not any(s in mine for mine in self.own)]
        self._tell([s for s in shared if s.place is not prose.SUBJECT], values)
        for mine, into in zip(self.own, each, strict=False):
            self._tell(mine, into)
        for name, value in labelled.items():  # "Address 71 Canal Side": the words may tell it whole
            told, behind = str(values[name].value) if name in values else "", str(value.value)
            if not told or not (behind in told or behind.startswith(f"{told}, ")):
                values[name] = value
        new, old = values.get("destination_address"), values.get("address")
        if new and old and fields.address(str(new.value)) == fields.address(str(old.value)):
            values.pop("address"), values.pop("postcode", None)  # "new address: ..." behind a label
        if len(self.found) == 1:
            each = [
                {
                    n: v
                    for n, v in each[0].items()
                    if n not in values or not _by_label(n, values[n], v)
                }
            ]
        read = set(values) | {n for mine in each for n in mine}
        self.unread = [u for u in self.unread if u.field not in read]
        return values, each

    def _tell(self, sentences: list[Sentence], values: dict[str, Value]) -> None:
        """Add what these sentences tell."""
        referral = self._sounds_like_a_referral()
        names = {f"{c.forenames} {c.surname}".casefold() for c in self.found}
        carried: str | None = None
        last: list[dict[str, Any]] = []
        of_others = {s.start for s in sentences if of_another(s.text, self.forenames)}
        for sentence in sentences:
            if self._sibling(sentence, names, values):
                continue
            if sentence.start in of_others or not_so(sentence.text):
                self._kin(sentence, values, names)
                continue
            self._dates(sentence, values)
            carried = self._places(sentence, values, referral, carried)
            self._people(sentence, values, names, last)
            last += household.spoken_of(sentence)
        plain = [s for s in sentences if s.start not in of_others and not _BOXES.search(s.text)]
        self._risks(plain, values)
        self._efforts(sentences, values)

    def _sounds_like_a_referral(self) -> bool:
        missing = MISSING.search(self.told.text) is not None
        named = any({"date_of_birth", "upn"} & set(c.values) or missing for c in self.found)
        if self.kinds & {"found", "returned", "correction"} or (
            "enrolled" in self.kinds and not (missing and not REFERENCE.search(self.told.text))
        ):
            return False
        return named and ("address" not in self.kinds or missing)

    def _put(
        self,
        into: dict[str, Value],
        name: str,
        item: object,
        raw: str,
        sentence: Sentence,
        sure: float,
    ) -> None:
        if name not in into:
            into[name] = Value(item, squash(raw), sentence.place, min(sure, _NEVER_SURER))

    def _labelled(self) -> dict[str, Value]:
        """Take the lines that read "label: value", as a form would be read."""
        form = record.read(read_text(self.told.spaced()), self.path, self.words, self.on)
        self.typed = form.labels >= 4
        values: dict[str, Value] = {}
        for reading in form.raw[:1]:
            for name, value in reading.fields.items():
                if name == "enquiries" and any(
                    e["action"] == "siblings_schools" for e in value.value
                ):
                    continue  # "to refer two siblings: ..." tells of no enquiry
                if (name in ("surname", "forenames") and self.found) or (
                    name in _READ_FROM_WORDS and not self.typed
                ):
                    continue
                if name == "narrative" and (not self.typed or len(value.raw) < 40):
                    continue
                if name not in ("referrer_name", "narrative", "enquiries") or value.sure > 0.9:
                    values[name] = replace(value, sure=min(value.sure, _NEVER_SURER))
            named = ("surname", "forenames") if self.found else ()
            self.unread.extend(u for u in reading.unread if u.field and u.field not in named)
        return values

    def _dates(self, sentence: Sentence, into: dict[str, Value]) -> None:
        for happening in when.happenings(sentence, self.on, self.births):
            if happening.field == "date_of_birth" and (self.found or "correction" in self.kinds):
                continue  # each child's birthday stands with its name
            if happening.field in ("left", "off_roll_date"):
                self._leaving(happening, sentence, into)
                continue
            before = into.get(happening.field)
            if before and before.sure < 0.82 < happening.sure:
                del into[happening.field]  # "accepted on the 2nd and will start on the 16th"
            self._put(
                into,
                happening.field,
                happening.day.isoformat(),
                happening.raw,
                sentence,
                happening.sure,
            )

    def _leaving(
        self, happening: when.Happening, sentence: Sentence, into: dict[str, Value]
    ) -> None:
        """Take "left us on the 6th" for the day off roll, or for the last day where the roll has a day of its own."""
        day = _dated(happening, sentence)
        if happening.field == "left" and "off_roll_date" in into:
            into.setdefault("last_attended", day)
        elif happening.field == "left":
            into["off_roll_date"] = self.left = replace(day, sure=min(day.sure, 0.82))
        elif into.get("off_roll_date") in (None, self.left):
            if self.left is not None and "off_roll_date" in into:
                into.setdefault("last_attended", self.left)
            into["off_roll_date"] = day

    def _places(
        self, sentence: Sentence, values: dict[str, Value], referral: bool, carried: str | None
    ) -> str | None:
        moving = self.kinds & {"address", "abroad", "found", "enrolled"}
        for place in where.schools(sentence, referral):
            self._put(values, place.field, place.value, place.raw, sentence, place.sure)
        addressed = False
        for place in where.addresses(sentence, referral, carried):
            addressed = True
            self._put(values, place.field, place.value, place.raw, sentence, place.sure)
            if place.field == "address" and (code := where.postcode_of(place.value)):
                self._put(values, "postcode", code, code, sentence, place.sure)
        if not addressed and moving & {"address", "abroad", "found"}:
            for place in where.vague(sentence):
                self._put(values, place.field, place.value, place.raw, sentence, place.sure)
        if "abroad" in self.kinds and (gone := where.country(sentence)):
            self._put(values, gone.field, gone.value, gone.raw, sentence, gone.sure)
        if re.search(r"\bnew (?:home )?address\b|\bmoved\b", sentence.text, re.I):
            return "new"
        return (
            "last"
            if re.search(r"\b(?:last|home) (?:known )?address\b", sentence.text, re.I)
            else None
        )

    def _sibling(self, sentence: Sentence, names: set[str], values: dict[str, Value]) -> bool:
        """Tell of a brother or sister who is said to be missing too: a child of their own, never only a note."""
        kin = [
            k
            for k in household.siblings(sentence, self._surname())
            if k["name"].casefold() not in names
        ]
        if not kin or not MISSING.search(sentence.text):
            return False
        self._put(values, "siblings", kin, sentence.text, sentence, 0.8)
        told: dict[str, Value] = {}
        self._dates(sentence, told)
        for person in kin:
            split = fields.whole_name(person["name"])
            if isinstance(split, str) or not split.surname or not split.forenames:
                continue
            own: dict[str, Value] = {}
            self._put(own, "surname", split.surname, person["name"], sentence, 0.85)
            self._put(own, "forenames", split.forenames, person["name"], sentence, 0.85)
            if gone := where.country(sentence):
                self._put(own, gone.field, gone.value, gone.raw, sentence, gone.sure)
            if school := person.get("school"):
                self._put(own, "school_name", school, school, sentence, 0.85)
            self.missing_siblings.append({**own, **told})
        return True

    def _surname(self) -> str:
        surnames = {c.surname for c in self.found}
        return surnames.pop() if len(surnames) == 1 else ""

    def _people(
        self,
        sentence: Sentence,
        values: dict[str, Value],
        names: set[str],
        last: list[dict[str, Any]],
    ) -> None:
        found = household.parents(sentence, "phone" in self.kinds, names, last)
        if found:
            before = values.get("parents")
            people = [*(before.value if before else []), *found]
            merged = _merged(people)
            raw = f"{before.raw} / {sentence.text}" if before else sentence.text
            values["parents"] = Value(
                merged, raw[:400], before.place if before else sentence.place, 0.85
            )
        self._kin(sentence, values, names)

    def _kin(self, sentence: Sentence, values: dict[str, Value], names: set[str]) -> None:
        if (kin := household.siblings(sentence)) and "siblings" not in values:
            known = [k for k in kin if k["name"].casefold() not in names]
            if known:
                self._put(values, "siblings", known, sentence.text, sentence, 0.8)

    def _risks(self, sentences: list[Sentence], values: dict[str, Value]) -> None:
        for sentence in sentences:
            sent = _CTF.search(sentence.text)
            if sent and not denied(sentence.text, sent.start()):
                self._put(values, "ctf_sent", True, sent[0], sentence, 0.85)
            self._needs(sentence, values)

    def _needs(self, sentence: Sentence, values: dict[str, Value]) -> None:
        text = sentence.text
        for name, pattern in _NEEDS:
            match = pattern.search(text)
            if (
                match is None
                or text.rstrip().endswith("?")
                or _OF_KIN.search(text[: match.start()])
            ):
                continue
            if denied(text, match.start()) or _ENDED.search(text[: match.start()]):
                if _NOT_SO.search(text[: match.start()]):
                    self._put(values, name, False, match[0], sentence, 0.85)
                continue
            if _HAS.search(text[: match.start()]) and not doubted(text, match.start()):
                self._put(values, name, True, match[0], sentence, 0.88)
        if (worker := _WORKER.search(text)) and not _FOR_KIN.search(text):
            self._put(
                values, "social_worker", squash(worker["name"]), worker["name"], sentence, 0.85
            )

    def _efforts(self, sentences: list[Sentence], values: dict[str, Value]) -> None:
        if "enquiries" in values:
            return
        made = list(efforts(sentences, self.on))
        if made:
            entries = [m.entry for m in made]
            raw = "; ".join(str(e["outcome"]) for e in entries)
            values["enquiries"] = Value(entries, raw, made[0].sentence.place, 0.8)


def _by_label(name: str, labelled: Value, beside: Value) -> bool:
    """Say whether what stands behind a label, or is put right, counts more than what stands beside the name."""
    return labelled.corrects or (name in _STATED and labelled.sure >= min(beside.sure, 0.85))


def _dated(happening: when.Happening, sentence: Sentence) -> Value:
    return Value(happening.day.isoformat(), squash(happening.raw), sentence.place, happening.sure)


def _merged(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what two sentences say of one parent: "mum is Anna Nowak", "mum's number is ..."."""
    kept: list[dict[str, Any]] = []
    for person in people:
        other = next(
            (k for k in kept if all(k.get(n) in (None, person.get(n)) or n not in person for n in ("name", "relationship"))
             and ({"name", "relationship"} & set(k) & set(person))), None)  # fmt: skip
        if other is None:
            kept.append(dict(person))
            continue
        for name, item in person.items():
            if name == "phone" and other.get("phone") and item not in str(other["phone"]):
                other["phone"] = f"{other['phone']} / {item}"
            else:
                other.setdefault(name, item)
    return kept

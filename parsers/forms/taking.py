"""The values of one child: each answer taken in turn, kept, joined to another, or told as unread.

What a stranger would get wrong: that two different dates of birth are an average. Values told twice and differently
are reported and never settled.

Source: docs/contract.md; docs/reading.md, "conflicts".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from parsers import countries, fields, grounds
from parsers.fields import Got
from parsers.forms import enquiries, signed
from parsers.forms.answers import BOOLEANS, value
from parsers.forms.placed import DONE, Form, Placed, plain, unread_of, value_of, within
from parsers.reading import Unread, Value
from parsers.words import is_not_known, squash, tokens

_GUESSED = 0.9  # a label is known better than this, or it was guessed
_REPEATED_TEXT = DONE | {"narrative", "reason"}
_KEPT = frozenset({
    "surname", "forenames", "known_as", "date_of_birth", "sex", "upn", "year_group", "ethnicity",
    "first_language", "address", "postcode", "school_name", "school_urn", "school_laestab",
    "referrer_name", "referrer_role", "referrer_phone", "referrer_email", "referral_date",
    "last_attended", "off_roll_date", "admission_date", "reason", "ground", "destination_school",
    "destination_address", "destination_country", "move_date", "narrative", "social_worker", *BOOLEANS,
})  # fmt: skip
_SCHOOL_WORDS = re.compile(r"\b(?:school|academy|college|primary|infants?|juniors?|high)\b", re.I)
_NO_SCHOOL = re.compile(
    r"\bno (?:new )?school|school (?:is )?(?:not|un)\s?(?:yet )?known|\b(?:moved|gone|going|moving|returned|returning|relocated) (?:back )?to\b",
    re.I,
)
_SCHOOL_NAMED = re.compile(r"\b(?:School|Academy|College|Primary|Infants?|Juniors?|High)\b")
_PLAN = re.compile(r"\behc", re.I)
_DENIED = re.compile(r"\W*no", re.I)


@dataclass(slots=True)
class Taking:
    """One child's values while its answers are taken; `by` is how surely the label of each value was known."""

    form: Form
    values: dict[str, Value] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    by: dict[str, float] = field(default_factory=dict)
    beside: dict[str, Value] = field(default_factory=dict)  # told beside another answer

    def take(self, p: Placed) -> bool:
        """Put one answer among the values; return whether it made identity ambiguous."""
        name = p.field or ""
        if not p.picked.words:
            if p.picked.why and p.picked.why != "not ticked":
                self.unread.append(unread_of(p, name if name in _KEPT else None, p.picked.why))
            return False
        match name:
            case "full_name":
                return self._whole_name(p)
            case "sen_status":
                self._sen(p)
            case "actions_taken" | "visit_outcome":
                found = enquiries.from_words(p.picked.words, self.form.words, self.form.on)
                if not found and name == "actions_taken":
                    self._append("narrative", p)
            case "source" | "joining_or_leaving" | "movement_date":
                pass  # read with the others of their kind
            case "middle_names":
                got = value("forenames", p.picked.words, self.form.asking)
                if isinstance(got, Got):
                    self.values["_middle"] = value_of(got, p)
            case "destination_postcode":
                if not isinstance(fields.postcode(p.picked.words), str):
                    self.values["_new_postcode"] = value_of(Got(p.picked.words, 0.97), p)
            case "previous_school":
                self.unread.append(unread_of(p, None, "a previous school"))
            case "sen_support" if _PLAN.search(p.picked.words) and not _DENIED.match(
                p.picked.words
            ):
                self._sen(p)
            case "destination_school" | "destination_address" | "destination_place" if (
                _NO_PLACE.search(p.picked.words) and not _SCHOOL_WORDS.search(p.picked.words)
            ):
                self.unread.append(unread_of(p, "destination_school", "not a school or a place"))
            case _ if name not in _KEPT and name != "destination_place":
                self.unread.append(unread_of(p, None, "not a field of the case"))
            case _:
                return self._plainly(*self._prepared(name, p))
        return False

    def _prepared(self, name: str, p: Placed) -> tuple[str, Placed]:
        """Settle what kind of place it is, and take apart what one answer says of two fields."""
        match name:
            case "destination_school" | "destination_address" | "destination_place":
                name = _destination(name, p)
                if name == "destination_country" and (named := countries.find(p.picked.words)):
                    p = _saying(p, named[0])
            case "address":
                listed = re.match(r"\s*1[.)]\s*(.+?)\s*\n?\s*\b2[.)]\s", p.picked.words, re.S)
                if listed:
                    self.unread.append(unread_of(p, "address", "more than one address"))
                    p = _saying(replace(p, sure=min(p.sure, 0.9)), listed[1])
            case "referrer_phone" if "referrer_email" not in self.values:
                mail = value("referrer_email", p.picked.words, self.form.asking)
                if isinstance(mail, Got):
                    self.values["referrer_email"] = value_of(mail, p)
            case "referrer_name":
                p = self.signed(p)
            case "referrer_role" if _WHO_AND_WHAT.search(p.pair.label):
                signer = self.signed(p)
                if signer is not p:
                    return "referrer_name", signer
        return name, p

    def signed(self, p: Placed) -> Placed:
        """Take apart what somebody signed with; what stands beside the name is told unless it is asked elsewhere."""
        parts = signed.apart(p.picked.words, self.form.on)
        if parts.name is None or not parts.beside:
            return p
        for name, words in parts.beside.items():
            self.beside.setdefault(name, value_of(Got(words, 0.93), p))
        return _saying(p, parts.name)

    def _plainly(self, name: str, p: Placed) -> bool:
        got = value(name, p.picked.words, self.form.asking)
        if name == "reason" and "ground" not in self.values:
            self._cited(p, got)
        if isinstance(got, str):
            self.unread.append(unread_of(p, name, got))
            return False
        if name == "social_worker" and isinstance(got.value, bool):
            if got.value:
                self.unread.append(unread_of(p, name, "there is one, and no name was read"))
            return False
        return self._keep(name, value_of(got, p), p)

    def _cited(self, p: Placed, got: Got | str) -> None:
        """Keep the ground that a reason cites."""
        if isinstance(got, Got):
            cited = grounds.ground(p.picked.words, self.form.asking.scheme)
            if isinstance(cited, Got) and cited.value["letter"]:
                self.values["ground"] = value_of(cited, p)
                return
        if re.fullmatch(r"\W*[a-o]\W*", p.picked.words, re.I):
            why = "a letter alone does not say which regulations are meant"
            self.unread.append(unread_of(p, "ground", why))

    def _keep(self, name: str, new: Value, p: Placed) -> bool:
        old = self.values.get(name)
        if old is None:
            self.values[name] = new
            self.by[name] = p.sure
            return False
        if plain(old.value) == plain(new.value):
            if new.sure > old.sure:
                self.values[name] = new
            return False
        if name in _REPEATED_TEXT:
            self._append(name, p)
            return False
        if p.sure <= _GUESSED < self.by.get(name, 0.0):  # a guess does not dispute a known label
            self.unread.append(unread_of(p, None, "the label is not known"))
            return False
        if self.by.get(name, 1.0) <= _GUESSED < p.sure:
            self.values[name], self.by[name] = new, p.sure
            return False
        if name in ("address", "destination_address", "school_name", "destination_school", "reason", "referrer_role",
                    "surname", "forenames", "known_as") and isinstance(old.value, str) and isinstance(new.value, str) and (
                    within(old.value, new.value) or within(new.value, old.value)):  # fmt: skip
            self.values[name] = new if len(new.value) > len(old.value) else old
            return False
        if name == "referrer_phone" and isinstance(old.value, str):
            self.values[name] = replace(
                old, value=f"{old.value} / {new.value}", sure=min(old.sure, new.sure, 0.9)
            )
            return False
        if name in ("referrer_name", "referrer_email", "referrer_role", "referral_date"):
            self.unread.append(unread_of(p, name, "said twice, differently"))
            return False
        self.values[name] = replace(old, sure=min(0.5, old.sure, new.sure))
        self.unread.append(unread_of(p, name, "said twice, differently"))
        return name in ("surname", "forenames", "date_of_birth", "upn")

    def _whole_name(self, p: Placed) -> bool:
        key = tokens(p.pair.label)
        first = (
            "surname" in key and "forename" in key and key.index("surname") < key.index("forename")
        )
        told = (
            re.search(r"surname first|last name first|family name first", p.pair.label, re.I)
            is not None
        )
        answer = p.picked.words
        if is_not_known(answer):
            self.unread.append(unread_of(p, "surname", "the form says that it is not known"))
            return False
        if "/" in p.pair.label and answer.count("/") == 1:
            answer = _halves(answer, p.pair.label)
        split = fields.whole_name(answer, surname_first=first or told)
        if isinstance(split, str):
            self.unread.append(unread_of(p, "surname", split))
            return False
        have = [self.values[n].value for n in ("surname", "forenames") if n in self.values]
        if len(have) == 2:
            whole = set(plain(" ".join(have)).split())
            theirs = set(plain(f"{split.forenames or ''} {split.surname or ''}").split())
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
                ambiguous |= self._keep(name, value_of(Got(words, split.sure), p), p)
        return ambiguous

    def _sen(self, p: Placed) -> None:
        text = squash(p.picked.words)
        if re.search(r"\behc|statement|\bE\b", text, re.I if len(text) > 2 else 0):
            self.values.setdefault("ehcp", value_of(Got(True, 0.95), p))
        elif re.search(r"\bK\b|sen support|school action|support", text, re.I):
            self.values.setdefault("sen_support", value_of(Got(True, 0.95), p))
        elif re.fullmatch(r"\W*(?:N|none|no|no sen)\W*", text, re.I):
            self.values.setdefault("sen_support", value_of(Got(False, 0.93), p))
            self.values.setdefault("ehcp", value_of(Got(False, 0.93), p))
        else:
            self.unread.append(unread_of(p, "sen_support", "not a code of SEN provision"))

    def _append(self, name: str, p: Placed) -> None:
        old = self.values.get(name)
        if old is None:
            self.values[name] = value_of(Got(p.picked.words.strip(), 0.95), p)
        elif p.picked.words.strip() not in str(old.value):
            self.values[name] = replace(
                old, value=f"{old.value}\n{p.picked.words.strip()}", raw=f"{old.raw} {p.picked.raw}"
            )


def _halves(words: str, label: str) -> str:
    """Write "Sienna / Abbott-Quaye" under "first / family name" as "Abbott-Quaye, Sienna"."""
    one, other = (part.strip() for part in words.split("/"))
    if re.search(r"(?:first|fore|given)[^/]{0,14}/[^/]{0,10}(?:family|sur|last)", label, re.I):
        return f"{other}, {one}"
    if re.search(r"(?:family|sur|last)[^/]{0,14}/[^/]{0,10}(?:first|fore|given)", label, re.I):
        return f"{one}, {other}"
    return words


def _saying(p: Placed, words: str) -> Placed:
    return replace(p, picked=replace(p.picked, words=words))


_WHO_AND_WHAT = re.compile(
    r"\b(?:referrer|referer|name|who|person|staff|notifier|officer)\b.*(?:\band\b|/|&|,)", re.I
)
_NO_PLACE = re.compile(
    r"\b(?:apprentice(?:ship)?|employ(?:ed|ment)|full.?time work|training|traineeship|\w+ (?:ltd|limited|plc))\b",
    re.I,
)


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

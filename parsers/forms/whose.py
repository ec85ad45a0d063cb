"""Whose it is: the field that each question asks for, settled by its section and its answer's shape.

What a stranger would get wrong: whose telephone it is (the section says, not the label); that the school before
is the school that writes.

Source: docs/reading.md, "whose it is".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from parsers.documents.model import Mark, Text
from parsers.forms import addressed, grounded, guess, joined, needs, opinion
from parsers.forms.answers import BOOLEANS, Chosen, chosen
from parsers.forms.placed import IN_SIBLING, Form, Placed
from parsers.owners import for_owner
from parsers.pairs import Answer, Pair, options_of
from parsers.vocabulary import Match
from parsers.words import squash, tokens

_MOVES = re.compile(r"leavers?|starters?|joiners?|leaving|starting|joining|admissions?", re.I)
_JOINED = re.compile(r"\bjoin|\badmitted|\bnew (?:pupils|starters)|\bstarters|\barriv", re.I)
_LAST_DAY = re.compile(r"\W*(?:last|final) day(?: (?:in|at) school| with us| here)?\W*", re.I)
_LEFT = re.compile(r"\bleft\b|\bleav", re.I)
_COPY = re.compile(
    r"\bcop(?:y|ies)\b.*\b(?:attached|enclosed|included|provided)|(?:attached|enclosed)\b.*\bcop(?:y|ies)\b",
    re.I,
)
_WRITTEN = re.compile(
    r"(?=.*\b(?:parent|carer|famil))(?=.*\b(?:written|writing|letter|notification|notice)\b)", re.I
)
_FROM = re.compile(r"\W*from\W*", re.I)
_SCHOOL_NAME = re.compile(r"\b(?:School|Academy|College|Primary|Infants|Juniors)\b")
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


def place(form: Form) -> list[Placed]:
    """Return every question of a form with the field it asks for."""
    placed = addressed.to_parent(_placed(form, _expanded(form, form.found.pairs)))
    return _last_days(_previous(form, placed))


def _last_days(placed: list[Placed]) -> list[Placed]:
    """Take the last day of a list of leavers for the day they came off the roll, where it asks for no other."""
    if any(p.field == "off_roll_date" for p in placed):
        return placed
    return [
        replace(p, field="off_roll_date", sure=min(p.sure, 0.93))
        if p.field == "last_attended" and p.pair.how == "record" and _LAST_DAY.fullmatch(p.pair.label) and _LEFT.search(p.pair.heading)
        else p for p in placed
    ]  # fmt: skip


def _previous(form: Form, placed: list[Placed]) -> list[Placed]:
    """Tell the school before from the school that writes, where a form asks for both."""

    def before(p: Placed) -> bool:
        key = tokens(p.pair.label)
        return (
            p.field == "school_name"
            and "previous" in key
            and "current" not in p.pair.label.casefold()
        )

    both = any(p.field == "school_name" and p.picked.words and not before(p) for p in placed)
    said = {p.field for p in placed if p.picked.words}
    joins = "admission_date" in said and not said & {"last_attended", "off_roll_date", "ground"}
    placed = [
        replace(p, field="previous_school")
        if before(p) and (both or joins or _JOINED.search(p.pair.heading)) else p
        for p in placed
    ]  # fmt: skip
    told = {p.field for p in placed if p.picked.words}
    joining = re.search(
        r"\badmi(?:t|ss)|\bnew pupil|\bjoin|\bstart|on.?roll", form.text[:200], re.I
    )
    if "previous_school" in told and not told & {"school_name", "admission_date"} and not joining:
        # the one school that a leaver's form asks for is the school that writes
        return [replace(p, field="school_name", sure=min(p.sure, 0.9))
                if p.field == "previous_school" and not re.search(r"previous|former|prior", p.pair.label, re.I)
                else p for p in placed]  # fmt: skip
    return placed


def _expanded(form: Form, pairs: Iterable[Pair]) -> list[Pair]:
    """Give lists of ticks ("Pupil status: [x] Looked after [ ] Traveller") a pair for each tick."""
    made: list[Pair] = []
    for pair in pairs:
        if pair.section == "office":
            continue
        parts = joined.apart(pair, form.on) or _status(form, pair) or needs.listed(pair, form.words)
        if parts:
            made.extend(parts)
            continue
        options = options_of(pair.answer.items)[1] if pair.answer.marked else []
        known = [(m, c, form.words.match(c)) for m, c in options if c]
        wanted = [k for k in known if k[2] and k[2].field in BOOLEANS]
        plain = pair.match is None or pair.match.field in (
            "outside",
            "sen_status",
            "safeguarding_concern",
            "name",
        )
        if wanted and plain and len(wanted) >= max(1, len(known) // 2):
            made.extend(
                replace(pair, label=c, match=match, answer=Answer((mark,)), how="lone")
                for mark, c, match in known)  # fmt: skip
            continue
        made.append(pair)
    return made


def _status(form: Form, pair: Pair) -> list[Pair]:
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
    match = form.words.match(words) if 1 < len(words) < 60 else None
    if match is None or match.field not in BOOLEANS:
        return []
    yes = replace(match, sure=min(match.sure, 0.93))
    return [replace(pair, label=words, match=yes, answer=Answer((Text("Yes", pair.place),)))]


def _placed(form: Form, pairs: list[Pair]) -> list[Placed]:
    any_lone = any(
        p.how == "lone" and any(isinstance(i, Mark) and i.on for i in p.answer.items) for p in pairs
    )
    placed: list[Placed] = []
    owner: str | None = None
    last_section: str | None = None
    for pair in pairs:
        if pair.section != last_section:
            owner, last_section = None, pair.section
        picked = chosen(pair.answer)
        if pair.how == "lone":
            picked = _lone(pair, picked, any_lone)
        name, sure = _meant(form, pair, owner, picked)
        if pair.how == "lone" and name is None and grounded.ticked(pair, picked.words):
            name, sure, picked = "ground", 0.96, replace(picked, words=squash(pair.label))
        if name == "full_name" and pair.answer.marked and (
            picked.words.casefold() in ("male", "female", "boy", "girl")):  # fmt: skip
            name = "sex"
        if name in ("male", "female"):
            if not picked.words.lower().startswith("y"):
                continue
            name, picked = "sex", replace(picked, words=name, sure=min(picked.sure, 0.95))
        if name is None and placed and _copied(pair, placed[-3:]):
            name, sure = "parental_letter", 0.93
        if tokens(pair.label)[:1] in (("signed",), ("signature",)):
            owner = "referrer"
        elif name and not _FROM.fullmatch(pair.label):
            owner = _owner_of(name) or owner
        placed.append(Placed(pair, name, sure, picked))
    return placed


def _copied(pair: Pair, before: list[Placed]) -> bool:
    """Say whether "Is a copy attached?" follows a question about what the parent wrote."""
    if not _COPY.search(pair.label):
        return False
    return any(_WRITTEN.search(p.pair.label) for p in before if p.pair.section == pair.section)


def _meant(form: Form, pair: Pair, owner: str | None, picked: Chosen) -> tuple[str | None, float]:
    """Return the field that a label asks for, as its section and its answer's shape allow."""
    name, sure = _field(form, pair, owner)
    if (
        pair.how == "record"
        and _MOVES.fullmatch(picked.words)
        and name in (None, "outside", "reason")
    ):
        return "joining_or_leaving", 0.93
    if name is None and _FROM.fullmatch(pair.label) and _SCHOOL_NAME.search(picked.words):
        return "school_name", 0.88
    if not picked.words or (name and opinion.fits(name, picked.words, form.asking)):
        return name, sure
    if name == "outside":
        return name, sure
    swapped = opinion.swapped(name, picked.words) if name else None
    if swapped:
        return swapped, min(sure, 0.9)
    guessed = guess.field(pair, picked.words, owner, form.asking)
    guessed = guessed or opinion.otherwise(pair.label, picked.words, form.asking)
    if guessed is None or (
        name and name.endswith(("_phone", "_email")) and guessed[0].endswith("_name")
    ):
        return name, sure  # "Switched off" for a number is nobody's name
    other, doubt = _field(
        form, replace(pair, match=Match(guessed[0], guessed[1], "guess", 1)), owner
    )
    if other is None or not opinion.fits(other, picked.words, form.asking):
        return name, sure
    return other, min(doubt, guessed[1])


def _lone(pair: Pair, picked: Chosen, any_lone: bool) -> Chosen:
    mark = next((i for i in pair.answer.items if isinstance(i, Mark)), None)
    if mark is None or mark.on is None:
        return picked
    if mark.on:
        return replace(picked, words=picked.words or "Yes", sure=min(picked.sure, mark.sure))
    known = pair.match is not None and pair.match.field in BOOLEANS
    return replace(picked, words="No" if any_lone and known else "", sure=0.85)


def _field(form: Form, pair: Pair, owner: str | None) -> tuple[str | None, float]:
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
    if section == "sibling" and "child" not in own and name in IN_SIBLING:
        return IN_SIBLING[name], sure
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
    if name == "name" and re.search(r"\bcontact\b", plain) and section in (None, "child", "school"):
        return ("referrer_name", 0.88) if section == "school" else (None, 0.0)
    if name in ("name", "phone", "email", "date"):
        return _generic(form, name, section, owner, sure, pair)
    if section == "school" and name == "referrer_role" and owner != "referrer":
        return name, 0.9
    if name == "agency":
        return "outside", sure
    if name == "name_role":
        return "referrer_name", sure
    return name, sure


def _generic(
    form: Form, name: str, section: str | None, owner: str | None, sure: float, pair: Pair
) -> tuple[str | None, float]:
    if name == "date":
        if pair.how == "record" and any(
            p.match is not None and p.match.field == "joining_or_leaving" for p in form.found.pairs
        ):
            return "movement_date", 0.93
        if section == "referrer" or owner == "referrer":
            return "referral_date", min(sure, 0.96)
        if re.search(r"leaver|off roll|removed", pair.heading, re.I):
            return "off_roll_date", 0.93
        if re.search(r"starter|joiner|admitted|on roll|admission", pair.heading, re.I):
            return "admission_date", 0.93
        if pair in form.found.pairs[-3:] and section not in (
            "enquiries",
            "sibling",
            "other",
            "social_worker",
        ):
            return "referral_date", 0.85
        return None, 0.0
    whose = (
        section if section in ("parent", "referrer", "sibling", "new_school", "school") else None
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

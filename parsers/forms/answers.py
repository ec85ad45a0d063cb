"""From an answer as it stands on the form to the value the contract asks for.

What was chosen is settled first: ticks with their captions, one option left unstruck, one option
made bold. Two ticks where one belongs, or none, give no value and say so.

Source: docs/contract.md, the table of fields; docs/reading.md, "sure".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsers import dates, fields, grounds, phones
from parsers.documents.model import Field, Mark, Table, Text
from parsers.fields import Got
from parsers.pairs import Answer, lines, options_of
from parsers.words import is_no_value, is_not_known, one_line, squash, without_leaders

_SPLIT = re.compile(r"\s*(?:/|\||,|;|\bor\b)\s*|\s{2,}")
_CHOICE = re.compile(
    r"\W*(?:yes|no|y|n|n/?a|not known|unknown|male|female|m|f|boy|girl|unsure|don'?t know|other)\W*",
    re.I,
)

# Both options as a form prints them, with how to choose; not "Yes/No" alone, which is told elsewhere.
_PRINTED = re.compile(
    r"\W*(?:yes ?[/|] ?no|no ?[/|] ?yes|y ?/ ?n)(?: ?[/|] ?(?:not known|unknown|n/?a|nk))?\b"
    r"(?=\W*\w)\W*(?:\(?(?:please )?(?:circle|delete|tick|underline|highlight|select|choose|mark)\b[^().…]{0,40}?"
    r"(?:\)|(?=[._…]{2})|$|\s(?=(?:yes|no)\W*$)))?",
    re.I,
)
_ASKS_ON = re.compile(r"\W*(?:if|please|when|which|give)\b", re.I)

BOOLEANS = frozenset({
    "child_protection_plan", "child_in_need", "looked_after", "ehcp", "sen_support", "young_carer",
    "eal", "private_fostering", "traveller", "safeguarding_concern", "ctf_sent", "parental_letter",
})  # fmt: skip
DATES = frozenset(
    {"last_attended", "off_roll_date", "admission_date", "move_date", "referral_date"}
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The words that count as the answer; `sure` is how surely they were chosen."""

    words: str
    raw: str
    sure: float
    why: str | None = None


def chosen(answer: Answer) -> Chosen:
    """Return what was chosen or written."""
    raw = answer.raw
    if answer.marked:
        return _by_marks(answer, raw)
    styled = _by_style(answer, raw)
    if styled is not None:
        return styled
    written = without_leaders(answer.written).strip()
    if any("strike" in i.styles for i in answer.items if isinstance(i, Text)):
        written = re.sub(r"^[\s/|,;]+|[\s/|,;]+$", "", written)
    if is_no_value(written):
        return Chosen("", raw, 1.0)
    printed = _PRINTED.match(written)
    if printed is not None:  # "YES/NO (please circle) ... NO": what stands behind is the answer
        written = written[printed.end() :].strip(" ._…:-–\t")
        if not re.search(r"\w", written) or _ASKS_ON.match(written):
            return Chosen("", raw, 0.3, "nothing was deleted or marked")
    return Chosen(written, raw, answer.sure)


def _by_marks(answer: Answer, raw: str) -> Chosen:
    options: list[tuple[Mark, str]] = []
    before: list[str] = []
    for line in lines(answer.items):
        if isinstance(line, Table):
            continue
        lead, found = options_of(line)
        if len(found) == 1 and lead and not found[0][1] and _CHOICE.fullmatch(lead):
            lead, found = "", [(found[0][0], lead)]
        if lead:
            before.append(lead)
        options.extend(found)
    on = [(m, squash(w)) for m, w in options if m.on]
    doubtful = [m for m, _ in options if m.on is None]
    if not on:
        written = squash(" ".join(w for w in before))
        if doubtful:
            return Chosen("", raw, 0.4, "a tick that cannot be told")
        if len(options) == 1 and not options[0][1]:
            return Chosen("", raw, 1.0, "not ticked")
        if _CHOICE.fullmatch(written) and len(options) == 1:
            return Chosen("", raw, 1.0, "not ticked")
        return Chosen("", raw, 1.0)
    captions = [c.strip(" :/,") for _, c in on]
    sure = min(m.sure for m, _ in on)
    if len(on) > 1 and all(_CHOICE.fullmatch(c) for c in captions if c):
        return Chosen("", raw, 0.3, "more than one box is ticked")
    words = "; ".join(c for c in captions if c)
    if not words:
        lead = squash(" ".join(before))
        return Chosen(
            lead if lead and len(options) == 1 and _CHOICE.fullmatch(lead) else "Yes", raw, sure
        )
    if len(words) < 5 and _CHOICE.fullmatch(words) and before:
        extra = squash(" ".join(before))
        if not _CHOICE.fullmatch(extra):
            words = f"{words} {extra}"
    return Chosen(words, raw, sure)


def _by_style(answer: Answer, raw: str) -> Chosen | None:
    """Settle "Yes / No" where one is struck out, bold, underlined or highlighted."""
    texts = [i for i in answer.items if isinstance(i, Text)]
    if not texts or any(isinstance(i, Field) and i.value for i in answer.items):
        return None
    pieces: list[tuple[str, frozenset[str]]] = []
    for text in texts:
        for part in _SPLIT.split(text.text):
            if part and part.strip(" ./,*"):
                pieces.append((part.strip(" ./,*"), text.styles))
    options = [(w, s) for w, s in pieces if _CHOICE.fullmatch(w)]
    if len(options) < 2 or len(options) < len(pieces):
        return None
    struck = [w for w, s in options if "strike" in s]
    if struck and len(struck) < len(options):
        left = [w for w, s in options if "strike" not in s]
        return (
            Chosen(left[0], raw, 0.97)
            if len(left) == 1
            else Chosen("", raw, 0.3, "several options left")
        )
    for style, sure in (("highlight", 0.97), ("bold", 0.95), ("underline", 0.93)):
        loud = [w for w, s in options if style in s]
        if len(loud) == 1 and len(options) > 1:
            return Chosen(loud[0], raw, sure)
    if len({w.casefold() for w, _ in options}) > 1:
        return Chosen("", raw, 0.3, "nothing was deleted or marked")
    return None


@dataclass(frozen=True, slots=True)
class Asking:
    """What a field's reader may need besides the words."""

    on: date
    sheet: bool = False
    scheme: str | None = None


def value(field: str, words: str, asking: Asking) -> Got | str:
    """Return a field's value or why the words are none."""
    if is_not_known(words):
        if field == "sex":
            return Got("U", 0.95)
        return "the form says that it is not known"
    if field in DATES or field == "date_of_birth":
        kind: dates.Kind = "birth" if field == "date_of_birth" else "event"
        read = dates.read(words, on=asking.on, kind=kind, sheet=asking.sheet)
        if read == "no year" and kind == "event":
            near = dates.find(words, on=asking.on, no_year=True)
            if len(near) == 1 and len(squash(words)) < 30:
                return Got(near[0].day.isoformat(), 0.8)
        if isinstance(read, str):
            return read
        ahead = field in ("last_attended", "referral_date") and (read.day - asking.on).days > 1
        return Got(read.day.isoformat(), min(read.sure, 0.6) if ahead else read.sure)
    if field in BOOLEANS:
        return _boolean(field, words)
    reader = _READERS.get(field)
    if reader is not None:
        return reader(words)
    if field == "ground":
        parts = [grounds.ground(part, asking.scheme) for part in words.split("; ")]
        if len({str(g.value) for g in parts if isinstance(g, Got)}) > 1:
            return "more than one ground is ticked"
        return grounds.ground(words, asking.scheme)
    return fields.free(words)


def _boolean(field: str, words: str) -> Got | str:
    got = fields.yes_no(words)
    if isinstance(got, Got):
        return got
    text = squash(words)
    if field in ("ctf_sent", "parental_letter") and re.search(
        r"\d{1,2}[/. -]\w+[/. -]\d{2,4}", text
    ):
        return Got(True, 0.93)
    if field in ("parental_letter",) and re.search(r"attach|enclos|received", text, re.I):
        return Got(True, 0.93)
    if field == "sen_support" and re.search(
        r"\bsen support\b|\bK\b|on (?:the )?sen register", text
    ):
        return Got(True, 0.93)
    if field == "looked_after" and re.search(r"section 20|full care order|s\.?20", text, re.I):
        return Got(True, 0.9)
    if field == "traveller" and re.search(r"gypsy|roma|traveller|showm", text, re.I):
        return Got(True, 0.9)
    if field == "safeguarding_concern" and len(text) > 12:
        return Got(True, 0.85)
    return got


def _school(words: str) -> Got | str:
    text = re.sub(r"^\W*to\s*[:–-]\s*", "", one_line(words), flags=re.I)  # "To: Moor Primary"
    if len(text) < 3 or re.fullmatch(r"[\d\s/.-]+|yes|no", text, re.I):
        return "not a school's name"
    if _NO_SCHOOL.match(text):
        return "not a school's name"
    first = text.split(",")[0].strip()
    if (
        "," in text
        and isinstance(fields.postcode(text), Got)
        and re.search(r"school|academy|college|primary|high|infant|junior", first, re.I)
    ):
        return Got(first, 0.95)
    if not _SCHOOL_WORD.search(text):
        if text[:1].islower() and text.endswith("."):
            return "not a school's name"
        return Got(text, 0.9)
    return Got(text, 0.97)


_NO_SCHOOL = re.compile(
    r"(?:none|nil|not|n/?a|unknown|nowhere|never)\b(?! ?[&'’])|no(?= ?[,;–—-])", re.I
)
_SCHOOL_WORD = re.compile(
    r"school|academy|college|primary|secondary|infant|junior|high\b|grammar|nursery|centre|unit|\bpru\b|ysgol|skola|schule"
    r"|escuela|école|ecole|scuola|szkoła|gymnasium|lyc[ée]e|liceul|školy?",
    re.I,
)


def _adult(words: str) -> Got | str:
    found = fields.adult(words.split("\n")[0])
    return Got(found, 0.98) if found else "not a name"


def _role(words: str) -> Got | str:
    text = squash(words)
    return Got(text, 0.97) if re.search(r"[^\W\d_]{2}", text) and len(text) < 80 else "not a role"


def _phone(words: str) -> Got | str:
    found = phones.read(words)
    return Got(found, 0.98) if found else "not a telephone number"


def _email(words: str) -> Got | str:
    found = fields.url_email(words)
    return Got(found, 0.99) if found else "not an email address"


def _short(words: str) -> Got | str:
    text = one_line(words)
    return Got(text, 0.98) if text and len(text) < 80 else "too long"


def _worker(words: str) -> Got | str:
    got = fields.yes_no(words)
    if isinstance(got, Got) and len(squash(words)) < 5:
        return got
    return _adult(
        re.sub(r"[\d+() -]{9,}|\S+@\S+", "", re.sub(r"^\W*yes\W+", "", words, flags=re.I)).strip(
            " ,-:;"
        )
    )


_READERS: dict[str, Callable[[str], Got | str]] = {
    "surname": fields.name, "forenames": fields.name, "known_as": fields.name, "middle_names": fields.name,
    "sex": fields.sex, "year_group": fields.year_group, "upn": fields.upn, "postcode": fields.postcode,
    "address": fields.address, "destination_address": fields.address, "ethnicity": _short,
    "first_language": _short, "destination_country": _short, "school_name": _school,
    "destination_school": _school, "school_urn": fields.urn, "school_laestab": fields.laestab,
    "referrer_name": _adult, "referrer_role": _role, "referrer_phone": _phone, "referrer_email": _email,
    "social_worker": _worker,
}  # fmt: skip


def blank(answers: Sequence[Answer]) -> bool:
    """Say whether nobody answered anything."""
    return not any(chosen(a).words for a in answers)


def any_value(item: Any) -> bool:
    """Say whether a value is there; False is a value."""
    return item is not None and item != "" and item != []

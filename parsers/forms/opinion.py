"""Whether an answer has the shape of what its label seems to ask, and what else the label may mean.

"Admitted on" and "Admitted to" are one label to a list of wordings; a date and a school are not one
answer. Where the shape contradicts the label, the label is asked again for what it may mean
besides, and only a meaning whose shape fits is taken, never surer than 0.9. Where none fits, the answer stays
unread under its label, with the reason.

Source: docs/reading.md, "values".
"""

from __future__ import annotations

import re

from parsers import dates, fields, grammar, phones
from parsers.fields import Got
from parsers.forms import signed
from parsers.forms.answers import BOOLEANS, DATES, Asking, value
from parsers.words import squash

_SHAPED = DATES | BOOLEANS | {
    "date_of_birth", "sex", "year_group", "upn", "postcode", "school_urn", "school_laestab", "ground",
}  # fmt: skip
_WORDED = frozenset({
    "school_name", "destination_school", "previous_school", "address", "destination_address", "parent_address",
    "destination_place", "referrer_role", "reason", "parent_name", "referrer_name", "surname", "forenames", "known_as",
    "destination_country", "previous_address", "social_worker", "parent_relationship", "full_name", "first_language",
})  # fmt: skip
_SCHOOL = re.compile(
    r"\b(?:school|academy|college|primary|infants?|juniors?|high|grammar|nursery)\b", re.I
)
_NAME = re.compile(r"(?:[^\W\d_][\w'’.-]*[ ,]*){2,6}")


def fits(name: str, words: str, asking: Asking) -> bool:
    """Say whether words can be an answer of this field."""
    text = squash(words)
    if name in _SHAPED:
        return isinstance(value(name, words, asking), Got)
    if name.endswith("_phone"):
        mail = fields.url_email(text)
        return phones.read(text) is not None or (mail is not None and mail != text.casefold())
    if name.endswith("_email"):
        return fields.url_email(text) is not None
    if name == "referrer_name" and signed.apart(words, asking.on).name:
        return True
    if name in _WORDED:
        alone = fields.url_email(text) == text.casefold() or (
            phones.read(text) is not None and not re.search(r"[^\W\d_]{3}", text)
        )
        return not alone and isinstance(dates.read(text, on=asking.on, sheet=asking.sheet), str)
    return True


def strictly(name: str, words: str, asking: Asking) -> bool:
    """Say whether words have a shape that tells this field from others."""
    text = squash(words)
    if name in BOOLEANS:
        return False  # "yes" fits every question
    if name in _SHAPED:
        return fits(name, words, asking)
    if name.endswith("_phone"):
        return phones.read(text) is not None
    if name.endswith("_email"):
        return fields.url_email(text) is not None
    if name in ("address", "destination_address", "parent_address"):
        return isinstance(fields.postcode(text), Got) and len(text) > 12
    if name in ("school_name", "destination_school"):
        return _SCHOOL.search(text) is not None and len(text) < 90 and fits(name, words, asking)
    if name in ("parent_name", "referrer_name", "full_name"):
        return _NAME.fullmatch(text) is not None and not _SCHOOL.search(text) and len(text) < 60
    return False


def swapped(name: str, words: str) -> str | None:
    """Return the contact's other field: an email where a telephone was asked for."""
    owner, _, detail = name.rpartition("_")
    if owner not in ("parent", "referrer"):
        return None
    text = squash(words)
    if detail in ("phone", "address", "name", "role") and fields.url_email(text) == text.casefold():
        return f"{owner}_email"
    if (
        detail in ("email", "address", "role")
        and phones.read(text)
        and not re.search(r"[^\W\d_]{4}", text)
    ):
        return f"{owner}_phone"
    return None


def otherwise(label: str, words: str, asking: Asking) -> tuple[str, float] | None:
    """Return what a label in its place may mean, when the answer's shape agrees."""
    found = grammar.understand(label, placed=True)
    if found is None or found.field == "outside":
        return None
    if not found.strange and fits(found.field, words, asking):
        return found.field, 0.9
    if found.strange == 1 and strictly(found.field, words, asking):
        return found.field, 0.88
    return None

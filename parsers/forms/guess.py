"""A label that no vocabulary knows, understood by a telling word and the shape of its answer.

Both must agree: "Final day physically in class" tells of a last day and 02/10/2026 is a date. One of
them alone is never enough, and a value found this way is never surer than 0.93.

Source: docs/reading.md, "unknown labels".
"""

from __future__ import annotations

import re

from parsers import dates, fields, phones
from parsers.fields import Got
from parsers.forms.answers import Asking
from parsers.pairs import Pair
from parsers.words import is_no_value, squash

_DATES = (
    ("date_of_birth", r"\bbirth|\bborn\b"),
    (
        "last_attended",
        r"(?:last|final)\b.*\b(?:day|date|attend|present|seen|class|lesson|mark|school|session)",
    ),
    ("referral_date", r"complet|raised|signed|report(?:ed)? on|refer|submit|notif|form"),
    (
        "off_roll_date",
        r"(?:off|remov|taken|delet|left|leav|struck).*(?:roll|regist|books|school)|off.?roll",
    ),
    ("admission_date", r"admi(?:t|s)|start|join|enrol|entry"),
    ("move_date", r"mov(?:e|ing)|depart|travel|flight|left the"),
)
_YES_NO = (
    ("looked_after", r"\bin care\b|care of|looked after|\blac\b|\bcla\b"),
    ("ehcp", r"\behc|education,? health"),
    ("child_protection_plan", r"child protection"),
    ("child_in_need", r"in need\b|\bcin\b"),
    ("private_fostering", r"private(?:ly)? foster"),
    ("young_carer", r"young carer|caring for"),
    ("traveller", r"travell?er|gypsy|\broma\b"),
    ("ctf_sent", r"common transfer|\bctf\b"),
    ("parental_letter", r"(?:parent|family).*(?:letter|written)|(?:letter|written).*parent"),
    ("sen_support", r"\bsend?\b.*(?:support|register)|special educational"),
)
_SCHOOL = re.compile(r"\b(?:school|academy|college|primary|infants?|juniors?|high|grammar)\b", re.I)
_NEW = re.compile(
    r"\b(?:new|onward|next|receiving|destination|future|moving|moved|forward|going)\b", re.I
)


def field(pair: Pair, words: str, owner: str | None, asking: Asking) -> tuple[str, float] | None:
    """Return the field that an unknown label asks for, and how surely; None when in doubt."""
    label = squash(pair.label).casefold()
    text = squash(words)
    section = pair.section
    if (
        section in ("office", "guidance", "sibling", "enquiries", "other")
        or len(label) > 120
        or is_no_value(text)
    ):
        return None
    upn = fields.upn(text)
    if isinstance(upn, Got) and upn.sure > 0.9 and len(text) < 25:
        return "upn", 0.93
    if re.fullmatch(r"\W*(?:yes|no|y|n)\b.{0,40}", text, re.I):
        hits = [name for name, pattern in _YES_NO if re.search(pattern, label)]
        return (hits[0], 0.9) if len(hits) == 1 else None
    kind: dates.Kind = "birth" if re.search(r"\bbirth|\bborn\b", label) else "event"
    if not isinstance(dates.read(text, on=asking.on, kind=kind, sheet=asking.sheet), str):
        if section in ("parent", "social_worker", "school") and kind == "birth":
            return None
        for name, pattern in _DATES:
            if re.search(pattern, label):
                return name, 0.9
        return None
    return _by_words(label, text, section, owner, asking)


def _by_words(
    label: str, text: str, section: str | None, owner: str | None, asking: Asking
) -> tuple[str, float] | None:
    if isinstance(fields.postcode(text), Got) and len(text) > 12:
        if section in ("referrer", "school") or re.search(
            r"school|setting|academy|work|office|agency|gp\b|parent|carer", label
        ):
            return None
        if re.search(r"address|live|living|resid|home|postal|whereabouts", label):
            return (
                "destination_address"
                if _NEW.search(label) or section == "new_school"
                else "address"
            ), 0.88
        return None
    if (
        re.search(r"\byear\b|\bcurr\b|\byr\b|\bncy\b", label)
        and len(text) < 25
        and isinstance(fields.year_group(text), Got)
    ):
        return "year_group", 0.9
    if re.search(r"ground|regulation|legal|statutory|lawful", label) and isinstance(
        fields.ground(text, asking.scheme), Got
    ):
        return "ground", 0.9
    if (
        _SCHOOL.search(text)
        and re.search(r"school|setting|academy|provision|provider|establish", label)
        and len(text) < 90
    ):
        return (
            "destination_school" if _NEW.search(label) or section == "new_school" else "school_name"
        ), 0.88
    whose = (
        section
        if section in ("parent", "referrer")
        else owner
        if owner in ("parent", "referrer")
        else None
    )
    if (
        phones.read(text)
        and re.search(r"phone|line|number|contact|tel|mobile|call", label)
        and whose
    ):
        return f"{whose}_phone", 0.88
    if fields.url_email(text) == text.casefold() and whose:
        return f"{whose}_email", 0.9
    if section in ("parent", None) and re.search(r"\b(?:parents?|carers?|guardian|mother|father)\b", label) and len(text) < 50 and fields.adult(text) and (
        len(text.split()) in (2, 3, 4) and not _SCHOOL.search(text)):  # fmt: skip
        return "parent_name", 0.88
    if re.search(r"\blanguage\b", label) and re.fullmatch(
        r"[A-Z][a-z]+(?:[ /,&]+[A-Z]?[a-z]+){0,3}", text
    ):
        return "first_language", 0.9
    if re.search(r"\bethnic", label) and len(text) < 50:
        return "ethnicity", 0.9
    if whose == "referrer" and len(text) < 50:
        if re.search(r"\b(?:post|role|job|position|capacity|title)\b", label):
            return "referrer_role", 0.88
        if re.search(r"\b(?:name|staff|by|person|who|member)\b", label) and fields.adult(text):
            return "referrer_name", 0.88
    if whose == "parent" and len(text) < 50:
        if re.search(r"relation|connection|link", label):
            return "parent_relationship", 0.88
        if re.search(r"\b(?:name|adult|who|person|responsible)\b", label) and fields.adult(text):
            return "parent_name", 0.88
    if len(text) > 25 and text.count(" ") > 4 and re.search(
        r"know|situation|happen|story|circumstanc|concern|summar|background|explain|describe|tell us|inform|detail|account", label):  # fmt: skip
        return "narrative", 0.85
    return None

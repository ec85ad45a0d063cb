"""What a label asks for, worked out from whose it is, what it is and when: no list of labels.

A label that nobody has seen before is still made of a few ideas: "Date on which the young person
was last in lessons" is a date, a child, a last time and being at school. `lexicon.yaml` turns words into
ideas; here a field is what those ideas ask for together. A stranger would look for one telling word. But
"date", "parent" and "school" stand in labels of twenty different questions, so a rule names every
idea that may stand beside its own: one idea too many ("Date the parents told the school of the
move") and the label is not understood, which costs a click and not a wrong value.

Source: docs/reading.md, "words second".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from parsers.words import plain_label, squash

_LONGEST = 130


@dataclass(frozen=True, slots=True)
class Understood:
    """`strange` counts the words that no idea explains."""

    field: str
    owner: str | None = None
    strange: int = 0


@dataclass(frozen=True, slots=True)
class _Rule:
    """`need` is what must be there (one of each group), `may` what else may stand beside it."""

    field: str
    need: tuple[frozenset[str], ...]
    may: frozenset[str]


def _rule(field: str, need: str, may: str) -> _Rule:
    return _Rule(
        field, tuple(frozenset(n.split("|")) for n in need.split()), frozenset(may.split())
    )


_WHO = "CHILD CURRENT SCHOOL OURSCHOOL LASTSCHOOL"
_DAY = f"DATE WHEN {_WHO}"
_FROM_SCHOOL = f"{_WHO} NAME"
_GONE = "CHILD FAMILY TO MOVE NEW LEAVE LEAVEAREA ABROAD AFTER LIVE"
# Read from the top; the first whose ideas are all there, and no others, says the field.
_RULES: tuple[_Rule, ...] = tuple(_rule(*r) for r in (
    # Days
    ("date_of_birth", "DOB", "CHILD DATE WHEN AGE CURRENT"),
    ("name_dob", "DOB NAME|SURNAME|FORENAME", "CHILD DATE AGE"),
    ("off_roll_date", "LAST DATE|WHEN ADMIT", f"{_DAY} COMPLETE"),
    ("off_roll_date", "LAST DATE OFFROLL|LEAVE", _DAY),
    ("last_attended", "LAST ATTEND DATE|WHEN", f"{_DAY} ATTEND BEFORE LEAVE"),
    ("last_attended", "STOPPED DATE|WHEN", f"{_DAY} ATTEND"),
    ("last_attended", "LAST ATTEND", "LAST ATTEND CHILD SCHOOL OURSCHOOL"),
    ("last_attended", "LASTSCHOOL ATTEND DATE", "CHILD"),
    ("admission_date", "FIRST ATTEND DATE|WHEN", f"{_DAY} NEWSCHOOL NEW ADMIT"),
    ("admission_date", "FIRST DATE|WHEN NEWSCHOOL|ADMIT", f"{_DAY} NEWSCHOOL NEW"),
    ("off_roll_date", "OFFROLL|LEAVE DATE|WHEN", f"{_DAY} NAME OFFROLL LEAVE ATTEND YOU"),
    ("move_date", "ABROAD DATE|WHEN", f"{_DAY} FAMILY MOVE COUNTRY"),
    ("move_date", "LEAVEAREA DATE|WHEN", f"{_DAY} FAMILY ADDRESS MOVE ABROAD"),
    ("move_date", "MOVE DATE|WHEN", f"{_DAY} FAMILY NEW ADDRESS COUNTRY ABROAD TO LIVE WHERE LEAVEAREA"),
    ("admission_date", "ADMIT DATE|WHEN", f"{_DAY} NEWSCHOOL NEW NAME"),
    ("referral_date", "COMPLETE DATE|WHEN", "DATE WHEN YOU REFERRER CURRENT"),
    ("referral_date", "BY DATE|WHEN", "DATE WHEN"),
    # Who
    ("actions_taken", "DONE", "CHILD FAMILY SCHOOL OURSCHOOL YOU STORY PARENT ADDRESS COMPLETE LIVE REASON"),
    ("referrer_name", "WHO YOU", ""),
    ("referrer_name", "WHODID", "NAME YOU CHILD REFERRER COMPLETE"),
    ("referrer_name", "WHO CONTACT|PHONE YOU|COMPLETE", "YOU COMPLETE CONTACT"),
    ("referrer_name", "BY", "NAME CHILD SCHOOL OURSCHOOL YOU"),
    ("referrer_name", "REFERRER", "NAME YOU SURNAME FORENAME"),
    ("referrer_name", "YOU NAME", "SURNAME FORENAME SCHOOL OURSCHOOL"),
    ("referrer_name", "NAME ROLE", "YOU REFERRER BY COMPLETE SCHOOL OURSCHOOL"),
    ("parent_name_address", "LIVEWITH|PARENT NAME ADDRESS", "PARENT LIVEWITH CHILD CURRENT WHO ANY"),
    ("parent_name_phone", "LIVEWITH|PARENT NAME|SURNAME PHONE|CONTACT|NUMBER|EMAIL",
     "PARENT LIVEWITH CHILD CURRENT PHONE CONTACT NUMBER EMAIL RELATION"),
    ("parent_phone", "LIVEWITH|PARENT PHONE|CONTACT|NUMBER", "PARENT LIVEWITH CHILD CURRENT PHONE CONTACT NUMBER EMAIL FAMILY"),
    ("parent_email", "LIVEWITH|PARENT EMAIL", "PARENT LIVEWITH CHILD CURRENT CONTACT FAMILY"),
    ("outside", "PARENT|LIVEWITH DOB|SEX|ETHNIC|POSTCODE|LANG|UPN|AGE|ALSO|KNOWN", "PARENT LIVEWITH CHILD CURRENT NUMBER DATE"),
    ("parent_surname", "PARENT|LIVEWITH SURNAME", "PARENT LIVEWITH CHILD"),
    ("parent_forenames", "PARENT|LIVEWITH FORENAME", "PARENT LIVEWITH CHILD"),
    ("parent_relationship", "RELATION PARENT|LIVEWITH", "PARENT LIVEWITH CHILD WHO"),
    ("parent_name", "LIVEWITH", "PARENT NAME CHILD CURRENT WHO FAMILY SURNAME FORENAME"),
    ("parent_name", "PARENT NAME|WHO", "NAME CHILD WHO CURRENT CONTACT FAMILY SURNAME FORENAME LIVE"),
    ("parent_name", "PARENT", "PARENT"),
    ("parent_phone", "FAMILY PHONE|NUMBER", "CURRENT CONTACT CHILD"),
    ("parent_email", "FAMILY EMAIL", "CURRENT CONTACT CHILD"),
    ("parent_name", "GRAND NAME", "CHILD"), ("parent_phone", "GRAND PHONE|NUMBER", "CHILD CONTACT"),
    ("outside", "GRAND ADDRESS|POSTCODE|EMAIL|DOB|CONTACT", "CHILD CURRENT"),
    ("social_worker", "SOCIALWORKER", "NAME CHILD CURRENT WHO FAMILY"),
    ("outside", "SOCIALWORKER PHONE|EMAIL|ADDRESS|CONTACT|NUMBER|DATE|ROLE", "NAME CHILD CURRENT PHONE EMAIL ADDRESS CONTACT NUMBER"),
    ("sibling_dob", "SIBLING DOB", "CHILD AGE"),
    ("siblings", "SIBLING NAME DOB|SCHOOL|OURSCHOOL|AGE|YEAR", "DOB SCHOOL OURSCHOOL AGE YEAR DATE CURRENT ATTEND CHILD FAMILY"),
    ("sibling_school", "SIBLING SCHOOL|OURSCHOOL", "NAME CURRENT ATTEND"),
    ("sibling_surname", "SIBLING SURNAME", ""),
    ("sibling_forenames", "SIBLING FORENAME", ""),
    ("siblings", "SIBLING", "NAME CHILD FAMILY LIVE WHO CURRENT ADDRESS ADMIT"),
    ("outside", "SIBLING UPN|SEX|YEAR|ADDRESS|PHONE|ETHNIC", "CHILD NUMBER AGE"),
    ("referrer_phone", "REFERRER|YOU|BY|SCHOOL|OURSCHOOL PHONE|NUMBER", "REFERRER YOU BY COMPLETE CONTACT SCHOOL OURSCHOOL PHONE NUMBER EMAIL"),
    ("referrer_phone", "REFERRER|YOU|BY CONTACT", "CONTACT REFERRER YOU SCHOOL OURSCHOOL"),
    ("referrer_email", "REFERRER|YOU|BY|SCHOOL|OURSCHOOL EMAIL", "REFERRER YOU BY COMPLETE CONTACT SCHOOL OURSCHOOL"),
    ("referrer_role", "REFERRER|YOU|BY|SCHOOL|OURSCHOOL ROLE", "REFERRER YOU BY COMPLETE SCHOOL OURSCHOOL ROLE CHILD RELATION"),
    ("referrer_role", "REFERRER|YOU RELATION", "REFERRER YOU CHILD FAMILY"),
    ("referrer_role", "ROLE", ""),
    ("parent_relationship", "RELATION", "CHILD WHO"),
    ("referrer_surname", "REFERRER|YOU SURNAME", "REFERRER YOU"),
    ("referrer_forenames", "REFERRER|YOU FORENAME", "REFERRER YOU"),
    ("outside", "OTHER NAME|PHONE|EMAIL|ADDRESS|POSTCODE|CONTACT|NUMBER|DOB|SURNAME|FORENAME|ROLE",
     "OTHER NAME PHONE EMAIL ADDRESS POSTCODE CONTACT NUMBER CHILD PARENT FAMILY CURRENT YOU SCHOOL OURSCHOOL ROLE ATTEND"),
    # The child
    ("full_name", "SURNAME FORENAME", "CHILD NAME CURRENT MIDDLE"),
    ("surname", "SURNAME", "CHILD CURRENT SCHOOL NAME"),
    ("forenames", "FORENAME", "CHILD CURRENT MIDDLE NAME"),
    ("middle_names", "MIDDLE", "CHILD"),
    ("known_as", "KNOWN", "CHILD NAME SCHOOL OURSCHOOL SURNAME FORENAME CURRENT"),
    ("full_name", "NAME CHILD", "MIDDLE LEAVE MOVE OFFROLL COMPLETE ADMIT WHO"),
    ("full_name", "WHO CHILD", "COMPLETE"),
    ("sex", "SEX", "CHILD CURRENT"),
    ("upn", "UPN", "CHILD CURRENT NUMBER SCHOOL"),
    ("year_group", "YEAR", "CHILD CURRENT LEAVE LAST ATTEND SCHOOL OFFROLL ADMIT BEFORE"),
    ("ethnicity", "ETHNIC", "CHILD CURRENT FAMILY"),
    ("first_language", "LANG", "CHILD CURRENT FAMILY LIVE FIRST"),
    # Where
    ("outside", "BIRTHPLACE", "CHILD DATE DOB COUNTRY PARENT"),
    ("outside", "ADDRESS|POSTCODE REFERRER|YOU|SCHOOL|OURSCHOOL|OTHER|SOCIALWORKER|BY",
     "ADDRESS POSTCODE REFERRER YOU SCHOOL OURSCHOOL OTHER SOCIALWORKER EMAIL CURRENT"),
    ("outside", "ADDRESS|POSTCODE|PHONE|EMAIL NEWSCHOOL", "ADDRESS POSTCODE PHONE EMAIL NUMBER CONTACT"),
    ("parent_address", "PARENT|LIVEWITH ADDRESS", "PARENT LIVEWITH CURRENT POSTCODE"),
    ("address", "ADDRESS BEFORE", "CHILD FAMILY CURRENT LIVE POSTCODE LAST MOVE LEAVE ATTEND"),
    ("destination_postcode", "POSTCODE NEW|MOVE|TO|AFTER", f"{_GONE} POSTCODE ADDRESS"),
    ("destination_address", "ADDRESS NEW|MOVE|TO|ABROAD|AFTER|LEAVEAREA", f"{_GONE} POSTCODE COUNTRY WHERE"),
    ("previous_address", "ADDRESS MOVEFROM", "CHILD FAMILY POSTCODE LIVE"),
    ("address", "ADDRESS", "CHILD FAMILY CURRENT LIVE POSTCODE LAST WHERE FIRST"),
    ("postcode", "POSTCODE", "CHILD FAMILY CURRENT LIVE"),
    ("destination_country", "COUNTRY MOVE|NEW|ABROAD|TO|LEAVE|LIVE|AFTER|WHERE", f"{_GONE} WHERE NAME"),
    ("destination_country", "COUNTRY", "NAME"),
    ("address", "WHERE LIVE BEFORE", "CHILD FAMILY LEAVE MOVE LAST"),
    ("destination_place", "WHERE MOVE|NEW|TO|LEAVE|LEAVEAREA|ABROAD|AFTER|NEWSCHOOL", f"{_GONE} CURRENT"),
    ("destination_place", "TO", "CHILD FAMILY CURRENT LIVE"),
    ("address", "WHERE LIVE", "CHILD FAMILY CURRENT LAST"),
    ("address", "LIVE CURRENT|LAST|BEFORE", "CHILD FAMILY CURRENT LAST BEFORE"),
    # Schools
    ("school_urn", "URN", "SCHOOL OURSCHOOL NUMBER"),
    ("school_laestab", "LAESTAB", "SCHOOL OURSCHOOL NUMBER"),
    ("destination_school", "NEWSCHOOL", "NAME CHILD ADDRESS CURRENT WHERE NEW MOVE ABROAD TO FAMILY"),
    ("destination_school", "SCHOOL AFTER|NEW|MOVE", "NAME CHILD WHERE TO MOVE NEW LEAVE ADDRESS"),
    ("previous_school", "SCHOOL MOVEFROM", "NAME CHILD"), ("previous_school", "MOVEFROM", ""),
    ("school_name", "WHERE LAST ATTEND", "CHILD SCHOOL"),
    ("school_name", "OURSCHOOL|LASTSCHOOL", f"{_FROM_SCHOOL} LAST ATTEND ADDRESS LEAVE OFFROLL COMPLETE"),
    ("school_name", "SCHOOL NAME|CHILD|CURRENT|LAST", f"{_FROM_SCHOOL} LAST ATTEND ADDRESS LEAVE"),
    # Why and what
    ("ground", "GROUND", "OFFROLL LEAVE REASON NAME CHILD SCHOOL"),
    ("reason", "REASON ABSENCE|LEAVE|OFFROLL|MOVE|COMPLETE|STOPPED|STORY|ATTEND|NOT|LEAVEAREA|CHILD",
     "ABSENCE TO LEAVE OFFROLL MOVE COMPLETE STOPPED STORY ATTEND NOT LEAVEAREA CHILD FAMILY PARENT SCHOOL OURSCHOOL YOU LASTSCHOOL REASON ABROAD"),
    ("narrative", "STORY", "CHILD FAMILY YOU COMPLETE MOVE TO WHERE LEAVE LEAVEAREA STOPPED SCHOOL REASON ATTEND NOT"),
    # Needs and risk: yes or no
    ("child_protection_plan", "CPP", "CHILD CURRENT PLACE"), ("child_in_need", "CIN", "CHILD CURRENT PLACE"),
    ("looked_after", "LAC", "CHILD CURRENT"), ("ehcp", "EHCP", "CHILD CURRENT PLACE"),
    ("sen_support", "SEN", "CHILD CURRENT PLACE SCHOOL"), ("young_carer", "YC", "CHILD CURRENT"),
    ("eal", "EAL", "CHILD"), ("private_fostering", "PF", "CHILD CURRENT"),
    ("traveller", "GRT", "CHILD FAMILY"), ("safeguarding_concern", "SAFEG", "CHILD FAMILY CURRENT YOU"),
    ("ctf_sent", "CTF", "CHILD NEWSCHOOL PLACE COMPLETE SCHOOL YOU OURSCHOOL"),
    ("parental_letter", "LETTER PARENT|FAMILY", "PLACE COMPLETE CHILD PARENT OFFROLL"),
    ("parental_letter", "LETTER PLACE", "CHILD OFFROLL"),
    # Only a section says whose
    ("name_role", "NAME ROLE", ""),
    ("name", "NAME", "CONTACT"), ("phone", "PHONE", "CONTACT NUMBER EMAIL"), ("email", "EMAIL", "CONTACT"),
))  # fmt: skip

_BOOLEANS = frozenset({"CPP", "CIN", "LAC", "EHCP", "SEN", "YC", "EAL", "PF", "GRT", "SAFEG", "CTF", "LETTER", "DONE"})  # fmt: skip
_ASKING = re.compile(r"(?:is|are|was|were|does|do|did|has|have|had|will|would|can|could)\b")
_POLITE = re.compile(
    r"^(?:do you know|can you (?:tell us|say|give)|could you (?:tell us|say)|please (?:tell us|say|state|give|confirm|describe)"
    r"|are you able to (?:say|tell us)|if (?:so|yes|known|moved|moving|gone|leaving)[, ]+)\s*"
)
_HEADS = re.compile(
    r"name|dat|day|birth|born|address|post|code|phone|tel|mobile|number|mail|school|academy|setting|reason|ground|countr|"
    r"who|where|when|why|what|which|how|\bby\b|sex|gender|year|language|ethnic|parent|carer|mother|father|mum|dad|adult|sibling|brother|"
    r"role|position|title|relation|upn|called|known|care|plan|worker|ctf|letter|notice|ehc|send?\b|last|final|live|resid|destination|information|details|"
    r"comment|transfer|establ|provi|officer|staff|professional|cause|account|summar|describe|circumstance|background|person|guardian|contact|pupil|child|nation|traveller|gypsy|fost|concern"
)
# A statement ("Moved to a new school", "No longer lives at this address") answers and does not ask.
_STATES = re.compile(
    r"(?:(?:has|have|had|was|were|is|are) )?(?:not|no|never|moved|gone|left|leaving|lives?|living|went|attends|attending|returned|started|starting|transferred|"
    r"enrolled|removed|admitted|withdrawn|believed|unknown|yes|home educated|electively|since|to be|awaiting|both|see|spoke|told|said|"
    r"(?:the |his |her |their )?(?:family|they|he|she|we|i|mum|dad|mother|father|parents?|child|pupil|student) (?:has|have|had|is|are|was|were|said|say|told|moved|left|went|lives?|will))\b"
)
_QUESTIONS = re.compile(
    r"\b(?:who|whom|whose|where|when|why|what|which|how|date|day|name|reason)\b"
)


_NAME_ROLE = re.compile(
    r"\b(?:referrer|name|person|staff|completed by|referred by|notifier)\w*\s*(?:and|/|&|,)\s*(?:their |your )?(?:job )?(?:role|position|title|designation|post)\b"
)
_OF_PARENT = re.compile(r"parent|carer|guardian|mother|father")
_GOING = re.compile(
    r"(?:now |has |have )?(?:gone|going|moved|moving|transferr(?:ed|ing)|leaving|left|off) (?:to|for)"
)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw = yaml.safe_load((Path(__file__).parent / "lexicon.yaml").read_text("utf-8"))
    return tuple((idea, re.compile(rf"(?<![a-z'])(?:{pattern})(?![a-z])")) for idea, pattern in raw)


def ideas(text: str) -> tuple[tuple[str, ...], int]:
    """Return a label's ideas in order, and how many of its words no idea explains."""
    for idea, pattern in _lexicon():
        text = pattern.sub(f" {idea} ", text)
    words = re.findall(r"[A-Z]{2,}|[^\W\d_]+", text)
    found = tuple(w for w in words if w.isupper() and w != "SKIP")
    return found, sum(not w.isupper() and len(w) > 1 for w in words)


def understand(label: str, placed: bool = False) -> Understood | None:
    """Return the field that a label asks for; None when its ideas do not fit together.

    `placed` says that it stands where a label stands, so that "Moved to" is no statement.
    """
    text = squash(label).casefold()
    if not 3 < len(text) <= _LONGEST or "@" in text or sum(c.isdigit() for c in text) > 3:
        return None
    if not _HEADS.search(text):
        return None
    return _understand(text, placed)


@lru_cache(maxsize=20_000)
def _understand(text: str, placed: bool) -> Understood | None:
    bare = plain_label(text)
    found = _read(bare, placed)
    if (found is None or found.strange) and "(" in text:
        whole = _read(re.sub(r"[()\[\]]", " ", plain_label(text, brackets=True)), placed)
        if whole is not None and (found is None or whole.strange < found.strange):
            found = whole
    return found


def _read(text: str, placed: bool) -> Understood | None:
    text = _POLITE.sub("", text.strip(" -–.,:*"))
    asks = text.endswith("?")
    text = text.strip(" ?.:*-")
    if not text:
        return None
    if not placed and _STATES.match(text) and not asks and not _QUESTIONS.search(text):
        return None
    if _NAME_ROLE.search(text) and not _OF_PARENT.search(text):
        return Understood("referrer_name", "referrer")
    found, strange = ideas(text)
    have = set(found)
    if not have or "STOP" in have:
        return None
    if placed and _GOING.fullmatch(text):
        have.add("WHERE")
    if re.search(r"\b(?:on|since|from)$", text) and not have & {"DATE", "WHEN", "WHERE"}:
        have.add("DATE")
    schooling_at_home = "EHE" in have
    have.discard("EHE")
    if schooling_at_home and "REASON" in have:
        have.add("LEAVE")
    asked = have & (_BOOLEANS | {"SOCIALWORKER", "WHERE", "WHO", "WHEN", "WHODID"})
    if _ASKING.match(text) and not asked:
        return None  # "Is the family's new address known?" asks for yes or no
    for rule in _RULES:
        need = frozenset.union(*rule.need)
        if all(have & group for group in rule.need) and have <= need | rule.may:
            return Understood(rule.field, _owner(have), strange)
    return None


def _owner(have: set[str]) -> str | None:
    for idea, owner in (("SIBLING", "sibling"), ("PARENT", "parent"), ("LIVEWITH", "parent"), ("REFERRER", "referrer"),
                        ("NEWSCHOOL", "new_school"), ("CHILD", "child")):  # fmt: skip
        if idea in have:
            return owner
    return None

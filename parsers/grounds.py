"""The policy's codes of reasons and sources, and the grounds on which a name is taken off the register.

What a stranger would get wrong: a bare letter for a ground. "(d)" is home education in the regulations of 2006 and a
school attendance order in those of 2024, so a letter alone says nothing unless the form names its regulations.

Source: policy Appendix 4; SI 2006/1751 regulation 8; SI 2024/208 regulation 9; docs/sources.md.
"""

from __future__ import annotations

import re

from parsers.fields import Got
from parsers.words import squash

# Codes of the policy

_REASONS = (
    ("FTT", r"fail(?:ure|ed|ing)? to transfer|did not transfer|not transferred|non.?transfer"),
    ("FSE", r"fail(?:ure|ed)? to start|not started|did not start|never started|no show|non.?arrival|did not arrive"),
    ("FTR", r"fail(?:ure|ed)? to register|not registered|never registered|no school place applied"),
    ("INF", r"information only|for information"),
    ("RTL", r"reported to have left|believed to have left|moved away|has left the (?:area|country|county)|"
            r"left the (?:area|country|county)|moved (?:abroad|overseas)|whereabouts (?:are )?unknown|"
            r"disappeared|moved out of (?:the )?(?:area|county|country)"),
)  # fmt: skip
_SOURCES = (
    ("ACA", r"academ(?:y|ies)"), ("FRS", r"free school"), ("EHE", r"elective home|home educat|\behe\b"),
    ("IND", r"independent|private school"), ("LOS", r"lost pupil|\bs2s\b"),
    ("OLA", r"other (?:la|local authority|council)|another (?:la|local authority|council)"),
    ("SCH", r"maintained|community school|primary school|secondary school"),
    ("SOC", r"social (?:care|services|work)"), ("WLA", r"within (?:the )?(?:la|local authority)|own la"),
    ("YOS", r"youth (?:offending|justice)"), ("HEA", r"health|hospital|a ?& ?e|nhs|gp surgery"),
)  # fmt: skip


def reason_code(raw: str) -> Got | None:
    """Return the policy's code of a reason, by code or by its words."""
    return _code(raw, _REASONS)


def source_code(raw: str) -> Got | None:
    """Return the policy's code of a source, by code or by its words."""
    return _code(raw, _SOURCES)


def _code(raw: str, table: tuple[tuple[str, str], ...]) -> Got | None:
    text = squash(raw)
    for code, _ in table:
        if re.search(rf"\b{code}\b", text):
            return Got(code, 0.98)
    hits = {code for code, pattern in table if re.search(pattern, text, re.I)}
    return Got(hits.pop(), 0.9) if len(hits) == 1 else None


# Grounds: (meaning, words, letter in 2006, letter in 2024)
GROUNDS: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("school attendance order: another school named", r"attendance order.*(?:substitut|another school|amend)", "a", "d"),
    ("school attendance order revoked", r"attendance order.*revok|order revoked", "a", "e"),
    ("registered at another school", r"(?:registered|enrolled|admitted|place|transfer\w*|on roll) (?:as a pupil |as )?(?:at|to|in) (?:another|a new|a different) school|another school(?! named)|registered pupil at another", "b", "a"),
    ("dual registration ended", r"dual(?:ly)?.?(?:registration|registered)|registered at more than one school", "c", "c"),
    ("educated otherwise than at school (home education)", r"home.?educat|educated otherwise|otherwise than (?:at|by attendance at) school|\behe\b|education otherwise|outside the school system", "d", "f"),
    ("no longer lives within reasonable distance", r"reasonable distance|no longer (?:ordinarily )?(?:resid|liv)\w* |ceased to reside|no longer resides|moved (?:away|out of (?:the )?area|house)", "e", "g"),
    ("not returned within ten school days after leave", r"leave of absence|within (?:the )?(?:ten|10) school days|granted leave|failed to (?:return|attend).*(?:leave|ten|10)|extended holiday", "f", "h"),
    ("medically unfit", r"medical(?:ly)?|state of health|unfit", "g", None),
    ("absent for twenty school days, whereabouts unknown", r"(?:twenty|20) (?:consecutive |continuous )?school days|continuous(?:ly)? absen", "h", "i"),
    ("detained under a sentence", r"detain|custod|sentence|prison", "i", "j"),
    ("died", r"\bdied\b|\bdeath\b|deceased|has died", "j", "k"),
    ("over compulsory school age", r"(?:over|above|ceased to be of|beyond) compulsory school age", "k", "l"),
    ("ceased to be a pupil at an independent or non-maintained school", r"ceased to be a pupil|independent school|non.?maintained", "l", "n"),
    ("permanently excluded", r"perman\w* exclu|excluded permanently|\bpex\b", "m", "o"),
    ("nursery pupil not continuing", r"nursery", "n", "b"),
    ("boarding fees unpaid", r"boarding|fees", "o", "m"),
)  # fmt: skip
_CITED = re.compile(
    r"(?:reg(?:ulation)?s?\.?\s*)?\b([89])\s*\(\s*1\s*\)\s*\(?\s*([a-o0])\s*\)?(?![a-z])"
    r"|reg(?:ulation)?s?\.?\s*([89])\s*\(?\s*([a-o])\s*\)?(?![a-z])", re.I)  # fmt: skip
_LETTER = re.compile(r"^\W*(?:ground|reason|code|category)?\W*\(?([a-o])\)?(?=$|[\s.:)\-–])", re.I)


def scheme_of(words: str) -> str | None:
    """Return which regulations a form names, if it names one and only one."""
    text = squash(words)
    old = re.search(
        r"regulations,? 2006|2006 regulations|\breg(?:ulation)?s?\.? ?8\b|\b8 ?\(1\)", text, re.I
    )
    new = re.search(
        r"regulations,? 2024|2024 regulations|\breg(?:ulation)?s?\.? ?9\b|\b9 ?\(1\)", text, re.I
    )
    if bool(old) == bool(new):
        return None
    return "2006" if old else "2024"


def meaning_of(words: str) -> tuple[str, str | None, str | None] | None:
    """Return the ground (meaning, 2006 letter, 2024 letter) that words describe, if only one."""
    text = squash(words)
    hits = [(m, old, new) for m, pattern, old, new in GROUNDS if re.search(pattern, text, re.I)]
    if len(hits) > 1:  # "... no longer lives ... registered at another school": the first said
        at = [re.search(p, text, re.I) for m, p, o, n in GROUNDS if any(m == h[0] for h in hits)]
        order = sorted(range(len(hits)), key=lambda i: at[i].start() if at[i] else 999)  # type: ignore[union-attr]
        return hits[order[0]]
    return hits[0] if hits else None


def ground(raw: str, form_scheme: str | None = None) -> Got | str:
    """Return {scheme, letter, meaning}; a bare letter alone is ambiguous and not returned.

    `form_scheme` is the regulations that the form names elsewhere, if it names one.
    """
    text = squash(raw)
    cited = _CITED.search(text)
    said = meaning_of(_CITED.sub(" ", text))
    if cited:
        scheme = "2006" if (cited[1] or cited[3]) == "8" else "2024"
        letter = (cited[2] or cited[4]).lower().replace("0", "o")
        meant = _meaning(scheme, letter)
        agree = said is None or (said[1] if scheme == "2006" else said[2]) == letter
        if meant is None:
            return "no such ground in these regulations"
        return Got(_ground(scheme, letter, meant), 0.98 if agree else 0.6)
    local = re.match(r"^\W*([a-o]\d|\d{1,2})\b", text, re.I)
    if local and said:
        return Got(_ground("local", local[1].lower(), said[0]), 0.9)
    bare = _LETTER.match(text)
    if bare and (said or form_scheme or len(text) < 5):
        letter = bare[1].lower()
        if said:
            fits = [s for s, own in (("2006", said[1]), ("2024", said[2])) if own == letter]
            if form_scheme in fits:
                return Got(_ground(form_scheme or "", letter, said[0]), 0.98)
            if len(fits) == 1:
                return Got(_ground(fits[0], letter, said[0]), 0.95)
            if not fits and len(text) > 6:
                return Got(_ground("local", letter, said[0]), 0.8)
        elif form_scheme:
            meant = _meaning(form_scheme, letter)
            return Got(_ground(form_scheme, letter, meant), 0.95) if meant else "no such ground"
        return "a letter alone does not say which regulations are meant"
    if said:
        letter_said = said[1] if form_scheme == "2006" else said[2] if form_scheme else None
        return Got(_ground(form_scheme, letter_said, said[0]), 0.9)
    return "not a ground that is known"


def _ground(scheme: str | None, letter: str | None, meaning: str) -> dict[str, str | None]:
    return {"scheme": scheme, "letter": letter, "meaning": meaning}


def _meaning(scheme: str, letter: str) -> str | None:
    index = 2 if scheme == "2006" else 3
    meanings = [row[0] for row in GROUNDS if row[index] == letter]
    if len(meanings) > 1:
        return "school attendance order: other school named, or order revoked"
    return meanings[0] if meanings else None

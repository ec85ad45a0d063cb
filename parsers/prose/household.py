"""Parents, their numbers, brothers and sisters in running words: whose telephone is it?

A number belongs to whoever is named last before it; "not 07700 900114" and "his old number" belong to
nobody, and "ring me on" is the sender's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from parsers import fields, phones
from parsers.prose.names import NAME, RELATION, WORD, is_ordinary
from parsers.prose.text import Sentence
from parsers.words import squash

_TITLED = rf"(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.?[ ]{WORD}(?:[ ]{WORD}){{0,2}}"
_PERSON = rf"(?:{_TITLED}|{NAME})"
_RELATIVE = rf"(?P<rel>{RELATION})"
_IS = r"(?:['’]s)?(?:[ ](?:name|contact|details|mobile|number|phone|telephone|tel|is|are|called|named|on|was))*[ ]?[,:(–-]*\s*(?:is )?"
_NAMED_AFTER = re.compile(rf"\b(?i:{_RELATIVE})\b{_IS}(?P<name>{_PERSON})")
_NAMED_BEFORE = re.compile(
    rf"(?P<name>{_PERSON})[ ]?[(,–-]+\s*(?:(?i:the|his|her|their|child['’]s)\s)?(?i:{_RELATIVE})\b(?!['’]s)"
)
_BOTH = re.compile(
    rf"\b(?i:parents|carers|guardians)(?: are| named)?[ :,(–-]+(?P<one>{_PERSON})(?:[ (]+[+\d][\d ]{{8,14}}\)?)? (?:and|&) (?P<two>{_PERSON})"
)
_BY_FORENAME = re.compile(
    rf"\b(?i:{_RELATIVE})[ ,(]{{1,2}}(?P<name>{WORD})(?=[.,;)]|$| \(| (?:[-–:] ?|on )?\+?0?\d)"
)
_BARE = re.compile(rf"\b(?i:{_RELATIVE})\b", re.I)
_TITLE_ONLY = re.compile(rf"\b(?P<name>{_TITLED})")
_MINE = re.compile(
    r"\b(?:(?:call|ring|phone|contact|reach|text|speak to|get) (?:me|us)|my|our|school|office|reception|i am|i['’]m|team|social worker|neighbour|landlord|hotel|police)\b[^.;]{0,30}$",
    re.I,
)
_OFFICE = re.compile(
    r"\b(?:head|teacher|deputy|principal|tutor|manager|office|officer|worker|secretary|lead|nurse|gp|agent|landlord|landlady|solicitor|neighbour|reception)\b[^.;]*$",
    re.I,
)
_BRACKETED = re.compile(rf"[+\d][\d ()-]{{8,16}}\s?\((?P<name>{_PERSON})\)")
_THEIRS = re.compile(
    r"\b(?:his|her|their)(?: own)?(?: \w+){0,4}? (?:number|mobile|phone|telephone|tel)\b", re.I
)
_OLD = re.compile(
    r"\b(?:not|instead of|rather than)\W+(?:(?:on|the|his|her|their)\W+)?$|\b(?:old|previous|former|no longer|dead|replaces)\W+(?:\w+\W+){0,3}$|\bfrom\W+$",
    re.I,
)
_DEAD = re.compile(
    r"\s*,?\s*(?:\(|which |that |and )?\s*(?:is|was|are|has been)?\s*(?:dead|disconnected|out of (?:use|service)|not (?:in use|working|answered|valid)|switched off|cut off|unobtainable|no longer)",
    re.I,
)
_MEN = re.compile(r"\b(?:\w*father|dad|grandad|uncle|husband|son|Mr)\b", re.I)
_WOMEN = re.compile(
    r"\b(?:\w*mother|mum|mummy|mom|nan|nana|gran|granny|grandma|aunt|auntie|wife|daughter|Mrs|Ms|Miss)\b",
    re.I,
)
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(slots=True)
class _Found:
    at: int
    person: dict[str, Any]


def parents(
    sentence: Sentence,
    new_number: bool,
    children: set[str],
    last: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Return the parents and carers that a sentence names or gives a number of.

    `new_number` says that the email tells of a changed number, which may then stand without its owner.
    `children` are the whole names, folded, that are the child's own; `last` are those named in the sentences before.
    """
    text = sentence.text
    people = _named(text, children)
    numbers = [*_numbers(text)]
    if numbers and not people and (theirs := _pronoun(text, last or [])):
        people = [_Found(-1, dict(theirs))]
    for at, number in numbers:
        named = _BRACKETED.match(text[at:])
        owner = next((p for p in reversed(people) if p.at < at and at - p.at < 120), None)
        owner = owner or next((p for p in people if p.at > at and p.at - at < 40), None)
        if owner is not None and "phone" not in owner.person:
            owner.person["phone"] = number
            if named and "name" not in owner.person:
                owner.person = {"name": squash(named["name"]), **owner.person}
        elif owner is not None and number not in owner.person["phone"]:
            owner.person["phone"] += f" / {number}"
        elif new_number and not people:
            people.append(_Found(at, {"phone": number}))
    for match in _EMAIL.finditer(text):
        owner = next((p for p in reversed(people) if p.at < match.start()), None)
        if owner is not None:
            owner.person.setdefault("email", match[0].strip(".'"))
    people = [p for p in people if p.person.get("relationship") != "cousin" or "phone" in p.person]
    return [p.person for p in people if {"phone", "email"} & set(p.person) or _introduced(p, text)]


def spoken_of(sentence: Sentence) -> list[dict[str, Any]]:
    """Return the parents and carers whom a sentence speaks of, for "her number is" in the next."""
    found = _named(sentence.text, set())
    if found:
        return [{k: v for k, v in f.person.items() if k in ("name", "relationship")} for f in found]
    return [{"relationship": m["rel"].lower()} for m in _BARE.finditer(sentence.text)]


def _pronoun(text: str, last: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return whom "his number" or "her mobile" means: the last one told of who can be meant."""
    match = _THEIRS.search(text)
    if match is None:
        return None
    his = match[0][:3].casefold() == "his"
    wanted = _MEN if his else _WOMEN
    fits = [p for p in last if wanted.search(f"{p.get('relationship', '')} {p.get('name', '')}")]
    anyone = [p for p in last if not (_MEN.search(str(p)) or _WOMEN.search(str(p)))]
    return next(reversed([*anyone, *fits]), None)


def _introduced(found: _Found, text: str) -> bool:
    """A parent with a name and no number counts only where the relation is plainly told too."""
    return "name" in found.person and (
        "relationship" in found.person or _BOTH.search(text) is not None
    )


def _named(text: str, children: set[str]) -> list[_Found]:
    found: list[_Found] = []
    taken: list[tuple[int, int]] = []
    for match in _BOTH.finditer(text):
        if _clear(match, taken):
            taken.append(match.span())
            found += [_Found(match.start(n), {"name": squash(match[n])}) for n in ("one", "two")]
    for pattern in (_NAMED_BEFORE, _NAMED_AFTER):
        for match in pattern.finditer(text):
            name = fields.adult(match["name"])
            clear = _clear(match, taken)
            if name is None or not clear or name.casefold() in children:
                continue
            taken.append(match.span())
            found.append(
                _Found(match.start(), {"name": squash(name), "relationship": match["rel"].lower()})
            )
    for match in _BY_FORENAME.finditer(text):
        clear = _clear(match, taken)
        if clear and not is_ordinary(match["name"]) and match["name"].casefold() not in children:
            taken.append(match.span())
            found.append(
                _Found(match.start(), {"name": match["name"], "relationship": match["rel"].lower()})
            )
    has_number = [at for at, _ in _numbers(text)]
    for match in _BARE.finditer(text):
        if not _clear(match, taken):
            continue
        if any(0 < at - match.end() < 90 for at in has_number):
            taken.append(match.span())
            found.append(_Found(match.start(), {"relationship": match["rel"].lower()}))
    for match in _TITLE_ONLY.finditer(text):
        if not _clear(match, taken):
            continue
        if any(0 < at - match.end() < 60 for at in has_number) and not (
            re.match(
                r"\s*(?:,|\()?\s*(?:from|at|of|head|teacher|social)", text[match.end() :], re.I
            )
            or _OFFICE.search(text[max(0, match.start() - 40) : match.start()])
        ):
            found.append(_Found(match.start(), {"name": squash(match["name"])}))
    return sorted(found, key=lambda f: f.at)


def _clear(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    """Say whether nobody has been read yet where these words stand."""
    return all(b <= match.start() or a >= match.end() for a, b in taken)


def _numbers(text: str) -> list[tuple[int, str]]:
    found = []
    for number in phones.find(text):
        spaced = r"\W{0,3}".join(re.sub(r"\D", "", number))
        match = re.search(spaced, text)
        at = match.start() if match else -1
        if at < 0:
            at, end = _international(text, number)
        else:
            end = match.end()  # type: ignore[union-attr]
        before, after = text[:at], text[end:]
        swapped = re.search(r"\bfrom\W+$", before, re.I) and re.match(r"\W*to\b", after, re.I)
        if swapped or _OLD.search(before[-40:]) or _DEAD.match(after):
            continue
        near = before[-45:]
        if _MINE.search(near) and not re.search(rf"\b(?:{RELATION})\b", near, re.I):
            continue
        found.append((at, number))
    return found


def _international(text: str, number: str) -> tuple[int, int]:
    digits = re.sub(r"\D", "", number)[-7:]
    match = re.search(r"\W{0,3}".join(digits), text)
    return (max(0, match.start() - 6), match.end()) if match else (0, 0)


def siblings(sentence: Sentence, surname: str = "") -> list[dict[str, Any]]:
    """Return the brothers and sisters that a sentence names, with their school; `surname` is theirs if none is told."""
    found = []
    for match in re.finditer(
        rf"\b(?i:brother|sister|sibling|twin)s?\b(?:\s(?:is|are|called|named))?[ ,:(–-]*({NAME}|{WORD})",
        sentence.text,
    ):
        told = match[1] if " " in match[1] else f"{match[1]} {surname}".strip()
        split = fields.whole_name(told)
        if isinstance(split, str) or split.surname is None or is_ordinary(match[1]):
            continue
        person: dict[str, Any] = {"name": squash(told)}
        school = re.match(
            r"[\s,(]*(?:who )?(?:is |goes |attends |also )*(?:at|to|attends|of)?\s*((?:[A-Z][\w'’&-]* ){1,5}?(?:School|Academy|College|Primary|High))\b",
            sentence.text[match.end() :],
        )
        if school:
            person["school"] = school[1]
        found.append(person)
    return found

"""Parents and siblings: whose name, whose telephone, from rows, columns, sections or one box.

A stranger would open a case for each sibling. Siblings are told of and never referred; and "Mrs Khan
(mother) 07700 900123 / Mr Khan 07700 900456" in one box is two people.

Source: domain notes on layouts 7 and 8 in docs/reading.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsers import dates, fields, phones
from parsers.documents.model import Place
from parsers.reading import Value
from parsers.words import is_no_value, is_not_known, one_line, squash

_RELATION = re.compile(
    r"\b((?:step|foster|grand|god|great[- ]?)*[- ]?(?:mother|father|mum|dad|parents?)|carer|guardian|aunt|uncle|"
    r"brother|sister|grandparents?|cousin|foster carer|nan|grandad|granny)\b", re.I)  # fmt: skip
_LABEL_RELATION = re.compile(
    r"\b(mother|father|mum|dad|grandmother|grandfather|step-?mother|step-?father)\b", re.I
)
_FULL_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+){1,2}"
)
# "Niamh and Declan Quigley" are two people of one name; "Mr and Mrs Quigley" stay as they are written.
_COUPLE = re.compile(
    r"(?<![\w'’-] )(?<![\w'’])(?!(?:Mr|Mrs|Ms|Miss|Dr)\b)([A-Z][a-z'’-]+) (?:and|&) (?!(?:Mr|Mrs|Ms|Miss|Dr)\b)([A-Z][a-z'’-]+) ([A-Z][\w'’-]+)(?! [A-Z])"
)
_SAME = re.compile(
    r"\W*(?:the )?(?:(?:same|as|address|with|at|living|lives)\W+)*(?:the )?(?:same|above|child|pupil|student|home|mother|father|mum|dad|him|her)"
    r"(?:'?s)?(?: (?:address|as (?:the )?(?:child|pupil|above)))?\W*",
    re.I,
)
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing said about a person: which of their details, under which label, where."""

    detail: str
    label: str
    words: str
    place: Place
    group: str
    sure: float


def parents(told: Sequence[Told]) -> Value | None:
    """Return the parents with what is said of each."""
    people: list[dict[str, Any]] = []
    keys: list[str] = []
    sure = 0.97
    current: dict[str, Any] | None = None
    for item in told:
        if is_no_value(item.words) or is_not_known(item.words):
            continue
        if item.detail == "address" and _SAME.fullmatch(squash(item.words)):
            continue
        key = _key(item)
        if key is not None and key in keys:
            current = people[keys.index(key)]
        elif (
            key is not None
            or current is None
            or (item.detail in ("name", "surname", "name_phone") and item.detail in current["_"])
        ):
            current = {"_": set()}
            people.append(current)
            keys.append(key or "")
        if (
            key is None
            and item.detail in ("phone", "email")
            and item.detail in current
            and len(people) > 1
        ):
            free = [p for p in people if item.detail not in p]
            current = free[0] if free else current
        current["_"].add(item.detail)
        extra = _tell(current, item)
        if item.detail in ("name", "name_phone") and extra:
            for other in extra:
                people.append(other)
                keys.append("")
        sure = min(sure, item.sure)
        relation = _LABEL_RELATION.search(item.label)
        if relation and "relationship" not in current and not item.group.endswith("row"):
            current["relationship"] = relation[1].lower()
    _dealt(people)
    made = [_person(p) for p in people]
    made = [p for p in made if set(p) - {"relationship"}]
    if not made:
        return None
    if len(made) > 1 and any("name" not in p for p in made):
        sure = min(sure, 0.85)
    return Value(made, " / ".join(squash(t.words) for t in told if t.words), told[0].place, sure)


def _dealt(people: list[dict[str, Any]]) -> None:
    """Give two parents in one box the two numbers that stand in another, in order."""
    named = [p for p in people if "name" in p]
    numbers = str(named[0].get("phone", "")).split(" / ") if named else []
    if len(named) == len(numbers) == 2 and "phone" not in named[1]:
        named[0]["phone"], named[1]["phone"] = numbers


def _key(item: Told) -> str | None:
    number = re.search(
        r"(?:parent|carer|contact|guardian|priority)\D{0,12}(\d)\b|\b(\d)(?:st|nd)? (?:parent|contact)",
        item.label,
        re.I,
    )
    if number:
        return f"{item.group if 'row' in item.group else ''}{number[1] or number[2]}"
    relation = _LABEL_RELATION.search(item.label)
    if relation:
        word = relation[1].lower()
        return {"mum": "mother", "dad": "father"}.get(word, word)
    return item.group if re.search(r" (?:row|column) \d+$", item.group) else None


def _tell(person: dict[str, Any], item: Told) -> list[dict[str, Any]]:
    words = item.words
    match item.detail:
        case "name" | "name_phone":
            people = _people(words)
            if not people:
                return []
            for name, detail in people[0].items():
                person.setdefault(name, detail)
            return [dict(p, _={"name"}) for p in people[1:]]
        case "surname" | "forenames":
            person[f"_{item.detail}"] = fields.cased(words)
        case "phone":
            _contact(person, words)
            people = _people(words) if phones.read(words) else []
            if people and "name" in people[0] and _FULL_NAME.fullmatch(people[0]["name"]):
                person.setdefault("name", people[0]["name"])
        case "email":
            found = fields.url_email(words)
            if found:
                person.setdefault("email", found)
        case "relationship":
            person["relationship"] = squash(words)
        case "postcode":
            code = fields.postcode(words)
            if (
                isinstance(code, fields.Got)
                and "address" in person
                and code.value not in person["address"]
            ):
                person["address"] += f", {code.value}"
        case "address":
            person.setdefault("address", one_line(words))
    return []


def _contact(person: dict[str, Any], words: str) -> None:
    number = phones.read(words)
    if number:
        old = person.get("phone")
        if not old:
            person["phone"] = number
        elif number not in old:
            person["phone"] = f"{old} / {number}"
    found = fields.url_email(words)
    if found:
        person.setdefault("email", found)


def _people(words: str) -> list[dict[str, Any]]:
    """Take one box apart into people with their telephones and relationships."""
    found: list[dict[str, Any]] = []
    words = _COUPLE.sub(r"\1 \3\n\2 \3", words)
    names = [n.strip() for n in words.split(",")]
    if len(names) > 1 and all(_FULL_NAME.fullmatch(n) for n in names):
        words = "\n".join(names)
    for part in re.split(
        r"(?:^|\s)\d[.)]\s+|\n|;|\s/\s(?=[A-Z])|(?<=[a-z)])\s*/\s*(?=(?:Mr|Mrs|Ms|Miss|Dr)\b)|(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bMiss)\s(?:and|&)\s(?=(?:Mr|Mrs|Ms|Miss|Dr|[A-Z][a-z]+ [A-Z]))",
        words,
    ):
        person: dict[str, Any] = {}
        if not part.strip():
            continue
        numbers = phones.find(part)
        bare = _EMAIL.sub(" ", part)
        bare = re.sub(r"(?:\+|\(?0)[\d ()\-]{8,}\d", " ", bare)
        bare = re.sub(
            r"\b(?:tel|telephone|mobile|mob|phone|home|work|no|email|contact)\b\.?\s*(?:no\.?|number)?\s*:?(?=\W|$)",
            " ",
            bare,
            flags=re.I,
        )
        bare = squash(bare).strip(" ,;:-–/")
        relation = re.search(r"[\(\[,–-]\s*([^()\[\]]{2,30})\s*[\)\]]?\s*$", squash(bare))
        if relation and _RELATION.search(relation[1]):
            person["relationship"] = squash(relation[1]).lower()
            bare = squash(bare)[: relation.start()]
        lead = re.match(
            r"^\W*(mother|father|mum|dad|step-?father|step-?mother|carer)\s*[:\-–]\s*", bare, re.I
        )
        if lead:
            person["relationship"] = lead[1].lower()
            bare = bare[lead.end() :]
        name = fields.adult(bare.strip(" ,:-–/()"))
        if name:
            person["name"] = name
        if numbers:
            person["phone"] = " / ".join(numbers)
        mail = fields.url_email(part)
        if mail:
            person["email"] = mail
        if "name" not in person and found and person:
            for key, detail in person.items():
                found[-1].setdefault(key, detail)
        elif person:
            found.append(person)
    return found


def _person(raw: dict[str, Any]) -> dict[str, Any]:
    person = {k: v for k, v in raw.items() if not k.startswith("_")}
    parts = [raw[k] for k in ("_forenames", "_surname") if k in raw]
    if parts and "name" not in person:
        person["name"] = " ".join(parts)
    ordered = ("name", "relationship", "phone", "email", "address")
    return {k: person[k] for k in ordered if k in person}


def siblings(told: Sequence[Told], on: date) -> Value | None:
    """Return the siblings: rows of a table, or one box with a line each."""
    rows: dict[str, dict[str, Any]] = {}
    loose: list[dict[str, Any]] = []
    for item in told:
        if (
            is_no_value(item.words)
            or is_not_known(item.words)
            or re.fullmatch(r"\W*(?:yes|no)\W*", item.words, re.I)
        ):
            continue
        if item.detail == "free" and not re.search(r"\d", item.label):
            loose.extend(_listed(item.words, on))
            continue
        numbered = re.search(r"\d", item.label)
        person = rows.setdefault(f"sibling {numbered[0]}" if numbered else item.group, {})
        if item.detail in person:
            person = rows.setdefault(item.group + f" {item.place.words}", {})
        match item.detail:
            case "date_of_birth":
                read = dates.read(item.words, on=on, kind="birth")
                if not isinstance(read, str):
                    person["date_of_birth"] = read.day.isoformat()
            case "school":
                person["school"] = one_line(item.words)
            case "surname" | "forenames":
                person[f"_{item.detail}"] = fields.cased(item.words)
            case _:
                person.setdefault("name", _plain(item.words))
    made = [_sibling(p) for p in rows.values()] + loose
    made = [p for p in made if p.get("name")]
    if not made:
        return None
    sure = min((t.sure for t in told), default=0.95)
    return Value(made, " / ".join(squash(t.words) for t in told if t.words), told[0].place,
                 min(sure, 0.85 if loose else 0.96))  # fmt: skip


def _plain(words: str) -> str:
    split = fields.whole_name(words)
    if isinstance(split, str):
        return squash(words)
    return " ".join(p for p in (split.forenames, split.surname) if p)


def _sibling(raw: dict[str, Any]) -> dict[str, Any]:
    parts = [raw[k] for k in ("_forenames", "_surname") if k in raw]
    if parts:
        raw = {**raw, "name": " ".join(parts)}
    return {k: raw[k] for k in ("name", "date_of_birth", "school") if k in raw}


_NAMED = re.compile(
    r"(?:[^\W\d_a-z][\w'’-]+ ?){2,4}(?:\(?(?:aged? ?)?\d{1,2} ?(?:yrs?|years?)?(?: old)?\)?|\(?(?:dob:? ?)?[\d./-]{6,10}\)?)?"
)
_AGE = re.compile(r"\(?\baged? ?\d{1,2}\b.*$|\(?\b\d{1,2} ?(?:yrs?|years?)\b.*$|\(\d{1,2}\)$", re.I)


def _each(line: str) -> list[str]:
    """Part "Ava Reeve, Ben Reeve (6) and Cora Reeve", only when every part is a whole name."""
    parts = [p.strip(" .") for p in re.split(r",|\band\b|&|\+", line) if p.strip(" .")]
    if len(parts) < 2 or not all(_NAMED.fullmatch(p) for p in parts):
        return [line]
    if re.search(r"school|academy|primary|college|high|junior|infant|nursery", line, re.I):
        return [line]
    return parts


def _lines(words: str, on: date) -> list[str]:
    """Part a box into lines; "Maria Rowe 14/02/2016 Luca Rowe 09/09/2019" in one line is two people."""
    made: list[str] = []
    for line in re.split(r"\n|;", words):
        for day in dates.find(line, on=on, kind="birth")[:-1]:
            head, found, rest = line.partition(day.raw)
            if not found or isinstance(fields.whole_name(head.strip(" ,-–()")), str):
                break
            if not re.match(r"[\s,)]*[^\W\d_a-z][\w'’-]+ [^\W\d_a-z]", rest):
                break
            made.append(head + found)
            line = rest.lstrip(" ,)")
        made.append(line)
    return made


def _listed(words: str, on: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in (x for row in _lines(words, on) for x in _each(row)):
        if not line.strip():
            continue
        person: dict[str, Any] = {}
        days = dates.find(line, on=on, kind="birth")
        bare = line if days else _AGE.sub("", line.strip())
        if days:
            person["date_of_birth"] = days[0].day.isoformat()
            bare = bare.replace(days[0].raw, "|")
        bare = re.sub(r"\b(?:d\.?o\.?b\.?|born|date of birth)\b\W*", "|", bare, flags=re.I)
        pieces = [p.strip(" ,-–().:") for p in re.split(r"[|,()]|\s[-–]\s", bare)]
        pieces = [p for p in pieces if p]
        if not pieces:
            continue
        if isinstance(fields.whole_name(pieces[0]), str):
            continue
        person["name"] = _plain(pieces[0])
        for piece in pieces[1:]:
            if re.search(r"school|academy|primary|college|high|junior|infant|nursery", piece, re.I):
                person["school"] = piece
        found.append({k: person[k] for k in ("name", "date_of_birth", "school") if k in person})
    return found

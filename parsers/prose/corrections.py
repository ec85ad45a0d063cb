"""What a sender puts right: "it should be 12 May 2014, not 5 December 2014".

The wrong half is named as often as the right one, before it or after it; and the thing put right may
stand a sentence earlier ("I gave you the wrong date of birth. It should be ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from parsers import dates, fields
from parsers.fields import Got
from parsers.prose.names import NAME
from parsers.prose.text import Sentence
from parsers.reading import Value
from parsers.words import squash

_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((name, re.compile(rf"\b(?:{pattern})\b", re.I)) for name, pattern in (
    ("date_of_birth", r"date of birth|d\.?o\.?b\.?|birthday|birth date|birthdate|born"),
    ("surname", r"surname|family name|last name"), ("forenames", r"first name|forenames?|given name|christian name"),
    ("year_group", r"year group|year|ncy"), ("sex", r"gender|sex"), ("upn", r"upn|unique pupil number"),
    ("postcode", r"post ?code"), ("last_attended", r"(?:last )?(?:date|day)(?: (?:of|last|they|he|she))* (?:attend\w*|attendance)|last attended|last attendance|last day"),
    ("off_roll_date", r"off[- ]?roll(?: date)?|date off roll|leaving date|date of removal"),
    ("admission_date", r"start date|admission date|date of admission"), ("destination_school", r"(?:new|receiving|next|destination) school"),
))  # fmt: skip
_NOW_KNOWN = re.compile(
    rf"\b(?:now known (?:as|by)|name (?:has |is )?(?:now )?changed (?:by deed poll )?to|now called|now goes by)[\s:]+(?P<name>{NAME})"
)
_WRONG_AFTER = re.compile(
    r"[,;(]?\s*\b(?:and not|not|instead of|rather than|as opposed to)\b\s+(?:on |the |as |was |in )*",
    re.I,
)
_CALLED_WRONG = re.compile(
    r"[\"”'’\s,;(–-]*(?:but |and )?(?:which|this|that|it)?\s*(?:is|was|were|are) (?:wrong|incorrect|not right|not correct|a mistake|an error|a typo)",
    re.I,
)
_RIGHT = re.compile(
    r"\b(?:should (?:be|read|have (?:been|read|said)|say)|is (?:actually|in fact|really|spel(?:t|led))|(?:correct|right|actual|real|proper)(?:ed)? (?:[\w ]{1,25} )?(?:is|being|should be)|spel(?:t|led)|to read|change(?:d)? to|amend(?:ed)? to|correct(?:ed)? to|known as|to|is(?: now)?|was|as|but)\b[\s:]*(?:spel(?:t|led)\s|actually\s|in fact\s|on\s)?[\"“'‘]?",
    re.I,
)


def corrections(sentences: tuple[Sentence, ...], on: date) -> Iterator[tuple[str, Value]]:
    """Yield each field that the sentences put right, with its value."""
    carried: str | None = None
    for sentence in sentences:
        if renamed := _renamed(sentence):
            yield renamed
            continue
        labels = sorted(
            (m.start(), m.end(), name)
            for name, pattern in _LABELS
            for m in pattern.finditer(sentence.text)
        )
        labels = [x for i, x in enumerate(labels) if i == 0 or x[0] >= labels[i - 1][1]]
        for number, (start, end, name) in enumerate(labels):
            until = labels[number + 1][0] if number + 1 < len(labels) else len(sentence.text)
            value = _value(name, sentence.text[end:until], on)
            if value is None and sentence.text[start:end].casefold() == "born":
                value = _read(name, re.sub(r"^\s*(?:on|in)\s", "", sentence.text[end:until]), on)
            if value is None and number == len(labels) - 1:
                value = _value(name, sentence.text[:start] if "should" in sentence.text else "", on)
            if value is not None:
                yield name, _made(value, sentence, name)
        if not labels and carried and _RIGHT.search(sentence.text):
            value = _value(carried, sentence.text, on)
            if value is not None:
                yield carried, _made(value, sentence, carried)
        carried = labels[-1][2] if labels else carried


def _renamed(sentence: Sentence) -> tuple[str, Value] | None:
    """Return the surname of "is now known as Kayleigh Sims"; a single new name may be either, and is none."""
    match = _NOW_KNOWN.search(sentence.text)
    split = fields.whole_name(match["name"]) if match else "nothing"
    if isinstance(split, str) or not split.surname:
        return None
    return "surname", _made((Got(split.surname, 0.85), split.surname), sentence, "surname")


def _made(value: tuple[Got, str], sentence: Sentence, name: str) -> Value:
    got, raw = value
    return Value(
        got.value,
        squash(raw),
        sentence.place,
        min(got.sure, 0.9 if name == "date_of_birth" else 0.88),
        corrects=True,
    )


def _value(name: str, words: str, on: date) -> tuple[Got, str] | None:
    """Return what a stretch of words puts right for one field: what is told as right, never the wrong half."""
    right = [m.end() for m in _RIGHT.finditer(words)]
    wrong_first = re.search(
        r"\bnot\b(?P<wrong>[^,;]*?)(?:,|;)?\s*\bbut\b\s*(?P<right>.*)", words, re.I
    )
    if wrong_first:
        tails = [wrong_first["right"]]
    else:
        from_to = re.search(r"\bfrom\b.*?\bto\b\s*(.*)", words, re.I)
        tails = (
            [from_to[1]]
            if from_to
            else [words[at:] for at in sorted(right, key=lambda a: -_weight(words, a))]
        )
        tails = tails or ([words.lstrip(" :=-–(")] if re.match(r"\s*[:=(–-]", words) else [])
    for tail in tails:
        kept = _WRONG_AFTER.split(tail)[0]
        got = _read(name, kept, on)
        if got is not None and not _CALLED_WRONG.match(tail[tail.find(got[1]) + len(got[1]) :]):
            return got
    return None


def _weight(words: str, at: int) -> int:
    """ "Should be" says more than "is", and "is" more than "to"."""
    before = words[:at].casefold()
    if re.search(
        r"(?:should \w+(?: \w+)?|actually|in fact|correct\w*(?: \w+)*? is|spel\w+)[\s:]*[\"“'‘]?$",
        before,
    ):
        return 3
    return 2 if re.search(r"\b(?:is|was|but)[\s:]*[\"“'‘]?$", before) else 1


def _read(name: str, words: str, on: date) -> tuple[Got, str] | None:
    words = words.strip(" :=-–(\"“'‘")
    if name in ("date_of_birth", "last_attended", "off_roll_date", "admission_date"):
        birth = name == "date_of_birth"
        found = dates.find(words[:60], on=on, kind="birth" if birth else "event", no_year=not birth)
        return (Got(found[0].day.isoformat(), found[0].sure), found[0].raw) if found else None
    if name == "year_group":
        match = re.match(
            r"(?:(?:in )?(?:year|yr|y)\s?)?(\d{1,2}|R|reception)\b(?![/.-]\d)", words, re.I
        )
        words = match[1] if match else ""
    elif name in ("surname", "forenames"):
        match = re.match(r"[\"“'‘]?([^\"”',.;()\d]{2,40})", words)
        words = re.split(
            r"\b(?:please|and|with|as|in|on|the|only|instead|now)\b", match[1] if match else ""
        )[0].strip()
        if words[:1].islower():
            return None
    elif name in ("postcode", "upn"):
        match = re.match(r"[A-Za-z0-9][A-Za-z0-9 ]{3,14}[A-Za-z0-9]", words)
        words = match[0] if match else ""
    elif name == "sex":
        match = re.match(r"male|female|m|f|boy|girl", words, re.I)
        words = match[0] if match else ""
    else:
        return None
    reader = {"surname": fields.name, "forenames": fields.name, "year_group": fields.year_group,
              "sex": fields.sex, "upn": fields.upn, "postcode": fields.postcode}[name]  # fmt: skip
    got = reader(words) if words else "nothing"
    return (got, words) if isinstance(got, Got) else None

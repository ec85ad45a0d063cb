"""Dates as schools write them: the day first, always.

A stranger would let a library guess and get 3 April for 04/03/2015. Here the day comes first unless
the year does or the month is a word; a month of 13 is not "probably American", it is not a date.
Two-digit years are read by what the date is for: a birth lies in the past and within childhood.

Source: docs/sources.md, "dates on forms".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from parsers.words import squash

Kind = Literal["birth", "event"]
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb febuary febr", "march mar", "april apr", "may", "june jun",
         "july jul", "august aug", "september sept sep", "october oct", "november nov",
         "december dec"), start=1)
    for name in names.split()
}  # fmt: skip
_MONTH = "(?P<m>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<d>\d{1,2})(?:\s?(?:st|nd|rd|th))?"
_YEAR = r"(?P<y>\d{4}|['’]?\d{2})"
_FORMS = tuple(re.compile(p, re.I) for p in (
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.]\s?(?P<n>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)(?:[T ]0?0:00(?::00(?:\.0+)?)?Z?)?",
    rf"(?<![\d/.-])(?P<d>\d{{1,2}})\s?[-/.,\\]\s?(?P<n>\d{{1,2}})\s?[-/.,\\]\s?{_YEAR}(?![\d])",
    r"(?<!\d)(?P<d>\d{1,2})\s(?P<n>\d{1,2})\s(?P<y>(?:19|20)\d\d|\d\d)(?!\d)",
    rf"(?<!\d){_DAY}(?:\s+of)?[\s,./-]*{_MONTH}[\s,./-]*{_YEAR}(?!\d)",
    rf"\b{_MONTH}[\s,./-]*{_DAY}[\s,./-]+(?P<y>\d{{4}}|['’]\d{{2}})(?!\d)",
    r"(?<!\d)(?P<d>\d{2})(?P<n>\d{2})(?P<y>(?:19|20)\d\d)(?!\d)",
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<n>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)",
))  # fmt: skip
_NO_YEAR = tuple(re.compile(p, re.I) for p in (
    rf"(?<![\d/.-]){_DAY}(?:\s+of)?\s+{_MONTH}(?![a-z])(?!\s*[,./-]?\s*\d)",
    rf"\b{_MONTH}\s+{_DAY}(?!\d)",
    r"(?<![\d/.-])(?P<d>\d{1,2})/(?P<n>\d{1,2})(?![\d/-]|\.\d)",
))  # fmt: skip
_DIGIT = re.compile(r"\d")
_SERIAL = re.compile(r"\s*(\d{5})(?:\.0+)?\s*")
_SIGNS = str.maketrans("–—‐‑−·•", "-----..")  # Word makes a dash of a hyphen
_DIGIT_SLIPS = str.maketrans("OoIl", "0011")


@dataclass(frozen=True, slots=True)
class Dated:
    day: date
    raw: str
    sure: float


def find(
    text: str, *, on: date, kind: Kind = "event", no_year: bool = False, past: bool = False
) -> list[Dated]:
    """Return every date in a text, in order; impossible ones are left out.

    A day without a year is read where `no_year` allows it, as the nearest, or as the last one where it lies in the `past`.
    """
    if not _DIGIT.search(text):
        return []
    written, text = text, text.translate(_SIGNS)
    found: list[tuple[int, Dated]] = []
    taken: list[tuple[int, int]] = []
    for index, form in enumerate(_FORMS):
        for match in form.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            day = _made(match, on, kind)
            if day is not None:
                sure = 0.99 if len(match["y"]) == 4 else 0.97
                raw = written[match.start() : match.end()]
                found.append((match.start(), Dated(day, raw, 0.93 if index in (2, 5, 6) else sure)))
    for form in _NO_YEAR if no_year else ():
        for match in form.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            taken.append(match.span())
            day = _nearest(match, on, past)
            if day is not None:
                raw = written[match.start() : match.end()]
                found.append((match.start(), Dated(day, raw, 0.8)))
    return [dated for _, dated in sorted(found, key=lambda pair: pair[0])]


def read(raw: str, *, on: date, kind: Kind = "event", sheet: bool = False) -> Dated | str:
    """Return the one date that an answer holds, or why there is none.

    `sheet` allows a spreadsheet's serial number (45210); elsewhere five digits are no date.
    """
    text = squash(raw).translate(_SIGNS)
    serial = _SERIAL.fullmatch(text)
    if serial and sheet and 30_000 <= int(serial[1]) <= 60_000:
        return Dated(date(1899, 12, 30) + timedelta(days=int(serial[1])), raw, 0.97)
    if re.fullmatch(r"[\dOoIl\s./-]{6,14}", text):
        text = text.translate(_DIGIT_SLIPS)
    spaced = re.fullmatch(r"(\d) ?(\d) ?[/. -] ?(\d) ?(\d) ?[/. -] ?(\d) ?(\d) ?(\d) ?(\d)", text)
    if spaced:
        text = "{}{}/{}{}/{}{}{}{}".format(*spaced.groups())
    dates = find(text, on=on, kind=kind)
    days = {dated.day for dated in dates}
    if not dates:
        return "no year" if find(text, on=on, no_year=True) else "not a date"
    if len(days) > 1:
        return "more than one date"
    dated = dates[0]
    rest = squash(text.replace(dated.raw, " "))
    sure = dated.sure
    if re.search(r"\d[\d/.-]{3,}", rest):
        return "more than one date"
    if len(rest) > 25 or re.search(
        r"\b(?:or|approx|around|about|circa|c\.|before|after|\?)", rest, re.I
    ):
        sure = min(sure, 0.7)
    if not _plausible(dated.day, on, kind):
        sure = min(sure, 0.5)
    return Dated(dated.day, dated.raw, sure)


def _made(match: re.Match[str], on: date, kind: Kind) -> date | None:
    parts = match.groupdict()
    month = _MONTHS[parts["m"].casefold()] if parts.get("m") else int(parts["n"])
    year = _year(parts["y"].lstrip("'’"), on, kind)
    try:
        return date(year, month, int(parts["d"]))
    except ValueError:
        return None


def _year(text: str, on: date, kind: Kind) -> int:
    number = int(text)
    if len(text) == 4:
        return number
    ahead = 0 if kind == "birth" else 5
    return 2000 + number if 2000 + number <= on.year + ahead else 1900 + number


def _nearest(match: re.Match[str], on: date, past: bool = False) -> date | None:
    """Give a date without a year the year that puts it nearest to now; what lies in the `past` no later than now."""
    parts = match.groupdict()
    month = _MONTHS[parts["m"].casefold()] if parts.get("m") else int(parts["n"])
    choices = []
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            choices.append(date(year, month, int(parts["d"])))
        except ValueError:
            continue
    choices = [day for day in choices if day <= on] if past else choices
    return min(choices, key=lambda day: abs((day - on).days), default=None)


def _plausible(day: date, on: date, kind: Kind) -> bool:
    if kind == "birth":
        return on.year - 21 <= day.year and day <= on
    return on.year - 12 <= day.year <= on.year + 2

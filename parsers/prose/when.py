"""Dates in running words: which of several dates says when the child left, started, moved.

Each date belongs to the nearest happening told before it in its sentence, else to the one after it
("on 31 October the family moved"). What is denied, asked or only due and never done has no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from parsers import dates
from parsers.prose.denial import denied, doubted
from parsers.prose.text import Sentence

_EVENTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        ("date_of_birth", r"\bd\.?\s?o\.?\s?b\b\.?|\bborn\b|\b(?:date of birth|birthday|birth date|birthdate)\b"),
        ("last_attended",
         r"\b(?:neither|none|nobody|no one)(?: \w+){0,4} (?:seen|attended|in|heard)(?: \w+){0,3}? since\b|\blast (?:attended|date of attend\w+|attendance|seen|present|in (?:school|class)|here|in (?=on\b|(?:the )?\d|(?:mon|tue|wed|thu|fri)\w*\b)|at school|came (?:in|to school)|day(?: (?:in|at|of|with)\b)?|date (?:in|at|of attendance)|known to be in school|session)\b"
         r"|(?:\bnot|n['’]t|\bnever)(?: \w+){0,2} (?:in|been|attend\w*|seen|in school|returned|come)(?:(?! since)[^.;]){0,50}? since\b|\b(?:absent|missing|out of school|away|off school|not attending|no contact|gone) (?:\w+ ){0,3}?since\b"
         r"|\bno (?:attendance|contact|sign)(?:(?! since)[^.;]){0,40}? since\b|\bstopped (?:attending|coming)\b|\bceased attend\w+|\bfinal day (?:in|at|of)\b|\bdate last attended\b"),
        ("off_roll_date",
         r"\boff[ -]?roll(?:ed)?\b|\b(?:remov(?:ed?|ing)|deleted|tak(?:en?|ing)|took|came|come|struck|withdrawn)\b(?:(?!\. )[^;]){0,80}? (?:from|off) (?:the |our |your )?(?:school |admissions? )?(?:roll|register)|\b(?:removed|deleted|withdrawn)(?: on)?[: ]+(?=\d)|\bleaving date\b|\bdate of (?:leaving|removal)\b|\bde-?register\w*"),
        ("left",
         r"\bleft (?:us\b|(?:our|the|this) school\b|on roll|(?=on\b))|\bleft (?-i:(?:[A-Z][\w'’-]+ ){1,5}(?:School|Academy|College|Primary|High)\b)|\bleft (?=\d|today|yesterday|last (?:mon|tue|wed|thu|fri))"),
        ("admission_date",
         r"\b(?:start(?:s|ed|ing)?|enroll?ed|admitted|admit|(?<!remain )(?<!remains )(?<!still )(?<!kept )on[ -]roll|joined|joins|joining|begins?|began|admission date|start date|first day|attending (?:from|since))\b"),
        ("place_given", r"\b(?:place(?=[^.;]{0,60}\bfrom\b)|transferred|(?<!family )(?<!family have )(?<!family has )registered|accepted|offered)\b"),
        ("move_date",
         r"\b(?:moved|moving|move|left for|left (?:the )?(?:uk|u\.k\.|country|area|england|property|address|house|home|in the night)|flew|flown|fly|emigrat\w+|relocat\w+|travelled|gone (?:back )?to|went (?:back )?to|departed|vacated)\b"),
        ("other", r"\b(?:visit(?:ed|s)?|excluded|suspended|called|rang|phoned|wrote|letters?|emailed|spoke|told|form|referral|referred|received|meeting|attended the|knocked|reported|contacted|leave until|back (?:in|on|at|to)|return(?:ed|s|ing)?|came)\b"),
    )
)  # fmt: skip
_RELATIVE = re.compile(
    r"\b(?P<t>today|this morning|this afternoon)\b|\b(?P<y>yesterday|last night)\b", re.I
)
_SAME_DAY = re.compile(r"\b(?:the same|that(?: same)?) day\b", re.I)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"(?<![-–/])\b(?:(?P<next>next|this coming|coming) )?(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday|r)?\b\.?(?:,? (?:the )?(?P<date>\d{1,2})(?:st|nd|rd|th))?(?! (?:of )?[a-z]*\s?\d)(?!\s?[-–/]\s?[a-z]| to (?:mon|tue|wed|thu|fri))",
    re.I,
)
_ORDINAL = re.compile(
    r"\b(?:on|since|from|of|was|is|until) the (?P<date>\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?[A-Za-z]+ ?\d|\w)",
    re.I,
)
_NEVER = re.compile(
    r"\b(?:never|not turned|did(?: not|n['’]t)|didn['’]t|has(?: not|n['’]t)|have(?: not|n['’]t)|failed to|no[- ]show|yet to) (?:\w+ ){0,2}?(?:turn\w*|arriv\w*|start\w*|attend\w*|shown?|come|came|appear\w*|take)?",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:will|due|going to|from|starting|starts|begins|leaves|leaving|moving|to start|tomorrow|next|plan\w*)\b",
    re.I,
)
_AHEAD = re.compile(
    r"\b(?:will|due|going to|starting|starts|leaves|leaving|moving|to start|plan\w*|intends?|wants?|return(?:s|ing)?|flying|from)\b[^.;]*$",
    re.I,
)
DUE = re.compile(r"\b(?:was|were|had been|should have|due|supposed|meant|expected|offered)\b", re.I)


_RECENT = frozenset({"last_attended", "left", "off_roll_date", "admission_date", "move_date"})


@dataclass(frozen=True, slots=True)
class Happening:
    """`field` happened on `day`; `at` is where the date stands in the sentence.

    `field` is one of the contract's, or "left": the day off roll, unless another day is told for that.
    """

    field: str
    day: date
    raw: str
    at: int
    sure: float


def happenings(
    sentence: Sentence, on: date, births: frozenset[date] = frozenset()
) -> Iterator[Happening]:
    """Yield what a sentence dates: the fields of the contract, each with its day; `births` date nothing else."""
    text = sentence.text
    events = _events(text)
    days = [d for d in dated_in(text, on) if not {d[3], d[4]} & births]
    for at, raw, found_sure, day, birth in days:
        field, where = _owner(events, days, at)
        if field in (None, "other") or field is None:
            continue
        if field == "place_given" and re.search(r"\b(?:surgery|gp|clinic|practice)\b", text, re.I):
            continue  # registered with a doctor
        if field == "place_given":  # until a day of starting is told
            field, found_sure = "admission_date", 0.82
        if field == "date_of_birth":
            if birth is not None:
                yield Happening(field, birth, raw, at, 0.9)
            continue
        if field in _RECENT and (on - day).days > 730:
            continue  # a day so long past is a birthday or history
        if field == "admission_date" and (
            denied(text, where) or (_NEVER.search(text) and DUE.search(text[: where + 30]))
        ):
            continue
        if field in ("off_roll_date", "left") and doubted(text, where):
            continue
        if field in ("off_roll_date", "left", "move_date") and denied(text, where):
            continue
        yield Happening(field, _past(day, raw, text, on), raw, at, min(found_sure, 0.9) - 0.02)


def _past(day: date, raw: str, text: str, on: date) -> date:
    """Return a day without a year as the last one, unless the sentence speaks of what is to come."""
    if day <= on or re.search(r"\d{4}|\d[/.-]\d+[/.-]\d", raw) or _TO_COME.search(text):
        return day
    return next((d.day for d in dates.find(raw, on=on, no_year=True, past=True)), day)


def _events(text: str) -> list[tuple[int, int, str]]:
    found = [
        (m.start(), m.end(), name) for name, pattern in _EVENTS for m in pattern.finditer(text)
    ]
    # "taken off roll" is one happening, not a roll that one is on; the longer words win
    kept: list[tuple[int, int, str]] = []
    for event in sorted(found, key=lambda e: (e[0] - e[1], e[0])):
        if all(event[1] <= a or event[0] >= b for a, b, _ in kept):
            kept.append(event)
    return sorted(kept)


def dated_in(text: str, on: date) -> list[tuple[int, str, float, date, date | None]]:
    """Return (place, raw, sure, day, the day read as a birthday or None) of each date in a sentence."""
    found: list[tuple[int, str, float, date, date | None]] = []
    births = {d.raw: d.day for d in dates.find(text, on=on, kind="birth")}
    from_at = 0
    for dated in dates.find(text, on=on, no_year=True):
        at = text.find(dated.raw, from_at)
        at = text.find(dated.raw) if at < 0 else at
        from_at = max(from_at, at + 1)
        sure = 0.9 if re.search(r"\d{4}|\d[/.-]\d+[/.-]\d", dated.raw) else 0.87
        found.append((at, dated.raw, sure, dated.day, births.get(dated.raw)))
    for match in _RELATIVE.finditer(text):
        if any(abs(at - match.end()) < 25 for at, *_ in found):
            continue  # "this morning, Monday 16 November"
        day = on if match["t"] else on - timedelta(days=1)
        found.append((match.start(), match[0], 0.82, day, None))
    for match in _SAME_DAY.finditer(text):
        if before := [f for f in sorted(found) if f[0] < match.start()]:
            found.append((match.start(), match[0], 0.84, before[-1][3], None))
    for match in (*_WEEKDAY.finditer(text), *_ORDINAL.finditer(text)):
        if any(at - 12 < match.end() and match.start() < at + len(raw) for at, raw, *_ in found):
            continue  # "Friday 13 November"
        told = _told_day(match, text, on)
        if told is not None:
            found.append((match.start(), match[0], 0.82, told, None))
    return sorted(found)


def _told_day(match: re.Match[str], text: str, on: date) -> date | None:
    """Return the day that "since Wednesday", "next Monday" or "Friday 13th" means to who writes on a day.

    The last such day, or the next one where the sentence speaks of what is to come; None when no day near fits both.
    """
    told = match.groupdict()
    ahead = bool(
        told.get("next") or _AHEAD.search(text[max(0, match.start() - 40) : match.start()])
    )
    forward, back = range(1, 32), range(0, -32, -1)
    wanted = (*forward, *back) if ahead else (*back, *forward)
    for days in wanted if told["date"] else wanted[:31]:  # "Thursday 19th" may fit one way only
        day = on + timedelta(days=days)
        if told.get("day") and day.weekday() != _WEEKDAYS.index(told["day"][:3].casefold()):
            continue
        if told["date"] is None or day.day == int(told["date"]):
            return day
    return None


def _owner(
    events: list[tuple[int, int, str]],
    days: list[tuple[int, str, float, date, date | None]],
    at: int,
) -> tuple[str | None, int]:
    """Return what a date at `at` belongs to: the happening before it, unless another date took that."""
    before = [e for e in events if e[1] <= at]
    after = [e for e in events if e[0] > at]
    between = [d[0] for d in days if d[0] < at]
    if before:
        start, end, name = before[-1]
        taken = any(end <= d for d in between)
        if not taken and at - end <= 110:
            return name, start
        if taken and after and after[0][0] - at < 60:
            return after[0][2], after[0][0]
        return None, 0
    has_its_own = after and any(0 <= d[0] - after[0][1] < 40 for d in days)
    if has_its_own and after[0][2] == "last_attended":
        return None, 0  # "excluded on the 6th and not seen since the 11th"
    if after and after[0][0] - at < 90 and not any(at < d[0] < after[0][0] for d in days):
        return after[0][2], after[0][0]
    return None, 0

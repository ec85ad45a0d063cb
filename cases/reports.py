"""Reports in plain text: open cases, the review pack, the daily line, schools' timeliness, DfE's termly figures.

The pages show the same numbers from the same functions. Durations and reasons are DfE's own lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from cases.clock import UK
from cases.config import current
from cases.models import Case

# DfE's bands of how long a child has been missing: (label, weeks below which it applies).
BANDS = (
    ("Less than 2 weeks", 2), ("2 to 4 weeks", 4), ("4 to 8 weeks", 8), ("8 to 12 weeks", 12),
    ("12 to 26 weeks", 26), ("26 to 52 weeks", 52), ("Over 52 weeks", 10**6),
)  # fmt: skip
UNKNOWN = "Unknown"
SEXES = {"F": "Female", "M": "Male"}
_YEARS = ["N1", "N2", "R", *map(str, range(1, 15))]


@dataclass(frozen=True, slots=True)
class Census:
    """DfE's figures for one census day, each with the references of the cases behind it."""

    on: date
    total: int
    previous_year: int
    by_sex: dict[str, int]
    by_year_group: dict[str, int]
    by_duration: dict[str, int]
    by_reason: dict[str, int]
    refs: tuple[str, ...]
    behind: dict[str, dict[str, list[str]]]  # table, row, the cases counted there


def open_on(day: date) -> Iterable[Case]:
    """Return the cases that were open on a day, whatever has happened since."""
    rows = Case.objects.filter(merged_into=None, opened_on__lte=day)
    return rows.filter(Q(closed_on=None) | Q(closed_on__gt=day)).select_related("child", "school")


def band(case: Case, day: date) -> str:
    """Return DfE's duration band of a case on a day, counted from the last day attended."""
    if case.last_attended is None:
        return UNKNOWN
    return _band((day - case.last_attended).days)


def _band(days: int) -> str:
    return next((label for label, below in BANDS if days / 7 < below), UNKNOWN)


def census(day: date) -> Census:
    """Return the termly figures for a census day."""
    cases = list(open_on(day))
    reasons = current().codes.get("dfe_reason", {})
    start = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    last_start, last_end = start.replace(year=start.year - 1), start - timedelta(days=1)
    in_last_year = Case.objects.filter(merged_into=None, opened_on__lte=last_end).filter(
        Q(closed_on=None) | Q(closed_on__gte=last_start)
    )
    behind = {
        "by_sex": _group(cases, lambda c: SEXES.get(c.child.sex, UNKNOWN)),
        "by_year_group": _group(cases, lambda c: c.child.year_group or UNKNOWN),
        "by_duration": _group(cases, lambda c: band(c, day)),
        "by_reason": _group(cases, lambda c: reasons.get(c.dfe_reason, "Not recorded")),
    }
    counts = {
        table: {row: len(refs) for row, refs in rows.items()} for table, rows in behind.items()
    }
    return Census(
        on=day, total=len(cases), previous_year=in_last_year.values("child").distinct().count(),
        by_sex=counts["by_sex"], by_year_group=counts["by_year_group"], by_duration=counts["by_duration"],
        by_reason=counts["by_reason"], refs=tuple(sorted(c.ref for c in cases)), behind=behind,
    )  # fmt: skip


def open_for(day: date) -> dict[str, int]:
    """Return how long the cases that were open on a day had been open."""
    waits = Counter(_band((day - case.opened_on).days) for case in open_on(day))
    return {label: waits[label] for label, _ in BANDS if waits[label]}


def _group(cases: list[Case], of: Callable[[Case], str]) -> dict[str, list[str]]:
    """Return the cases' references by what `of` says of each, in the order in which people read it."""
    found: dict[str, list[str]] = {}
    for case in sorted(cases, key=lambda c: c.ref):
        found.setdefault(of(case), []).append(case.ref)
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def _place(label: str) -> tuple[int, int, str]:
    """Durations from short to long, year groups from nursery up, the rest by name, what is not known last."""
    bands = [name for name, _ in BANDS]
    if label in (UNKNOWN, "Not recorded"):
        return (2, 0, label)
    if label in bands:
        return (0, bands.index(label), "")
    if label in _YEARS:
        return (0, _YEARS.index(label), "")
    return (1, 0, label)


def text(name: str, today: date) -> str:
    """Return a report as text for people."""
    match name:
        case "census":
            return _census_text(census(today))
        case "review-pack":
            return _review_pack(today)
        case "schools":
            return _schools()
        case "daily":
            from cases.house import daily_line

            return daily_line(datetime.combine(today, time(12), tzinfo=UK))
        case _:
            return _open_cases(today)


def _open_cases(today: date) -> str:
    rows = sorted(open_on(today), key=lambda c: c.opened_on)
    lines = [f"Open cases on {today:%d %B %Y}: {len(rows)} (policy 10.11)", ""]
    lines += [
        f"{c.ref:16}{_initials(c):5}{c.status:22}open {(today - c.opened_on).days:4} days"
        f"  {band(c, today):18}{c.school.name if c.school else c.school_name}"
        for c in rows
    ]
    return "\n".join(lines)


def _initials(case: Case) -> str:
    """A protected child has none on a list."""
    return "-" if case.child.protected else case.child.initials


def _review_pack(today: date) -> str:
    from cases import clocks

    overdue: dict[str, list[str]] = {}
    for row in clocks.all_due(today):
        if row.overdue:
            overdue.setdefault(row.case, []).append(f"{row.what} was due {row.due:%d %b %Y}")
    lines = [f"Review pack for {today:%d %B %Y} (policy 16.2)"]
    for case in sorted(open_on(today), key=lambda c: c.opened_on):
        lines += ["", f"{case.ref} {_initials(case)}, {case.status}, open since"
                  f" {case.opened_on:%d %B %Y}, EWO: {case.ewo_address or 'none'}"]  # fmt: skip
        lines += [f"  overdue: {line}" for line in overdue.get(case.ref, [])]
    return "\n".join(lines)


def _schools() -> str:
    waits: dict[str, list[int]] = {}
    for case in Case.objects.exclude(school=None).select_related("school"):
        if case.off_roll_date and case.school:
            waits.setdefault(case.school.name, []).append(
                (case.opened_on - case.off_roll_date).days
            )
    lines = ["Days from leaving the roll to our being told, by school"]
    for school, days in sorted(waits.items()):
        lines.append(f"{school:40}{len(days):4} forms, mean {sum(days) / len(days):5.1f} days")
    return "\n".join(lines)


def _census_text(figures: Census) -> str:
    lines = [
        f"Children missing education on {figures.on:%d %B %Y}: {figures.total}",
        f"At any time in the previous academic year: {figures.previous_year}",
    ]
    for title, table in (
        ("Sex", figures.by_sex), ("Year group", figures.by_year_group),
        ("How long missing", figures.by_duration), ("Primary reason", figures.by_reason),
    ):  # fmt: skip
        lines += ["", title, *(f"  {name:50}{count:5}" for name, count in table.items())]
    return "\n".join([*lines, "", "Cases: " + ", ".join(figures.refs)])

"""Deadlines met: what counts as in time, late and running, against days counted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.review.conftest import NOW

# 2 November 2026 is a Monday; the visit is due after 72 working hours, 9 or 10 working days by the council's hours.
ASSIGNED = date(2026, 11, 2)


def add(record: dict[str, Any], kind: str, on: date, state: str = "applied") -> None:
    from cases.models import Case, CaseEvent

    case = Case.objects.get(ref=record["other_ref"])
    CaseEvent.objects.create(
        case=case, kind=kind, on=on, by="officer", recorded_at=NOW, state=state
    )


def of(what: str, today: date) -> tuple[int, int, int] | None:
    from review.met import deadlines_met

    row = next((m for m in deadlines_met(today) if m.what.startswith(what)), None)
    return (row.in_time, row.late, row.running) if row else None


def due_day(record: dict[str, Any]) -> date:
    """The day that the clocks themselves give."""
    from cases import clocks
    from cases.models import Case

    rows = clocks.case_due(Case.objects.get(ref=record["other_ref"]), ASSIGNED)
    return next(r.due for r in rows if r.rule == "ewo_home_visit" and r.due)


@pytest.mark.parametrize(("days_after", "expected"), [(0, (1, 0, 0)), (1, (0, 1, 0))])
def test_a_visit_on_the_due_day_is_in_time_and_a_day_later_is_late(
    record: dict[str, Any], days_after: int, expected: tuple[int, int, int]
) -> None:
    from datetime import timedelta

    add(record, "ewo_assigned", ASSIGNED)
    day = due_day(record) + timedelta(days=days_after)
    add(record, "home_visit", day)
    assert of("Visit to the last known", day) == expected


def test_without_a_visit_it_runs_until_the_day_is_over(record: dict[str, Any]) -> None:
    from datetime import timedelta

    add(record, "ewo_assigned", ASSIGNED)
    last = due_day(record)
    assert of("Visit to the last known", last) == (0, 0, 1)
    assert of("Visit to the last known", last + timedelta(days=1)) == (0, 1, 0)


def test_a_visit_that_is_only_proposed_or_taken_back_does_not_count(record: dict[str, Any]) -> None:
    add(record, "ewo_assigned", ASSIGNED)
    last = due_day(record)
    add(record, "home_visit", ASSIGNED, "proposed")
    add(record, "home_visit", ASSIGNED, "undone")
    assert of("Visit to the last known", last) == (0, 0, 1)


def test_a_closed_case_still_counts(record: dict[str, Any]) -> None:
    from cases.models import Case

    add(record, "ewo_assigned", ASSIGNED)
    add(record, "home_visit", ASSIGNED)
    add(record, "closed", date(2026, 11, 5))
    Case.objects.filter(ref=record["other_ref"]).update(
        status="closed", closed_on=date(2026, 11, 5)
    )
    assert of("Visit to the last known", date(2026, 11, 24)) == (1, 0, 0)


def test_what_began_long_ago_is_left_out(record: dict[str, Any]) -> None:
    add(record, "ewo_assigned", date(2026, 6, 1))
    assert of("Visit to the last known", date(2026, 11, 24)) is None


def test_days_from_the_last_day_at_school_to_our_being_told(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from review.met import schools_told

    told = schools_told(date(2026, 11, 24))
    assert [(t.school, t.cases, t.middle, t.longest) for t in told] == [
        ("Alder Grove Primary School", 1, 18, 18)
    ]
    client.force_login(people["auditor"])
    page = client.get(reverse("figures")).content.decode()
    assert "Deadlines met" in page
    assert "Alder Grove Primary School" in page

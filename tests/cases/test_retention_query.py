"""What is due for deletion is asked of the database, and comes to the same as walking through everything."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.config import Keep, Retention

TODAY = date(2026, 2, 28)
RULES = [
    {"case": {"until_age": 25}, "case_with_ehcp": {"until_age": 35}, "case_looked_after": {"until_age": 75}},
    {"case": {"years": 6}, "case_with_ehcp": {"until_age": 25}, "case_looked_after": {"years": 20}},
]  # fmt: skip


def retention(told: dict[str, Any]) -> Retention:
    return Retention.model_validate(
        {"raw_email": {"years": 2}, "documents": {"years": 6}, "audit": {"years": 10}, **told}
    )


def fill(count: int) -> None:
    """Cases of every kind, and emails about none, one or two of them."""
    from cases.models import Arrival, Case, Child, Document, FieldValue, ReadingRow
    from cases.record import ledger

    rng, now = random.Random(11), datetime(2026, 2, 28, 12, tzinfo=UTC)
    made = []
    for n in range(count):
        born = (
            date(1950, 2, 28) + timedelta(days=rng.randrange(25000)) if rng.random() < 0.9 else None
        )
        closed = (
            date(2000, 1, 1) + timedelta(days=rng.randrange(9555)) if rng.random() < 0.8 else None
        )
        child = Child.objects.create(date_of_birth=born, created_at=now)
        made.append(Case.objects.create(
            ref=f"CME-2020-{n:04}", child=child, opened_on=date(2000, 1, 1), closed_on=closed, changed_at=now, legal_hold=rng.random() < 0.15,
            merged_into=rng.choice(made) if made and rng.random() < 0.1 else None,
            flags=rng.choice([[], [], ["ehcp"], ["looked_after"], ["ehcp", "looked_after"]])))  # fmt: skip
    raw = ledger.store(b"bytes", now)
    for n in range(count):
        came = now - timedelta(days=rng.randrange(4000), hours=rng.randrange(24))
        arrival = Arrival.objects.create(
            content_key=f"{n:064}", state=rng.choice(["filed", "filed", "held", "ignored"]), received_at=came, kept_at=came,
            raw=raw if rng.random() < 0.8 else None)  # fmt: skip
        Document.objects.create(
            arrival=arrival, path="x", decision="read", text=rng.choice(["", "w"])
        )
        for number, case in enumerate(rng.sample(made, rng.choice([0, 1, 1, 2]))):
            if rng.random() < 0.5:
                ReadingRow.objects.create(arrival=arrival, number=number, form="cme", case=case)
            else:
                FieldValue.objects.create(
                    case=case, field="x", value=1, by="x", at=now, arrival=arrival
                )


def walked(told: Retention) -> set[tuple[str, int, date]]:
    """Return what is due by looking at every row."""
    from cases.clock import uk_date
    from cases.models import Arrival, Case
    from cases.record import retention as record

    found = set()
    for case in Case.objects.select_related("child"):
        held = case.legal_hold or Case.objects.filter(merged_into=case, legal_hold=True).exists()
        if case.closed_on is None or case.merged_into_id or held:
            continue
        until = record.kept_until(
            record.rule_of(case, told), case.child.date_of_birth, case.closed_on
        )
        if until and until <= TODAY:
            found.add(("case", case.pk, until))
    for arrival in Arrival.objects.exclude(state__in=["held", "kept"]):
        cases = Case.objects.filter(pk__in=record.cases_of(arrival))
        if any(c.closed_on is None or c.legal_hold for c in cases):
            continue
        came = uk_date(arrival.received_at)
        last = max((c.closed_on for c in cases if c.closed_on), default=came)
        rules: list[tuple[str, Keep, bool]] = [
            ("raw_email", told.raw_email, arrival.raw_id is not None),
            ("documents", told.documents, arrival.documents.exclude(text="").exists()),
        ]
        for kind, rule, there in rules:
            until = record.kept_until(rule, None, last)
            # An email that came after its case was closed is kept its own time too.
            own = record.kept_until(rule, None, came)
            if there and until and until <= TODAY and own and own <= TODAY:
                found.add((kind, arrival.pk, until))
    return found


@pytest.mark.parametrize("rules", RULES, ids=["ages", "years"])
@pytest.mark.django_db
def test_the_query_finds_what_a_walk_finds(rules: dict[str, Any]) -> None:
    from cases.record.retention import due

    fill(70)
    told = retention(rules)
    found = {(d.kind, d.key, d.until) for d in due(told, TODAY)}
    assert found == walked(told)
    assert {kind for kind, _, _ in found} == {"case", "raw_email", "documents"}


@pytest.mark.django_db
def test_a_look_asks_no_more_of_a_larger_record() -> None:
    from cases.record.retention import due

    asked = []
    for count in (15, 95):
        fill(count) if not asked else _more()
        with CaptureQueriesContext(connection) as queries:
            due(retention(RULES[0]), TODAY)
        asked.append(len(queries))
    assert asked[1] <= asked[0] + 1


def _more() -> None:
    from cases.models import Arrival, Case, Child, ReadingRow
    from cases.record import ledger

    now = datetime(2026, 2, 28, 12, tzinfo=UTC)
    raw = ledger.store(b"more bytes", now)
    for n in range(80):
        child = Child.objects.create(date_of_birth=date(1990, 1, 1), created_at=now)
        case = Case.objects.create(
            ref=f"CME-2021-{n:04}", child=child, opened_on=date(2001, 1, 1), closed_on=date(2003, 1, 1), changed_at=now,
        )  # fmt: skip
        came = now - timedelta(days=3000 + n)
        arrival = Arrival.objects.create(
            content_key=f"more{n:060}", state="filed", received_at=came, kept_at=came, raw=raw
        )
        ReadingRow.objects.create(arrival=arrival, number=1, form="cme", case=case)

"""Safeguarding alerts: raised once each, shown until somebody has seen to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cases.models import Alert, Arrival, Case
from cases.record.entries import entry


def raise_alerts(
    arrival: Arrival, found: Iterable[tuple[str, str, str]], now: datetime
) -> list[Alert]:
    """Write the safeguarding signals (kind, words, where) of an arrival, once each."""
    made = []
    for kind, words, where in found:
        if Alert.objects.filter(arrival=arrival, kind=kind).exists():
            continue
        made.append(
            Alert.objects.create(
                arrival=arrival, kind=kind, words=words[:500], where=where[:300], at=now
            )
        )
    if made:
        entry(
            "alert", "system: safeguarding", now=now, arrival=arrival,
            data={"kinds": [a.kind for a in made]},
        )  # fmt: skip
    return made


def see_alert(alert_id: int, *, by: str, note: str, now: datetime) -> None:
    """Write down that somebody has seen to an alert."""
    with transaction.atomic():
        row = Alert.objects.get(pk=alert_id)
        row.seen_at, row.seen_by, row.done_note = now, by, note
        row.save(update_fields=["seen_at", "seen_by", "done_note"])
        entry(
            "alert seen", by, now=now, case=row.case, arrival=row.arrival,
            data={"kind": row.kind, "alert": row.pk},
        )  # fmt: skip


def link_alerts(arrival: Arrival, case: Case) -> None:
    """Put an arrival's alerts on the case it turned out to concern."""
    Alert.objects.filter(arrival=arrival, case=None).update(case=case)

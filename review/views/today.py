"""Today: what matters now, safeguarding first."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import health
from cases.clocks import COUNCIL, DueRow
from cases.config import current
from cases.models import (
    Alert,
    Arrival,
    ArrivalState,
    Case,
    CaseEvent,
    FieldValue,
    Letter,
    ReadingRow,
    Task,
)
from cases.record import alerts, ledger
from cases.record import cases as record
from policy.deadlines import EVENTS
from review import due
from review.access import EVERYBODY, EWO, READERS, WORKERS, open_to, roles, visible
from review.steps import COUNCIL_RECORDS, steps

AHEAD, SHOWN = timedelta(days=7), 40
# What the team owes every week would else stand there again as soon as it is done.
AHEAD_OF_THE_TEAM = timedelta(days=3)
EWO_WORDS = (
    ("home_visit", "Visited, spoke to someone"), ("home_visit_failed", "Visited, found nobody"),
    ("first_action", "Began enquiries"), ("ewo_report", "My report"), ("social_care_informed", "Told Social Care"),
    ("found", "Found the child"), ("left_county_suspected", "May have left the county"),
)  # fmt: skip


@roles(*EVERYBODY)
def today(request: HttpRequest) -> HttpResponse:
    """The first page of everybody's day; an EWO has their own."""
    if request.user.role == EWO:
        return mine(request)
    day = request.today
    who = request.user
    held = open_to(
        who,
        Arrival.objects.filter(state=ArrivalState.HELD)
        .prefetch_related("holds")
        .select_related("school")
        .order_by("received_at"),
        "readings__case__child",
    )
    decisions = open_to(
        who,
        ReadingRow.objects.filter(state="waiting", verdict="provisional")
        .select_related("case__child", "arrival__school")
        .order_by("arrival__received_at"),
    )
    closed_to = (
        set()
        if who.protected_cases
        else set(Case.objects.filter(child__protected=True).values_list("ref", flat=True))
    )
    owed = [
        r
        for r in due.all_due(day)
        if r.due
        and (r.due <= day or (r.who == "cme_officer" and r.due <= day + _ahead(r)))
        and r.case not in closed_to
    ]
    shown = owed[:SHOWN]
    letters = dict(
        Letter.objects.order_by().exclude(state="sent").values_list("state").annotate(n=Count("id"))
    )
    context = {
        "alerts": open_to(who, Alert.objects.filter(seen_at=None)).select_related("case", "arrival").order_by("at"),
        "held": list(held[:51]), "decisions": list(decisions[:51]),
        "proposed_values": open_to(who, FieldValue.objects.filter(state="proposed")).select_related("case__child").order_by("at")[:50],
        "proposed_events": open_to(who, CaseEvent.objects.filter(state="proposed")).select_related("case__child").order_by("recorded_at")[:50],
        "tasks": open_to(who, Task.objects.filter(done_at=None)).select_related("case").order_by("due_on", "id")[:50],
        "due": shown, "due_count": len(owed), "steps": steps(shown) if who.role in WORKERS else {}, "names": _names(shown),
        "event_words": EVENTS, "overdue_count": sum(r.overdue for r in owed),
        "letters": letters.get("held", 0),
        "uncertain": sum(letters.get(s, 0) for s in ("uncertain", "refused", "undelivered")),
        "checks": _post(request.now), "today": day,
    }  # fmt: skip
    return render(request, "today.html", context)


def _ahead(row: DueRow) -> timedelta:
    return AHEAD_OF_THE_TEAM if row.case == COUNCIL else AHEAD


def _names(rows: list[DueRow]) -> dict[str, str]:
    """Return the children's names by case."""
    found = Case.objects.filter(ref__in={r.case for r in rows}).select_related("child")
    return {case.ref: case.child.full_name for case in found}


@require_POST
@roles(*WORKERS)
def team_done(request: HttpRequest) -> HttpResponse:
    """Something that the team owes without a case was done: s2s read, the list received, the report issued."""
    kind = request.POST.get("kind", "")
    if kind not in COUNCIL_RECORDS:
        messages.error(request, "There is nothing of that kind to record.")
    elif CaseEvent.objects.filter(case=None, kind=kind, on=request.today, state="applied").exists():
        messages.success(request, "That is recorded for today already.")
    else:
        record.note_event(None, kind, request.today, by=request.user.username, now=request.now)
        messages.success(request, f"Recorded: {EVENTS[kind]}.")
    return redirect("today")


_looked: tuple[float, list[Any]] = (float("-inf"), [])


def look_at_post(now: datetime) -> list[Any]:
    """Look whether the post works, and remember it."""
    global _looked
    _looked = (time.monotonic(), list(health.post_checks(current(), now)))
    return _looked[1]


def _post(now: datetime) -> list[Any]:
    """Return whether the post works, as seen half a minute ago at most."""
    return look_at_post(now) if time.monotonic() - _looked[0] > 30 else _looked[1]


def mine(request: HttpRequest) -> HttpResponse:
    """An EWO's own page: their cases and what they owe."""
    cases = list(
        visible(request.user)
        .filter(closed_on=None)
        .select_related("child", "school")
        .order_by("opened_on")
    )
    day = request.today
    every = due.of_cases([c.ref for c in cases], day)
    owed = {ref: [r for r in rows if r.who == "ewo"] for ref, rows in every.items()}
    cases.sort(key=lambda c: min((r.due or date.max for r in owed[c.ref]), default=date.max))
    late = sum(r.overdue for rows in owed.values() for r in rows)
    context = {"cases": cases, "owed": owed, "today": day, "late": late, "records": EWO_WORDS}
    return render(request, "ewo.html", context)


@roles(*READERS)
def status(request: HttpRequest) -> HttpResponse:
    """Is the post working, and where is every email?"""
    counts = ledger.counts()
    context = {
        "checks": _everything(request.now), "counts": counts,
        "total": sum(counts.values()), "reconciled": ledger.recall("reconciled") or {},
    }  # fmt: skip
    return render(request, "status.html", context)


_checked: tuple[float, list[Any]] = (float("-inf"), [])


def _everything(now: datetime) -> list[Any]:
    """Return what the doctor says, as of ten seconds ago at most."""
    global _checked
    if time.monotonic() - _checked[0] > 10:
        _checked = (time.monotonic(), list(health.checks(current(), now, deep=False)))
    return _checked[1]


@require_POST
@roles(*WORKERS)
def see_alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Somebody has seen to an alert."""
    get_object_or_404(open_to(request.user, Alert.objects.all()), pk=alert_id)
    note = request.POST.get("note", "")[:1000]
    alerts.see_alert(alert_id, by=request.user.username, note=note, now=request.now)
    return redirect("today")


@require_POST
@roles(*WORKERS)
def finish_task(request: HttpRequest, task_id: int) -> HttpResponse:
    """A task is done."""
    get_object_or_404(open_to(request.user, Task.objects.all()), pk=task_id)
    record.finish_task(task_id, by=request.user.username, now=request.now)
    return redirect(
        request.POST.get("back") if request.POST.get("back", "").startswith("/case/") else "today"
    )

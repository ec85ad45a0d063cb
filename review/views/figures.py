"""Figures for the team and for DfE, each number with the children behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cases import clock, reports
from cases.models import (
    Arrival,
    Case,
    CaseEvent,
    Decision,
)
from cases.record.entries import entry
from policy.status import STATUSES
from review import met, remembered
from review.access import READERS, roles, visible
from review.pages import cap
from review.pages import day as shown_day
from review.views.reports import day_of

FIRST_STEPS = ("first_action", "home_visit", "home_visit_failed", "ewo_report", "found", "placed")
TABLES = {
    "by_duration": "How long missing", "by_year_group": "Year group", "by_sex": "Sex", "by_reason": "Primary reason",
}  # fmt: skip


@roles(*READERS)
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for the team and for DfE's termly return."""
    day = day_of(request)
    told = remembered.counts(("figures", day, request.today), lambda: _figures(day, request.today))
    pack = reports.text("review-pack", day) if "pack" in request.GET else ""
    return render(request, "figures.html", {**told, "day": day, "pack": pack})


def _figures(day: date, today: date) -> dict[str, Any]:
    """Everything that the page counts."""
    census = _census(day)
    by_verdict = dict(
        Arrival.objects.order_by().values_list("verdict").annotate(n=Count("id")).order_by("-n")
    )
    by_school = list(
        Case.objects.filter(closed_on=None, merged_into=None)
        .order_by()
        .values_list("school__name")
        .annotate(n=Count("id"))
        .order_by("-n")[:15]
    )
    by_code = (
        Case.objects.filter(closed_on=None, merged_into=None)
        .order_by()
        .values_list("reason_code")
        .annotate(n=Count("id"))
        .order_by("-n")
    )
    counted = [(title, getattr(census, key), key) for key, title in TABLES.items()]
    more = [
        ("How long the cases have been open", reports.open_for(day), ""),
        ("Open cases by referral reason", {c or "Not given": n for c, n in by_code}, ""),
        ("Open cases by school", {s or "Not known": n for s, n in by_school}, ""),
        ("Emails by what became of them", {cap((v or "unread").replace("_", " ")): n for v, n in by_verdict.items()}, ""),
    ]  # fmt: skip
    return {
        "work": _work(today), "census": census, "tables": counted, "more": more,
        "met": met.deadlines_met(today), "told": met.schools_told(today),
    }  # fmt: skip


def _work(today: date) -> dict[str, Any]:
    """How the work goes: emails read without a person in 90 days, days from opening to a person's first step."""
    since = today - timedelta(days=90)
    # Instants, not days: the database would work out the day of every email it ever kept.
    began = datetime.combine(since, time(), tzinfo=clock.UK)
    lately = Arrival.objects.filter(received_at__gte=began).exclude(state="kept")
    by_hand = (
        Decision.objects.filter(arrival__received_at__gte=began)
        .exclude(by__startswith="system")
        .values("arrival")
        .distinct()
        .count()
    )
    total = lately.count()
    waits = lately.filter(state="held").count()
    first = (
        CaseEvent.objects.filter(state="applied", kind__in=FIRST_STEPS, case__opened_on__gte=since)
        .order_by()
        .values("case")
        .annotate(first=Min("on"), opened=Min("case__opened_on"))
    )
    gaps = sorted((row["first"] - row["opened"]).days for row in first)
    return {
        "total": total, "alone": round(100 * (total - min(total, by_hand + waits)) / total) if total else None,
        "gap": gaps[len(gaps) // 2] if gaps else None, "acted": len(gaps),
    }  # fmt: skip


def _census(day: date) -> reports.Census:
    return remembered.counts(("census", day), lambda: reports.census(day))


@roles(*READERS)
def behind(request: HttpRequest) -> HttpResponse:
    """The children behind one number of a day's figures."""
    day, table, row = day_of(request), request.GET.get("by", "total"), request.GET.get("is", "")
    census = _census(day)
    refs = census.refs if table == "total" else census.behind.get(table, {}).get(row)
    if refs is None:
        raise Http404
    title = "All children" if table == "total" else f"{TABLES[table]}: {row}"
    return children(
        request, refs, f"{title}, on {shown_day(day)}", reverse("figures") + f"?on={day}"
    )


def children(request: HttpRequest, refs: Iterable[str], title: str, back: str) -> HttpResponse:
    """List the cases that a number counts; audited, and without those that the person may not see."""
    refs = list(refs)
    rows = (
        visible(request.user).filter(ref__in=refs).select_related("child", "school").order_by("ref")
    )
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    entry(
        "viewed",
        request.user.username,
        now=request.now,
        data={"children behind a number": len(refs)},
    )
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "page": page, "title": title, "back": back, "query": asked.urlencode(), "statuses": STATUSES,
        "hidden": len(refs) - page.paginator.count,
    }  # fmt: skip
    return render(request, "behind.html", context)

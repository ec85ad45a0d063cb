"""Schools and contacts, rules and words, figures, and the audit trail."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import clock, importing, reports, rules
from cases.commands import NeedsPerson
from cases.config import current
from cases.models import (
    Arrival,
    Case,
    CaseEvent,
    Contact,
    Decision,
    Entry,
    School,
    Word,
)
from cases.record import officer
from cases.record.entries import entry, verify
from mail import letters
from parsers.labels import LABELS
from review import met, remembered
from review.access import AUDITOR, EVERYBODY, MANAGER, READERS, WORKERS, roles

FIRST_STEPS = ("first_action", "home_visit", "home_visit_failed", "ewo_report", "found", "placed")


@roles(*READERS)
def schools(request: HttpRequest) -> HttpResponse:
    """Schools with their domains and contacts."""
    words = request.GET.get("q", "").strip()
    rows = (
        School.objects.prefetch_related("contacts")
        .annotate(n=Count("case"))
        .order_by("agency", "name")
    )
    if words:
        rows = rows.filter(name__icontains=words)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request, "schools.html", {"page": page, "q": words, "may": request.user.role in WORKERS}
    )


@require_POST
@roles(*WORKERS)
def school_act(request: HttpRequest, school_id: int) -> HttpResponse:
    """Add an address or a domain to a school's record."""
    school = get_object_or_404(School, pk=school_id)
    by, now, post = request.user.username, request.now, request.POST
    try:
        officer.change_school(
            school, address=post.get("address", ""), domain=post.get("domain", ""), by=by, now=now
        )
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Kept on the record.")
    return redirect("schools")


@require_POST
@roles(*WORKERS)
def contact_act(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Somebody has left, or an address works again."""
    get_object_or_404(Contact, pk=contact_id)
    officer.change_contact(
        contact_id, left=request.POST.get("do") == "left", by=request.user.username, now=request.now
    )
    messages.success(request, "Kept on the record.")
    return redirect("schools")


@require_POST
@roles(*WORKERS)
def import_schools(request: HttpRequest) -> HttpResponse:
    """Bring schools in from GIAS or the council's list, by column name."""
    upload = request.FILES.get("file")
    suffix = Path(upload.name).suffix.lower() if upload else ""
    if upload is None or suffix not in (".csv", ".xlsx"):
        messages.error(request, "Choose a CSV file or an Excel workbook (.xlsx).")
        return redirect("schools")
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(upload.read())
        file.flush()
        try:
            told = importing.import_schools(
                Path(file.name), request.now, la=request.POST.get("la", "").strip() or None
            )
        except Exception as error:  # whatever a strange file makes a reader do
            plain = (
                str(error)
                if isinstance(error, importing.ImportRefused | NeedsPerson)
                else "It is not a table that can be read."
            )
            messages.error(
                request, "Nothing was imported. " + plain.replace(Path(file.name).name, "The file")
            )
            return redirect("schools")
    entry(
        "schools imported",
        request.user.username,
        now=request.now,
        data={"added": told.added, "changed": told.changed},
    )
    messages.success(
        request,
        f"{told.added} schools added, {told.changed} brought up to date, {told.unused} rows not used. "
        + " ".join(told.problems[:5]),
    )
    return redirect("schools")


@require_POST
@roles(*WORKERS)
def add_word(request: HttpRequest) -> HttpResponse:
    """Teach a label; emails that wait for it are read again."""
    from cases import filing

    told, field = request.POST.get("label", "").strip(), request.POST.get("field", "")
    if not told or field not in LABELS:
        messages.error(request, "Type the label and choose what it means.")
    else:
        count = filing.teach(told[:200], field, by=request.user.username, now=request.now)
        messages.success(request, f"Learned. {count} waiting emails were read again.")
    return redirect("rules")


@roles(*READERS)
def rules_page(request: HttpRequest) -> HttpResponse:
    """The deadlines, letters and taught words, with where each comes from."""
    config = current()
    context = {
        "rules": rules.rules(config), "letters": letters.names(), "words": Word.objects.order_by("field", "label"),
        "codes": config.codes, "until": rules.known_until(config), "may": request.user.role in WORKERS, "fields": LABELS,
        "default": config.letters.get("default", "hold"), "modes": config.letters,
    }  # fmt: skip
    return render(request, "rules.html", context)


@require_POST
@roles(*WORKERS)
def forget_word(request: HttpRequest, word_id: int) -> HttpResponse:
    """Forget a taught label."""
    from cases.record import officer_words

    officer_words.remove(word_id, by=request.user.username, now=request.now)
    return redirect("rules")


@roles(*READERS)
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for the team and for DfE's termly return."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = request.today
    told = remembered.counts(("figures", day, request.today), lambda: _figures(day, request.today))
    pack = reports.text("review-pack", day) if "pack" in request.GET else ""
    return render(request, "figures.html", {**told, "day": day, "pack": pack})


def _figures(day: date, today: date) -> dict[str, Any]:
    """Everything that the page counts."""
    census = reports.census(day)
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
    tables = [("How long missing", census.by_duration), ("Year group", census.by_year_group), ("Sex", census.by_sex),
              ("Primary reason", census.by_reason), ("Open cases by school", {s or "Not known": n for s, n in by_school}),
              ("Emails by what became of them", {(v or "unread").replace("_", " "): n for v, n in by_verdict.items()})]  # fmt: skip
    by_code = (
        Case.objects.filter(closed_on=None, merged_into=None)
        .order_by()
        .values_list("reason_code")
        .annotate(n=Count("id"))
        .order_by("-n")
    )
    tables.insert(4, ("Open cases by referral reason", {c or "Not given": n for c, n in by_code}))
    return {
        "work": _work(today), "census": census, "tables": tables,
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


@roles(MANAGER, AUDITOR)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what."""
    rows = Entry.objects.select_related("case").order_by("-id")
    if by := request.GET.get("by"):
        rows = rows.filter(by=by)
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    chain = verify() if "prove" in request.GET else None
    entry("viewed audit", request.user.username, now=request.now)
    return render(request, "audit.html", {"page": page, "chain": chain, "by": by or ""})


@roles(*EVERYBODY)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "accessibility.html")

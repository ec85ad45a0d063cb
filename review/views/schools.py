"""Schools, agencies and their contacts: the list, one school with what it owes us, and the import from GIAS."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import importing
from cases.commands import NeedsPerson
from cases.models import (
    Contact,
    School,
)
from cases.record import officer
from cases.record.entries import entry
from policy.status import STATUSES
from review import met, remembered
from review.access import READERS, WORKERS, roles, visible


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
    return redirect("school", school_id)


@require_POST
@roles(*WORKERS)
def contact_act(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Somebody has left, or an address works again."""
    contact = get_object_or_404(Contact, pk=contact_id)
    officer.change_contact(
        contact_id, left=request.POST.get("do") == "left", by=request.user.username, now=request.now
    )
    messages.success(request, "Kept on the record.")
    return redirect("school", contact.school_id)


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


@roles(*READERS)
def school(request: HttpRequest, school_id: int) -> HttpResponse:
    """One school: its contacts with their history, its cases, and how soon it tells and answers."""
    found = get_object_or_404(School.objects.prefetch_related("contacts"), pk=school_id)
    today = request.today
    cases = (
        visible(request.user).filter(school=found).select_related("child").order_by("-opened_on")
    )
    context = {
        "school": found, "contacts": found.contacts.order_by("left_at", "bounced_at", "-main", "address"), "cases": cases[:50],
        "count": cases.count(), "may": request.user.role in WORKERS, "statuses": STATUSES, "today": today,
        "met": remembered.counts(("met", found.pk, today), lambda: met.deadlines_met(today, school=found)),
        "told": remembered.counts(("told", found.pk, today), lambda: met.schools_told(today, school=found)),
    }  # fmt: skip
    return render(request, "school.html", context)

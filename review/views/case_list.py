"""The list of cases: search, filters kept in the address, saved views, and the export with its reason."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.models import Case, Child
from cases.record import officer
from cases.record.entries import entry
from policy.blocking import keys
from policy.matching import Person as Sought
from policy.status import STATUSES
from review.access import READERS, WORKERS, roles, visible
from review.views.reports import REASONS

SORTS = {
    "opened": "opened_on",
    "-opened": "-opened_on",
    "changed": "-changed_at",
    "name": "child__surname",
    "ref": "ref",
}


def find(request: HttpRequest) -> Any:
    """Return the cases that the search and filters of the address ask for."""
    told = request.GET or request.POST
    rows = visible(request.user).select_related("child", "school", "ewo")
    if words := sought(request):
        rows = rows.filter(pk__in=_search(words))
    if told.get("status") == "all":
        pass
    elif told.get("status") in STATUSES:
        rows = rows.filter(status=told["status"])
    elif not words:
        rows = rows.filter(closed_on=None)
    if school := told.get("school"):
        rows = rows.filter(school_id=school) if school.isdigit() else rows
    if told.get("provisional"):
        rows = rows.filter(provisional=True)
    return rows.order_by(SORTS.get(told.get("sort", ""), "-changed_at"), "pk")


def sought(request: HttpRequest) -> str:
    """Return the words searched for. They may be a child's name: they stay in the session, never in an address."""
    asked = "search" in request.GET or "search" in request.POST
    return str(request.session.get("sought", "")) if asked else ""


def _search(words: str) -> list[int]:
    """Cases whose child, number, school or postcode fits, however the name is spelt."""
    parts = words.split()
    plain = Q(ref__icontains=words) | Q(child__upn__iexact=words.replace(" ", ""))
    plain |= Q(school__name__icontains=words) | Q(child__postcode__iexact=words)
    every = Q()
    for part in parts:
        every &= (
            Q(child__surname__icontains=part)
            | Q(child__forenames__icontains=part)
            | Q(child__known_as__icontains=part)
        )
    ids = set(Case.objects.filter(plain | every).values_list("pk", flat=True)[:500])
    sought = {k for pair in ((parts[0], parts[-1]), (parts[-1], parts[0])) if len(parts) > 1
              for k in keys(Sought(forename=pair[0], surname=pair[1])) if k.startswith("n:")}  # fmt: skip
    if sought:
        children = Child.objects.filter(keys__key__in=sought).values_list("pk", flat=True)[:200]
        ids |= set(Case.objects.filter(child__in=list(children)).values_list("pk", flat=True))
    return list(ids)


@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The list of cases."""
    if request.method == "POST":
        request.session["sought"] = request.POST.get("q", "").strip()[:200]
        filters = {k: request.POST[k] for k in ("status", "school", "sort") if request.POST.get(k)}
        if request.session["sought"]:
            filters["search"] = "1"
        return redirect(reverse("cases") + ("?" + urlencode(filters) if filters else ""))
    page = Paginator(find(request), 50).get_page(request.GET.get("page"))
    told = request.GET.copy()
    told.pop("page", None)
    unsorted = told.copy()
    unsorted.pop("sort", None)
    words = sought(request)
    if words:
        entry(
            "searched", request.user.username, now=request.now, data={"found": page.paginator.count}
        )
    context = {
        "page": page, "told": told, "query": told.urlencode(), "unsorted": unsorted.urlencode(), "words": words,
        "statuses": STATUSES, "today": request.today, "reasons": REASONS, "views": officer.views(request.user),
    }  # fmt: skip
    return render(request, "cases.html", context)


@require_POST
@roles(*READERS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list's filters under a name, or forget one."""
    name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "")
    keep = {
        k: v
        for k, v in QueryDict(query).items()
        if k in ("status", "school", "sort", "provisional")
    }
    if name:
        officer.save_view(request.user, name, urlencode(keep), now=request.now)
        messages.success(request, "Saved." if keep else "Forgotten.")
    return redirect(reverse("cases") + ("?" + urlencode(keep) if keep else ""))


@require_POST
@roles(*WORKERS)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, with a reason, audited; no cell of it can turn into a formula."""
    why = request.POST.get("reason", "")
    if why not in REASONS:
        messages.error(request, "Say what the export is for.")
        return redirect("cases")
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("Cases")
    sheet.write_row(0, 0, ["OFFICIAL-SENSITIVE: for the purpose given only"])
    sheet.write_row(
        1,
        0,
        [
            "Reference",
            "Surname",
            "Forenames",
            "Date of birth",
            "Status",
            "Outcome",
            "Opened",
            "Closed",
            "School",
            "Last attended",
            "EWO",
        ],
    )
    rows = list(find(request)[:20000])
    for number, c in enumerate(rows, 2):
        told = (c.ref, c.child.surname, c.child.forenames, c.child.date_of_birth, STATUSES.get(c.status, c.status), c.outcome,
                c.opened_on, c.closed_on, c.school.name if c.school else c.school_name, c.last_attended, c.ewo_address)  # fmt: skip
        sheet.write_row(number, 0, [str(v) if v is not None else "" for v in told])
    book.close()
    entry(
        "exported", request.user.username, now=request.now, data={"cases": len(rows), "reason": why}
    )
    response = HttpResponse(
        out.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
    return response

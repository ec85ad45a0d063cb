"""Reports: texts to download, DfE's figures frozen when sent, everything on one child, and the review pack."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import reports, subject_access
from cases.models import Figures
from cases.record import officer
from cases.record.entries import entry
from review.access import MANAGER, READERS, WORKERS, roles, visible
from review.pages import day as shown_day

REASONS = {
    "review": "Manager's review", "audit": "Audit or inspection", "dfe": "DfE's return", "meeting": "A meeting about attendance",
    "access": "A subject access request", "work": "Other work of the team",
}  # fmt: skip
TEXTS = {
    "open-cases": "Open cases at the year's end (policy 10.11)", "review-pack": "Six-weekly review pack (policy 16.2)",
    "schools": "How soon each school told us", "census": "DfE's termly figures, as text",
}  # fmt: skip


def day_of(request: HttpRequest) -> date:
    """Return the day that the address asks for, else today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.today


@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Every report, with what was sent before."""
    context = {
        "texts": TEXTS, "reasons": REASONS, "frozen": Figures.objects.order_by("-id")[:20], "today": request.today,
        "may_freeze": request.user.role == MANAGER, "may_gather": request.user.role in WORKERS,
    }  # fmt: skip
    return render(request, "reports.html", context)


@require_POST
@roles(*READERS)
def text(request: HttpRequest) -> HttpResponse:
    """One report as a text file; audited with the reason."""
    name, why = request.POST.get("name", ""), request.POST.get("reason", "")
    if name not in TEXTS or why not in REASONS:
        raise Http404
    entry("exported", request.user.username, now=request.now, data={"report": name, "reason": why})
    told = "OFFICIAL-SENSITIVE\n\n" + reports.text(name, request.today)
    response = HttpResponse(told, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response


@require_POST
@roles(MANAGER)
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the termly figures as they are sent."""
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, "Type the census day.")
        return redirect("reports")
    figures = json.loads(json.dumps(asdict(reports.census(on)), default=str))
    officer.freeze_figures(
        "DfE termly return", on, figures, by=request.user.username, now=request.now
    )
    messages.success(request, "Frozen. These figures will not change, whatever is recorded later.")
    return redirect("reports")


@roles(*READERS)
def frozen(request: HttpRequest, figures_id: int) -> HttpResponse:
    """Figures as they were sent."""
    row = get_object_or_404(Figures, pk=figures_id)
    from review.views.figures import TABLES, children

    told, table, asked = row.figures, request.GET.get("by", ""), request.GET.get("is", "")
    if table:
        refs = (
            told["refs"] if table == "total" else told.get("behind", {}).get(table, {}).get(asked)
        )
        if refs is None:
            raise Http404
        title = "All children" if table == "total" else f"{TABLES[table]}: {asked}"
        back = reverse("frozen", args=[row.pk])
        return children(request, refs, f"{title}, as sent for {shown_day(row.census_on)}", back)
    tables = [(title, told[key], key if "behind" in told else "") for key, title in TABLES.items()]
    return render(request, "frozen.html", {"row": row, "tables": tables})


@require_POST
@roles(*WORKERS)
def everything(request: HttpRequest) -> HttpResponse:
    """Everything held on one child as a ZIP (subject access); audited."""
    ref = request.POST.get("ref", "").strip().upper()
    case = visible(request.user).select_related("child").filter(ref=ref).first()
    if case is None:
        messages.error(request, "There is no case with that reference.")
        return redirect("reports")
    child = case.child.merged_into or case.child
    entry(
        "exported",
        request.user.username,
        now=request.now,
        case=case,
        data={"everything": True, "reason": "access"},
    )
    response = HttpResponse(
        subject_access.gather(child, request.now), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="child-{child.pk}.zip"'
    return response

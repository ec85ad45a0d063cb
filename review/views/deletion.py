"""What has had its time: a manager looks, confirms in a second step, and the timeline keeps the proof."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.config import current
from cases.models import Case, Entry
from cases.record import retention
from review import remembered
from review.access import MANAGER, roles

AT_ONCE = 100
MOST = 500  # of each kind of email's parts: ten years of them are not listed at one look
KINDS = {
    "case": "Case, child and letters",
    "raw_email": "Email as it came",
    "documents": "Documents and pages",
    "mailbox": "Copies in the mailbox",
}


@roles(MANAGER)
def index(request: HttpRequest) -> HttpResponse:
    """The list; what was ticked is asked about once more, and then deleted."""
    rows = _due(request)
    chosen = [r for r in rows if f"{r.kind}:{r.key}" in set(request.POST.getlist("what"))][:AT_ONCE]
    if request.method == "POST" and not chosen:
        messages.error(
            request, "Nothing was deleted: tick what is to go. It may have been deleted already."
        )
        return redirect("deletion")
    if request.method == "POST" and request.POST.get("sure") == "yes":
        _delete(request, chosen)
        return redirect("deletion")
    context = {
        "most": MOST, "chosen": chosen, "kinds": KINDS, "page": Paginator(rows, AT_ONCE).get_page(request.GET.get("page")),
        "lying": len(retention.copies_to_erase()),
        "proofs": Entry.objects.filter(act__in=("deleted by retention", "deleted from the mailbox")).order_by("-id")[:20],
        "unsure": request.POST.get("asked") == "yes",
    }  # fmt: skip
    return render(request, "deletion.html", context)


def _due(request: HttpRequest) -> list[retention.Due]:
    """Return what is due; a protected child's case only to those who may see it."""
    day = request.today
    rows = remembered.counts(
        ("deletions", day), lambda: retention.due(current().retention, day, MOST)
    )
    if request.user.protected_cases:
        return rows
    hidden = set(Case.objects.filter(child__protected=True).values_list("pk", flat=True))
    return [r for r in rows if not (r.kind == "case" and r.key in hidden)]


def _delete(request: HttpRequest, chosen: list[retention.Due]) -> None:
    done = 0
    for row in chosen:
        try:
            retention.erase(row, current().retention, by=request.user.username, now=request.now)
            done += 1
        except (retention.NotDeleted, Case.DoesNotExist) as refusal:
            why = (
                str(refusal) if isinstance(refusal, retention.NotDeleted) else "it is gone already."
            )
            messages.error(request, f"{row.name} was not deleted: {why}")
    if done:
        messages.success(
            request, f"Deleted: {done}. The proof stands below and in the audit trail."
        )

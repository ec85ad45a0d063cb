"""Arrivals: the list, and one beside its document with the fields to correct and the decision to make."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import asking_again, filing, picturing
from cases.decisions import CannotDecide
from cases.models import Arrival, Document, LayoutLabel, PageImage, ReadingRow
from cases.record import ledger, officer
from cases.record.entries import entry
from parsers.labels import FORMS, LABELS
from policy.status import STATUSES
from review import beside
from review.access import READERS, WORKERS, arrival_for, next_waiting, roles, visible
from review.answers import LISTS, answer
from review.keeping import boxes
from review.pages import remembered
from review.pages import typed as typed_as


@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Every email, newest first, by state."""
    state = request.GET.get("state", "")
    rows = Arrival.objects.select_related("school").order_by("-received_at", "-id")
    if state:
        rows = rows.filter(state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request, "arrivals.html", {"page": page, "state": state, "counts": ledger.counts()}
    )


@roles(*READERS)
def review(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """One arrival beside its document."""
    arrival = arrival_for(request.user, arrival_id)
    readings = list(arrival.readings.select_related("case__child", "document").order_by("number"))
    asked = request.GET.get("child", "")
    waiting = next((n for n, r in enumerate(readings, 1) if r.state == "waiting"), 1)
    number = max(1, int(asked)) if asked.isdigit() and len(asked) < 5 else waiting
    reading = readings[min(number, len(readings)) - 1] if readings else None
    holds = list(arrival.holds.filter(settled_at=None).select_related("document"))
    document = beside.document_of(arrival, reading, holds)
    entry("viewed", request.user.username, now=request.now, arrival=arrival)
    kept = _typed_before(request, reading)
    may = request.user.role in WORKERS
    rows = [
        {**r, "value": kept.get(r["name"], typed_as(r["value"]) if not r["list"] else r["value"])}
        for r in beside.rows(reading)
    ]
    may_edit = may and reading is not None and (reading.state == "waiting" or not reading.case)
    again = bool(holds) and any(h.reason in asking_again.REASONS for h in holds)
    context = {
        "arrival": arrival, "readings": readings, "reading": reading, "document": document,
        "documents": arrival.documents.order_by("id"), "holds": holds, "statuses": STATUSES,
        "locked": any(h.reason == "locked" for h in holds), "pages": beside.pages(document, reading),
        "rows": rows if may_edit else beside.as_filed(rows, reading), "kept": kept, "unread": _untyped(reading, rows if may_edit else []),
        "candidates": beside.candidates(reading, request.user) if may_edit else [], "alerts": arrival.alerts.order_by("id"),
        "missing": beside.missing(reading) if reading and reading.fields else [], "fields": LABELS, "forms": FORMS,
        "waits": bool(holds) or any(r.state == "waiting" for r in readings), "may_decide": may, "may_edit": may_edit,
        "may_ask_again": may and again, "ask_address": asking_again.address(arrival) if may and again else None,
        "layout": beside.layout(reading), "next": next_waiting(request.user, but=arrival.pk),
    }  # fmt: skip
    return render(request, "arrival.html", context)


def _untyped(reading: ReadingRow | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what could not be read and has no box of its own on the page."""
    boxes = {r["name"] for r in rows}
    return [u for u in reading.unread if u.get("field") not in boxes] if reading else []


def _typed_before(request: HttpRequest, reading: ReadingRow | None) -> dict[str, str]:
    """Return what was typed for this child and not saved; for another one it goes on waiting."""
    kept = request.session.get("typed", {})
    if reading is None or kept.get("reading") != reading.pk:
        return {}
    del request.session["typed"]
    return dict(kept)


@require_POST
@roles(*WORKERS)
def decide(request: HttpRequest, reading_id: int) -> HttpResponse:
    """The officer's decision about one child, with their corrections."""
    reading = get_object_or_404(ReadingRow.objects.select_related("arrival"), pk=reading_id)
    arrival_for(request.user, reading.arrival_id)
    if str(reading.arrival.version) != request.POST.get("version"):
        return _again(
            request,
            reading,
            "Somebody else changed this email while you had it open. Nothing was saved. What you typed is below; look at what changed and send it again.",
        )
    choice, _, ref = request.POST.get("choice", "").partition(":")
    if not choice:  # Enter in a box: no button was chosen, and none is the likely one
        return _again(request, reading, "Nothing was saved yet: choose one of the buttons.")
    ref = ref or request.POST.get("case_ref", "").strip().upper()
    if ref and not visible(request.user).filter(ref=ref).exists():
        return _again(request, reading, f"There is no case {ref[:20]}.")
    try:
        case = filing.decide_reading(
            reading.pk, choice, by=request.user.username, now=request.now, case_ref=ref or None,
            corrected=_corrected(reading, request.POST), why=request.POST.get("why", "")[:1000],
        )  # fmt: skip
    except CannotDecide as refusal:
        return _again(request, reading, str(refusal))
    learned = LayoutLabel.objects.filter(reading=reading, at=request.now)
    say = f"Filed on {case.ref}." if case else "Filed."
    messages.success(request, f"{say} {remembered(learned)}".strip())
    arrival = Arrival.objects.get(pk=reading.arrival_id)
    if arrival.state == "held" or arrival.readings.filter(state="waiting").exists():
        return redirect("arrival", arrival.pk)
    return _onward(request, arrival.pk)


def _onward(request: HttpRequest, done: int) -> HttpResponse:
    """Go to the next email that waits, or back to Today when none does."""
    following = next_waiting(request.user, but=done)
    return redirect("arrival", following.pk) if following else redirect("today")


def _again(request: HttpRequest, reading: ReadingRow, say: str) -> HttpResponse:
    """Say what is wrong and show the page again with everything that was typed."""
    messages.error(request, say)
    request.session["typed"] = boxes(reading.pk, request.POST)
    return redirect(reverse("arrival", args=[reading.arrival_id]) + f"?child={reading.number}")


def _corrected(reading: ReadingRow, typed: Any) -> dict[str, Any]:
    """What the officer typed where it differs from what was read."""
    found: dict[str, Any] = {}
    for key, text in typed.items():
        if not key.startswith("field_"):
            continue
        name, text = key[6:], text.replace("\r\n", "\n")  # as browsers send a box of lines
        old = reading.corrected.get(name, reading.fields.get(name, {}).get("value"))
        if name in LISTS or isinstance(old, list | dict):
            continue
        if text.strip() == typed_as(old).strip():
            continue  # as it was shown: whatever it is, nobody changed it
        new = answer(name, text)
        if new is not None or old not in (None, ""):
            found[name] = new
    added, value = typed.get("add_field", ""), typed.get("add_value", "").strip()
    if added in LABELS and added not in LISTS and value:
        found[added] = answer(added, value)
    return found


@require_POST
@roles(*WORKERS)
def act(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """What can be done with a whole arrival: set aside, read again, ask the school, teach a label, settle."""
    arrival = arrival_for(request.user, arrival_id)
    by, now, post = request.user.username, request.now, request.POST
    _keep_typed(request, arrival_id)
    do, _, which = post.get("do", "").partition(":")
    match do:
        case "set_aside":
            why = (post.get("set_why") or post.get("why", "")).strip()
            if not why:
                messages.error(request, "Say why you set it aside.")
                return redirect("arrival", arrival_id)
            filing.set_aside(arrival_id, by=by, why=why[:1000], now=now)
            messages.success(request, f"Email {arrival_id} is set aside.")
            return _onward(request, arrival_id)
        case "ask_again":
            if not asking_again.ask(arrival, by=by, now=now):
                messages.error(request, "No letter was written: there is no address on the record.")
                return redirect("arrival", arrival_id)
            messages.success(
                request,
                "A letter was written; it waits under Letters if your team approves them first.",
            )
            return _onward(request, arrival_id)
        case "read_again":
            passwords = tuple(p for p in [post.get("password", "")] if p)
            outcome = filing.read_again(arrival_id, by=by, now=now, passwords=passwords)
            verdict = outcome["verdict"].replace("_", " ")
            say = "it still cannot be read" if verdict == "held" else verdict
            messages.success(request, f"Read again: {say}.")
        case "ask":
            wanted = post.getlist("missing")
            sent = wanted and filing.ask_school(arrival_id, wanted, by=by, now=now)
            say = (
                "A letter was written; it waits under Letters if your team approves them first."
                if sent
                else "No letter was written: nothing was chosen, or there is no address on the record."
            )
            (messages.success if sent else messages.error)(request, say)
        case "teach":
            field, told = post.get(f"means_{which}"), post.get(f"label_{which}", "")
            if field not in LABELS or not told:
                messages.error(request, "Choose what the label means.")
                return redirect("arrival", arrival_id)
            count = filing.teach(told, field, by=by, now=now)
            messages.success(request, f"Learned. {count} waiting emails were read again.")
        case "type":
            if post.get("form") not in FORMS:
                raise Http404
            row = officer.start_reading(arrival, post["form"], by=by, now=now)
            return redirect(reverse("arrival", args=[arrival_id]) + f"?child={row.number}")
        case "settle":
            filing.settle_hold(
                _hold(arrival, which),
                by=by,
                how=post.get(f"how_{which}", "")[:200] or "dealt with",
                now=now,
            )
            messages.success(request, "Noted.")
        case _:
            raise Http404
    child = post.get("child", "")
    return redirect(
        reverse("arrival", args=[arrival_id]) + (f"?child={child}" if child.isdigit() else "")
    )


def _hold(arrival: Arrival, which: str) -> int:
    """Return the id of a hold of this very email."""
    if not which.isdigit():
        raise Http404
    return int(get_object_or_404(arrival.holds, pk=int(which), settled_at=None).pk)


def _keep_typed(request: HttpRequest, arrival_id: int) -> None:
    """Another form of the page was sent while answers stood typed in their boxes: they are shown again."""
    child = request.POST.get("child", "")
    if any(k.startswith("field_") for k in request.POST) and child.isdigit():
        reading = ReadingRow.objects.filter(arrival=arrival_id, number=child[:4]).first()
        if reading is not None:
            request.session["typed"] = boxes(reading.pk, request.POST)


@roles(*READERS)
def page_image(request: HttpRequest, page_id: int) -> HttpResponse:
    """One page of a document, as a picture and nothing else."""
    page = get_object_or_404(PageImage.objects.select_related("png", "document"), pk=page_id)
    arrival_for(request.user, page.document.arrival_id)
    response = HttpResponse(ledger.open_bytes(page.png), content_type="image/png")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@roles(*READERS)
def download(request: HttpRequest, document_id: int) -> HttpResponse:
    """A document's own bytes, as a download that nothing renders; audited."""
    document = get_object_or_404(Document.objects.select_related("arrival__raw"), pk=document_id)
    arrival_for(request.user, document.arrival_id)
    data = picturing.bytes_of(document)
    if data is None:
        raise Http404
    entry(
        "downloaded",
        request.user.username,
        now=request.now,
        arrival=document.arrival,
        data={"document": document.pk},
    )
    return _attachment(data, f"document-{document.pk}.bin")


@roles(*READERS)
def download_raw(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """The email's own bytes, as a download; audited."""
    arrival = arrival_for(request.user, arrival_id)
    if arrival.raw is None:
        raise Http404
    entry("downloaded", request.user.username, now=request.now, arrival=arrival, data={"raw": True})
    return _attachment(ledger.open_bytes(arrival.raw), f"email-{arrival.pk}.eml.bin")


def _attachment(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

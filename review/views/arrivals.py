"""Arrivals: the list, and one beside its document with the fields to correct and the decision to make."""

from __future__ import annotations

import functools
import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import filing, picturing
from cases.decisions import CannotDecide
from cases.importing import day as written_day
from cases.models import Arrival, Case, Document, PageImage, ReadingRow
from cases.record import ledger, officer
from cases.record.entries import entry
from policy import referral
from review.access import READERS, WORKERS, arrival_for, roles, visible
from review.pages import FORMS, LABELS, label, typed

ORDER = list(LABELS)
DAYS = (
    "date_of_birth",
    "referral_date",
    "last_attended",
    "off_roll_date",
    "admission_date",
    "move_date",
)
BY_HAND = ("surname", "forenames", "date_of_birth", "sex", "upn", "year_group", "address", "postcode", "school_name",
           "last_attended", "off_roll_date", "destination_school", "destination_address", "reason", "narrative")  # fmt: skip
LISTS = ("parents", "siblings", "enquiries", "ground")


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
    document = _document(arrival, reading, holds)
    entry("viewed", request.user.username, now=request.now, arrival=arrival)
    kept = request.session.pop("typed", {})
    rows = [
        {**r, "value": kept.get(r["name"], typed(r["value"]) if not r["list"] else r["value"])}
        for r in _rows(reading)
    ]
    context = {
        "arrival": arrival, "readings": readings, "reading": reading, "document": document,
        "documents": arrival.documents.order_by("id"), "holds": holds,
        "locked": any(h.reason == "locked" for h in holds), "pages": _pages(document, reading),
        "rows": rows, "kept": kept, "unread": reading.unread if reading else [],
        "candidates": _candidates(reading), "alerts": arrival.alerts.order_by("id"),
        "missing": _missing(reading) if reading and reading.fields else [], "fields": LABELS, "forms": FORMS, "number": number,
        "zoom": request.GET.get("zoom") if request.GET.get("zoom") in ("2", "3") else "1",
        "waits": bool(holds) or any(r.state == "waiting" for r in readings),
        "may_decide": request.user.role in WORKERS,
        "next": Arrival.objects.filter(state="held").exclude(pk=arrival.pk).order_by("received_at").first(),
    }  # fmt: skip
    return render(request, "arrival.html", context)


def _document(arrival: Arrival, reading: ReadingRow | None, holds: list[Any]) -> Document | None:
    """The document to show: the one that was read, else the held one, else the first."""
    if reading and reading.document:
        return reading.document
    held = next((h.document for h in holds if h.document), None)
    return held or arrival.documents.exclude(decision="ignored").order_by("-id").first()


def _pages(document: Document | None, reading: ReadingRow | None) -> list[dict[str, Any]]:
    if document is None:
        return []
    boxes: dict[int, list[dict[str, Any]]] = {}
    for name, cell in reading.fields.items() if reading else ():
        if cell.get("box") and cell.get("page"):
            left, top, right, bottom = cell["box"]
            boxes.setdefault(int(cell["page"]), []).append(
                {"field": name, "x": left - 2, "y": top - 2, "w": right - left + 4, "h": bottom - top + 4,
                 "doubt": cell["sure"] < 0.95}
            )  # fmt: skip
    return [
        {
            "image": page,
            "boxes": boxes.get(page.number, []),
            "view": _ink(page.pk, page.width, page.height) if page.number <= 3 else _whole(page),
        }
        for page in document.pages.order_by("number")
    ]


def _whole(page: PageImage) -> str:
    return f"0 0 {page.width} {page.height}"


@functools.lru_cache(maxsize=2000)
def _ink(page_id: int, width: float, height: float) -> str:
    """Return the part of a page that has ink on it, with a margin, so that the words are large enough to read."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(
            io.BytesIO(
                ledger.open_bytes(PageImage.objects.select_related("png").get(pk=page_id).png)
            )
        ) as picture:
            small = picture.convert("L").reduce(4)
            found = ImageOps.invert(small).point(lambda p: 255 * (p > 40)).getbbox()
            size = small.size
    except (UnidentifiedImageError, OSError):
        found = None
    if found is None:
        return f"0 0 {width} {height}"
    left, top, right, bottom = (
        v * width / size[0] if n % 2 == 0 else v * height / size[1] for n, v in enumerate(found)
    )
    x, y = max(0.0, left - 14), max(0.0, top - 14)
    return f"{x:.0f} {y:.0f} {min(width, right + 14) - x:.0f} {min(height, bottom + 14) - y:.0f}"


def _rows(reading: ReadingRow | None) -> list[dict[str, Any]]:
    """The fields, doubtful ones first with the reason, then in the form's usual order."""
    if reading is None:
        return []
    doubts = {
        d.field: d.why
        for d in referral.doubts(
            {n: c["value"] for n, c in reading.fields.items()}, reading.arrival.received_at.date()
        )
    }
    rows = []
    names = [
        *[n for n in ORDER if n in reading.fields],
        *[n for n in reading.fields if n not in ORDER],
    ]
    for name in names:
        cell = reading.fields[name]
        value = reading.corrected.get(name, cell["value"])
        why = doubts.get(name, "")
        if not why and cell["sure"] < 0.95 and name not in reading.corrected:
            why = f"We are {round(100 * cell['sure'])}% sure of this."
        rows.append({"name": name, "value": value, "raw": cell["raw"], "place": cell["place"], "why": why,
                     "list": isinstance(value, list | dict), "bool": isinstance(value, bool), "box": bool(cell.get("box"))})  # fmt: skip
    for name, value in reading.corrected.items():
        if name not in reading.fields:
            rows.append({"name": name, "value": value, "raw": "", "place": "typed by the officer", "why": "",
                         "list": isinstance(value, list | dict), "bool": isinstance(value, bool), "box": False})  # fmt: skip
    if not reading.fields and reading.state == "waiting":
        have = {r["name"] for r in rows}
        rows += [{"name": n, "value": "", "raw": "", "place": "to type in", "why": "", "list": False, "bool": False, "box": False}
                 for n in BY_HAND if n not in have]  # fmt: skip
    return sorted(rows, key=lambda r: not r["why"])


def _candidates(reading: ReadingRow | None) -> list[dict[str, Any]]:
    """Candidates side by side with what came in; only differences are marked."""
    if reading is None:
        return []
    told = {n: c["value"] for n, c in reading.fields.items()}
    found = []
    ids = [int(c["case"]) for c in reading.candidates if c.get("case")]
    cases = Case.objects.select_related("child", "school").in_bulk(ids)
    for shown in reading.candidates:
        case = cases.get(int(shown["case"])) if shown.get("case") else None
        if case is None or case.child.protected:
            continue
        child = case.child
        theirs = {
            "surname": child.surname, "forenames": child.forenames, "date_of_birth": child.date_of_birth,
            "sex": child.sex, "upn": child.upn, "address": child.address, "postcode": child.postcode,
            "school_name": case.school.name if case.school else case.school_name,
        }  # fmt: skip
        rows = [
            {
                "name": n,
                "here": told.get(n),
                "there": str(v or ""),
                "differs": not _alike(told.get(n), v),
            }
            for n, v in theirs.items()
            if told.get(n) or v
        ]
        found.append(
            {"case": case, "rows": rows, **{k: shown[k] for k in ("bits", "fields", "guards")}}
        )
    return found


def _alike(a: Any, b: Any) -> bool:
    bare = [str(v or "").lower().replace(" ", "") for v in (a, b)]
    return bare[0] == bare[1] or not bare[0] or not bare[1]


def _missing(reading: ReadingRow | None) -> list[str]:
    if reading is None:
        return []
    fields = {n: c["value"] for n, c in reading.fields.items()} | reading.corrected
    return [
        m.why for m in referral.missing(reading.form, fields, reading.arrival.received_at.date())
    ]


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
    messages.success(request, f"Filed on {case.ref}." if case else "Filed.")
    arrival = Arrival.objects.get(pk=reading.arrival_id)
    following = Arrival.objects.filter(state="held").order_by("received_at").first()
    if arrival.state == "held" or arrival.readings.filter(state="waiting").exists():
        return redirect("arrival", arrival.pk)
    return (
        redirect("arrival", following.pk)
        if following and "next" in request.POST
        else redirect("today")
    )


def _again(request: HttpRequest, reading: ReadingRow, say: str) -> HttpResponse:
    """Say what is wrong and show the page again with everything that was typed."""
    messages.error(request, say)
    request.session["typed"] = boxes(request.POST)
    return redirect(reverse("arrival", args=[reading.arrival_id]) + f"?child={reading.number}")


def boxes(post: Any) -> dict[str, str]:
    """Return what was typed in a form's boxes, by the names that the page fills them with."""
    return {k[6:]: v for k, v in post.items() if k.startswith("field_")} | {
        k: post.get(k, "") for k in ("why", "case_ref", "add_field", "add_value")
    }


def _corrected(reading: ReadingRow, typed: Any) -> dict[str, Any]:
    """What the officer typed where it differs from what was read."""
    found: dict[str, Any] = {}
    for key, text in typed.items():
        if not key.startswith("field_"):
            continue
        name, text = key[6:], text.strip()
        old = reading.corrected.get(name, reading.fields.get(name, {}).get("value"))
        if name in LISTS or isinstance(old, list | dict):
            continue
        new: Any = text
        if isinstance(old, bool):
            new = {"yes": True, "no": False}.get(text.lower(), old)
        elif name in DAYS:
            new = _day(name, text)
        if str(new) != str(old if old is not None else ""):
            found[name] = new
    added, value = typed.get("add_field", ""), typed.get("add_value", "").strip()
    if added in LABELS and value:
        found[added] = _day(added, value) if added in DAYS else value
    return found


def _day(name: str, text: str) -> str:
    try:
        return day.isoformat() if (day := written_day(text)) else ""
    except ValueError:
        raise CannotDecide(
            f"{label(name)}: a day is written like 14/03/2015. Nothing was saved."
        ) from None


@require_POST
@roles(*WORKERS)
def act(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """What can be done with a whole arrival: set aside, read again, ask the school, teach a label, settle."""
    arrival = arrival_for(request.user, arrival_id)
    by, now, post = request.user.username, request.now, request.POST
    match post.get("do"):
        case "set_aside":
            if not post.get("why", "").strip():
                messages.error(request, "Say why you set it aside.")
                return redirect("arrival", arrival_id)
            filing.set_aside(arrival_id, by=by, why=post["why"][:1000], now=now)
            messages.success(request, "Set aside.")
            return redirect("today")
        case "read_again":
            passwords = tuple(p for p in [post.get("password", "")] if p)
            told = filing.read_again(arrival_id, by=by, now=now, passwords=passwords)
            messages.success(request, f"Read again: {told['verdict'].replace('_', ' ')}.")
        case "ask":
            wanted = post.getlist("missing")
            sent = wanted and filing.ask_school(arrival_id, wanted, by=by, now=now)
            say = (
                "A letter was written; see Letters."
                if sent
                else "No letter was written: nothing was chosen, or there is no address on the record."
            )
            (messages.success if sent else messages.error)(request, say)
        case "teach":
            if post.get("field") in LABELS and post.get("label"):
                count = filing.teach(post["label"], post["field"], by=by, now=now)
                messages.success(request, f"Learned. {count} waiting emails were read again.")
        case "type":
            if post.get("form") not in FORMS:
                raise Http404
            row = officer.start_reading(arrival, post["form"], by=by, now=now)
            return redirect(reverse("arrival", args=[arrival_id]) + f"?child={row.number}")
        case "settle":
            filing.settle_hold(
                int(post["hold"]), by=by, how=post.get("how", "dealt with")[:200], now=now
            )
            messages.success(request, "Settled.")
        case _:
            raise Http404
    arrival.refresh_from_db()
    return redirect("arrival", arrival_id)


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

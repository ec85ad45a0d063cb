"""Pictures of documents for the officer: made in a worker, stored, and only ever served as PNG."""

from __future__ import annotations

from datetime import datetime

from cases.models import Arrival, Document
from cases.record import arrivals as record
from cases.record import ledger

PICTURED = {"pdf", "acroform", "xfa", "scan", "image", "docx", "doc", "rtf", "odt"}


def make_pages(arrival: Arrival, now: datetime, passwords: tuple[str, ...] = ()) -> int:
    """Store the pages of every document of an arrival that has any; return how many pages."""
    from cases import road

    count = 0
    raw = ledger.open_bytes(arrival.raw) if arrival.raw else b""
    for document in arrival.documents.filter(decision__in=["read", "held", "kept"]):
        if not raw or document.format not in PICTURED or document.path == "body":
            continue
        readings = list(document.readingrow_set.order_by("number"))
        find = {
            f"{r.pk}:{name}": str(cell["raw"])
            for r in readings
            for name, cell in r.fields.items()
            if not cell.get("box") and cell.get("raw")
        }
        pages, found = road.pool().pages("message.eml", raw, document.path, passwords, find)
        count += record.write_pages(document, pages, now)
        record.write_boxes(readings, found)
    record.mark_pictured(arrival)
    return count


def waiting(limit: int) -> list[int]:
    """Return arrivals whose pages are still to be made, those that wait for the officer first."""
    rows = Arrival.objects.filter(pictured=False).exclude(state="kept")
    return list(rows.order_by("-state", "-id").values_list("pk", flat=True)[:limit])


def bytes_of(document: Document) -> bytes | None:
    """Return a document's own bytes, taken out of its email by a worker."""
    from cases import road

    if document.arrival.raw is None:
        return None
    raw = ledger.open_bytes(document.arrival.raw)
    return road.pool().leaf("message.eml", raw, document.path)

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

    if arrival.raw is None:
        return 0
    raw, count = ledger.open_bytes(arrival.raw), 0
    for document in arrival.documents.filter(decision__in=["read", "held", "kept"]):
        if document.format not in PICTURED or document.path == "body" or document.pages.exists():
            continue
        pages = road.pool().pages("message.eml", raw, document.path, passwords)
        count += record.write_pages(document, pages, now)
    return count


def bytes_of(document: Document) -> bytes | None:
    """Return a document's own bytes, taken out of its email by a worker."""
    from cases import road

    if document.arrival.raw is None:
        return None
    raw = ledger.open_bytes(document.arrival.raw)
    return road.pool().leaf("message.eml", raw, document.path)

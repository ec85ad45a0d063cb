"""What was read in an arrival, what waits for the officer, and the one state that it ends in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from cases.config import current
from cases.models import (
    Arrival,
    ArrivalState,
    Case,
    Contact,
    Document,
    Entry,
    Hold,
    PageImage,
    ReadingRow,
)  # fmt: skip
from cases.record import cases as case_record
from cases.record.entries import entry
from cases.record.ledger import store

SYSTEM = "system: intake"
_PASSWORD = re.compile(r"(?i)\bpass\s?(?:word|code|phrase)?\b[^\n:=]{0,40}(?:is|[:=])\s*[\"'“‘]?(\S{4,64}?)[\"'”’.,;]?(?:\s|$)")  # fmt: skip


def still_unread(arrival: Arrival) -> bool:
    """Lock the arrival's row and return True when nobody has filed it meanwhile."""
    row = Arrival.objects.select_for_update().only("state").get(pk=arrival.pk)
    return row.state == ArrivalState.KEPT


def note_email(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> None:
    """Write the message's own headers and words on the arrival."""
    arrival.message_id = str(email.get("message_id") or "")[:400]
    arrival.sender = str(email.get("from") or "")[:320]
    arrival.sender_name = str(email.get("from_name") or "")[:200]
    arrival.subject = str(email.get("subject") or "")[:2000].replace("\x00", "")
    arrival.new_text = str(email.get("new_text") or "")[:200_000].replace("\x00", "")
    arrival.machine = str(email.get("machine") or "")
    arrival.case_refs = list(email.get("case_refs") or [])
    arrival.thread_ids = [*(email.get("in_reply_to") or []), *(email.get("references") or [])][:50]
    arrival.email_notes = dict(email.get("notes") or {})
    arrival.sent_at = parse_datetime(email["date"]) if email.get("date") else None
    arrival.save()


def write_documents(arrival: Arrival, told: Mapping[str, Any]) -> dict[str, Document]:
    """Write every leaf with its decision; read again, the old ones give way. Returns them by path."""
    arrival.documents.all().delete()
    texts = told.get("texts") or {}
    names = {a["path"]: a for a in told.get("attachments") or []}
    layouts = told.get("layouts") or {}
    made = {}
    for row in told["documents"]:
        path = row["path"]
        made[path] = Document.objects.create(
            arrival=arrival, path=_clean(path)[:2000],
            name=_clean(names.get(path, {}).get("name") or path)[:500], format=row["format"][:20],
            sha256=row["sha256"], decision=row["decision"], why=row["why"] or "",
            text=_clean(texts.get(path, ""))[:500_000], layout=layouts.get(path, {}),
        )  # fmt: skip
    arrival.attachment_hashes = sorted({a["sha256"] for a in names.values() if not a["inline"]})
    arrival.save(update_fields=["attachment_hashes"])
    return made


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def write_readings(
    arrival: Arrival, readings: Iterable[Mapping[str, Any]], documents: dict[str, Document]
) -> list[ReadingRow]:
    """Write what was read about each child, and return the rows in order."""
    arrival.readings.filter(state="waiting", case=None).delete()
    return [
        ReadingRow.objects.create(
            arrival=arrival,
            document=documents.get(told["document"]),
            number=number,
            form=told["form"],
            fields=told["fields"],
            unread=told["unread"],
            signals=told.get("signals") or [],
        )
        for number, told in enumerate(readings, 1)
    ]


def note_verdict(
    reading: ReadingRow,
    verdict: str,
    *,
    case: Case | None = None,
    changed: list[str] | None = None,
    why: str = "",
    by: str = SYSTEM,
    now: datetime | None = None,
    state: str = "decided",
) -> str:
    """Write the verdict about one child as a decision that can be taken back; return its name."""
    reading.verdict, reading.state, reading.why = verdict, state, why
    reading.case = case or reading.case
    reading.changed = changed or []
    reading.save()
    if case is not None and now is not None:
        case_record.decide(
            verdict, by=by, now=now, case=case, reading=reading, arrival=reading.arrival, why=why,
            shown={"candidates": reading.candidates},
        )  # fmt: skip
        entry(
            f"filed: {verdict}", by, now=now, case=case, arrival=reading.arrival,
            data={"reading": reading.pk, "form": reading.form, "changed": reading.changed},
        )  # fmt: skip
    return verdict


def detach(reading: ReadingRow) -> None:
    """Let a reading wait for a decision again, belonging to no case."""
    reading.case, reading.state = None, "waiting"
    reading.save()


def note_candidates(reading: ReadingRow, shown: list[dict[str, Any]], why: str) -> None:
    """Keep the candidates as they will be shown, best first."""
    reading.candidates, reading.why = shown, why
    reading.save(update_fields=["candidates", "why"])


def shown(candidate: Any) -> dict[str, Any]:
    """Return a scored candidate as the page shows it: bits for and against, by field."""
    return {
        "case": candidate.case_id, "ref": candidate.case_ref, "child": candidate.child_id,
        "bits": round(candidate.bits, 1),
        "fields": [
            {"field": f.field, "level": f.level, "bits": round(f.bits, 1)} for f in candidate.fields
        ],
        "guards": list(candidate.guards),
    }  # fmt: skip


def hold(
    arrival: Arrival, reason: str, text: str, now: datetime, document: Document | None = None
) -> Hold:
    """Let something wait for the officer, once a reason and document."""
    row, new = Hold.objects.get_or_create(
        arrival=arrival, reason=reason, document=document, settled_at=None,
        defaults={"text": text, "at": now},
    )  # fmt: skip
    if new:
        entry("held", SYSTEM, now=now, arrival=arrival, data={"reason": reason, "hold": row.pk})
    return row


def settle_hold(row: Hold, *, by: str, how: str, now: datetime) -> None:
    """Write down that somebody dealt with a held document; the last one settles the arrival."""
    with transaction.atomic():
        row.settled_at, row.settled_by, row.settled_how = now, by, how[:200]
        row.save(update_fields=["settled_at", "settled_by", "settled_how"])
        entry("hold settled", by, now=now, arrival=row.arrival, data={"hold": row.pk})
        arrival = row.arrival
        if not arrival.holds.filter(settled_at=None).exists():
            verdict = arrival.verdict if arrival.verdict != "held" else "attached"
            end(arrival, ArrivalState.FILED, verdict, now, by=by)


def settle_holds(arrival: Arrival, *, by: str, how: str, now: datetime) -> None:
    """Settle everything that waits on an arrival without changing its state."""
    arrival.holds.filter(settled_at=None).update(
        settled_at=now, settled_by=by, settled_how=how[:200]
    )


def end(
    arrival: Arrival,
    state: str,
    verdict: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    *,
    case: Case | None = None,
    by: str = SYSTEM,
) -> None:
    """Put an arrival into the one state it is in from now on, and say where its email goes."""
    mailbox = current().mailbox
    arrival.state, arrival.verdict = state, verdict
    arrival.move_to = mailbox.exceptions if state == ArrivalState.HELD else mailbox.processed
    arrival.moved = False if state != ArrivalState.KEPT else arrival.moved
    arrival.trouble, arrival.try_after = "", None
    arrival.version += 1
    arrival.save()
    entry(
        f"arrival {state}", by, now=now, arrival=arrival, case=case,
        data={"verdict": verdict, **(data or {})},
    )  # fmt: skip


def attach(arrival: Arrival, case: Case, now: datetime, by: str = SYSTEM) -> None:
    """Keep an email on a case that it changes nothing of."""
    entry("attached", by, now=now, case=case, arrival=arrival)


def attached_case(arrival: Arrival) -> str | None:
    """Return the reference of the case that a formless email was kept on."""
    row = (
        Entry.objects.filter(arrival=arrival)
        .exclude(case=None)
        .select_related("case")
        .order_by("-id")
        .first()
    )
    return row.case.ref if row and row.case else None


def read_again(arrival: Arrival, *, by: str, now: datetime) -> None:
    """Put a held arrival back in front of its reader."""
    with transaction.atomic():
        settle_holds(arrival, by=by, how="read again", now=now)
        arrival.state, arrival.attempts, arrival.try_after = ArrivalState.KEPT, 0, None
        arrival.canonical, arrival.pictured = None, False
        arrival.save()
        entry("read again", by, now=now, arrival=arrival)


def note_away(address: str, back_on: str) -> None:
    """Remember until when a contact is away."""
    try:
        until = date.fromisoformat(back_on)
    except ValueError:
        return
    Contact.objects.filter(address=address.lower()).update(away_until=until)


def passwords_from(sender: str, around: datetime) -> list[str]:
    """Return passwords that this sender wrote in emails of the last and next seven days."""
    near = Arrival.objects.filter(
        sender=sender,
        received_at__range=(around - timedelta(days=7), around + timedelta(days=7)),
        new_text__icontains="pass",
    )
    found = [m for text in near.values_list("new_text", flat=True) for m in _PASSWORD.findall(text)]
    return list(dict.fromkeys(found))[:5]


def told_passwords(sender: str, around: datetime) -> list[Arrival]:
    """Return this sender's emails of these days that wait for the officer and tell nothing but a password."""
    week = timedelta(days=7)
    near = Arrival.objects.filter(
        sender=sender, received_at__range=(around - week, around + week), readings=None,
        state=ArrivalState.HELD, holds__reason="unknown_form", holds__settled_at=None,
    )  # fmt: skip
    return [arrival for arrival in near.distinct() if tells_password(arrival)]


def tells_password(arrival: Arrival) -> bool:
    """Does an email's own text tell a password?"""
    return bool(_PASSWORD.search(arrival.new_text))


def locked_from(sender: str, since: datetime) -> list[Arrival]:
    """Return arrivals of this sender that wait for a password."""
    return list(
        Arrival.objects.filter(
            sender=sender, received_at__gt=since, holds__reason="locked", holds__settled_at=None
        ).distinct()
    )


def write_pages(document: Document, pages: Iterable[Any], now: datetime) -> int:
    """Keep a document's pages as pictures; return how many."""
    count = 0
    for page in pages:
        PageImage.objects.get_or_create(
            document=document, number=page.number,
            defaults={"png": store(page.png, now), "width": page.width, "height": page.height},
        )  # fmt: skip
        count += 1
    return count


def write_boxes(readings: Iterable[ReadingRow], found: Mapping[str, Any]) -> None:
    """Write where on the pages a reading's values were found."""
    for reading in readings:
        for name, cell in reading.fields.items():
            if place := found.get(f"{reading.pk}:{name}"):
                cell["page"], cell["box"] = place[0], place[1]
        reading.save(update_fields=["fields"])


def mark_pictured(arrival: Arrival) -> None:
    """Write down that an arrival's pages are made (or that it has none)."""
    Arrival.objects.filter(pk=arrival.pk).update(pictured=True)


def correct(reading: ReadingRow, corrected: Mapping[str, Any]) -> None:
    """Put an officer's values over what was read."""
    reading.corrected = {**reading.corrected, **corrected}
    reading.save(update_fields=["corrected"])

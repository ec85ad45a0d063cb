"""Filing: from what an email says to what the team knows. Steps 5 to 9 of the road, one transaction.

The worker reads (step 5 and 6) before the transaction begins; here candidates are looked up, the policy gives its
verdict, and the record is written. Whatever cannot be decided is held with its reason; a child who
may or may not be known gets a provisional case at once, so that no clock waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from cases import answering, applying, post
from cases.clock import uk_date
from cases.config import current
from cases.models import Arrival, ArrivalState, Case, Child, Document, ReadingRow, School, Word
from cases.record import arrivals as record
from cases.record import cases as case_record
from cases.record import children, ledger, letters
from cases.workers import Pool
from parsers import update
from parsers.vocabulary import standard
from policy import matching, safeguarding

SYSTEM = "system: intake"
# The message's verdict is its children's strongest, in this order.
STRONGEST = (
    "reopened", "new_case", "provisional", "update", "proposed_update", "duplicate", "attached",
    "resend",
)  # fmt: skip
_HELD_WHOLE = {
    "unreadable": "The program could not read this email. Its bytes are kept: download it and open it by hand.",
}  # fmt: skip


def examine(
    arrival: Arrival, pool: Pool, now: datetime, passwords: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what a worker reads in an arrival's bytes.

    Raises:
        WorkerDied: the message itself is more than a worker survives.
    """
    assert arrival.raw is not None
    raw = ledger.open_bytes(arrival.raw)
    words = dict(Word.objects.values_list("label", "field"))

    def read(passwords: Sequence[str]) -> dict[str, Any]:
        return pool.examine(
            "message.eml",
            raw,
            on=uk_date(arrival.received_at),
            passwords=list(passwords),
            words=words,
            prefix=current().council.reference,
        )

    told = read(passwords)
    sent = _passwords_sent(arrival, told)
    return read([*passwords, *sent]) if sent else told


def _passwords_sent(arrival: Arrival, told: Mapping[str, Any]) -> list[str]:
    """Passwords for what is locked, out of the same sender's other emails of these days (never guessed).

    Who sent it is known only when it has been read once.
    """
    sender = (told["email"] or {}).get("from") or ""
    locked = any(held["reason"] == "locked" for held in told["held"])
    return record.passwords_from(sender, arrival.received_at) if sender and locked else []


def file_arrival(arrival: Arrival, told: Mapping[str, Any], now: datetime) -> None:
    """File an arrival by what was read in it: everything or nothing of this is committed."""
    with transaction.atomic():
        # Whoever holds a lease may be late: the row decides, and the second run finds it settled.
        if not record.still_unread(arrival):
            return
        email = told["email"] or {}
        record.note_email(arrival, email, now)
        if _seen_before(arrival, email, now):
            return
        _trust(arrival, email)
        documents = record.write_documents(arrival, told)
        _alerts(arrival, told, email, now)
        if _machine(arrival, email, now):
            return
        _named_in_subject(arrival, told["readings"])
        readings = record.write_readings(arrival, told["readings"], documents)
        verdicts = [_decide(reading, email, now) for reading in readings]
        _families(readings, now)
        _holds(arrival, told, documents, readings, now)
        if not readings:
            verdicts = _without_form(arrival, email, documents, now)
        _settle(arrival, verdicts, now)
        answering.acknowledge(arrival, now)
        _try_password(arrival, now)


def _named_in_subject(arrival: Arrival, readings: list[dict[str, Any]]) -> None:
    """News that names its child in the subject line only: name and birthday (or number) together."""
    if len(readings) != 1 or readings[0]["form"] != "update":
        return
    if not {"surname", "forenames", "upn"} & set(readings[0]["fields"]):
        found = update.named(arrival.subject, uk_date(arrival.received_at), standard())
        readings[0]["fields"] |= {
            n: {"value": v.value, "raw": v.raw, "place": v.place.words, "sure": v.sure}
            for n, v in found.items()
        }


def _try_password(arrival: Arrival, now: datetime) -> None:
    """A password that follows its form: what waits locked from this sender is read again, once."""
    if arrival.sender and record.tells_password(arrival):
        for locked in record.locked_from(arrival.sender, arrival.received_at - timedelta(days=7)):
            if locked.pk != arrival.pk and not locked.readings.exclude(case=None).exists():
                record.read_again(locked, by=SYSTEM, now=now)


def _seen_before(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> bool:
    """True when the same message is on file with other bytes: a copy that the server rendered anew."""
    key = email.get("content_key")
    first = Arrival.objects.filter(canonical=key).exclude(pk=arrival.pk).first() if key else None
    if first is None:
        arrival.canonical = key or None
        return False
    arrival.same_as = first
    record.end(arrival, ArrivalState.IGNORED, "resend", now, {"same_as": first.pk})
    return True


def _trust(arrival: Arrival, email: Mapping[str, Any]) -> None:
    trust = post.trust(email, current())
    arrival.trust, arrival.trust_why = trust.level, "; ".join((trust.why, *trust.flags))
    arrival.school = _sender_school(arrival.sender)


def _sender_school(address: str) -> School | None:
    """The one school or agency that an address belongs to, by contact, else by domain."""
    found = list(School.objects.filter(contacts__address=address, open=True).distinct()[:2])
    if len(found) != 1:
        domain = address.partition("@")[2]
        found = [s for s in School.objects.filter(open=True) if domain and domain in s.domains]
    return found[0] if len(found) == 1 else None


def _alerts(
    arrival: Arrival, told: Mapping[str, Any], email: Mapping[str, Any], now: datetime
) -> None:
    """Raise safeguarding signals first, before and apart from all else (policy 10.4, 17.2)."""
    texts = {"subject": email.get("subject") or "", "body": email.get("new_text") or ""}
    texts |= told.get("texts") or {}
    found = [
        (signal.kind, signal.words, where)
        for where, text in texts.items()
        if where != "quoted"
        for signal in safeguarding.alerts(text)
    ]
    for reading in told["readings"]:
        for field, kind in (
            ("child_protection_plan", "child_protection"),
            ("safeguarding_concern", "risk_of_harm"),
        ):
            cell = reading["fields"].get(field)
            if cell and cell["value"] not in (False, None, ""):
                found.append((kind, str(cell["raw"]), f"{reading['document']}, {cell['place']}"))
    if case_record.raise_alerts(arrival, found, now):
        answering.tell_duty(arrival, now)


def _machine(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> bool:
    """File mail that no person wrote; True when that is all there is to do. It is never answered."""
    match arrival.machine:
        case "ours" | "newsletter" | "calendar" | "receipt":
            record.end(arrival, ArrivalState.IGNORED, "ignored", now, {"machine": arrival.machine})
        case "bounce":
            _bounced(arrival, email, now)
        case "bounce_delayed":
            record.end(arrival, ArrivalState.IGNORED, "ignored", now, {"machine": arrival.machine})
        case "auto_reply":
            _auto_reply(arrival, email, now)
        case _:
            return False
    return True


def _bounced(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> None:
    """A letter of ours came back: it is marked, and the address is a task (policy: chase the right one)."""
    notes = email.get("notes") or {}
    letter = letters.mark_undelivered(
        notes.get("original_message_id", ""), notes.get("status", "came back"), now=now
    )
    recipient = letter.recipient if letter else notes.get("recipient", "")
    if recipient:
        from cases.record.people import mark_contact

        mark_contact(recipient, now=now, bounced=True)
    case_record.add_task(
        f"bounce:{arrival.pk}", "address",
        "A letter came back undelivered. Find the right address and put it on the record.",
        now=now, case=letter.case if letter else None, arrival=arrival,
    )  # fmt: skip
    record.end(arrival, ArrivalState.FILED, "undelivered", now)


def _auto_reply(arrival: Arrival, email: Mapping[str, Any], now: datetime) -> None:
    """An auto-reply never answers anything; what it tells of the person is a note or a task."""
    notes = email.get("notes") or {}
    case = _one_case(arrival, email)
    if notes.get("left"):
        from cases.record.people import mark_contact

        mark_contact(arrival.sender, now=now, left=True)
        case_record.add_task(
            f"left:{arrival.pk}", "address",
            "An automatic reply says that this contact has left. Put the right one on the record.",
            now=now, case=case, arrival=arrival,
        )  # fmt: skip
    elif back := notes.get("back_on"):
        record.note_away(arrival.sender, back)
    if case:
        case_record.add_message(case, arrival.message_id, arrival)
    record.end(
        arrival, ArrivalState.FILED if case else ArrivalState.IGNORED,
        "attached" if case else "ignored", now, {"machine": "auto_reply"}, case=case,
    )  # fmt: skip


def _named_cases(arrival: Arrival, email: Mapping[str, Any]) -> list[Case]:
    """Cases that a reference or the thread names, in the order of how much that says."""
    ids = [*(email.get("in_reply_to") or []), *(email.get("references") or [])]
    by_thread = list(Case.objects.filter(messages__message_id__in=ids).distinct()) if ids else []
    refs = arrival.case_refs or []
    by_ref = list(Case.objects.filter(ref__in=refs)) if refs else []
    return list({c.pk: c for c in (*by_ref, *by_thread)}.values())


def _one_case(arrival: Arrival, email: Mapping[str, Any]) -> Case | None:
    """The one case that an email is about, when all its signs agree."""
    refs = list(Case.objects.filter(ref__in=arrival.case_refs or []))
    if len(refs) == 1:
        return refs[0]
    named = _named_cases(arrival, email)
    return named[0] if len(named) == 1 else None


def _decide(reading: ReadingRow, email: Mapping[str, Any], now: datetime) -> str:
    """Let the policy decide about one child, write what follows, and return the verdict's name."""
    arrival = reading.arrival
    fields = applying.plain(reading)
    is_update = reading.form == "update"
    named = _named_cases(arrival, email)
    if is_update and not _names_a_child(fields):
        return _update_by_reference(reading, arrival, email, named, now)
    if (before := _same_file(reading)) is not None:
        return update_case(reading, before, by=SYSTEM, now=now)
    person = children.as_person(children.person_of(fields, _school_name(arrival)))
    here = ReadingRow.objects.filter(arrival=arrival, state="decided").exclude(case=None)
    known = children.candidates(
        person,
        cases=[c.pk for c in named],
        children=here.values_list("case__child_id", flat=True),
    )
    incoming = matching.Incoming(
        person=person,
        received_on=uk_date(arrival.received_at),
        in_reply_to=tuple(email.get("in_reply_to") or ()),
        references=tuple(email.get("references") or ()),
        subject=arrival.subject,
        sender=arrival.sender,
        note=arrival.new_text[:2000] if is_update else "",
        case_refs=tuple(arrival.case_refs or ()),
        is_form=not is_update,
    )
    verdict = matching.decide(incoming, known)
    if arrival.trust == "verified":
        case = _plainly_named(verdict, reading, {c.pk for c in named})
        if case is not None:
            return update_case(reading, case, by=SYSTEM, now=now)
    return act(reading, verdict, by=SYSTEM, now=now)


def _same_file(reading: ReadingRow) -> Case | None:
    """The open case on which this very file about this very child came in before, in another email."""
    sha = reading.document.sha256 if reading.document else ""
    if not sha or reading.form == "update":
        return None
    mine = [applying.plain(reading).get(n) for n in applying.IDENTITY]
    rows = ReadingRow.objects.filter(document__sha256=sha, case__closed_on=None)
    rows = rows.exclude(arrival=reading.arrival).exclude(case=None).select_related("case__child")
    cases = {
        r.case_id: r.case
        for r in rows
        if [applying.plain(r).get(n) for n in applying.IDENTITY] == mine
    }
    return next(iter(cases.values())) if len(cases) == 1 else None


def _plainly_named(verdict: matching.Verdict, reading: ReadingRow, named: set[int]) -> Case | None:
    """The one child whom an email from the child's own school names in full (policy 9.5, 9.6).

    A form must agree in more than name and birthday. News need not: it names a child by just these, opens nothing, and
    can be taken back; where it answers the case's own thread, the name is enough, and a birthday that it corrects
    is only proposed. A line of a starters and leavers return says no more either, and is asked for beside the form;
    a poor scan says no more either, but tells of the same day.
    """
    if not isinstance(verdict, matching.AskOfficer):
        return None
    found = [c for c in verdict.candidates if _in_full(c, reading, named)]
    if len(found) > 1:
        found = [c for c in found if int(c.case_id) in named]
    if len(found) != 1 or (named and int(found[0].case_id) not in named):
        return None  # none, several, or another child than the one whose reference it bears
    case = Case.objects.filter(pk=int(found[0].case_id), closed_on=None).first()
    if case is None or reading.form == "update":
        return case
    kinds = set(case.forms_seen)
    beside = reading.form not in kinds and "starters_leavers" in kinds | {reading.form}
    told, held = applying.plain(reading), applying.values_as_told(case)
    one_event = any(
        told.get(n) and told[n] == held.get(n) for n in ("last_attended", "off_roll_date")
    )
    return case if (beside or one_event) and len(verdict.candidates) == 1 else None


def _in_full(candidate: matching.Candidate, reading: ReadingRow, named: set[int]) -> bool:
    """Is the candidate's name exactly the one told, and the birthday and the school, or the thread?"""
    levels = {f.field: f.level for f in candidate.fields}
    if not candidate.case_id or {levels.get(n) for n in ("forename", "surname")} != {"exact"}:
        return False
    if levels.get("upn") in ("other", "neighbour"):
        return False
    sender = reading.arrival.school
    council = reading.form == "update" and sender is not None and sender.agency
    if levels.get("date_of_birth") == "exact" and (levels.get("school") == "same" or council):
        return True
    corrects = any(s["kind"] == "correction" for s in reading.signals)
    told = levels.get("date_of_birth", "missing")
    return (
        reading.form == "update"
        and int(candidate.case_id) in named
        and (told in ("exact", "missing") or corrects)
    )


def _school_name(arrival: Arrival) -> str:
    return arrival.school.name if arrival.school and not arrival.school.agency else ""


def _names_a_child(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("surname") or fields.get("forenames") or fields.get("upn"))


def _update_by_reference(
    reading: ReadingRow,
    arrival: Arrival,
    email: Mapping[str, Any],
    named: list[Case],
    now: datetime,
) -> str:
    """An update that names no child is about the case that its reference or thread names."""
    case = _one_case(arrival, email)
    if case is None:
        why = "It names more than one case." if named else "It names no case and no child."
        return hold_reading(reading, why, now)
    return update_case(reading, case, by=SYSTEM, now=now)


def hold_reading(reading: ReadingRow, why: str, now: datetime) -> str:
    """Let the officer say which child an email is about."""
    record.hold(
        reading.arrival, "ambiguous", f"{why} Say which child it is about.", now, reading.document
    )
    record.note_verdict(reading, "held", why=why, state="waiting")
    return "held"


def update_case(reading: ReadingRow, case: Case, *, by: str, now: datetime) -> str:
    """Apply an update to a case as far as its sender may, and return the verdict's name."""
    arrival = reading.arrival
    trusted = arrival.trust == "verified" or not by.startswith("system")
    on = uk_date(arrival.received_at)
    second = _second_form(reading, case)
    applied, proposed = applying.update(case, reading, by=by, now=now, on=on, trusted=trusted)
    answering.signals(case, reading, by=by, now=now, trusted=trusted)
    if not trusted and (proposed or reading.signals):
        answering.tell_known_contact(case, arrival, now)
    if applied:
        verdict = "update"
    elif proposed or (reading.signals and not trusted):
        verdict = "proposed_update"
    elif reading.signals:
        verdict = (
            "update" if any(s["kind"] != "status_enquiry" for s in reading.signals) else "attached"
        )
    elif reading.form == "update" or second:
        verdict = "attached"
    else:
        verdict = "resend" if _same_bytes(reading, case) else "duplicate"
    record.note_verdict(
        reading, verdict, case=case, changed=[*applied, *proposed], by=by, now=now, why=second or ""
    )
    return verdict


def _second_form(reading: ReadingRow, case: Case) -> str | None:
    """Why a form beside another is no duplicate: the policy asks for both (9.4 and 9.6), or two schools told us."""
    seen = set(case.forms_seen) - {"update"}
    if reading.form == "update" or not seen:
        return None
    if reading.form not in seen:
        return "A second form about the same child, of another kind: both are asked for."
    here = reading.arrival.school
    if here and case.school and here.pk != case.school_id and not here.agency:
        return "A second source: another school has told us of the same child."
    return None


def _same_bytes(reading: ReadingRow, case: Case) -> bool:
    """Did this very file come in on the case before, in another email?"""
    sha = reading.document.sha256 if reading.document else ""
    return bool(sha) and (
        ReadingRow.objects.filter(case=case, document__sha256=sha)
        .exclude(arrival=reading.arrival)
        .exists()
    )


def act(reading: ReadingRow, verdict: matching.Verdict, *, by: str, now: datetime) -> str:
    """Write what a verdict of the policy means, and return its name for the contract."""
    arrival, on = reading.arrival, uk_date(reading.arrival.received_at)
    match verdict:
        case matching.NewChild():
            if reading.form == "update" and not _enough_to_open(applying.plain(reading)):
                return hold_reading(reading, "It is about a child who is not on file.", now)
            case = applying.open_for(reading, None, by=by, now=now, on=on, provisional=False)
            for link in verdict.family:
                _propose_family(case.child, link, now)
            return record.note_verdict(reading, "new_case", case=case, by=by, now=now)
        case matching.AskOfficer():
            shown = [record.shown(candidate) for candidate in verdict.candidates]
            if reading.form == "update":
                record.note_candidates(reading, shown, verdict.why)
                return hold_reading(reading, verdict.why, now)
            case = applying.open_for(reading, None, by=by, now=now, on=on, provisional=True)
            record.note_candidates(reading, shown, verdict.why)
            return record.note_verdict(
                reading, "provisional", case=case, by=by, now=now, state="waiting", why=verdict.why
            )
        case matching.ReReferral():
            child = Child.objects.get(pk=int(verdict.child_id))
            case = applying.open_for(reading, child, by=by, now=now, on=on, provisional=False)
            return record.note_verdict(reading, "reopened", case=case, by=by, now=now)
        case matching.Resend():
            case = _case_of(verdict)
            case_record.add_message(case, arrival.message_id, arrival)
            return record.note_verdict(reading, "resend", case=case, by=by, now=now)
        case matching.Attached():
            case = _case_of(verdict)
            applying.finish(case, reading, now=now, by=by, opened=False, on=on)
            return record.note_verdict(
                reading, "attached", case=case, by=by, now=now, why=verdict.why
            )
        case matching.Duplicate() | matching.Update():
            return update_case(reading, _case_of(verdict), by=by, now=now)


def _enough_to_open(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("surname") and (fields.get("date_of_birth") or fields.get("upn")))


def _case_of(verdict: Any) -> Case:
    return Case.objects.select_related("child").get(pk=int(verdict.case_id))


def _propose_family(child: Child, link: Any, now: datetime) -> None:
    other = Child.objects.filter(pk=int(link.child_id)).first()
    if other:
        children.link_family(child, other, link.why, now=now, by=SYSTEM)


def _families(readings: list[ReadingRow], now: datetime) -> None:
    """Children with one surname on one form or email are proposed as brothers and sisters."""
    opened = [r.case.child for r in readings if r.case and r.form != "starters_leavers"]
    for i, a in enumerate(opened):
        for b in opened[i + 1 :]:
            if a.surname and applying.same(a.surname, b.surname):
                children.link_family(a, b, "named in one email", now=now, by=SYSTEM)


def _holds(
    arrival: Arrival,
    told: Mapping[str, Any],
    documents: dict[str, Document],
    readings: list[ReadingRow],
    now: datetime,
) -> None:
    for held in told["held"]:
        record.hold(arrival, held["reason"], held["text"], now, documents.get(held["document"]))


def _without_form(
    arrival: Arrival, email: Mapping[str, Any], documents: dict[str, Document], now: datetime
) -> list[str]:
    """An email without a form: kept on the case that it names, else for the officer to read."""
    case = _one_case(arrival, email)
    if case is not None:
        case_record.add_message(case, arrival.message_id, arrival)
        answering.enclosures(case, arrival, documents, now)
        case_record.link_alerts(arrival, case)
        record.attach(arrival, case, now)
        return ["attached"]
    if not arrival.holds.filter(settled_at=None).exists():
        record.hold(
            arrival, "unknown_form",
            "No form was found in this email, and it names no case. Read it and say what it is.", now,
        )  # fmt: skip
    return []


def _settle(arrival: Arrival, verdicts: list[str], now: datetime) -> None:
    held = arrival.holds.filter(settled_at=None).exists()
    named = next((v for v in STRONGEST if v in verdicts), "held" if held else "ignored")
    state = ArrivalState.HELD if held else ArrivalState.FILED
    record.end(arrival, state, named, now)


def hold_whole(arrival: Arrival, reason: str, now: datetime) -> None:
    """Hold an arrival that the program could not read at all, with its bytes to download."""
    with transaction.atomic():
        record.hold(arrival, reason, _HELD_WHOLE[reason], now)
        record.end(arrival, ArrivalState.HELD, "held", now)


def outcome(arrival: Arrival) -> dict[str, Any]:
    """Return what became of an arrival, as the contract writes it."""
    rows = list(arrival.readings.select_related("case").order_by("number"))
    cases = [r.case.ref for r in rows if r.case]
    attached = record.attached_case(arrival)
    return {
        "message_id": arrival.message_id,
        "verdict": arrival.verdict or "unread",
        "sender": arrival.trust or "unverified",
        "cases": list(dict.fromkeys([*cases, *([attached] if attached else [])])),
        "children": [
            {"verdict": r.verdict, "case": r.case.ref if r.case else None, "changed": r.changed}
            for r in rows
        ],
        "held": [
            {
                "reason": h.reason,
                "document": h.document.path if h.document else "",
                "text": h.text,
            }
            for h in arrival.holds.select_related("document").filter(settled_at=None).order_by("id")
        ],
    }


def seen_again(arrival: Arrival) -> dict[str, Any]:
    """Return the outcome of bytes that are on file already."""
    return {**outcome(arrival), "verdict": "resend", "held": []}


def sent_at(email: Mapping[str, Any]) -> datetime | None:
    """Return the instant that the sender's own Date header gives."""
    return parse_datetime(email["date"]) if email.get("date") else None


# The officer's decisions are filed by the same steps; they live in their own module.
from cases.decisions import (  # noqa: E402
    accept_proposed,
    ask_school,
    decide_reading,
    merge_cases,
    read_again,
    refuse_proposed,
    set_aside,
    settle_hold,
    split_case,
    teach,
    undo,
)

__all__ = [
    "accept_proposed", "act", "ask_school", "decide_reading", "examine", "file_arrival",
    "hold_whole", "merge_cases", "outcome", "read_again", "refuse_proposed", "seen_again",
    "set_aside", "settle_hold", "split_case", "teach", "undo",
]  # fmt: skip

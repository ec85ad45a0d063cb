"""One child on one form or email: what the policy decides, and what that does to the record.

The officer's choice is followed by the same steps (`update_case`, `act`). Every verdict is kept with the bits that it was made by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases import answering, applying
from cases.clock import uk_date
from cases.models import Arrival, Case, Child, ReadingRow
from cases.record import alerts, children
from cases.record import arrivals as record
from cases.record import cases as case_record
from cases.threads import cases_named, one_case, references
from policy import matching

SYSTEM = "system: intake"


def decide(reading: ReadingRow, email: Mapping[str, Any], now: datetime) -> str:
    """Let the policy decide about one child, write what follows, and return the verdict's name."""
    arrival = reading.arrival
    is_update = reading.form == "update"
    fields = _told_of_whom(reading) if is_update else applying.plain(reading)
    named = cases_named(arrival, email)
    if is_update and not _names_a_child(fields):
        return _update_by_reference(reading, arrival, email, named, now)
    if is_update and _more_cases_than_children(arrival, email):
        return hold_reading(reading, "It bears more references than it names children.", now)
    if (before := _same_file(reading)) is not None:
        return _resend(reading, before, now)
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
        case_refs=tuple(references(arrival, email)),
        is_form=not is_update,
    )
    verdict = matching.decide(incoming, known)
    _keep_bits(reading, verdict)
    case = _told_twice(verdict, reading)
    if case is not None:
        return update_case(reading, case, by=SYSTEM, now=now)
    if arrival.trust == "verified":
        case = _plainly_named(verdict, reading, {c.pk for c in named})
        if case is not None:
            return update_case(reading, case, by=SYSTEM, now=now)
    return act(reading, verdict, by=SYSTEM, now=now)


def _told_of_whom(reading: ReadingRow) -> dict[str, Any]:
    """What an email says without the names and numbers that it puts right: those do not tell who is meant."""
    cells = reading.fields
    return {
        name: value
        for name, value in applying.plain(reading).items()
        if name not in ("surname", "forenames", "upn") or not cells.get(name, {}).get("corrects")
    }


def _told_twice(verdict: matching.Verdict, reading: ReadingRow) -> Case | None:
    """The case of the child whom another document of the very same email names alike: a form as Word and as PDF.

    Two children of one email do not share forename, surname and birthday.
    """
    if not isinstance(verdict, matching.AskOfficer):
        return None
    rows = (
        ReadingRow.objects.filter(arrival=reading.arrival).exclude(pk=reading.pk).exclude(case=None)
    )
    here = set(rows.values_list("case_id", flat=True))
    for candidate in verdict.candidates:
        levels = {f.field: f.level for f in candidate.fields}
        alike = {levels.get(n) for n in ("forename", "surname", "date_of_birth")} == {"exact"}
        if (
            alike
            and candidate.case_id
            and int(candidate.case_id) in here
            and levels.get("upn") not in ("other", "neighbour")
        ):
            return Case.objects.get(pk=int(candidate.case_id))
    return None


def _more_cases_than_children(arrival: Arrival, email: Mapping[str, Any]) -> bool:
    """Several references beside fewer children: whose news is whose cannot be told from the words."""
    refs = references(arrival, email)
    children_meant = Case.objects.filter(ref__in=refs).values("child").distinct().count()
    return children_meant > max(1, arrival.readings.filter(form="update").count())


def _same_file(reading: ReadingRow) -> Case | None:
    """The case on which this very file about this very child came in before, in another email.

    A closed case's only when the file tells its day: one that tells none may be sent anew for a child missing
    again. A file that came first from somebody unknown is news when its school sends it.
    """
    sha = reading.document.sha256 if reading.document else ""
    if not sha or reading.form == "update":
        return None
    told = applying.plain(reading)
    rows = ReadingRow.objects.filter(document__sha256=sha).exclude(arrival=reading.arrival)
    rows = rows.exclude(case=None).select_related("case__child", "arrival")
    if reading.arrival.trust == "verified":
        rows = rows.filter(arrival__trust="verified")
    cases = {
        r.case.pk: r.case
        for r in rows
        if r.case and all(applying.plain(r).get(n) == told.get(n) for n in applying.IDENTITY)
    }
    open_ones = [c for c in cases.values() if c.closed_on is None]
    dated = any(told.get(n) for n in ("last_attended", "off_roll_date", "admission_date"))
    found = open_ones or ([c for c in cases.values() if c.merged_into_id is None] if dated else [])
    return found[0] if len(found) == 1 else None


def _resend(reading: ReadingRow, case: Case, now: datetime) -> str:
    """The same bytes say nothing that was not said: what has changed on the case since then stays."""
    case_record.add_message(case, reading.arrival.message_id, reading.arrival)
    alerts.link_alerts(reading.arrival, case)
    why = "This very file came in before, in another email."
    return record.note_verdict(reading, "resend", case=case, by=SYSTEM, now=now, why=why)


def _keep_bits(reading: ReadingRow, verdict: matching.Verdict) -> None:
    """Keep the bits and guards of whoever was compared, as they were: weights and records change, this does not."""
    match verdict:
        case matching.AskOfficer(candidates=candidates, why=why):
            record.note_candidates(reading, [record.shown(c) for c in candidates], why)
        case (
            matching.Duplicate(candidate=one)
            | matching.Update(candidate=one)
            | matching.ReReferral(candidate=one)
            | matching.Attached(candidate=one)
        ):
            record.note_candidates(reading, [record.shown(one)], "")


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
    named_as = {levels.get(n) or "missing" for n in ("forename", "surname")}
    answers = reading.form == "update" and candidate.case_id and int(candidate.case_id) in named
    if answers and named_as == {"exact", "missing"}:
        return levels.get("upn") not in ("other", "neighbour")  # "Zofia is back", on her own case
    if not candidate.case_id or named_as != {"exact"}:
        return False
    if levels.get("upn") in ("other", "neighbour"):
        return False
    sender = reading.arrival.school
    council = reading.form == "update" and sender is not None and sender.agency
    if levels.get("date_of_birth") == "exact" and (levels.get("school") == "same" or council):
        return True
    if reading.form != "update":
        return False
    corrects = any(s["kind"] == "correction" for s in reading.signals)
    told = levels.get("date_of_birth", "missing")
    if int(candidate.case_id) in named:
        return told in ("exact", "missing") or corrects
    if levels.get("school") != "same":
        return False
    # By name and class, or by a birthday that it puts right: the child's own school says who is meant.
    return (
        _same_year(candidate, reading)
        if told == "missing"
        else (corrects and told in ("swapped", "one_digit"))
    )


def _same_year(candidate: matching.Candidate, reading: ReadingRow) -> bool:
    year = applying.plain(reading).get("year_group")
    case = Case.objects.filter(pk=int(candidate.case_id)).first()
    return (
        bool(year) and case is not None and applying.values_as_told(case).get("year_group") == year
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
    case = one_case(arrival, email)
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
    answering.signals(case, reading, by=by, now=now)
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
    if here is None or here.agency or case.school_id in (None, here.pk):
        return None
    told_before = case.readings.filter(arrival__school=here).exclude(arrival=reading.arrival)
    if told_before.exclude(form="update").exists():
        return None
    return "A second source: another school has told us of the same child."


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
            if reading.form == "update" and not _enough_to_open(reading):
                return hold_reading(reading, "It is about a child who is not on file.", now)
            case = applying.open_for(reading, None, by=by, now=now, on=on, provisional=False)
            for link in verdict.family:
                _propose_family(case.child, link, now)
            return record.note_verdict(reading, "new_case", case=case, by=by, now=now)
        case matching.AskOfficer():
            if reading.form == "update":
                return hold_reading(reading, verdict.why, now)
            case = applying.open_for(reading, None, by=by, now=now, on=on, provisional=True)
            offered = {c.child_id for c in verdict.candidates}
            for link in verdict.family:
                if link.child_id not in offered:
                    _propose_family(case.child, link, now)
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
            trusted = arrival.trust == "verified" or not by.startswith("system")
            applying.finish(case, reading, now=now, by=by, opened=False, on=on, trusted=trusted)
            return record.note_verdict(
                reading, "attached", case=case, by=by, now=now, why=verdict.why
            )
        case matching.Duplicate() | matching.Update():
            return update_case(reading, _case_of(verdict), by=by, now=now)


def _enough_to_open(reading: ReadingRow) -> bool:
    """Does news tell enough of a child who is not on file to open a case?

    Not news that supposes an older form: a correction, a question, a referral taken back. That form is missing, or
    it spelt the name otherwise.
    """
    if {s["kind"] for s in reading.signals} & {"correction", "status_enquiry", "withdrawn"}:
        return False
    fields = applying.plain(reading)
    return bool(fields.get("surname") and (fields.get("date_of_birth") or fields.get("upn")))


def _case_of(verdict: Any) -> Case:
    return Case.objects.select_related("child").get(pk=int(verdict.case_id))


def _propose_family(child: Child, link: Any, now: datetime) -> None:
    other = Child.objects.filter(pk=int(link.child_id)).first()
    if other:
        children.link_family(child, other, link.why, now=now, by=SYSTEM)

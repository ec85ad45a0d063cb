"""One case with everything on it, the child across episodes, and what is recorded by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import filing, rules
from cases.config import current
from cases.decisions import CannotDecide, change_field
from cases.models import (
    Arrival,
    Case,
    CaseEvent,
    Child,
    Decision,
    Entry,
    FamilyLink,
    FieldValue,
    Person,
    ReadingRow,
)
from cases.record import cases as record
from cases.record import officer
from cases.record.cases import ChangedMeanwhile, NotAllowed
from cases.record.entries import entry
from parsers.labels import LABELS
from policy.deadlines import EVENTS
from policy.status import STATUSES
from review import due
from review.access import EVERYBODY, READERS, WORKERS, case_for, roles, visible
from review.answers import LISTS, answer
from review.pages import remembered, typed
from review.steps import EWO_RECORDS, RECORDED, steps
from review.timeline import timeline
from review.workload import ewos

STAYS_OPEN = "S2S"  # an outcome that is recorded and closes nothing (policy 16.1)


@require_POST
@roles(*WORKERS)
def family(request: HttpRequest, link_id: int) -> HttpResponse:
    """Confirm or refuse a brother or sister."""
    link = get_object_or_404(FamilyLink.objects.select_related("a", "b"), pk=link_id)
    if (link.a.protected or link.b.protected) and not request.user.protected_cases:
        raise Http404
    officer.settle_family(
        link, request.POST.get("do") == "confirm", by=request.user.username, now=request.now
    )
    messages.success(request, "Noted.")
    back = request.POST.get("back", "")
    return redirect(back) if back.startswith("/case/") else redirect("today")


@roles(*EVERYBODY)
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """One case."""
    case = case_for(request.user, ref)
    entry("viewed", request.user.username, now=request.now, case=case)
    history: dict[str, list[FieldValue]] = {}
    for row in (
        FieldValue.objects.filter(case=case)
        .select_related("document", "arrival")
        .order_by("-at", "-id")
    ):
        history.setdefault(row.field, []).append(row)
    values = {
        f: v
        for f, rows in history.items()
        if (v := next((r for r in rows if r.state == "applied"), None))
    }
    events = list(CaseEvent.objects.filter(case=case).order_by("-on", "-id"))
    entries = list(
        Entry.objects.filter(case=case)
        .exclude(act__in=due.QUIET)
        .select_related("arrival__school")
        .order_by("-id")[:300]
    )
    may = request.user.role in WORKERS
    owed = due.of_case(case, request.today)
    opened, asked = request.GET.get("open", ""), request.GET.get("field", "")
    chosen = asked if asked in values and asked in LABELS and asked not in LISTS else ""
    context = {
        "case": case, "child": case.child, "values": _grouped(values), "history": history,
        "due": owed, "steps": steps(owed, ewo=not may) if may or request.user.role == "ewo" else {},
        "proposed": [r for rows in history.values() for r in rows if r.state == "proposed"],
        "unsure": case.readings.filter(state="waiting").first() if may and case.provisional else None,
        "chosen": chosen, "chosen_value": typed(values[chosen].value) if chosen else "",
        "record": request.GET.get("record", ""), "open": opened, "dfe_reasons": rules.codes(current(), "dfe_reason", request.today),
        "timeline": timeline(entries, events), "letters": case.letters.order_by("-id")[:50],
        "tasks": case.tasks.filter(done_at=None).order_by("due_on"), "alerts": case.alerts.order_by("-at"),
        "events": [e for e in events if e.state != "undone"], "event_words": EVENTS,
        "arrivals": _arrivals(entries) if may or request.user.role == "auditor" else [],
        "family": _family(case.child, request.user) if may else [],
        "others": Case.objects.filter(child=case.child).exclude(pk=case.pk).order_by("-opened_on"),
        "decisions": Decision.objects.filter(case=case, undone_at=None).order_by("-at")[:30] if may and opened == "undo" else [],
        "statuses": STATUSES, "may": may, "recorded": RECORDED if may else EWO_RECORDS, "may_record": may or request.user.role == "ewo",
        "outcomes": rules.codes(current(), "outcome", request.today), "outcome_words": rules.codes(current(), "outcome", None), "fields": LABELS, "lists": LISTS, "today": request.today,
        "ewos": ewos(case, request.today) if may else [], "may_protect": _may_protect(request.user), "print": "print" in request.GET,
    }  # fmt: skip
    return render(request, "case.html", context)


def _may_protect(person: Person) -> bool:
    """Only a manager who may see protected children protects one: else the case would vanish before their eyes."""
    return person.role == "manager" and person.protected_cases


def _grouped(values: dict[str, FieldValue]) -> list[FieldValue]:
    order = list(LABELS)
    shown = [v for field, v in values.items() if field != "dfe_reason"]
    return sorted(shown, key=lambda v: order.index(v.field) if v.field in order else 99)


def _arrivals(entries: list[Entry]) -> list[Arrival]:
    """The emails that the case's entries name, newest first."""
    found = {e.arrival_id: e.arrival for e in entries if e.arrival is not None}
    return sorted(found.values(), key=lambda a: a.received_at, reverse=True)


@require_POST
@roles(*EVERYBODY)
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """What is recorded by hand on a case. An EWO records visits and reports on their own cases only."""
    case = case_for(request.user, ref)
    by, now, post = request.user.username, request.now, request.POST
    do = post.get("do", "")
    if request.user.role == "auditor" or (request.user.role == "ewo" and do != "event"):
        messages.error(request, "Your role does not allow this.")
        return redirect("case", ref)
    try:
        say = _do(request, case, do, by, now)
    except (NotAllowed, CannotDecide) as refusal:
        messages.error(request, str(refusal))
    except ChangedMeanwhile:
        messages.error(
            request,
            "Somebody else changed this case while you had it open. Nothing was saved; look at it and try again.",
        )
    except (KeyError, ValueError):
        messages.error(
            request,
            "Something in the form could not be used; a date is written like 2027-03-01. Nothing was saved.",
        )
    else:
        messages.success(request, say)
    return redirect(
        "today" if request.user.role == "ewo" else "case",
        *([] if request.user.role == "ewo" else [ref]),
    )


def _do(request: HttpRequest, case: Case, do: str, by: str, now: Any) -> str:
    """Do what was asked of a case and return the sentence that says so."""
    if do not in _ACTS:
        raise NotAllowed("There is nothing of that kind to do.")
    return _ACTS[do](request, case, {"by": by, "now": now}, request.POST)


def _event(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    allowed = EWO_RECORDS if request.user.role == "ewo" else RECORDED
    if post.get("kind") not in allowed:
        raise NotAllowed("That cannot be recorded here.")
    on = date.fromisoformat(post["on"]) if post.get("on") else request.today
    if on > request.today:
        raise NotAllowed("The day is still to come.")
    record.note_event(case, post["kind"], on, **who, note=post.get("note", "")[:4000])
    return f"Recorded: {EVENTS[post['kind']]}."


def _assign(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    address = post.get("ewo", "").lower()
    person = Person.objects.filter(email=address, role="ewo").first()
    record.assign(case, ewo_address=address, person=person, **who)
    return "Assigned."


def _field(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    field = post["field"]
    if field not in LABELS or field in LISTS:
        raise NotAllowed("Choose what is to be changed.")
    learned = change_field(
        case, field, answer(field, post["value"]), **who, why=post.get("why", ""), version=int(post["version"])
    )  # fmt: skip
    return f"Changed. {remembered(learned)}".strip()


def _dfe_reason(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    if post.get("value") not in current().codes.get("dfe_reason", {}):
        raise NotAllowed("Choose one of DfE's reasons.")
    record.change_field(
        case, "dfe_reason", post["value"], **who, why="", version=int(post["version"])
    )
    return "Kept for DfE's figures."


def _close(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    if post.get("outcome") not in rules.codes(current(), "outcome", request.today):
        raise NotAllowed("Choose an outcome that closes a case.")
    record.close(case, post["outcome"], **who, why=post.get("why", ""))
    return "Closed."


def _stays_open(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    record.set_outcome(case, STAYS_OPEN, **who, why=post.get("why", ""))
    return "Recorded. The case stays open."


def _snooze(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    until = date.fromisoformat(post["until"])
    record.snooze(case, post["rule"], until, **who, why=post.get("why", ""))
    return "Its letters wait."


def _undo(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    get_object_or_404(Decision, pk=post["decision"], case=case)
    filing.undo(int(post["decision"]), **who, why=post.get("why", ""))
    return "Taken back. The email waits for a new decision."


def _split(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    reading = get_object_or_404(ReadingRow, pk=post["reading"], case=case)
    new = filing.split_case(case.ref, reading.pk, **who, why=post.get("why", ""))
    return f"Its own case now: {new.ref}."


def _legal_hold(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    officer.set_legal_hold(case, post.get("on") == "yes", **who)
    return "Noted."


def _protect(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    if not _may_protect(request.user):
        raise NotAllowed("A manager who may see protected children does this.")
    officer.set_protected(case.child, post.get("on") == "yes", case=case, **who)
    return "Noted."


def _merge(request: HttpRequest, case: Case, who: dict[str, Any], post: Any) -> str:
    other = case_for(request.user, post["other"].strip().upper())
    filing.merge_cases(case.ref, other.ref, **who, why=post.get("why", ""))
    return "Merged. It can be undone below."


_ACTS: dict[str, Callable[[HttpRequest, Case, dict[str, Any], Any], str]] = {
    "event": _event, "assign": _assign, "field": _field, "dfe_reason": _dfe_reason, "close": _close,
    "stays_open": _stays_open, "snooze": _snooze, "undo": _undo, "split": _split,
    "legal_hold": _legal_hold, "protect": _protect, "merge": _merge,
}  # fmt: skip


@require_POST
@roles(*WORKERS)
def proposed(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Accept or refuse a proposed value or event."""
    by, now, accept = request.user.username, request.now, request.POST.get("do") == "accept"
    if kind == "value":
        get_object_or_404(FieldValue, pk=row_id, case__in=visible(request.user), state="proposed")
        (filing.accept_proposed if accept else filing.refuse_proposed)(row_id, by=by, now=now)
    else:
        record.settle_event(
            get_object_or_404(
                CaseEvent, pk=row_id, case__in=visible(request.user), state="proposed"
            ),
            accept,
            by=by,
            now=now,
        )
    messages.success(request, "Accepted." if accept else "Refused.")
    back = request.POST.get("back", "")
    return redirect(back) if back.startswith("/case/") else redirect("today")


@roles(*READERS)
def child(request: HttpRequest, child_id: int) -> HttpResponse:
    """One child across episodes."""
    found = get_object_or_404(Child, pk=child_id)
    if found.protected and not request.user.protected_cases:
        raise Http404
    entry("viewed", request.user.username, now=request.now, data={"child": found.pk})
    context = {
        "child": found,
        "cases": found.cases.filter(merged_into=None)
        .select_related("school")
        .order_by("-opened_on"),
        "versions": [v for v in found.versions.order_by("-id") if any(v.person.values())],
        "statuses": STATUSES,
        "family": _family(found, request.user),
    }
    return render(request, "child.html", context)


def _family(child: Child, person: Person) -> list[tuple[FamilyLink, Child]]:
    """Return the child's brothers and sisters, certain or not, without protected ones for those who may not see them."""
    links = FamilyLink.objects.filter(Q(a=child) | Q(b=child)).exclude(state="refused")
    if not person.protected_cases:
        links = links.exclude(Q(a__protected=True) | Q(b__protected=True))
    return [
        (link, link.b if link.a_id == child.pk else link.a)
        for link in links.select_related("a", "b")
    ]

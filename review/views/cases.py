"""Cases: the list, one case with everything on it, the child across episodes, and what is recorded by hand."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import filing
from cases.config import current
from cases.decisions import CannotDecide
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
)
from cases.record import cases as record
from cases.record import officer
from cases.record.cases import ChangedMeanwhile, NotAllowed
from cases.record.entries import entry
from policy.blocking import keys
from policy.deadlines import EVENTS
from policy.matching import Person as Sought
from policy.status import STATUSES
from review import due, remembered
from review.access import EVERYBODY, READERS, WORKERS, case_for, roles, visible
from review.pages import LABELS, label
from review.views.reports import REASONS

SORTS = {
    "opened": "opened_on",
    "-opened": "-opened_on",
    "changed": "-changed_at",
    "name": "child__surname",
    "ref": "ref",
}
RECORDED = ("home_visit", "home_visit_failed", "first_action", "ewo_report", "social_care_informed", "s2s_posted", "found",
            "placed", "returned", "place_offered", "left_county_suspected", "care_first_checked", "ems_flagged", "ctf_uploaded",
            "parental_letter_received", "monthly_done", "review_done", "follow_up_6_done", "follow_up_18_done", "police_told",
            "concern_raised", "on_roll_advised", "asked_by_hand", "missing_again")  # fmt: skip
EWO_RECORDS = (
    "home_visit",
    "home_visit_failed",
    "first_action",
    "ewo_report",
    "social_care_informed",
    "found",
    "left_county_suspected",
)
OUTCOMES = ("DEC", "EHE", "EMI", "IND", "NCA", "OLA", "WLA")


def find(request: HttpRequest) -> Any:
    """Return the cases that the search and filters of the address ask for."""
    told = request.GET or request.POST
    rows = visible(request.user).select_related("child", "school", "ewo")
    if words := sought(request):
        rows = rows.filter(pk__in=_search(words))
    if told.get("status") == "all":
        pass
    elif told.get("status") in STATUSES:
        rows = rows.filter(status=told["status"])
    elif not words:
        rows = rows.filter(closed_on=None)
    if school := told.get("school"):
        rows = rows.filter(school_id=school) if school.isdigit() else rows
    if told.get("provisional"):
        rows = rows.filter(provisional=True)
    return rows.order_by(SORTS.get(told.get("sort", ""), "-changed_at"), "pk")


def sought(request: HttpRequest) -> str:
    """Return the words searched for. They may be a child's name: they stay in the session, never in an address."""
    asked = "search" in request.GET or "search" in request.POST
    return str(request.session.get("sought", "")) if asked else ""


def _search(words: str) -> list[int]:
    """Cases whose child, number, school or postcode fits, however the name is spelt."""
    parts = words.split()
    plain = Q(ref__icontains=words) | Q(child__upn__iexact=words.replace(" ", ""))
    plain |= Q(school__name__icontains=words) | Q(child__postcode__iexact=words)
    every = Q()
    for part in parts:
        every &= (
            Q(child__surname__icontains=part)
            | Q(child__forenames__icontains=part)
            | Q(child__known_as__icontains=part)
        )
    ids = set(Case.objects.filter(plain | every).values_list("pk", flat=True)[:500])
    sought = {k for pair in ((parts[0], parts[-1]), (parts[-1], parts[0])) if len(parts) > 1
              for k in keys(Sought(forename=pair[0], surname=pair[1])) if k.startswith("n:")}  # fmt: skip
    if sought:
        children = Child.objects.filter(keys__key__in=sought).values_list("pk", flat=True)[:200]
        ids |= set(Case.objects.filter(child__in=list(children)).values_list("pk", flat=True))
    return list(ids)


@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The list of cases."""
    if request.method == "POST":
        request.session["sought"] = request.POST.get("q", "").strip()[:200]
        filters = {k: request.POST[k] for k in ("status", "school", "sort") if request.POST.get(k)}
        if request.session["sought"]:
            filters["search"] = "1"
        return redirect(reverse("cases") + ("?" + urlencode(filters) if filters else ""))
    page = Paginator(find(request), 50).get_page(request.GET.get("page"))
    told = request.GET.copy()
    told.pop("page", None)
    unsorted = told.copy()
    unsorted.pop("sort", None)
    words = sought(request)
    if words:
        entry(
            "searched", request.user.username, now=request.now, data={"found": page.paginator.count}
        )
    context = {
        "page": page, "told": told, "query": told.urlencode(), "unsorted": unsorted.urlencode(), "words": words,
        "statuses": STATUSES, "today": request.today, "reasons": REASONS, "views": officer.views(request.user),
    }  # fmt: skip
    return render(request, "cases.html", context)


@require_POST
@roles(*READERS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list's filters under a name, or forget one."""
    name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "")
    keep = {
        k: v
        for k, v in QueryDict(query).items()
        if k in ("status", "school", "sort", "provisional")
    }
    if name:
        officer.save_view(request.user, name, urlencode(keep), now=request.now)
        messages.success(request, "Saved." if keep else "Forgotten.")
    return redirect(reverse("cases") + ("?" + urlencode(keep) if keep else ""))


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


@require_POST
@roles(*WORKERS)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, with a reason, audited; no cell of it can turn into a formula."""
    why = request.POST.get("reason", "")
    if why not in REASONS:
        messages.error(request, "Say what the export is for.")
        return redirect("cases")
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("Cases")
    sheet.write_row(0, 0, ["OFFICIAL-SENSITIVE: for the purpose given only"])
    sheet.write_row(
        1,
        0,
        [
            "Reference",
            "Surname",
            "Forenames",
            "Date of birth",
            "Status",
            "Outcome",
            "Opened",
            "Closed",
            "School",
            "Last attended",
            "EWO",
        ],
    )
    rows = list(find(request)[:20000])
    for number, c in enumerate(rows, 2):
        told = (c.ref, c.child.surname, c.child.forenames, c.child.date_of_birth, STATUSES.get(c.status, c.status), c.outcome,
                c.opened_on, c.closed_on, c.school.name if c.school else c.school_name, c.last_attended, c.ewo_address)  # fmt: skip
        sheet.write_row(number, 0, [str(v) if v is not None else "" for v in told])
    book.close()
    entry(
        "exported", request.user.username, now=request.now, data={"cases": len(rows), "reason": why}
    )
    response = HttpResponse(
        out.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
    return response


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
    links = (
        FamilyLink.objects.filter(Q(a=case.child) | Q(b=case.child))
        .exclude(state="refused")
        .select_related("a", "b")
    )
    if not request.user.protected_cases:
        links = links.exclude(Q(a__protected=True) | Q(b__protected=True))
    may = request.user.role in WORKERS
    context = {
        "case": case, "child": case.child, "values": _grouped(values), "history": history,
        "due": due.of_case(case, request.today),
        "timeline": _timeline(entries, events), "letters": case.letters.order_by("-id")[:50],
        "tasks": case.tasks.filter(done_at=None).order_by("due_on"), "alerts": case.alerts.order_by("-at"),
        "events": [e for e in events if e.state != "undone"], "event_words": EVENTS,
        "arrivals": _arrivals(entries) if may or request.user.role == "auditor" else [],
        "family": [(link, link.b if link.a_id == case.child_id else link.a) for link in links] if may else [],
        "others": Case.objects.filter(child=case.child).exclude(pk=case.pk).order_by("-opened_on"),
        "decisions": Decision.objects.filter(case=case, undone_at=None).order_by("-at")[:30] if may else [],
        "statuses": STATUSES, "may": may, "recorded": RECORDED if may else EWO_RECORDS, "may_record": may or request.user.role == "ewo",
        "outcomes": dict(current().codes.get("outcome", {}).items()), "fields": LABELS, "today": request.today,
        "ewos": _ewos(case, request.today) if may else [], "may_protect": _may_protect(request.user), "print": "print" in request.GET,
    }  # fmt: skip
    return render(request, "case.html", context)


def _may_protect(person: Person) -> bool:
    """Only a manager who may see protected children protects one: else the case would vanish before their eyes."""
    return person.role == "manager" and person.protected_cases


def _workload(today: date) -> tuple[dict[str, int], dict[str, date | None]]:
    """Return how many open cases each EWO has, and who is away until when."""
    load = dict(
        Case.objects.filter(closed_on=None, merged_into=None)
        .exclude(ewo_address="")
        .order_by()
        .values_list("ewo_address")
        .annotate(n=Count("id"))
    )
    away = {
        p.email: p.away_until
        for p in Person.objects.filter(role="ewo", away_from__lte=today).exclude(email="")
        if p.away_until is None or p.away_until >= today
    }
    return load, away


def _ewos(case: Case, today: date) -> list[tuple[str, str]]:
    """Return the EWOs to choose from: those of the school's area first, then whoever has the fewest open cases."""
    load, away = remembered.counts(("ewos", today), lambda: _workload(today))
    area = case.school.area.casefold() if case.school else ""
    rows = []
    for ewo in current().people.ewos:
        count, near = load.get(ewo.email.lower(), 0), area and area in map(str.casefold, ewo.areas)
        says = [", ".join(ewo.areas), f"{count} open case" + ("" if count == 1 else "s")]
        if ewo.email in away:
            until = away[ewo.email]
            says.append(f"away until {until:%-d %B}" if until else "away")
        name = f"{ewo.name} ({'; '.join(s for s in says if s)})"
        rows.append((not near, ewo.email in away, count, ewo.email, name))
    return [(email, name) for *_, email, name in sorted(rows)]


def _grouped(values: dict[str, FieldValue]) -> list[FieldValue]:
    order = list(LABELS)
    return sorted(values.values(), key=lambda v: order.index(v.field) if v.field in order else 99)


def _arrivals(entries: list[Entry]) -> list[Arrival]:
    """The emails that the case's entries name, newest first."""
    found = {e.arrival_id: e.arrival for e in entries if e.arrival is not None}
    return sorted(found.values(), key=lambda a: a.received_at, reverse=True)


def _timeline(entries: list[Entry], events: list[CaseEvent]) -> list[dict[str, Any]]:
    """The case's entries, newest first, as sentences."""
    by_id = {e.pk: e for e in events}
    return [
        {"at": r.at, "by": r.by, "say": sentence(r, by_id), "arrival": r.arrival} for r in entries
    ]


def sentence(row: Entry, events: dict[int, CaseEvent]) -> str:
    """Return an entry as a sentence; details come from rows that retention can delete."""
    data = row.data
    match row.act:
        case "opened":
            return "Case opened" + (
                ", provisionally: the officer is to say whether the child is known"
                if data.get("provisional")
                else ""
            )
        case "event" | "event proposed" | "event accepted":
            event = events.get(data.get("event", 0))
            told = EVENTS.get(data.get("kind", ""), data.get("kind", "")).capitalize()
            note = f" “{event.note}”" if event and event.note else ""
            when = event.on if event else data.get("on")
            head = "Proposed: " if row.act == "event proposed" else ""
            return f"{head}{told} ({when:%-d %B %Y}){note}" if event else f"{head}{told}"
        case "status":
            return f"Status: {STATUSES.get(data.get('to', ''), data.get('to'))}"
        case "field changed" | "proposal accepted" | "proposal refused":
            return f"{row.act.capitalize()}: {label(data.get('field', ''))}"
        case act if act.startswith("filed: "):
            changed = ", ".join(label(f) for f in data.get("changed", []))
            return f"Email filed as {act[7:].replace('_', ' ')}" + (
                f"; {changed}" if changed else ""
            )
        case act if act.startswith("letter "):
            kind = data.get("kind", "").replace("_", " ")
            return f"{act.capitalize()}: {kind}" if kind else act.capitalize()
        case "chase decided":
            return f"To ask: {data.get('rule', '').replace('_', ' ')}, {data.get('step', '')}, of {data.get('to', '').replace('_', ' ')}"
        case "arrival held" | "arrival filed":
            return "Email " + row.act.removeprefix("arrival ")
        case act:
            return act[:1].upper() + act[1:]


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
    post = request.POST
    match do:
        case "event":
            allowed = EWO_RECORDS if request.user.role == "ewo" else RECORDED
            if post.get("kind") not in allowed:
                raise NotAllowed("That cannot be recorded here.")
            on = date.fromisoformat(post["on"]) if post.get("on") else request.today
            if on > request.today:
                raise NotAllowed("The day is still to come.")
            record.note_event(
                case, post["kind"], on, by=by, now=now, note=post.get("note", "")[:4000]
            )
            return f"Recorded: {EVENTS[post['kind']]}."
        case "assign":
            address = post.get("ewo", "").lower()
            person = Person.objects.filter(email=address, role="ewo").first()
            record.assign(case, ewo_address=address, person=person, by=by, now=now)
            return "Assigned."
        case "field":
            record.change_field(
                case,
                post["field"],
                post["value"].strip(),
                by=by,
                why=post.get("why", ""),
                now=now,
                version=int(post["version"]),
            )
            return "Changed."
        case "close":
            if post.get("outcome") not in OUTCOMES:
                raise NotAllowed("Choose an outcome that closes a case.")
            record.close(case, post["outcome"], by=by, why=post.get("why", ""), now=now)
            return "Closed."
        case "snooze":
            record.snooze(
                case,
                post["rule"],
                date.fromisoformat(post["until"]),
                by=by,
                why=post.get("why", ""),
                now=now,
            )
            return "Its letters wait."
        case "undo":
            get_object_or_404(Decision, pk=post["decision"], case=case)
            filing.undo(int(post["decision"]), by=by, why=post.get("why", ""), now=now)
            return "Taken back. The email waits for a new decision."
        case "split":
            new = filing.split_case(
                case.ref, int(post["reading"]), by=by, why=post.get("why", ""), now=now
            )
            return f"Its own case now: {new.ref}."
        case "legal_hold":
            officer.set_legal_hold(case, post.get("on") == "yes", by=by, now=now)
            return "Noted."
        case "protect":
            if not _may_protect(request.user):
                raise NotAllowed("A manager who may see protected children does this.")
            officer.set_protected(case.child, post.get("on") == "yes", case=case, by=by, now=now)
            return "Noted."
        case "merge":
            filing.merge_cases(
                case.ref,
                case_for(request.user, post["other"].strip().upper()).ref,
                by=by,
                why=post.get("why", ""),
                now=now,
            )
            return "Merged. It can be undone below."
        case _:
            raise NotAllowed("There is nothing of that kind to do.")


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
        "cases": found.cases.order_by("-opened_on"),
        "versions": found.versions.order_by("-id"),
        "statuses": STATUSES,
    }
    return render(request, "child.html", context)

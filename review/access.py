"""Who may see what: roles on views, and the cases that a person may see at all."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from cases.models import Arrival, Case, Person, Role

OFFICER, MANAGER, EWO, AUDITOR = Role.OFFICER, Role.MANAGER, Role.EWO, Role.AUDITOR
WORKERS = (OFFICER, MANAGER)
READERS = (OFFICER, MANAGER, AUDITOR)
EVERYBODY = (OFFICER, MANAGER, EWO, AUDITOR)


def roles(*allowed: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a view to these roles; `DefaultDeny` refuses views without it."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if getattr(request.user, "role", None) not in allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        inner.roles = frozenset(allowed)  # type: ignore[attr-defined]
        return inner

    return wrap


def visible(person: Person) -> QuerySet[Case]:
    """Return the cases that a person may see: an EWO's own only; protected children for named people."""
    cases = Case.objects.filter(merged_into=None)
    if person.role == EWO:
        mine = Q(ewo=person)
        if person.email:
            mine |= Q(ewo_address=person.email.lower())
        cases = cases.filter(mine)
    if not person.protected_cases:
        cases = cases.exclude(child__protected=True)
    return cases


def case_for(person: Person, ref: str) -> Case:
    """Return one case, or 404: whoever may not see it does not learn that it exists."""
    case = visible(person).select_related("child", "school", "ewo").filter(ref=ref).first()
    if case is None:
        raise Http404
    return case


def arrival_for(person: Person, arrival_id: int) -> Arrival:
    """Return one arrival, unless it concerns a protected child whom the person may not see."""
    arrival = Arrival.objects.select_related("school").filter(pk=arrival_id).first()
    if arrival is None:
        raise Http404
    hidden = arrival.readings.filter(case__child__protected=True).exists()
    if hidden and not person.protected_cases:
        raise Http404
    return arrival


def open_to(person: Person, rows: QuerySet[Any], path: str = "case__child") -> QuerySet[Any]:
    """Leave out rows that concern a protected child whom the person may not see."""
    return rows if person.protected_cases else rows.exclude(**{f"{path}__protected": True})


def next_waiting(person: Person, but: int) -> Arrival | None:
    """Return the next email that waits for the officer, held ones first, else one whose child is known or new."""
    rows = open_to(person, Arrival.objects.exclude(pk=but), "readings__case__child")
    rows = rows.order_by("received_at", "id")
    held = rows.filter(state="held").first()
    unsure = "provisional"
    return held or rows.filter(readings__state="waiting", readings__verdict=unsure).first()

"""Which cases an email's references and thread name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.models import Arrival, Case


def cases_named(arrival: Arrival, email: Mapping[str, Any]) -> list[Case]:
    """Cases that a reference or the thread names, in the order of how much that says."""
    ids = [*(email.get("in_reply_to") or []), *(email.get("references") or [])]
    by_thread = list(Case.objects.filter(messages__message_id__in=ids).distinct()) if ids else []
    refs = arrival.case_refs or []
    by_ref = list(Case.objects.filter(ref__in=refs)) if refs else []
    return list({c.pk: c for c in (*by_ref, *by_thread)}.values())


def one_case(arrival: Arrival, email: Mapping[str, Any]) -> Case | None:
    """The one case that an email is about, when all its signs agree."""
    refs = list(Case.objects.filter(ref__in=arrival.case_refs or []))
    if len(refs) == 1:
        return refs[0]
    named = cases_named(arrival, email)
    return named[0] if len(named) == 1 else None

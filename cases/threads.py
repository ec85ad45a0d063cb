"""Which cases an email's references and thread name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.models import Arrival, Case


def references(arrival: Arrival, email: Mapping[str, Any]) -> list[str]:
    """The references that an email bears, or a passage of it that stands for itself."""
    return list(email.get("case_refs", arrival.case_refs) or [])


def of_passage(email: Mapping[str, Any], about: str | None) -> Mapping[str, Any]:
    """The email as one of its passages sees it: the reference beside the words, and no thread but that of another case.

    The thread of a case that the email names elsewhere says nothing of this passage.
    """
    if about is None:
        return email
    ids = [*(email.get("in_reply_to") or []), *(email.get("references") or [])]
    threads = Case.objects.filter(messages__message_id__in=ids) if ids else Case.objects.none()
    narrowed = {**email, "case_refs": [about]}
    if set(threads.values_list("ref", flat=True)) <= set(email.get("case_refs") or ()):
        narrowed |= {"in_reply_to": [], "references": []}
    return narrowed


def cases_named(arrival: Arrival, email: Mapping[str, Any]) -> list[Case]:
    """Cases that a reference or the thread names, in the order of how much that says."""
    ids = [*(email.get("in_reply_to") or []), *(email.get("references") or [])]
    by_thread = list(Case.objects.filter(messages__message_id__in=ids).distinct()) if ids else []
    refs = references(arrival, email)
    by_ref = list(Case.objects.filter(ref__in=refs)) if refs else []
    return list({c.pk: c for c in (*by_ref, *by_thread)}.values())


def one_case(arrival: Arrival, email: Mapping[str, Any]) -> Case | None:
    """The one case that an email is about, when all its signs agree."""
    refs = list(Case.objects.filter(ref__in=references(arrival, email)))
    if len(refs) == 1:
        return refs[0]
    named = cases_named(arrival, email)
    return named[0] if len(named) == 1 else None

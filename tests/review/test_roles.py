"""Every address with every role. A new page fails here until somebody says for whom it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

OFFICER, M, E, A = "officer", "manager", "ewo", "auditor"
ALL, READ, WORK = {OFFICER, M, E, A}, {OFFICER, M, A}, {OFFICER, M}
PUBLIC = {"sign-in", "start", "healthz", "sign-out"}
# name -> (method, who may)
MATRIX: dict[str, tuple[str, set[str]]] = {
    "today": ("get", ALL), "status": ("get", READ), "see-alert": ("post", WORK), "team-done": ("post", WORK), "finish-task": ("post", WORK),
    "arrivals": ("get", READ), "arrival": ("get", READ), "arrival-act": ("post", WORK), "arrival-raw": ("get", READ),
    "decide": ("post", WORK), "page-image": ("get", READ), "download": ("get", READ), "cases": ("get", READ), "behind": ("get", READ), "school": ("get", READ),
    "export": ("post", WORK), "save-view": ("post", READ), "case": ("get", ALL), "case-act": ("post", ALL),
    "proposed": ("post", WORK), "family": ("post", WORK), "child": ("get", READ), "letters": ("get", READ),
    "letters-act": ("post", WORK), "letter": ("get", READ), "letter-rewrite": ("post", WORK), "schools": ("get", READ), "school-act": ("post", WORK),
    "import-schools": ("post", WORK), "contact-act": ("post", WORK), "people": ("get", {M}), "password": ("get", ALL),
    "rules": ("get", READ), "forget-word": ("post", WORK), "forget-layout": ("post", WORK), "add-word": ("post", WORK), "figures": ("get", READ),
    "reports": ("get", READ), "report-text": ("post", READ), "freeze": ("post", {M}), "frozen": ("get", READ),
    "deletion": ("get", {M}), "everything": ("post", WORK), "audit": ("get", {M, A}), "accessibility": ("get", ALL),
}  # fmt: skip


def patterns() -> list[Any]:
    return [p for p in get_resolver().url_patterns if p.name]


def address(name: str, record: dict[str, Any]) -> str:
    pattern = next(p for p in patterns() if p.name == name)
    return reverse(name, kwargs={k: record[k] for k in pattern.pattern.converters})


def test_every_page_stands_in_the_matrix() -> None:
    assert {p.name for p in patterns()} == set(MATRIX) | PUBLIC


@pytest.mark.parametrize("role", [OFFICER, M, E, A])
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_a_page_opens_to_its_roles_and_to_nobody_else(
    name: str, role: str, client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    method, who = MATRIX[name]
    if name == "download" and role in who:
        pytest.skip("takes a file out of a real email: see test_documents_are_downloads")
    if name == "family":
        record = {**record, "link_id": plain_link(record)}
    client.force_login(people[role])
    client.raise_request_exception = True
    data = (
        {"name": "open-cases", "reason": "work"}
        if name == "report-text"
        else {"do": f"settle:{record['hold_id']}"}
    )
    answer = getattr(client, method)(address(name, record), data if method == "post" else {})
    assert (answer.status_code == 403) == (role not in who), answer.status_code
    assert answer.status_code in (200, 302, 403)


def plain_link(record: dict[str, Any]) -> int:
    from cases.models import Case, FamilyLink

    a, b = (
        Case.objects.get(ref=record["ref"]).child,
        Case.objects.get(ref=record["other_ref"]).child,
    )
    return int(FamilyLink.objects.create(a=a, b=b, at=a.created_at).pk)


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_a_stranger_is_sent_to_sign_in(name: str, client: Client, record: dict[str, Any]) -> None:
    answer = getattr(client, MATRIX[name][0])(address(name, record))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_a_view_without_roles_is_refused(client: Client, people: dict[str, Any], rf: Any) -> None:
    from django.core.exceptions import PermissionDenied
    from django.http import HttpResponse

    from review.middleware import DefaultDeny

    request = rf.get("/")
    request.user = people[M]
    with pytest.raises(PermissionDenied):
        DefaultDeny(lambda r: HttpResponse()).process_view(
            request, lambda r: HttpResponse(), (), {}
        )


def test_an_ewo_sees_only_their_own_cases(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    client.force_login(people[E])
    assert client.get(reverse("case", args=[record["ref"]])).status_code == 200
    assert client.get(reverse("case", args=[record["other_ref"]])).status_code == 404
    page = client.get("/").content.decode()
    assert record["ref"] in page
    assert record["other_ref"] not in page


def test_an_ewo_records_a_visit_and_nothing_else(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case, CaseEvent

    client.force_login(people[E])
    where = reverse("case-act", args=[record["ref"]])
    client.post(
        where,
        {"do": "event", "kind": "home_visit", "on": "2026-11-24", "note": "Spoke to the mother."},
    )
    assert (
        CaseEvent.objects.filter(
            case__ref=record["ref"], kind="home_visit", state="applied", by=E
        ).count()
        == 1
    )
    client.post(where, {"do": "close", "outcome": "DEC", "why": "x"})
    assert Case.objects.get(ref=record["ref"]).closed_on is None
    assert (
        client.post(
            reverse("case-act", args=[record["other_ref"]]), {"do": "event", "kind": "home_visit"}
        ).status_code
        == 404
    )


def test_an_auditor_changes_nothing(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import CaseEvent

    client.force_login(people[A])
    before = CaseEvent.objects.count()
    client.post(reverse("case-act", args=[record["ref"]]), {"do": "event", "kind": "home_visit"})
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize("role", [OFFICER, M, A])
def test_protected_children_are_for_named_people(
    role: str, client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case, ReadingRow

    ReadingRow.objects.filter(pk=record["reading_id"]).update(
        case=Case.objects.get(ref=record["protected_ref"])
    )
    client.force_login(people[role])
    hidden = [
        reverse("case", args=[record["protected_ref"]]), reverse("child", args=[record["hidden_id"]]),
        reverse("arrival", args=[record["arrival_id"]]), reverse("page-image", args=[record["page_id"]]),
        reverse("arrival-raw", args=[record["arrival_id"]]),
    ]  # fmt: skip
    assert {client.get(where).status_code for where in hidden} == {404}
    for listing in ("today", "cases", "arrivals", "letters", "figures", "reports"):
        assert "Secretlake" not in client.get(reverse(listing)).content.decode(), listing
    assert "Secretlake" not in client.get(reverse("case", args=[record["ref"]])).content.decode()
    client.force_login(people["named"])
    assert client.get(hidden[0]).status_code == 200

"""An Education Welfare Officer asks for everything that is somebody else's, by every address and with every number."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.review.test_roles import MATRIX, address

# What an EWO may open at all; everything else is refused whatever the number.
THEIRS = {"today", "case", "case-act", "password", "accessibility"}


@pytest.fixture
def ewo(client: Client, people: dict[str, Any]) -> Client:
    client.force_login(people["ewo"])
    client.raise_request_exception = False
    return client


def test_every_other_address_is_shut_and_says_nothing(ewo: Client, record: dict[str, Any]) -> None:
    for name in sorted(set(MATRIX) - THEIRS):
        where = address(name, record)
        for answer in (
            ewo.get(where),
            ewo.post(where, {"do": "x"}),
            ewo.get(where + "?q=Thornbury"),
        ):
            assert answer.status_code in (403, 405), (name, answer.status_code)
            assert b"Thornbury" not in answer.content, name
            assert b"attachment" not in str(answer.headers).encode(), name


@pytest.mark.parametrize("which", ["other_ref", "protected_ref"])
def test_nothing_is_recorded_on_somebody_else_s_case(
    which: str, ewo: Client, record: dict[str, Any]
) -> None:
    from cases.models import CaseEvent

    before = CaseEvent.objects.count()
    where = reverse("case-act", args=[record[which]])
    for do in ("event", "assign", "field", "close", "snooze", "undo", "split", "merge", "legal_hold",
               "protect", "dfe_reason"):  # fmt: skip
        answer = ewo.post(where, {"do": do, "kind": "home_visit", "on": "2026-11-24"})
        assert answer.status_code == 404, do
    assert ewo.get(reverse("case", args=[record[which]])).status_code == 404
    assert ewo.get(reverse("case", args=[record[which].lower()])).status_code == 404
    assert CaseEvent.objects.count() == before


def test_on_their_own_case_they_record_and_change_nothing_else(
    ewo: Client, record: dict[str, Any]
) -> None:
    from cases.models import Case

    where = reverse("case-act", args=[record["ref"]])
    before = Case.objects.values().get(ref=record["ref"])
    for do in ("assign", "field", "close", "snooze", "undo", "split", "merge", "legal_hold", "protect",
               "dfe_reason"):  # fmt: skip
        ewo.post(
            where,
            {"do": do, "ewo": "x@wrenshire.example", "field": "surname", "value": "Changed", "version": "0",
             "outcome": "DEC", "other": record["other_ref"], "on": "yes"},
        )  # fmt: skip
    for kind in ("placed", "returned", "review_done", "s2s_read"):
        ewo.post(where, {"do": "event", "kind": kind, "on": "2026-11-24"})
    assert Case.objects.values().get(ref=record["ref"]) == before


def test_their_page_of_a_case_leads_nowhere_that_is_shut(
    ewo: Client, record: dict[str, Any]
) -> None:
    import re

    from cases.models import Case, Child, FamilyLink

    link = FamilyLink.objects.get(pk=record["link_id"])
    link.b = Child.objects.exclude(pk__in=[record["child_id"], record["hidden_id"]]).get()
    link.save()
    Case.objects.filter(ref=record["other_ref"]).update(child=record["child_id"])
    page = ewo.get(reverse("case", args=[record["ref"]])).content.decode()
    assert "Larch" not in page  # the family is the officer's to see
    main = page.partition("<main")[2].partition("</main>")[0]
    for where in set(re.findall(r'href="(/[^"#?]*)', main)):
        assert ewo.get(where).status_code == 200, where


def test_an_address_of_somebody_else_in_another_case_is_no_door(
    ewo: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    """A case follows the EWO it is assigned to: when it goes to somebody else, it is gone at once."""
    from cases.models import Case

    assert ewo.get(reverse("case", args=[record["ref"]])).status_code == 200
    Case.objects.filter(ref=record["ref"]).update(ewo=None, ewo_address="other@wrenshire.example")
    assert ewo.get(reverse("case", args=[record["ref"]])).status_code == 404
    assert record["ref"] not in ewo.get("/").content.decode()


def test_the_trail_holds_no_personal_data_whatever_was_asked(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    """View, search, export, download, print, figures: ids and counts only."""
    from cases.models import Entry

    client.force_login(people["manager"])
    client.post(reverse("cases"), {"q": "Thornbury Ayaan 14/03/2015"}, follow=True)
    client.post(reverse("export"), {"reason": "work", "status": "all"})
    client.post(reverse("everything"), {"ref": record["ref"]})
    client.get(reverse("arrival", args=[record["arrival_id"]]))
    client.get(reverse("arrival-raw", args=[record["arrival_id"]]))
    client.get(reverse("child", args=[record["child_id"]]))
    client.get(reverse("behind") + "?on=2026-11-24&by=by_sex&is=Unknown")
    client.post(reverse("report-text"), {"name": "review-pack", "reason": "review"})
    rows = list(Entry.objects.filter(by="manager").values_list("act", "why", "data"))
    assert {act for act, _, _ in rows} >= {"viewed", "searched", "exported", "downloaded"}
    told = str(rows)
    for secret in ("hornbury", "Ayaan", "2015", "alder.example", "Secretlake"):
        assert secret not in told, secret

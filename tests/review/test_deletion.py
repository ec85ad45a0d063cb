"""Deleting what has had its time takes a manager, two steps and a case that is due; a proof stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

WHERE = "/reports/deletion/"


@pytest.fixture
def old(client: Client, record: dict[str, Any], people: dict[str, Any]) -> Any:
    """A case whose child has long been grown up."""
    from cases.models import Case, Child

    case = Case.objects.get(ref=record["other_ref"])
    Child.objects.filter(pk=case.child_id).update(date_of_birth=date(1990, 1, 1))
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2006, 1, 1))
    client.force_login(people["manager"])
    return case


def test_it_is_listed_asked_about_and_then_deleted_with_a_proof(client: Client, old: Any) -> None:
    from cases.models import Case, Child, Entry

    assert old.ref in client.get(WHERE).content.decode()
    asked = client.post(WHERE, {"what": f"case:{old.pk}"}).content.decode()
    assert "Delete these for good?" in asked
    unsure = client.post(WHERE, {"what": f"case:{old.pk}", "asked": "yes"}).content.decode()
    assert "Tick that you are sure" in unsure
    assert Case.objects.filter(pk=old.pk).exists()
    page = client.post(
        WHERE, {"what": f"case:{old.pk}", "sure": "yes"}, follow=True
    ).content.decode()
    assert "Deleted: 1." in page
    assert not Case.objects.filter(pk=old.pk).exists()
    assert not Child.objects.filter(pk=old.child_id).exists()
    proof = Entry.objects.get(act="deleted by retention")
    assert f"entry {proof.pk}" in page
    assert proof.by == "manager"


def test_what_is_not_due_or_under_legal_hold_cannot_be_deleted(
    client: Client, old: Any, record: dict[str, Any]
) -> None:
    from cases.models import Case

    young = Case.objects.get(ref=record["ref"])
    Case.objects.filter(pk=old.pk).update(legal_hold=True)
    told = {"what": [f"case:{old.pk}", f"case:{young.pk}"], "sure": "yes"}
    assert "Nothing was deleted" in client.post(WHERE, told, follow=True).content.decode()
    assert Case.objects.filter(pk__in=[old.pk, young.pk]).count() == 2


def test_a_protected_child_s_case_is_listed_only_to_those_who_may_see_it(
    client: Client, old: Any, people: dict[str, Any]
) -> None:
    from cases.models import Case

    old.child.protected = True
    old.child.save()
    assert old.ref not in client.get(WHERE).content.decode()
    client.post(WHERE, {"what": f"case:{old.pk}", "sure": "yes"})
    assert Case.objects.filter(pk=old.pk).exists()
    client.force_login(people["named"])
    assert old.ref in client.get(WHERE).content.decode()


def test_an_officer_deletes_nothing(client: Client, old: Any, people: dict[str, Any]) -> None:
    client.force_login(people["officer"])
    assert (
        client.post(reverse("deletion"), {"what": f"case:{old.pk}", "sure": "yes"}).status_code
        == 403
    )


def test_the_proof_counts_rows_documents_pictures_and_what_is_left_in_the_mailbox(
    client: Client, old: Any, record: dict[str, Any]
) -> None:
    from cases.models import Arrival, Document, Entry, PageImage, ReadingRow, Sighting, StoredBytes

    arrival = Arrival.objects.get(pk=record["arrival_id"])
    raw, png = arrival.raw_id, PageImage.objects.get(pk=record["page_id"]).png_id
    for model in (ReadingRow, Document):
        assert model.objects.filter(arrival=arrival).exists()
    ReadingRow.objects.filter(arrival=arrival).update(case=old)
    arrival.alerts.all().delete()
    Sighting.objects.create(
        account="cme@wrenshire.example", folder="Processed", uidvalidity=1, uid=7, arrival=arrival,
        seen_at=arrival.kept_at,
    )  # fmt: skip
    client.post(WHERE, {"what": f"case:{old.pk}", "sure": "yes"})
    gone = Entry.objects.get(act="deleted by retention").data["gone"]
    assert {k: gone[k] for k in ("cases", "children", "emails", "documents", "pages", "mailbox copies to delete")} == {
        "cases": 1, "children": 1, "emails": 1, "documents": 1, "pages": 1, "mailbox copies to delete": 1}  # fmt: skip
    assert not PageImage.objects.filter(document__arrival=arrival).exists()
    assert not StoredBytes.objects.filter(pk=png).exists()
    arrival.refresh_from_db()
    assert (arrival.raw, arrival.sender, arrival.subject, arrival.new_text) == (None, "", "", "")
    # The letter of another case has the same bytes in this record, so they stay.
    assert StoredBytes.objects.filter(pk=raw).exists()
    assert "1 mailbox copies to delete" in client.get(WHERE).content.decode()

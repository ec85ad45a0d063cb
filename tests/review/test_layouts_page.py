"""The whole loop on the pages: a strange form is put right, the next one is read right and says so, and it is taken back."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from stories import NOW, PAPER_BOOK, arrive, email

ZAWADI = {
    "UPN": "V935211314250", **PAPER_BOOK, "Surname": "MWANGI", "First name(s)": "Zawadi", "Date of birth": "21/06/2014",
    "Home address": "4 Fennel Court, Saltmere SM2 6QQ", "Date last attended": "16/11/2026",
    "Final mark in the paper book": "09/11/2026",
}  # fmt: skip


@pytest.fixture
def officer(client: Client, people: dict[str, Any]) -> Iterator[Client]:
    """An officer at work, and the readers stopped afterwards."""
    from cases import road
    from cases.config import current
    from cases.record.people import seed

    seed(current(), NOW)
    client.force_login(people["officer"])
    yield client
    if road._pool is not None:
        road._pool.close()
        road._pool = None


def came(answers: dict[str, str], day: int) -> Any:
    from cases.demonstration import word_form
    from cases.models import ReadingRow

    now = NOW + timedelta(days=day)
    form = word_form("Children Missing Education Referral Form", list(answers.items()))
    told = arrive(email(files=[("form.docx", form)], sent=now), now)
    return ReadingRow.objects.select_related("case").get(arrival=told["arrival"])


def page_of(client: Client, name: str, *args: Any) -> str:
    return html.unescape(client.get(reverse(name, args=args)).content.decode())


def test_a_corrected_layout_from_the_first_form_to_forgetting_it(officer: Client) -> None:
    from cases import filing
    from cases.models import Decision, LayoutLabel

    case = came(PAPER_BOOK, 0).case
    put_right = {
        "do": "field",
        "field": "last_attended",
        "value": "03/11/2026",
        "version": case.version,
    }
    told = officer.post(reverse("case-act", args=[case.ref]), put_right, follow=True)
    said = "“Final mark in the paper book” answers “Last attended”"
    assert said in html.unescape(told.content.decode())

    second = came(ZAWADI, 1)
    assert second.fields["last_attended"]["value"] == "2026-11-09"
    filing.undo(Decision.objects.get(reading=second).pk, by="officer", why="", now=NOW)
    page = page_of(officer, "arrival", second.arrival_id)
    assert 'value="09/11/2026"' in page
    assert (
        "Read from “Final mark in the paper book”, as it was put right on a form of this layout."
        in page
    )
    assert "another version of it" in page

    version = second.arrival.__class__.objects.get(pk=second.arrival_id).version
    officer.post(reverse("decide", args=[second.pk]), {"choice": "new_case", "version": version})
    lesson = LayoutLabel.objects.get(field="last_attended")
    assert lesson.stood == 1
    rules = page_of(officer, "rules")
    assert "Final mark in the paper book" in rules
    assert "let stand 1 time" in rules
    assert "2 versions seen" in rules
    officer.post(reverse("forget-layout", args=[lesson.pk]))
    assert "Final mark in the paper book" not in page_of(officer, "rules")

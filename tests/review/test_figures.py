"""Every number of the figures leads to the children behind it, also after it was sent; a school's own page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse


@pytest.fixture
def officer(client: Client, people: dict[str, Any]) -> Client:
    client.force_login(people["officer"])
    return client


def test_the_rows_of_each_table_hold_every_case_once(record: dict[str, Any]) -> None:
    from cases import reports

    census = reports.census(date(2026, 11, 24))
    assert census.total == 3
    for table, rows in census.behind.items():
        assert sorted(ref for refs in rows.values() for ref in refs) == list(census.refs), table
        assert {row: len(refs) for row, refs in rows.items()} == getattr(census, table)


def test_year_groups_and_durations_stand_in_the_order_people_read(record: dict[str, Any]) -> None:
    from cases import reports
    from cases.models import Case, Child

    for ref, year, attended in (
        ("CME-2026-0001", "10", date(2026, 1, 2)),
        ("CME-2026-0002", "R", date(2026, 11, 20)),
        ("CME-2026-0003", "4", None),
    ):
        Case.objects.filter(ref=ref).update(last_attended=attended)
        Child.objects.filter(cases__ref=ref).update(year_group=year)
    census = reports.census(date(2026, 11, 24))
    assert list(census.by_year_group) == ["R", "4", "10"]
    assert list(census.by_duration) == ["Less than 2 weeks", "26 to 52 weeks", "Unknown"]


def test_a_number_leads_to_its_children_but_for_protected_ones(
    officer: Client, record: dict[str, Any]
) -> None:
    from cases.models import Entry

    where = reverse("behind") + "?on=2026-11-24&by=by_sex&is=Unknown"
    page = officer.get(where).content.decode()
    assert record["ref"] in page
    assert "Thornbury" in page
    assert "Secretlake" not in page
    assert "1 more is counted and not shown" in page
    assert Entry.objects.filter(by="officer", act="viewed").latest("pk").data == {
        "children behind a number": 3
    }
    assert officer.get(reverse("behind") + "?by=by_sex&is=No such row").status_code == 404
    assert officer.get(reverse("behind") + "?by=password&is=x").status_code == 404


def test_frozen_figures_keep_the_children_behind_them(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case, Figures

    client.force_login(people["manager"])
    client.post(reverse("freeze"), {"on": "2026-11-24"})
    sent = Figures.objects.latest("pk")
    Case.objects.filter(ref=record["ref"]).update(opened_on=date(2026, 12, 24))
    page = client.get(reverse("frozen", args=[sent.pk])).content.decode()
    assert 'href="?by=by_sex&amp;is=Unknown"' in page
    behind = client.get(reverse("frozen", args=[sent.pk]) + "?by=by_sex&is=Unknown")
    assert record["ref"] in behind.content.decode()


def test_a_school_s_page_shows_contacts_cases_and_how_soon_it_tells(
    officer: Client, record: dict[str, Any]
) -> None:
    from cases.models import School

    page = officer.get(reverse("school", args=[record["school_id"]])).content.decode()
    assert "office@alder.example" in page
    assert record["ref"] in page
    assert "18 days from the last day attended" in page
    officer.post(
        reverse("school-act", args=[record["school_id"]]), {"domain": "@alder-grove.example"}
    )
    assert School.objects.get(pk=record["school_id"]).domains == ["alder-grove.example"]


def test_letters_about_protected_children_are_let_go_by_those_who_see_them(
    officer: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case, Letter

    letter = Letter.objects.get(pk=record["letter_id"])
    letter.case = Case.objects.get(ref=record["protected_ref"])
    letter.save()
    for told in (
        {"do": "approve", "letter": letter.pk},
        {"do": "approve_all"},
        {"do": "cancel", "letter": letter.pk},
    ):
        officer.post(reverse("letters-act"), told)
        letter.refresh_from_db()
        assert letter.state == "held", told
    named = Client()
    named.force_login(people["named"])
    named.post(reverse("letters-act"), {"do": "approve", "letter": letter.pk})
    letter.refresh_from_db()
    assert letter.state == "queued"


def test_a_letter_that_changed_since_it_was_read_does_not_go(
    officer: Client, record: dict[str, Any]
) -> None:
    from cases.models import Letter

    told = {"do": "approve", "letter": record["letter_id"], "seen": "f" * 64}
    page = officer.post(reverse("letters-act"), told, follow=True).content.decode()
    assert "was changed since you opened it" in page
    assert Letter.objects.get(pk=record["letter_id"]).state == "held"


def test_the_audit_trail_is_asked_by_person_kind_and_case(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    client.force_login(people["auditor"])
    client.get(reverse("case", args=[record["ref"]]))
    page = client.get(
        reverse("audit") + f"?act=viewed&by=auditor&ref={record['ref'].lower()}"
    ).content.decode()
    assert page.count('<td class="govuk-table__cell">auditor</td>') == 1
    nothing = client.get(reverse("audit") + "?by=nobody").content.decode()
    assert "Nothing of that kind" in nothing


def test_a_letter_about_several_cases_names_them_by_reference(
    officer: Client, record: dict[str, Any]
) -> None:
    from cases.models import Case, Letter

    refs = (record["ref"], record["other_ref"], record["protected_ref"])
    covers = [{"case": Case.objects.get(ref=ref).pk, "rule": "x", "step": "y"} for ref in refs]
    Letter.objects.filter(pk=record["letter_id"]).update(covers=covers)
    page = officer.get(reverse("letter", args=[record["letter_id"]])).content.decode()
    about = page.partition("About: ")[2].partition("</p>")[0]
    assert f'href="/case/{record["other_ref"]}/"' in about
    assert record["protected_ref"] not in about

"""Deletion by the council's own times: what goes, what stays, and who must not go."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.config import Keep, Retention
from cases.record import retention

RULES = Retention(
    raw_email=Keep(years=2), documents=Keep(years=6), case=Keep(until_age=25), case_with_ehcp=Keep(until_age=35),
    case_looked_after=Keep(until_age=75), audit=Keep(years=10),
)  # fmt: skip
CLOSED = date(2020, 3, 2)


@pytest.mark.parametrize(
    ("rule", "born", "until"),
    [
        (Keep(years=2), None, date(2022, 3, 2)),
        (Keep(until_age=25), date(2004, 2, 29), date(2029, 3, 1)),
        (
            Keep(until_age=25),
            date(1990, 5, 1),
            CLOSED,
        ),  # 25 long ago: not before the case was closed
        (Keep(until_age=25), None, None),  # no date of birth: a person decides
    ],
)
def test_time_runs_from_the_closing_or_to_an_age(
    rule: Keep, born: date | None, until: date | None
) -> None:
    assert retention.kept_until(rule, born, CLOSED) == until


def at(year: int) -> datetime:
    return datetime(year, 6, 1, 9, 0, tzinfo=UTC)


def family(*flags: str) -> dict[str, Any]:
    """A closed case of somebody born in 2004, with an email, its page, a letter and a second child on the same email."""
    from cases.models import (
        Arrival,
        Case,
        Child,
        Document,
        FieldValue,
        Letter,
        PageImage,
        ReadingRow,
        Sighting,
    )
    from cases.record import ledger
    from cases.record.entries import entry

    then = at(2019)
    made: dict[str, Any] = {}
    for number, (key, born) in enumerate((("old", 2004), ("young", 2012))):
        child = Child.objects.create(
            surname=f"Thornbury{key}", date_of_birth=date(born, 1, 1), created_at=then
        )
        made[key] = Case.objects.create(
            ref=f"CME-2019-000{number}", child=child, opened_on=date(2019, 6, 1), closed_on=CLOSED, changed_at=then,
            status="closed", flags=list(flags),
        )  # fmt: skip
        FieldValue.objects.create(
            case=made[key], field="surname", value=child.surname, by="x", at=then
        )
    for key, cases in (("own", ["old"]), ("shared", ["old", "young"])):
        arrival = Arrival.objects.create(
            content_key=key, raw=ledger.store(f"bytes of {key}".encode(), then), state="filed", received_at=then, kept_at=then,
            sender="office@alder.example", subject="Thornbury", new_text="Thornbury is away",
        )  # fmt: skip
        paper = Document.objects.create(
            arrival=arrival, path="a", decision="read", text="Thornbury"
        )
        PageImage.objects.create(
            document=paper, number=1, png=ledger.store(b"picture", then), width=1, height=1
        )
        Sighting.objects.create(
            account="a", folder="INBOX", uidvalidity=1, uid=len(made), arrival=arrival, seen_at=then
        )
        for number, case in enumerate(cases):
            ReadingRow.objects.create(
                arrival=arrival, document=paper, number=number, form="cme", case=made[case]
            )
        made[key] = arrival
    made["letter"] = Letter.objects.create(
        key="k", case=made["old"], kind="x", recipient="a@alder.example", subject="s", message_id="<m>", state="sent",
        raw=ledger.store(b"letter", then), written_at=then,
    )  # fmt: skip
    entry("opened", "system: intake", now=then, case=made["old"], arrival=made["own"])
    return made


def cases_due(year: int) -> list[str]:
    return [d.name for d in retention.due(RULES, at(year).date()) if d.kind == "case"]


@pytest.mark.django_db
def test_a_case_is_due_by_its_own_rule() -> None:
    family()
    assert cases_due(2028) == []
    assert cases_due(2029) == ["CME-2019-0000"]
    assert cases_due(2037) == ["CME-2019-0000", "CME-2019-0001"]


@pytest.mark.django_db
@pytest.mark.parametrize(("flag", "first"), [("ehcp", 2039), ("looked_after", 2079)])
def test_special_cases_are_kept_longer(flag: str, first: int) -> None:
    family(flag)
    assert cases_due(first - 1) == []
    assert cases_due(first) == ["CME-2019-0000"]


@pytest.mark.django_db
def test_a_deleted_case_leaves_proof_and_no_personal_data_behind() -> None:
    from cases.models import Arrival, Case, Child, Entry, Letter, PageImage, Sighting, StoredBytes
    from cases.record.entries import verify

    made = family()
    (what,) = [d for d in retention.due(RULES, at(2030).date()) if d.kind == "case"]
    retention.erase(what, RULES, by="manager", now=at(2030))
    assert not Case.objects.filter(ref="CME-2019-0000").exists()
    assert not Child.objects.filter(surname="Thornburyold").exists()
    assert not Letter.objects.exists()
    own = Arrival.objects.get(pk=made["own"].pk)
    assert (own.raw, own.subject, own.new_text, own.sender, own.documents.count()) == (
        None,
        "",
        "",
        "",
        0,
    )
    assert Sighting.objects.filter(arrival=own).exists(), (
        "the next poll would take the email in again"
    )
    # The email about both children stays for the younger, with the picture that both emails share.
    shared = Arrival.objects.get(pk=made["shared"].pk)
    assert shared.raw is not None
    assert PageImage.objects.filter(document__arrival=shared).count() == 1
    assert list(shared.readings.values_list("case__ref", flat=True)) == ["CME-2019-0001"]
    assert StoredBytes.objects.count() == 2
    proof = Entry.objects.get(act="deleted by retention")
    assert proof.by == "manager"
    assert proof.data["cases"] == [made["old"].pk]
    assert "Thornbury" not in str(list(Entry.objects.values()))
    assert Entry.objects.filter(act="opened").exists()
    assert verify().broken_at is None


@pytest.mark.django_db
def test_nothing_goes_under_legal_hold_or_before_its_day() -> None:
    made = family()
    (what,) = [d for d in retention.due(RULES, at(2030).date()) if d.kind == "case"]
    with pytest.raises(retention.NotDeleted, match="not due"):
        retention.erase(what, RULES, by="manager", now=at(2028))
    made["old"].legal_hold = True
    made["old"].save()
    assert cases_due(2030) == []
    with pytest.raises(retention.NotDeleted, match="legal hold"):
        retention.erase(what, RULES, by="manager", now=at(2030))
    assert retention.due(RULES, at(2030).date()) == [], (
        "its emails are held with it, and the other child's too"
    )


@pytest.mark.django_db
def test_an_emails_bytes_go_before_its_pages_and_an_open_case_keeps_both() -> None:
    from cases.models import Arrival

    made = family()
    kinds = {(d.kind, d.key) for d in retention.due(RULES, date(2022, 3, 2))}
    assert kinds == {("raw_email", made["own"].pk), ("raw_email", made["shared"].pk)}
    assert retention.due(RULES, date(2022, 3, 1)) == []
    made["young"].closed_on = None
    made["young"].save()
    (what,) = retention.due(RULES, date(2022, 3, 2))
    retention.erase(what, RULES, by="manager", now=at(2022))
    own = Arrival.objects.get(pk=made["own"].pk)
    assert (own.raw, own.subject) == (None, "Thornbury")
    assert own.documents.get().text == "Thornbury"
    assert retention.due(RULES, date(2022, 3, 2)) == []
    (papers,) = retention.due(RULES, date(2026, 3, 2))
    assert papers.kind == "documents"
    retention.erase(papers, RULES, by="manager", now=at(2026))
    assert own.documents.get().text == ""


def test_the_command_lists_and_only_a_manager_deletes(cme: Any) -> None:
    told = cme("retention", "--today", "2050-01-01")
    assert told.returncode == 0
    assert told.stdout == "0 due; nothing was deleted.\n"
    assert "not a manager" in cme("retention", "--confirm", "nobody").stderr
    assert cme("retention", "--confirm", "nobody", "--today", "2050-01-01").returncode == 1

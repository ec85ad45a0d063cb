"""A small record and one person a role, and a real server over an invented day for the browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Each test has a record of its own."""
    from review import remembered
    from review.views import today

    remembered.forget()
    today._checked = (float("-inf"), [])


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    """One person a role, and a manager who may see protected children."""
    from cases.models import Person

    made = {
        role: Person.objects.create(username=role, role=role, email=f"{role}@wrenshire.example")
        for role in ("officer", "manager", "ewo", "auditor")
    }
    made["named"] = Person.objects.create(username="named", role="manager", protected_cases=True)
    return made


@pytest.fixture
def record(people: dict[str, Any]) -> dict[str, Any]:
    """A school, two children with a case each (one the EWO's, one protected), an email, a letter and the rest."""
    from cases.models import (
        Alert,
        Arrival,
        Case,
        CaseEvent,
        Child,
        Contact,
        Document,
        FamilyLink,
        FieldValue,
        Figures,
        Hold,
        Layout,
        LayoutLabel,
        Letter,
        PageImage,
        ReadingRow,
        School,
        Task,
        Word,
    )
    from cases.record import ledger
    from cases.record.entries import entry

    school = School.objects.create(name="Alder Grove Primary School", urn="900001")
    contact = Contact.objects.create(school=school, address="office@alder.example", added_at=NOW)
    child = Child.objects.create(
        surname="Thornbury", forenames="Ayaan", date_of_birth=date(2015, 3, 14), created_at=NOW
    )
    hidden = Child.objects.create(
        surname="Secretlake", forenames="Wren", protected=True, created_at=NOW
    )
    case = Case.objects.create(
        ref="CME-2026-0001", child=child, opened_on=date(2026, 11, 20), school=school, changed_at=NOW,
        ewo=people["ewo"], ewo_address="ewo@wrenshire.example", last_attended=date(2026, 11, 2), forms_seen=["cme"],
    )  # fmt: skip
    protected = Case.objects.create(
        ref="CME-2026-0002", child=hidden, opened_on=date(2026, 11, 20), changed_at=NOW
    )
    other = Case.objects.create(
        ref="CME-2026-0003",
        child=Child.objects.create(surname="Larch", forenames="Ivo", created_at=NOW),
        opened_on=date(2026, 11, 21),
        changed_at=NOW,
    )
    raw = ledger.store(b"From: a@alder.example\r\nSubject: form\r\n\r\nwords", NOW)
    arrival = Arrival.objects.create(
        content_key="a" * 64, raw=raw, state="held", received_at=NOW, kept_at=NOW, sender="office@alder.example",
        school=school, subject="A form", new_text="<script>alert('words')</script>",
    )  # fmt: skip
    document = Document.objects.create(
        arrival=arrival, path="form.docx", format="docx", decision="held", text="Surname THORNBURY"
    )
    page = PageImage.objects.create(
        document=document,
        number=1,
        png=ledger.store(b"\x89PNG picture", NOW),
        width=595,
        height=842,
    )
    reading = ReadingRow.objects.create(
        arrival=arrival, document=document, number=1, form="cme", case=case, state="waiting", verdict="provisional",
        fields={
            "surname": {"value": "Thornbury", "raw": "THORNBURY", "place": "table 1", "sure": 0.99, "page": 1, "box": [10, 10, 60, 24]},
            "date_of_birth": {"value": "2015-03-14", "raw": "14/3/15", "place": "table 1", "sure": 0.6},
        },
    )  # fmt: skip
    hold = Hold.objects.create(
        arrival=arrival,
        document=document,
        reason="incomplete",
        text="Something is missing.",
        at=NOW,
    )
    letter = Letter.objects.create(
        key="k", case=case, kind="acknowledgement", recipient="office@alder.example", subject="CME-2026-0001",
        message_id="<1@wrenshire.example>", raw=raw, state="held", written_at=NOW,
    )  # fmt: skip
    FieldValue.objects.create(
        case=case, field="surname", value="Thornbury", raw="THORNBURY", by="system: intake", at=NOW
    )
    value = FieldValue.objects.create(
        case=case, field="postcode", value="WP1 4ZZ", by="system: intake", at=NOW, state="proposed"
    )
    event = CaseEvent.objects.create(
        case=case,
        kind="home_visit",
        on=date(2026, 11, 23),
        by="ewo",
        recorded_at=NOW,
        state="proposed",
    )
    CaseEvent.objects.create(
        case=case,
        kind="referral_received",
        on=date(2026, 11, 20),
        by="system: intake",
        recorded_at=NOW,
    )
    entry("opened", "system: intake", now=NOW, case=case, arrival=arrival)
    return {
        "ref": case.ref, "protected_ref": protected.ref, "other_ref": other.ref, "child_id": child.pk, "hidden_id": hidden.pk,
        "arrival_id": arrival.pk, "document_id": document.pk, "page_id": page.pk, "reading_id": reading.pk, "letter_id": letter.pk,
        "hold_id": hold.pk, "school_id": school.pk, "contact_id": contact.pk, "row_id": value.pk, "event_id": event.pk, "kind": "value",
        "alert_id": Alert.objects.create(arrival=arrival, case=case, kind="at_risk", words="<b>worry</b>", where="form.docx", at=NOW).pk,
        "task_id": Task.objects.create(key="t", case=case, kind="ring", what="Ring the school", made_at=NOW).pk,
        "word_id": Word.objects.create(label="DoB of pupil", field="date_of_birth", by="officer", at=NOW).pk,
        "lesson_id": LayoutLabel.objects.create(layout=Layout.objects.create(form="cme", school=school, at=NOW, by="officer"), key="k", label="Final mark", field="last_attended", by="officer", at=NOW).pk,
        "link_id": FamilyLink.objects.create(a=child, b=hidden, at=NOW).pk, "token": "no-such-token",
        "figures_id": Figures.objects.create(name="DfE", census_on=NOW.date(), by="manager", at=NOW, figures={
            "total": 1, "previous_year": 1, "by_sex": {}, "by_year_group": {}, "by_duration": {}, "by_reason": {}, "refs": ["CME-2026-0001"]}).pk,
    }  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server over the sample day, in a data folder of its own."""
    from review.screenshots import running

    with running(tmp_path_factory.mktemp("site") / "data") as address:
        yield address


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Any]:
    """Debian's chromium, for one file: its event loop would stand in the way of the next file's database."""
    from playwright.sync_api import sync_playwright

    from review.screenshots import ARGUMENTS, CHROMIUM

    with sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()

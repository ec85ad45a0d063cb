"""What keeps a child's details in: headers, escaping, addresses, downloads, sessions, the audit trail."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

PAGES = (
    "today",
    "arrivals",
    "cases",
    "letters",
    "schools",
    "figures",
    "reports",
    "deletion",
    "rules",
    "status",
    "people",
    "audit",
    "password",
    "accessibility",
)


@pytest.fixture
def manager(client: Client, people: dict[str, Any]) -> Client:
    client.force_login(people["manager"])
    client.get("/")  # a session's first page writes the session
    return client


def test_every_page_forbids_caching_framing_and_foreign_scripts(
    manager: Client, record: dict[str, Any]
) -> None:
    for name in PAGES:
        answer = manager.get(reverse(name))
        assert answer.status_code == 200, name
        policy = answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = answer.content.decode()
        assert not re.findall(r"\sstyle=|\son\w+=|javascript:", page), name
        nonce = re.findall(r"nonce-([\w+/=-]+)", policy)
        assert all(n in nonce for n in re.findall(r'<script nonce="([^"]+)"', page))


def test_what_a_sender_writes_is_never_markup(manager: Client, record: dict[str, Any]) -> None:
    page = manager.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>worry</b>" not in manager.get("/").content.decode()


def test_marks_that_turn_letters_about_are_not_printed(
    manager: Client, record: dict[str, Any]
) -> None:
    from cases.models import Case, Child, Document, ReadingRow

    case = Case.objects.get(ref=record["ref"])
    Child.objects.filter(pk=case.child_id).update(surname="\u202eKRAM\x07", forenames="\u2066Ayaan")
    Document.objects.filter(pk=record["document_id"]).update(path="form\u202exod.exe")
    row = ReadingRow.objects.get(pk=record["reading_id"])
    row.fields["surname"] |= {"value": "\u202eKRAM", "sure": 0.5}
    row.save()
    for name, asked in (
        ("case", record["ref"]),
        ("arrival", record["arrival_id"]),
        ("child", record["child_id"]),
    ):
        page = manager.get(reverse(name, args=[asked])).content.decode()
        assert "KRAM" in page
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x07]", page), name


def test_addresses_and_titles_name_no_child(manager: Client, record: dict[str, Any]) -> None:
    answer = manager.post(reverse("cases"), {"q": "Thornbury"})
    assert "thornbury" not in answer["Location"].lower()
    listed = manager.get(answer["Location"]).content.decode()
    assert record["ref"] in listed
    for where in ("case", "child"):
        page = manager.get(
            reverse(where, args=[record["ref" if where == "case" else "child_id"]])
        ).content.decode()
        assert "Thornbury" in page
        title = re.search(r"<title[^>]*>(.*?)</title>", page, re.S)
        assert title
        assert "Thornbury" not in title[1]
        assert not [a for a in re.findall(r'href="([^"]*)"', page) if "hornbury" in a]


def test_a_misspelt_name_finds_the_child(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import Child
    from cases.record.children import add_version

    child = Child.objects.get(pk=record["child_id"])
    add_version(
        child,
        {"surname": "Thornbury", "forename": "Ayaan", "dob": "2015-03-14"},
        now=child.created_at,
        arrival=None,
    )
    answer = manager.post(reverse("cases"), {"q": "Ayan Thornberry"}, follow=True)
    assert record["ref"] in answer.content.decode()


def test_pictures_are_pictures_and_originals_are_downloads(
    manager: Client, record: dict[str, Any]
) -> None:
    from cases.models import Entry

    picture = manager.get(reverse("page-image", args=[record["page_id"]]))
    assert picture["Content-Type"] == "image/png"
    assert picture["Content-Security-Policy"] == "sandbox; default-src 'none'"
    raw = manager.get(reverse("arrival-raw", args=[record["arrival_id"]]))
    assert raw["Content-Type"] == "application/octet-stream"
    assert raw["Content-Disposition"].startswith('attachment; filename="email-')
    assert Entry.objects.filter(
        act="downloaded", by="manager", arrival_id=record["arrival_id"]
    ).exists()


def test_viewing_is_audited_without_details(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import Entry

    manager.get(reverse("case", args=[record["ref"]]))
    manager.post(reverse("cases"), {"q": "Thornbury"}, follow=True)
    told = list(Entry.objects.filter(by="manager").values_list("act", "why", "data"))
    assert {"viewed", "searched"} <= {act for act, _, _ in told}
    assert "hornbury" not in str(told)


def test_an_export_has_a_reason_and_no_formula(manager: Client, record: dict[str, Any]) -> None:
    import openpyxl

    from cases.models import Case, Child, Entry

    Child.objects.filter(pk=record["child_id"]).update(surname='=HYPERLINK("http://x.example","a")')
    assert manager.post(reverse("export"), {}).status_code == 302
    answer = manager.post(reverse("export"), {"reason": "review", "status": "all"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    assert {c.data_type for row in rows for c in row if c.value} == {"s"}
    assert len(rows) == 2 + Case.objects.exclude(child__protected=True).count()
    assert Entry.objects.get(act="exported").data == {"cases": 2, "reason": "review"}


def test_idle_and_long_sessions_end(
    manager: Client, record: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from review import middleware

    session = manager.session
    session["seen"] = session["seen"] - middleware.IDLE_SECONDS - 1
    session.save()
    assert manager.get("/").status_code == 302


def test_a_session_ends_after_eight_hours_however_busy(
    manager: Client, record: dict[str, Any]
) -> None:
    from review import middleware

    session = manager.session
    session["began"] = session["began"] - middleware.LONGEST_SECONDS - 1
    session.save()
    assert manager.get("/").status_code == 302


def test_wrong_passwords_lock_the_account_for_a_while(
    client: Client, people: dict[str, Any]
) -> None:
    people["officer"].set_password("an invented password 7")
    people["officer"].save()
    for _ in range(5):
        answer = client.post(reverse("sign-in"), {"username": "officer", "password": "wrong"})
    answer = client.post(
        reverse("sign-in"), {"username": "officer", "password": "an invented password 7"}
    )
    assert answer.status_code == 429


def test_the_first_link_signs_in_once(client: Client, db: Any) -> None:
    from datetime import UTC, datetime

    from cases.record.people import make_link

    where = reverse("start", args=[make_link(datetime.now(UTC))])
    assert client.get(where).status_code == 200  # looking at it does not use it up
    assert client.post(where).status_code == 302
    assert client.get("/").status_code == 200
    assert Client().post(where).status_code == 410


def test_a_page_asks_the_database_at_most_fifteen_things(
    manager: Client, record: dict[str, Any]
) -> None:
    addresses = [*(reverse(n) for n in PAGES), reverse("case", args=[record["ref"]]), reverse("arrival", args=[record["arrival_id"]]),
                 reverse("child", args=[record["child_id"]]), reverse("letter", args=[record["letter_id"]])]  # fmt: skip
    for address in addresses:
        manager.get(address)
        with CaptureQueriesContext(connection) as asked:
            manager.get(address)
        queries = [
            q["sql"] for q in asked if not re.match(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE)", q["sql"])
        ]
        assert len(queries) <= 15, (address, len(queries), [q[:90] for q in queries])


def test_two_officers_at_once_lose_nothing(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import Arrival, ReadingRow

    Arrival.objects.filter(pk=record["arrival_id"]).update(version=7)
    answer = manager.post(
        reverse("decide", args=[record["reading_id"]]), {"version": "0", "choice": "new_case", "field_surname": "Typed by me"}, follow=True,
    )  # fmt: skip
    page = answer.content.decode()
    assert "Somebody else changed this email" in page
    assert 'value="Typed by me"' in page
    assert ReadingRow.objects.get(pk=record["reading_id"]).corrected == {}


def test_a_date_that_is_none_is_refused_and_kept_on_the_page(
    manager: Client, record: dict[str, Any]
) -> None:
    answer = manager.post(
        reverse("decide", args=[record["reading_id"]]), {"version": "0", "choice": "new_case", "field_date_of_birth": "31/02/2015"}, follow=True,
    )  # fmt: skip
    page = answer.content.decode()
    assert "Date of birth: a day is written like 14/03/2015" in page
    assert 'value="31/02/2015"' in page


def test_accepting_writes_the_corrections(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import Case, ReadingRow

    Case.objects.filter(ref=record["ref"]).update(provisional=True)
    manager.post(
        reverse("decide", args=[record["reading_id"]]),
        {"version": "0", "choice": "new_case", "field_surname": "Thornbury", "field_date_of_birth": "15/03/2015"},
    )  # fmt: skip
    reading = ReadingRow.objects.get(pk=record["reading_id"])
    assert reading.corrected == {"date_of_birth": "2015-03-15"}
    assert reading.state == "decided"
    assert Case.objects.get(ref=record["ref"]).child.date_of_birth.isoformat() == "2015-03-15"


def test_the_health_address_tells_nothing(client: Client, db: Any) -> None:
    answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_schools_are_imported_by_column_name(manager: Client, record: dict[str, Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from cases.models import School

    table = b"EstablishmentName,URN,LA (code),Postcode\nElm Lodge School,900077,935,WP9 9ZZ\n"
    manager.post(reverse("import-schools"), {"file": SimpleUploadedFile("gias.csv", table)})
    assert School.objects.get(urn="900077").name == "Elm Lodge School"
    bad = manager.post(
        reverse("import-schools"),
        {"file": SimpleUploadedFile("gias.xlsx", b"not a workbook")},
        follow=True,
    )
    assert "Nothing was imported" in bad.content.decode()


def test_figures_stay_as_they_were_sent(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import Case, Figures

    manager.post(reverse("freeze"), {"on": "2026-11-24"})
    sent = Figures.objects.latest("pk")
    Case.objects.update(opened_on="2026-12-01")
    sent.refresh_from_db()
    assert sent.figures["total"] == 3
    assert manager.get(reverse("frozen", args=[sent.pk])).status_code == 200


def test_everything_on_one_child_is_one_zip(manager: Client, record: dict[str, Any]) -> None:
    import zipfile

    answer = manager.post(reverse("everything"), {"ref": record["ref"]})
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {
        "README.txt",
        "about-the-child/child.json",
        f"about-the-child/{record['ref']}/answers.json",
        f"about-the-child/{record['ref']}/letters/{record['letter_id']}.eml",
        f"to-look-through/emails/{record['arrival_id']}.eml",
    } <= set(names)


def test_a_form_that_nobody_can_read_is_typed_in_by_hand(
    manager: Client, record: dict[str, Any]
) -> None:
    from cases.models import Arrival, Case, ReadingRow

    arrival = Arrival.objects.create(
        content_key="b" * 64,
        state="held",
        received_at=Arrival.objects.get().received_at,
        kept_at=Arrival.objects.get().kept_at,
    )
    manager.post(reverse("arrival-act", args=[arrival.pk]), {"do": "type", "form": "cme"})
    reading = ReadingRow.objects.get(arrival=arrival)
    page = manager.get(reverse("arrival", args=[arrival.pk])).content.decode()
    assert 'name="field_date_of_birth"' in page
    manager.post(reverse("decide", args=[reading.pk]), {
        "version": str(arrival.version), "choice": "new_case", "field_surname": "Rushmere", "field_forenames": "Tam", "field_date_of_birth": "1/2/2014",
    })  # fmt: skip
    child = Case.objects.get(readings=reading).child
    assert (child.surname, child.forenames, child.date_of_birth.isoformat()) == (
        "Rushmere",
        "Tam",
        "2014-02-01",
    )
    arrival.refresh_from_db()
    assert arrival.state == "filed"


def test_the_day_s_first_page_asks_no_more_than_fifteen_things(
    manager: Client, record: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread beside the requests has worked out what is due; the page does not."""
    from review import due, warm
    from review.views import today

    monkeypatch.setattr(due, "_day", None)
    monkeypatch.setattr(today, "_looked", (float("-inf"), []))
    warm.once()
    with CaptureQueriesContext(connection) as asked:
        page = manager.get("/").content.decode()
    assert len([q for q in asked if not re.match(r"(SAVEPOINT|RELEASE)", q["sql"])]) <= 15
    assert record["ref"] in page


def test_only_a_manager_named_for_it_protects_a_child(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Child, Person

    where, act = reverse("case", args=[record["ref"]]), reverse("case-act", args=[record["ref"]])
    client.force_login(people["manager"])
    assert "Protect this child" not in client.get(where).content.decode()
    client.post(act, {"do": "protect", "on": "yes"})
    assert not Child.objects.get(pk=record["child_id"]).protected
    told = {"username": "manager", "role": "manager", "protected": "yes"}
    client.post(reverse("people"), told)
    assert not Person.objects.get(
        username="manager"
    ).protected_cases  # nobody gives it to themselves
    client.post(reverse("people"), {"do": "grant", "username": "manager"})
    assert not Person.objects.get(username="manager").protected_cases
    client.force_login(people["named"])
    client.post(reverse("people"), {"do": "grant", "username": "manager"})
    assert Person.objects.get(username="manager").protected_cases
    client.force_login(people["manager"])
    assert "Protect this child" in client.get(where).content.decode()
    client.post(act, {"do": "protect", "on": "yes"})
    assert Child.objects.get(pk=record["child_id"]).protected
    assert "to the whole team again" in client.get(where).content.decode()
    client.force_login(people["officer"])
    assert client.get(where).status_code == 404
    client.force_login(people["manager"])
    client.post(act, {"do": "protect", "on": "no"})
    client.force_login(people["officer"])
    assert client.get(where).status_code == 200


def test_each_ewo_stands_with_their_work_and_the_nearest_first(
    manager: Client, record: dict[str, Any]
) -> None:
    from cases.config import current
    from cases.models import Case, School
    from review import remembered

    first, last = current().people.ewos[0], current().people.ewos[-1]
    assert first != last
    School.objects.filter(pk=record["school_id"]).update(area=last.areas[0])
    Case.objects.filter(ref=record["other_ref"]).update(ewo_address=last.email)
    remembered.forget()
    page = manager.get(reverse("case", args=[record["ref"]])).content.decode()
    offered = re.findall(r'<option value="([^"@]+@[^"]+)"[^>]*>([^<]+)', page)
    assert offered[0][0] == last.email
    assert "1 open case)" in offered[0][1]
    assert "0 open cases)" in dict(offered)[first.email]


def test_asking_by_hand_is_recorded(manager: Client, record: dict[str, Any]) -> None:
    from cases.models import CaseEvent

    told = {"do": "event", "kind": "asked_by_hand", "on": "2026-11-24", "note": "Rang the office"}
    manager.post(reverse("case-act", args=[record["ref"]]), told)
    assert CaseEvent.objects.get(kind="asked_by_hand").note == "Rang the office"


def test_pages_are_made_larger_without_a_script_and_without_a_request(
    manager: Client, record: dict[str, Any]
) -> None:
    page = manager.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert re.findall(r'type="radio" class="app-zoom" name="zoom" id="zoom-(\d)"', page) == [
        "1",
        "2",
        "3",
    ]
    assert "?zoom" not in page


def test_a_filed_form_shows_the_bits_it_was_decided_by(
    manager: Client, record: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    field = {"field": "date_of_birth", "level": "one_digit", "bits": 2.6}
    ReadingRow.objects.filter(arrival_id=record["arrival_id"]).update(
        state="decided", candidates=[{"case": "1", "ref": record["ref"], "child": "1", "bits": 9.4,
                                      "fields": [field], "guards": []}],
    )  # fmt: skip
    page = manager.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert "+9.4 bits for the same child" in page
    assert "one digit" in page

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
        "child.json",
        f"{record['ref']}/fields.json",
        f"emails/{record['arrival_id']}.eml",
        f"{record['ref']}/letters/{record['letter_id']}.eml",
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

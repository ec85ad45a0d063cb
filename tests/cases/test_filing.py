"""Stories of one email after another: what each becomes, and what must never happen on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from stories import (
    DETAILS,
    NOW,
    OFFICE,
    OTHER,
    THORNBURY,
    arrive,
    email,
    everything,
    form,
    letter_words,
    referred,
    values_of,
)  # fmt: skip

from cases.models import (
    Alert,
    Arrival,
    Case,
    Child,
    ChildVersion,
    FamilyLink,
    Hold,
    Letter,
    Task,
)  # fmt: skip
from cases.record import ledger

pytestmark = pytest.mark.usefixtures("council")
LATER = NOW + timedelta(days=1)
BROKEN = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + bytes(range(200, 256)) * 20
)


def again(data: bytes, **more: str) -> dict:
    return arrive(email("Again.\n", [("form.docx", data)], **more), LATER)


def test_a_new_form_opens_a_case_with_every_value_and_its_place() -> None:
    told = referred()
    assert (told["verdict"], told["sender"], told["held"]) == ("new_case", "verified", [])
    case = Case.objects.get()
    assert told["cases"] == [case.ref] == ["CME-2026-0001"]
    assert (case.child.surname, case.child.forenames) == ("Thornbury", "Ayaan")
    assert str(case.child.date_of_birth) == "2015-03-14"
    assert str(case.last_attended) == "2026-11-03"
    assert case.school is not None
    assert case.school.name == "Alder Grove Primary School"
    assert not case.provisional
    assert all(row.raw and row.place for row in case.values.exclude(field="source_code"))
    assert {e.kind for e in case.events.all()} >= {
        "referral_received",
        "cme_form_received",
        "last_attended",
    }


def test_the_sender_is_answered_once_with_the_reference() -> None:
    told = referred()
    letter = Letter.objects.get()
    assert (letter.kind, letter.recipient) == ("acknowledgement", OFFICE)
    assert told["cases"][0] in letter.subject


def test_the_same_bytes_file_in_a_new_email_is_a_resend() -> None:
    data = form()
    arrive(email(files=[("a.docx", data)]))
    assert again(data)["verdict"] == "resend"
    assert Case.objects.count() == 1


def test_the_same_email_twice_is_one_row() -> None:
    raw = email(files=[("a.docx", form())])
    first = arrive(raw)
    before = everything()
    assert arrive(raw, LATER)["arrival"] == first["arrival"]
    assert everything() == before


def test_a_copy_that_the_server_rendered_anew_is_not_filed_twice() -> None:
    raw = email(files=[("a.docx", form())])
    arrive(raw)
    other = (
        b"Received: from relay.wrenshire.example by mx.wrenshire.example; Tue, 24 Nov 2026 10:01:00 +0000\n"
        + raw
    )
    told = arrive(other, LATER)
    assert told["verdict"] == "resend"
    assert Case.objects.count() == 1
    assert Letter.objects.count() == 1


def test_a_form_typed_again_with_nothing_new_is_a_duplicate() -> None:
    referred()
    data = form(Gender="M", Reason_for_referral="Not seen since half term.", Surname="Thornbury")
    assert again(data)["verdict"] == "duplicate"
    assert Case.objects.count() == Child.objects.count() == 1


def test_a_new_address_is_an_update_and_applied() -> None:
    ref = referred()["cases"][0]
    told = again(form(Home_address="7 Harbour View, Easthaven EH9 9ZY"))
    assert (told["verdict"], told["cases"]) == ("update", [ref])
    assert "address" in told["children"][0]["changed"]
    assert "Harbour View" in values_of(ref)["address"]
    assert "Harbour View" in Child.objects.get().address


def test_a_value_that_was_missing_is_filled() -> None:
    ref = referred(UPN="", Home_address="")["cases"][0]
    told = again(form())
    assert told["verdict"] == "update"
    assert {"upn", "address"} <= set(told["children"][0]["changed"])
    assert values_of(ref)["upn"] == "V935211314250"


def test_a_changed_date_of_birth_is_only_proposed() -> None:
    ref = referred()["cases"][0]
    told = again(form(Date_of_birth="15/03/2015"))
    assert told["verdict"] == "proposed_update"
    assert str(Child.objects.order_by("pk")[0].date_of_birth) == "2015-03-14"
    assert values_of(ref)["date_of_birth"] == "2015-03-14"
    assert values_of(ref, "proposed")["date_of_birth"] == "2015-03-15"


@pytest.mark.parametrize(
    ("sender", "dmarc", "level"),
    [
        ("office@elsewhere.example", "pass", "unverified"),
        (OFFICE, "fail", "failed"),
        (OFFICE, "", "unverified"),
    ],
)
def test_whom_we_cannot_verify_changes_nothing(sender: str, dmarc: str, level: str) -> None:
    ref = referred()["cases"][0]
    before = values_of(ref)
    told = again(form(Home_address="7 Harbour View, Easthaven EH9 9ZY"), sender=sender, dmarc=dmarc)
    assert (told["verdict"], told["sender"]) == ("proposed_update", level)
    assert values_of(ref) == before
    assert "Harbour View" not in Child.objects.get().address
    assert "Harbour View" in values_of(ref, "proposed")["address"]
    assert not Letter.objects.filter(recipient="office@elsewhere.example").exists()


def test_a_twin_is_a_child_of_their_own_and_never_merged() -> None:
    referred(UPN="")
    told = again(form(UPN="", **{"First_name(s)": "Idris"}))
    assert told["verdict"] in ("new_case", "provisional")
    assert Child.objects.count() == Case.objects.count() == 2
    assert {c.forenames for c in Child.objects.all()} == {"Ayaan", "Idris"}
    assert Child.objects.filter(merged_into=None).count() == 2
    assert FamilyLink.objects.get().state == "proposed"


def test_two_children_in_one_email_are_two_cases_and_one_answer() -> None:
    told = arrive(email(files=[("one.docx", form()), ("two.docx", form(OTHER))]))
    assert [c["verdict"] for c in told["children"]] == ["new_case", "new_case"]
    assert len(set(told["cases"])) == 2
    letter = Letter.objects.get()
    assert letter.arrival_id == told["arrival"]
    assert all(ref in letter_words() for ref in told["cases"])


def test_an_update_in_plain_words_finds_its_case_by_the_reference() -> None:
    ref = referred()["cases"][0]
    words = "Dear team,\n\nThe family have moved to 7 Harbour View, Easthaven EH9 9ZY.\n\nPriya\n"
    told = arrive(email(words, subject=f"Re: CME referral [{ref}]"), LATER)
    assert (told["verdict"], told["cases"]) == ("update", [ref])
    assert "Harbour View" in str(values_of(ref)["destination_address"])


def test_a_reply_finds_its_case_by_its_thread() -> None:
    ref = referred()["cases"][0]
    answer = Letter.objects.get().message_id
    words = "Dear team,\n\nThe family have moved to 7 Harbour View, Easthaven EH9 9ZY.\n\nPriya\n"
    told = arrive(email(words, subject="Re: form", headers=[("In-Reply-To", answer)]), LATER)
    assert (told["verdict"], told["cases"]) == ("update", [ref])


def test_a_reference_that_disagrees_with_the_child_is_for_the_officer() -> None:
    ref = referred()["cases"][0]
    arrive(email(files=[("two.docx", form(OTHER))]), LATER)
    before = values_of(ref)
    words = "Dear team,\n\nZawadi Mwangi (born 21/06/2014) has moved to 7 Harbour View, Easthaven EH9 9ZY.\n\nPriya\n"
    told = arrive(email(words, subject=f"Update [{ref}]"), LATER)
    assert told["verdict"] == "held"
    assert [h["reason"] for h in told["held"]] == ["ambiguous"]
    assert values_of(ref) == before
    assert Case.objects.count() == 2


def test_a_question_about_a_case_opens_none() -> None:
    ref = referred()["cases"][0]
    told = arrive(
        email(
            "Dear team,\n\nIs there any news on this case, please?\n\nPriya\n",
            subject=f"Re: [{ref}]",
        ),
        LATER,
    )
    assert told["cases"] == [ref]
    assert told["verdict"] == "attached"
    assert Case.objects.count() == 1


def test_an_unreadable_attachment_is_held_and_the_form_beside_it_is_read() -> None:
    told = arrive(email(files=[("scan.pdf", BROKEN), ("form.docx", form())]))
    assert told["verdict"] == "new_case"
    assert Arrival.objects.get().state == "held"
    assert [h["document"] for h in told["held"]] == ["scan.pdf"]
    assert Case.objects.count() == 1


def test_an_automatic_reply_is_never_answered() -> None:
    ref = referred()["cases"][0]
    letters = Letter.objects.count()
    auto = [("Auto-Submitted", "auto-replied")]
    alone = arrive(
        email("The office is closed.\n", subject="Automatic reply: post", headers=auto), LATER
    )
    assert (alone["verdict"], alone["cases"]) == ("ignored", [])
    ours = arrive(
        email("The office is closed.\n", subject=f"Automatic reply: [{ref}]", headers=auto), LATER
    )
    assert (ours["verdict"], ours["cases"]) == ("attached", [ref])
    assert Letter.objects.count() == letters
    assert Arrival.objects.filter(state="held").count() == 0


def test_a_letter_that_came_back_is_undelivered_and_a_task() -> None:
    ref = referred()["cases"][0]
    letter = Letter.objects.get()
    told = arrive(bounce(letter.message_id), LATER)
    letter.refresh_from_db()
    assert told["verdict"] == letter.state == "undelivered"
    task = Task.objects.get(kind="address")
    assert task.case is not None
    assert task.case.ref == ref
    assert again(form(Home_address="7 Harbour View, Easthaven EH9 9ZY"))["verdict"] == "update"
    assert not Letter.objects.filter(written_at=LATER, recipient=OFFICE).exists()


def bounce(message_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.wrenshire.example\r\nTo: cme@wrenshire.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nDate: Tue, 24 Nov 2026 10:30:00 +0000\r\n"
        "Message-ID: <b1@mx.wrenshire.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.wrenshire.example\r\n\r\n"
        f"Final-Recipient: rfc822; {OFFICE}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: cme@wrenshire.example\r\n"
        f"To: {OFFICE}\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\nwords\r\n--b--\r\n"
    ).encode()


def test_a_form_after_closing_with_a_later_last_day_opens_the_case_anew() -> None:
    from cases.record.cases import close

    ref = referred()["cases"][0]
    close(Case.objects.get(), "WLA", by="officer", why="at a school", now=NOW)
    later = datetime(2027, 2, 9, 10, 0, tzinfo=UTC)
    told = arrive(
        email(files=[("f.docx", form(Date_last_attended="29/01/2027"))], sent=later), later
    )
    assert told["verdict"] == "reopened"
    assert Child.objects.count() == 1
    new = Case.objects.get(ref=told["cases"][0])
    assert new.closed_on is None
    assert new.ref != ref
    assert new.child == Case.objects.get(ref=ref).child


def test_words_of_danger_are_an_alert_even_when_the_form_cannot_be_read() -> None:
    told = arrive(
        email("We fear for his safety; the police have been told.\n", [("scan.pdf", BROKEN)])
    )
    assert {a.kind for a in Alert.objects.all()} >= {"risk_of_harm", "police"}
    letter = Letter.objects.get(kind="duty_alert")
    assert (letter.recipient, letter.state) == ("duty@wrenshire.example", "queued")
    assert told["verdict"] == "held"
    assert "safety" not in letter_words()


def test_words_of_danger_in_a_form_reach_the_case() -> None:
    told = referred(
        Reason_for_referral="Mother fled domestic violence with him; we fear for his safety."
    )
    assert {a.case.ref for a in Alert.objects.all() if a.case} == set(told["cases"])
    assert Letter.objects.filter(kind="duty_alert").count() == 1


def test_no_letter_bears_a_name_a_birthday_or_an_address() -> None:
    ref = referred(Reason_for_referral="We fear for his safety.")["cases"][0]
    again(form(Home_address="7 Harbour View, Easthaven EH9 9ZY"))
    arrive(email("Any news on Ayaan Thornbury?\n", subject=f"Re: Ayaan Thornbury [{ref}]"), LATER)
    again(form(Date_of_birth="15/03/2015"), sender="office@elsewhere.example")
    assert Letter.objects.count() >= 4
    words = letter_words().lower()
    assert [d for d in (*DETAILS, "harbour view", "samira", "900123") if d in words] == []


def test_an_unreadable_email_is_held_after_three_tries_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cases import filing, road

    def breaks(*args: object, **more: object) -> None:
        raise RuntimeError("Ayaan")

    monkeypatch.setattr(filing, "examine", breaks)
    arrival, _ = ledger.keep_raw(email(files=[("f.docx", form())]), NOW, NOW, "a")
    states = [road.file_one(arrival.pk, NOW)["verdict"] for _ in range(3)]
    assert states == ["unread", "unread", "held"]
    arrival.refresh_from_db()
    assert arrival.trouble in ("", "RuntimeError")
    assert Hold.objects.get().reason == "unreadable"


def test_a_temporary_trouble_never_becomes_permanent(monkeypatch: pytest.MonkeyPatch) -> None:
    from cases import filing, road
    from mail.errors import TryLater

    def away(*args: object, **more: object) -> None:
        raise TryLater("away")

    arrival, _ = ledger.keep_raw(email(files=[("f.docx", form())]), NOW, NOW, "a")
    with monkeypatch.context() as patch:
        patch.setattr(filing, "examine", away)
        assert {road.file_one(arrival.pk, NOW)["verdict"] for _ in range(6)} == {"unread"}
    assert arrival.pk not in ledger.waiting(NOW)
    assert arrival.pk in ledger.waiting(NOW + timedelta(hours=2))
    assert road.file_one(arrival.pk, NOW)["verdict"] == "new_case"


def test_two_runs_that_read_the_same_email_file_it_once() -> None:
    from cases import filing, road

    arrival, _ = ledger.keep_raw(email(files=[("f.docx", form())]), NOW, NOW, "a")
    late = Arrival.objects.select_related("raw").get(pk=arrival.pk)
    told = filing.examine(arrival, road.pool(), NOW)
    filing.file_arrival(arrival, told, NOW)
    before = everything()
    filing.file_arrival(late, told, NOW)
    assert everything() == before
    assert Case.objects.count() == 1


def test_filing_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from cases import answering, filing, road

    arrival, _ = ledger.keep_raw(email(files=[("f.docx", form())]), NOW, NOW, "a")
    before = everything()

    def breaks(*args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(answering, "acknowledge", breaks)
        with pytest.raises(RuntimeError):
            filing.file_arrival(arrival, filing.examine(arrival, road.pool(), NOW), NOW)
    assert everything() == before
    assert road.file_one(arrival.pk, NOW)["verdict"] == "new_case"


def test_a_second_run_over_everything_changes_nothing() -> None:
    from cases import road

    data = form()
    post = [
        email(files=[("a.docx", data)]), email("Again\n", [("a.docx", data)]), email(files=[("b.docx", form(OTHER))]),
        email(files=[("c.pdf", BROKEN)]), email("The office is closed.\n", subject="Automatic reply: x", headers=[("Auto-Submitted", "auto-replied")]),
    ]  # fmt: skip
    first = [arrive(raw)["verdict"] for raw in post]
    before = everything()
    for raw in post:
        arrive(raw, LATER)
    for arrival in Arrival.objects.all():
        road.file_one(arrival.pk, LATER)
    assert everything() == before
    assert [a.verdict for a in Arrival.objects.order_by("pk")] == first
    assert ledger.counts()["kept"] == 0


def test_a_version_of_the_child_is_kept_for_each_document() -> None:
    referred()
    again(form(Home_address="7 Harbour View, Easthaven EH9 9ZY"))
    assert ChildVersion.objects.filter(child=Child.objects.get()).count() >= 2
    assert THORNBURY["UPN"] == Child.objects.get().upn

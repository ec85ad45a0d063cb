"""What goes wrong between a mail server and the record, on real servers: nothing is lost, doubled or hidden."""

from __future__ import annotations

import errno
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from posthouse import PostHouse, corpus, ole, servers
from stories import NOW, OFFICE, OTHER, THORNBURY, email, form

from cases import alarms, clock, health, leases, road
from cases.config import current
from cases.models import Arrival, Case, Contact, Hold, Lease, Letter, Sighting, Task
from cases.record import ledger

pytestmark = [
    pytest.mark.usefixtures("council"),
    pytest.mark.skipif(not servers.have_dovecot(), reason="dovecot is not installed"),
]
BROKEN = OperationalError("database or disk is full")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[servers.Dovecot]:
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def house(
    dovecot: servers.Dovecot, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostHouse]:
    with servers.bad_smtp() as smtp:
        made = PostHouse(dovecot, smtp, dovecot.account(), tmp_path / "config.yaml")
        made.configure()
        monkeypatch.setattr("cases.settings.CONFIG_FILE", made.file)
        monkeypatch.setattr("cases.alarms.FILE", tmp_path / "ALARM")
        monkeypatch.setenv("CME_MAILBOX_PASSWORD", servers.PASSWORD)
        yield made


def three() -> list[bytes]:
    return [
        email(files=[("a.docx", form())]), email("The scan follows.\n"), email(files=[("b.docx", form(OTHER))]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fault", [BROKEN, OSError(errno.ENOSPC, "No space left on device")], ids=["database", "disk"]
)
def test_a_full_disk_keeps_nothing_by_halves_and_the_next_poll_has_it_all(
    fault: Exception, house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.deliver(*three())
    real, calls = ledger.store, iter((False, True))

    def full(clear: bytes, now: datetime) -> Any:
        if next(calls, False):
            raise fault
        return real(clear, now)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "store", full)
        with pytest.raises(type(fault)):
            road.fetch()
    assert Arrival.objects.count() == Sighting.objects.count() == 1
    assert ledger.recall("last_proved_poll") is None
    assert "could not keep" in ledger.recall("last_poll_trouble")
    assert house.lies() == {"INBOX": 3}
    told = house.poll()
    assert (told["new"], told["moved"], Arrival.objects.count()) == (2, 3, 3)
    assert ledger.recall("last_poll_trouble") == ""


def test_the_database_going_away_after_the_fetch_puts_the_reading_off_and_nothing_else(
    house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.deliver(*three())
    assert road.fetch() == 3

    def away(*_: Any, **__: Any) -> Any:
        raise InterfaceError("connection already closed")

    with monkeypatch.context() as patch:
        patch.setattr("cases.filing.file_arrival", away)
        patch.setattr(ledger, "remember", away)
        with pytest.raises(InterfaceError):
            road.file_batch(road.waiting())
    assert ledger.counts()["kept"] == 3
    assert (Case.objects.count(), house.lies()) == (0, {"INBOX": 3})
    assert {a.attempts for a in Arrival.objects.all()} == {0}
    assert house.poll()["new_case"] == 2


@pytest.mark.parametrize("days", [-1, 1], ids=["back", "forward"])
def test_a_clock_that_jumps_a_day_stops_nothing(
    days: int, house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return real(tz or UTC) + shift

    real, shift = datetime.now, timedelta(0)
    monkeypatch.setattr(leases, "datetime", Clock)
    monkeypatch.setattr(clock, "datetime", Clock)
    house.deliver(*three()[:2])
    assert house.poll()["new"] == 2
    failed = Arrival.objects.create(content_key="x", received_at=clock.now(), kept_at=clock.now(), state="kept")  # fmt: skip
    ledger.note_attempt(failed, "locked", clock.now(), counts=False)
    assert ledger.take_lease("intake", "a run that died", leases.LEASE_SECONDS, Clock.now(UTC))
    shift = timedelta(days=days)
    assert failed.pk in road.waiting()
    with road.only_one("intake") as mine:
        assert mine
    failed.delete()
    house.deliver(three()[2])
    assert house.poll() == {"new": 1, "new_case": 1, "moved": 1}
    assert ledger.recall("last_proved_poll")[:10] == f"{clock.now():%Y-%m-%d}"
    assert next(c.level for c in health.post_checks(current(), clock.now())) == "ok"
    assert Lease.objects.filter(name="intake").count() == 0


def test_the_hour_that_comes_twice_is_two_hours(
    house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instants are UTC: what was put off at half past one is due an hour later, not at once and not never."""
    first = datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )  # 01:30 in London; an hour later it is 01:30 again
    row = Arrival.objects.create(content_key="x", received_at=first, kept_at=first, state="kept")
    ledger.note_attempt(row, "busy", first, counts=False)
    assert ledger.waiting(first) == []
    assert ledger.waiting(first + timedelta(hours=1)) == [row.pk]
    assert ledger.take_lease("intake", "a", 90, first)
    assert not ledger.take_lease("intake", "b", 90, first + timedelta(seconds=60))
    assert ledger.take_lease("intake", "b", 90, first + timedelta(hours=1))


def test_f13_an_email_over_the_limit_waits_for_the_officer_with_its_sender_and_subject(
    house: PostHouse,
) -> None:
    house.configure(mailbox={"largest_message": "1 MB"})
    house.deliver(email("x" * 1_500_000, subject="Sixty photographs"), three()[0])
    assert house.poll()["new_case"] == 1
    big = Arrival.objects.get(state="held")
    assert (big.subject, big.sender, big.raw) == ("Sixty photographs", OFFICE, None)
    assert Hold.objects.get(arrival=big).reason == "refused"
    assert house.poll() == {"new": 0, "moved": 0}
    assert house.lies() == {"INBOX": 1, "Processed": 1}


def test_f30_the_same_mail_in_two_folders_is_one_arrival_seen_twice(house: PostHouse) -> None:
    raw = three()[0]
    house.deliver(raw)
    house.deliver(raw, folder="Spring term")
    assert house.poll() == {"new": 1, "new_case": 1, "moved": 1}
    assert (Arrival.objects.count(), Case.objects.count()) == (1, 1)
    assert house.lies() == {"Processed": 1, "Spring term": 1}
    house.deliver(raw)
    assert house.poll() == {"new": 0, "moved": 1}


def test_f9_a_rebuilt_mailbox_is_walked_again_and_nothing_is_filed_twice(house: PostHouse) -> None:
    house.deliver(*three())
    road.fetch()
    house.dovecot.rebuild(house.user)
    house.deliver(
        email(files=[("c.docx", form({**OTHER, "Surname": "QUILL", "First name(s)": "Odette"}))])
    )
    assert house.poll()["new"] == 1
    assert (Arrival.objects.count(), Case.objects.count()) == (4, 3)
    assert house.lies().get("INBOX", 0) == 0
    assert road.reconcile()["not_in_ledger"] == 0


def aes_zip() -> bytes:
    """A zip whose one member is locked with AES (method 99), which the standard library cannot open."""
    plain = corpus.locked_zip("Form 1.docx", b"0" * 80, b"x")
    return plain.replace(b"\x14\x00\x01\x00\x00\x00", b"\x33\x00\x01\x00\x63\x00")


def fake_word() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.docx", form())
    return out.getvalue()


WRAPPED = {
    "locked zip": (("forms.zip", corpus.locked_zip("Form 1.docx", form(), b"secret")), "locked", "password"),
    "zip locked with AES": (("forms.zip", aes_zip()), "locked", "password"),
    "7z": (("forms.7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\0" * 60), "unreadable", "archive"),
    "rar": (("forms.rar", b"Rar!\x1a\x07\x01\x00" + b"\0" * 60), "unreadable", "archive"),
    "rar without a name": (("data", b"Rar!\x1a\x07\x00" + b"\0" * 60), "unreadable", "archive"),
    "damaged winmail.dat": (("winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 40), "unreadable", "winmail"),
    "damaged msg": (("form.msg", ole.compound({"__substg1.0_0037001F": b"x"})[:700]), "unreadable", "Outlook"),
}  # fmt: skip


def test_f16_f18_what_cannot_be_opened_is_held_with_its_reason_and_the_rest_goes_on(
    house: PostHouse,
) -> None:
    names = list(WRAPPED)
    mails = [email("Form attached.\n", [WRAPPED[n][0]], subject=n) for n in names]
    house.deliver(*mails[:4], three()[0], *mails[4:])
    told = house.poll()
    assert (told["new"], told["new_case"], told["held"]) == (len(names) + 1, 1, len(names))
    for name in names:
        _, reason, words = WRAPPED[name]
        held = Hold.objects.filter(arrival__subject=name)
        assert [h.reason for h in held] == [reason], name
        assert words in held[0].text, name
        assert held[0].document is not None, name
    assert house.lies() == {"Exceptions": len(names), "Processed": 1}


def test_f16_the_form_comes_out_of_what_can_be_opened(house: PostHouse) -> None:
    def child(surname: str, first: str) -> bytes:
        return form({**OTHER, "Surname": surname, "First name(s)": first, "Date of birth": f"0{len(surname) % 9 + 1}/02/2013",
                     "Home address": f"{len(first)} Larch Row, Saltmere SM2 6QQ", "Parent/carer name": f"Ada {surname}"})  # fmt: skip

    house.deliver(
        email("Zip.\n", [("forms.zip", corpus.zipped({"in/Form 1.docx": child("QUILL", "Odette")}))]),
        email("Winmail.\n", [("winmail.dat", corpus.tnef({"Form 1.docx": child("ASHDOWN", "Rafe")}))]),
        signed(child("PENHALIGON", "Tamsin")),
    )  # fmt: skip
    told = house.poll()
    assert (told["new"], told["new_case"]) == (3, 3)
    assert sorted(Case.objects.values_list("child__surname", flat=True)) == ["Ashdown", "Penhaligon", "Quill"]  # fmt: skip
    note = Arrival.objects.get(subject="Signed").email_notes["signed"]
    assert "not checked" in note


def signed(data: bytes) -> bytes:
    """A mail signed by S/MIME in one block (opaque), with a form in it."""
    import base64

    inside = email("Form attached.\n", [("Form 1.docx", data)], subject="Signed").replace(
        b"\n", b"\r\n"
    )
    oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
    content = corpus.der(0x30, oid + b"\x01" + corpus.der(0xA0, corpus.der(0x04, inside)))
    block = corpus.der(
        0x30, b"\x02\x01\x01" + corpus.der(0x31, b"") + content + corpus.der(0x31, b"")
    )
    whole = corpus.der(0x30, oid + b"\x02" + corpus.der(0xA0, block))
    head = email("", subject="Signed").partition(b"\n\n")[0].decode().replace("\n", "\r\n")
    kept = [x for x in head.split("\r\n") if not x.lower().startswith(("content-", "mime-"))]
    return (
        "\r\n".join(kept)
        + '\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(whole).decode()
    ).encode()


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ("encrypted s/mime", "encrypted_message"),
        ("encrypted pgp", "encrypted_message"),
        ("office 365 encryption", "portal_link"),
    ],
)
def test_an_encrypted_mail_is_held_as_that_and_once(
    sample: str, reason: str, house: PostHouse
) -> None:
    house.deliver(corpus.messages()[sample].raw)
    assert house.poll()["held"] == 1
    assert [h.reason for h in Hold.objects.all()] == [reason]


def test_a_notice_from_a_portal_on_no_list_is_held_as_the_portal_s_own(house: PostHouse) -> None:
    house.deliver(
        email(
            "Alder Grove Primary School has sent you a secure message.\n\nTo read your message, click the link below:\n"
            "https://inbox.safepost.example/r/Zk81\n\nThe message expires in 14 days. Please do not reply to this email.\n",
            subject="You have a new secure message", sender="notify@safepost.example",
        )
    )  # fmt: skip
    assert house.poll()["held"] == 1
    assert [h.reason for h in Hold.objects.all()] == ["portal_link"]
    assert Letter.objects.count() == 0


def test_a_letter_of_ours_that_comes_back_is_known_by_its_id_from_end_to_end(
    house: PostHouse,
) -> None:
    from cases import outbox

    house.configure(letters={"acknowledgement": "send"})
    house.deliver(three()[0])
    house.poll()
    assert outbox.send_ready(clock.now(), lambda _: None)["sent"] == 1
    [(recipient, raw)] = house.smtp.taken
    ours = next(x for x in raw.decode().split("\r\n") if x.startswith("Message-ID: ")).removeprefix(
        "Message-ID: "
    )
    house.deliver(report(ours, recipient))
    assert house.poll()["undelivered"] == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.message_id) == ("undelivered", ours)
    assert Contact.objects.get(address=recipient).bounced_at is not None
    assert Task.objects.get(kind="address").case == letter.case


def report(message_id: str, recipient: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.wrenshire.example\r\nTo: cme@wrenshire.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Date: {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\nMessage-ID: <b2@mx.wrenshire.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.wrenshire.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_a_report_about_no_letter_of_ours_takes_no_address_off_the_record(house: PostHouse) -> None:
    house.deliver(report("<out.00000000000000000000dead.CME-2026-0001@wrenshire.example>", OFFICE))
    assert house.poll()["undelivered"] == 1
    assert Contact.objects.get(address=OFFICE).bounced_at is None
    assert Task.objects.filter(kind="address").count() == 1


@pytest.mark.parametrize(("dmarc", "left"), [("pass", True), ("fail", False)])
def test_only_a_verified_automatic_reply_says_that_somebody_has_left(
    dmarc: str, left: bool, house: PostHouse
) -> None:
    house.deliver(
        email("Mrs Kellaway has left the school.\n", subject="Automatic reply: x", dmarc=dmarc, headers=[("Auto-Submitted", "auto-replied")])
    )  # fmt: skip
    house.poll()
    assert (Contact.objects.get(address=OFFICE).left_at is not None) == left
    assert Task.objects.filter(kind="address").count() == 1


WORDS = "".join(f"{k}: {v}\n" for k, v in THORNBURY.items() if v)


@pytest.mark.parametrize(
    "headers",
    [[("Auto-Submitted", "auto-generated")], [("Precedence", "bulk"), ("List-Unsubscribe", "<mailto:x@alder.example>")],
     [("Return-Path", "<>")], [("X-CME-Outbox", "out.0123456789ab.CME-2026-0001")]],
    ids=["a web form", "a bulk sender", "no return path", "our own header"],
)  # fmt: skip
def test_f22_a_child_told_of_in_machine_mail_is_not_put_aside_and_nobody_is_answered(
    headers: list[tuple[str, str]], house: PostHouse
) -> None:
    house.deliver(email(f"CME referral\n\n{WORDS}", headers=headers))
    told = house.poll()
    assert told.get("ignored", 0) == 0
    assert Arrival.objects.get().state in ("filed", "held")
    assert Letter.objects.exclude(kind="duty_alert").count() == 0


def test_f22_a_form_beside_our_own_header_is_read(house: PostHouse) -> None:
    house.deliver(
        email(
            files=[("a.docx", form())], headers=[("X-CME-Outbox", "out.0123456789ab.CME-2026-0001")]
        )
    )
    assert house.poll()["new_case"] == 1
    assert Letter.objects.count() == 0


def test_f21_two_of_us_writing_to_each_other_fall_silent(house: PostHouse) -> None:
    from cases import outbox

    house.configure(letters={"acknowledgement": "send"})
    house.deliver(three()[0])
    house.poll()
    outbox.send_ready(clock.now(), lambda _: None)
    for _ in range(3):  # each letter comes back as if its recipient were another of us
        for _, raw in house.smtp.taken:
            back = raw.replace(b"From: ", b"From: other team <office@alder.example>\r\nX-Old: ", 1)
            house.deliver(
                back.replace(b"Message-ID: <out.", b"Message-ID: <out.ffffffffffffffffffffffff", 1)
            )
        house.poll()
        outbox.send_ready(clock.now(), lambda _: None)
    assert len(house.smtp.taken) == 1


def test_the_alarm_file_stands_while_the_mailbox_cannot_be_read(house: PostHouse) -> None:
    house.deliver(three()[0])
    house.poll()
    assert not alarms.FILE.exists()
    later = clock.now() + timedelta(minutes=45)
    assert [c.what for c in alarms.sound(later)] == ["post in"]
    assert "last proved poll 45 minutes ago" in alarms.FILE.read_text()
    house.poll()
    assert not alarms.FILE.exists()


STEPS = [
    "cases.filing.examine", "cases.record.arrivals.note_email", "cases.record.arrivals.write_documents",
    "cases.record.arrivals.write_readings", "cases.filing.decide", "cases.answering.acknowledge",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_f3_f5_a_fault_at_any_step_is_tried_three_times_and_ends_before_the_officer(
    step: str, house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, plain = email("Poison.\n", [("a.docx", form())]), three()[2]
    house.deliver(poison, plain)
    assert road.fetch() == 2
    first, second = Arrival.objects.order_by("pk")
    where, _, name = step.rpartition(".")
    calls: list[int] = []

    def breaks(*given: Any, **more: Any) -> Any:
        calls.append(1)
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(f"{where}.{name}", breaks)
        for _ in range(50):
            Arrival.objects.update(try_after=None)
            for arrival in road.waiting():
                if arrival == first.pk:
                    road.file_one(arrival, NOW)
    assert house.lies() == {"INBOX": 2}
    first.refresh_from_db()
    assert (len(calls), first.attempts, first.state) == (3, 3, "held")
    assert [h.reason for h in first.holds.all()] == ["unreadable"]
    assert ledger.open_bytes(first.raw).replace(b"\r\n", b"\n") == poison
    assert Case.objects.count() == 0
    assert road.file_one(second.pk, NOW)["verdict"] == "new_case"
    road.move_away()
    assert house.lies() == {"Exceptions": 1, "Processed": 1}


def test_f25_one_form_to_two_addresses_answered_to_all_and_forwarded_is_one_case(
    house: PostHouse,
) -> None:
    data = form()
    first = email(files=[("a.docx", data)], headers=[("Cc", "officer@wrenshire.example")])
    to_all = email(
        "Adding the team.\n",
        [("a.docx", data)],
        sender="head@alder.example",
        subject="RE: CME referral",
    )
    forwarded = email(
        "See below.\n",
        [("original.eml", first)],
        sender="officer@wrenshire.example",
        subject="FW: CME referral",
    )
    house.deliver(first, first, to_all, forwarded)
    told = house.poll()
    assert (told["new"], told["new_case"], Case.objects.count()) == (3, 1, 1)
    assert told.get("provisional", 0) == 0

"""The mailbox against a real Dovecot, and against a double for answers that no honest server gives."""

from __future__ import annotations

import dataclasses

import pytest
from polled import Ledger, file_away, mail, wanted
from servers import Dovecot, FakeImap, FakeMail

from mail import fetching, mailbox
from mail.mailbox import MailboxSettings


def test_the_bytes_kept_are_the_bytes_served(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1))
    ledger = Ledger()
    [got] = ledger.poll(settings)
    assert got.raw == mail(1)
    assert got.place.folder == "INBOX"
    assert got.place.account == user
    assert got.place.uidvalidity > 0
    assert got.received is not None
    assert got.received.tzinfo is not None
    assert ledger.poll(settings) == []


def test_f1_mail_that_a_person_read_moved_and_marked_is_still_fetched(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    for n in (1, 2, 3):
        dovecot.deliver(user, mail(n))
    officer = dovecot.client(user)
    officer.create_folder("Spring term")
    officer.select_folder("INBOX")
    officer.add_flags([1, 2, 3], [b"\\Seen", b"\\Flagged"])
    officer.move([2], "Spring term")
    ledger = Ledger()
    ledger.poll(settings)
    assert ledger.subjects == wanted(1, 2, 3)
    officer.select_folder("Spring term")
    officer.move(officer.search("ALL"), "INBOX")  # moved back: new UID, same bytes
    ledger.poll(settings)
    assert ledger.subjects == wanted(1, 2, 3)
    officer.logout()


def test_polling_marks_nothing(dovecot: Dovecot, user: str, settings: MailboxSettings) -> None:
    dovecot.deliver(user, mail(1))
    Ledger().poll(settings)
    client = dovecot.client(user)
    client.select_folder("INBOX", readonly=True)
    flags = client.get_flags([1])[1]
    client.logout()
    assert set(flags) <= {b"\\Recent"}


def test_bin_junk_drafts_and_sent_are_not_read_by_use_and_by_name() -> None:
    listing = [
        ((b"\\HasNoChildren",), b"/", "INBOX"), ((b"\\Trash",), b"/", "Papierkorb"), ((), b"/", "Papierkorb/Alt"),
        ((), b"/", "Deleted Items"), ((), b"/", "Deleted Items/Old schools"), ((), b"/", "Junk Email"),
        ((), b"/", "Drafts"), ((), b"/", "Sent Items"), ((b"\\Noselect",), b"/", "Public"),
        ((), b"/", "Schools"), ((), b"/", "Schools/Sent"), ((), b"/", "Processed"), ((), b"/", "Archive"),
        ((), b"/", "Calendar"), ((), b"/", "Eitemau wedi\u2019u Dileu"),
    ]  # fmt: skip
    settings = MailboxSettings("h", 1, "u", skip=("archive",))
    assert mailbox.watched(listing, settings) == ["INBOX", "Schools", "Schools/Sent", "Processed"]
    only = dataclasses.replace(settings, folders=("Schools",))
    assert mailbox.watched(listing, only) == ["INBOX", "Schools", "Processed"]


def test_mail_in_the_bin_is_left_there(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1), "Bin")
    dovecot.deliver(user, mail(2), "Sent Items")
    dovecot.deliver(user, mail(3), "Processed")
    ledger = Ledger()
    ledger.poll(settings)
    assert ledger.subjects == wanted(3)


def test_f9_a_rebuilt_mailbox_is_read_again_and_nothing_is_skipped(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    for n in (1, 2):
        dovecot.deliver(user, mail(n))
    ledger = Ledger()
    before = ledger.poll(settings)
    dovecot.rebuild(user)
    dovecot.deliver(user, mail(3))
    after = ledger.poll(settings)
    assert {d.place.uidvalidity for d in before}.isdisjoint({d.place.uidvalidity for d in after})
    assert ledger.subjects == wanted(1, 2, 3)


def test_f9_a_server_without_uidvalidity_is_read_again_never_skipped(fake: FakeImap) -> None:
    fake.uidvalidity["INBOX"] = None
    fake.folders["INBOX"][1] = FakeMail([mail(1)])
    settings = MailboxSettings("127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5)
    ledger = Ledger()
    assert len(ledger.poll(settings)) == 1
    assert len(ledger.poll(settings)) == 1


def test_f7_a_short_batch_is_asked_for_again_not_taken_for_the_end(fake: FakeImap) -> None:
    for uid in range(1, 26):
        fake.folders["INBOX"][uid] = FakeMail([mail(uid)])
    fake.folders["INBOX"][7] = FakeMail(["absent", mail(7)])
    settings = MailboxSettings("127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5)
    ledger = Ledger()
    ledger.poll(settings)
    assert ledger.subjects == wanted(*range(1, 26))


@pytest.mark.parametrize("shape", ["absent", "nobody", "nil", b"", "no", "drop"])
def test_f32_each_empty_answer_is_asked_for_again_one_by_one(fake: FakeImap, shape: object) -> None:
    for uid in (1, 2, 3):
        fake.folders["INBOX"][uid] = FakeMail([mail(uid)])
    fake.folders["INBOX"][2] = FakeMail([shape, shape, mail(2)])
    settings = MailboxSettings(
        "127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5, pauses=(0.0, 0.0)
    )
    ledger = Ledger()
    ledger.poll(settings)
    assert (
        ledger.subjects == wanted(1, 2, 3) if shape != "drop" else ledger.subjects >= wanted(1, 3)
    )


@pytest.mark.parametrize("shape", ["absent", "nobody", "nil", b"", "no"])
def test_f32_what_the_server_never_hands_over_is_shown_to_the_officer_and_the_rest_goes_on(
    fake: FakeImap, shape: object
) -> None:
    for uid in (1, 2, 3):
        fake.folders["INBOX"][uid] = FakeMail([mail(uid)])
    bad = fake.folders["INBOX"][2] = FakeMail([shape])
    settings = MailboxSettings(
        "127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5, pauses=(0.0, 0.0)
    )
    ledger = Ledger()
    ledger.poll(settings)
    assert ledger.subjects == wanted(1, 3)
    assert [(p.place.uid, p.problem) for p in ledger.problems] == [(2, "empty")]
    assert "BODY.PEEK[]" in bad.asked[0]
    assert "(BODY[])" in bad.asked[-1]


def test_f4_a_mail_that_breaks_the_line_each_time_stops_nothing(fake: FakeImap) -> None:
    for uid in (1, 2, 3):
        fake.folders["INBOX"][uid] = FakeMail([mail(uid)])
    fake.folders["INBOX"][1] = FakeMail(["drop"])
    settings = MailboxSettings(
        "127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5, pauses=(0.0, 0.0)
    )
    ledger = Ledger()
    ledger.poll(settings)
    assert ledger.subjects == wanted(2, 3)
    assert [p.problem for p in ledger.problems] == ["empty"]


def test_a_message_gone_between_listing_and_fetching_is_no_trouble(fake: FakeImap) -> None:
    fake.folders["INBOX"] = {1: FakeMail([mail(1)]), 2: FakeMail([mail(2)])}
    settings = MailboxSettings(
        "127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5, batch=1
    )
    ledger = Ledger()
    for one in mailbox.waiting(settings, ledger.known, pause=lambda _: None):
        ledger.keep(one)
        fake.folders["INBOX"].pop(2, None)
    assert ledger.subjects == wanted(1)
    assert not ledger.problems


STUB = (
    b"From: Microsoft Exchange Server\r\nTo: cme@council.example\r\n"
    b"Subject: Retrieval using the IMAP4 protocol failed for the following message: 7\r\n\r\n"
    b"The server couldn't retrieve the following message:\r\n"
)


def test_exchanges_stub_is_never_taken_for_the_mail(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, STUB)
    quoting = mail(
        2, b"\r\n> Retrieval using the IMAP4 protocol failed for the following message: 7\r\n"
    )
    dovecot.deliver(user, quoting)
    ledger = Ledger()
    ledger.poll(settings)
    assert [p.problem for p in ledger.problems] == ["stub"]
    assert ledger.raws == [quoting]


def test_f13_a_mail_over_the_limit_gives_its_header_and_an_exception(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1, b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 2000))
    dovecot.deliver(user, mail(2))
    small = dataclasses.replace(settings, max_size=100_000)
    ledger = Ledger()
    ledger.poll(small)
    [big] = ledger.problems
    assert big.problem == "too_big"
    assert big.raw is None
    assert b"Subject: mail 1" in big.header
    assert big.size > 100_000
    assert ledger.subjects == wanted(2)
    assert ledger.poll(small) == []


def test_f13_sixty_megabytes(dovecot: Dovecot, user: str, settings: MailboxSettings) -> None:
    dovecot.deliver(user, mail(1, (b"z" * 998 + b"\r\n") * 61_000))
    ledger = Ledger()
    ledger.poll(settings)
    assert [p.problem for p in ledger.problems] == ["too_big"]


def test_batches_are_bounded_by_count_and_by_bytes() -> None:
    metas = [fetching.Meta(n, size, None) for n, size in enumerate([10, 10, 30, 1, 1, 1])]
    settings = MailboxSettings("h", 1, "u", batch=3, batch_bytes=35)
    sizes = [[m.size for m in batch] for batch in fetching.batches(metas, settings)]
    assert sizes == [[10, 10], [30, 1, 1], [1]]


def test_f30_the_same_mail_in_two_folders_is_seen_in_both_places(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1))
    dovecot.deliver(user, mail(1), "Exceptions")
    got = Ledger().poll(settings)
    assert sorted(d.place.folder for d in got) == ["Exceptions", "INBOX"]
    assert len({d.raw for d in got}) == 1


def test_f12_no_date_bounds_what_is_read(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    old = mail(1).replace(b"22 Oct 2026", b"22 Oct 2019")
    client = dovecot.client(user)
    from datetime import datetime

    client.append("INBOX", old, msg_time=datetime(2019, 10, 22))
    client.logout()
    assert [d.raw for d in Ledger().poll(settings)] == [old]


def test_an_officer_at_work_and_a_poller_that_crashes_lose_and_double_nothing(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    import random

    chance = random.Random(4)
    ledger, sent = Ledger(), 0
    officer = dovecot.client(user)
    officer.create_folder("Officer")
    for _ in range(25):
        for _ in range(chance.randint(0, 3)):
            sent += 1
            dovecot.deliver(user, mail(sent))
        for source, target in (("INBOX", "Officer"), ("Officer", "INBOX")):
            officer.select_folder(source)
            for uid in officer.search("ALL"):
                if chance.random() < 0.15:
                    officer.add_flags([uid], [b"\\Seen"])
                if chance.random() < 0.15:
                    officer.move([uid], target)
        feed = mailbox.waiting(settings, ledger.known)
        stop = chance.randint(0, 3) if chance.random() < 0.3 else 999
        for count, one in enumerate(feed):
            if count == stop:
                break
            ledger.keep(one)
            if chance.random() < 0.5 and one.raw:
                new = file_away(settings, one.place, "Processed")
                if new and chance.random() < 0.7:
                    ledger.seen.setdefault((new.account, new.folder, new.uidvalidity), set()).add(
                        new.uid
                    )
        feed.close()
    ledger.poll(settings)
    officer.logout()
    assert ledger.subjects == wanted(*range(1, sent + 1))


def test_the_quick_reader_of_answers_believes_only_whole_bodies() -> None:
    rows = [
        (b"1 (UID 5 BODY[] {3}", b"abc"), b")",
        b"2 (UID 6 BODY[] NIL)", b"3 (FLAGS (\\Seen))",
        (b"4 (BODY[] {3}", b"UID"), b" UID 8)",
        (b"5 (UID 9 BODY[] {0}", b""), b")",
        (b"6 (BODY[] {9}", b"UID 77   "), b")",
        (b"7 (UID 10 BODY[HEADER] {2}", b"h\n"), b")",
    ]  # fmt: skip
    assert fetching._whole(rows) == {5: b"abc", 8: b"UID"}


@pytest.mark.parametrize(
    ("said", "when"),
    [
        (b'"22-Oct-2026 09:14:00 +0100"', "2026-10-22T09:14:00+01:00"),
        (b'" 2-Jan-2026 23:59:60 -0330"', None),
        (b'" 2-Jan-2026 23:59:59 -0330"', "2026-01-02T23:59:59-03:30"),
        (b'"31-Feb-2026 00:00:00 +0000"', None),
        (b'"22-Foo-2026 09:14:00 +0100"', None),
        (b'"22-Ebr-2026 09:14:00 +0100"', None),
        (b"NIL", None),
    ],
)
def test_an_arrival_s_time_is_read_or_is_none(said: bytes, when: str | None) -> None:
    found = fetching._arrived(b"1 (UID 5 RFC822.SIZE 3 INTERNALDATE " + said + b")")
    assert (found.isoformat() if found else None) == when

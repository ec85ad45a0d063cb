"""The connection to a mailbox: refused, busy, away, slow, broken after n bytes; and what it tells of folders."""

from __future__ import annotations

import contextlib
import dataclasses
import socket

import pytest
from polled import Ledger, file_away, mail, wanted
from servers import Dovecot, FakeImap, FakeMail, fake_imap, free_port, proxy

from mail import line, mailbox
from mail.errors import TryLater
from mail.mailbox import MailboxSettings
from mail.values import Place


def test_f14_a_refused_login_is_told_in_plain_words(settings: MailboxSettings) -> None:
    wrong = dataclasses.replace(settings, password="wrong")
    with pytest.raises(TryLater, match="refuses the user name or password") as trouble:
        list(mailbox.waiting(wrong, lambda *_: frozenset()))
    assert trouble.value.kind == "login"
    assert mailbox.check(wrong) == [str(trouble.value)]


def test_a_login_that_opens_no_mailbox_is_a_refused_login(fake: FakeImap) -> None:
    fake.refuse_select = "BAD User is authenticated but not connected."
    settings = MailboxSettings("127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5)
    with pytest.raises(TryLater, match="permission on the mailbox is missing") as trouble:
        list(mailbox.waiting(settings, lambda *_: frozenset()))
    assert trouble.value.kind == "login"


def test_a_busy_server_is_told_from_one_that_is_away(fake: FakeImap) -> None:
    fake.refuse_select = "NO Server Unavailable. 15"
    settings = MailboxSettings("127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5)
    with pytest.raises(TryLater) as trouble:
        list(mailbox.waiting(settings, lambda *_: frozenset()))
    assert trouble.value.kind == "throttled"


def test_a_server_that_is_away_is_tried_later(settings: MailboxSettings) -> None:
    away = dataclasses.replace(settings, port=free_port())
    for act in (
        lambda: list(mailbox.waiting(away, lambda *_: frozenset())),
        lambda: mailbox.snapshot(away),
        lambda: file_away(away, Place("a", "INBOX", 1, 1), "Processed"),
        lambda: mailbox.find_sent(away, "<x@y>"),
    ):
        with pytest.raises(TryLater) as trouble:
            act()
        assert trouble.value.kind == "away"


def test_a_slow_server_ends_in_try_later_not_in_a_hang(settings: MailboxSettings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        slow = dataclasses.replace(settings, port=silent.getsockname()[1], timeout=0.3)
        with pytest.raises(TryLater, match="in time"):
            list(mailbox.waiting(slow, lambda *_: frozenset()))


def test_a_plain_line_to_another_machine_is_refused(settings: MailboxSettings) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        list(
            mailbox.waiting(
                dataclasses.replace(settings, host="mail.council.example"), lambda *_: frozenset()
            )
        )


def test_tls_is_verified(dovecot: Dovecot, user: str, settings: MailboxSettings) -> None:
    dovecot.deliver(user, mail(1))
    for tls, port in (("implicit", dovecot.tls_port), ("starttls", dovecot.port)):
        secure = dataclasses.replace(
            settings, host="localhost", port=port, tls=tls, ca_file=str(dovecot.cert)
        )
        assert len(Ledger().poll(secure)) == 1
        with pytest.raises(TryLater) as trouble:
            Ledger().poll(dataclasses.replace(secure, ca_file=""))
        assert trouble.value.kind == "certificate"


@pytest.mark.parametrize("drop_after", [0, 100, 700, 1500, 3000, 6000, 12000, 20000])
def test_a_line_that_breaks_after_n_bytes_loses_nothing(
    dovecot: Dovecot, user: str, settings: MailboxSettings, drop_after: int
) -> None:
    for n in range(12):
        dovecot.deliver(user, mail(n, b"line\r\n" * 100))
    ledger = Ledger()
    with proxy(dovecot.port, drop_after=drop_after) as port, contextlib.suppress(TryLater):
        ledger.poll(dataclasses.replace(settings, port=port))
    assert len(ledger.raws) == len(set(ledger.raws))
    ledger.poll(settings)
    assert ledger.subjects == wanted(*range(12))
    assert len(ledger.raws) == 12


def test_a_caller_that_dies_in_the_middle_fetches_the_rest_next_time(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    for n in range(5):
        dovecot.deliver(user, mail(n))
    ledger = Ledger()
    feed = mailbox.waiting(settings, ledger.known)
    for _ in range(2):
        ledger.keep(next(feed))
    feed.close()
    ledger.poll(settings)
    assert ledger.subjects == wanted(*range(5))
    assert len(ledger.raws) == 5


def test_a_folder_that_will_not_open_is_told_after_the_rest_was_read(fake: FakeImap) -> None:
    fake.folders = {"INBOX": {1: FakeMail([mail(1)])}, "Closed": {}}
    settings = MailboxSettings("127.0.0.1", fake.port, "u", tls="none", password="p", timeout=5)
    with proxy(fake.port, lambda d: d) as port:
        original = line.Line.open

        def closed(self, folder, **more):
            if folder == "Closed":
                from imapclient.exceptions import IMAPClientError

                raise IMAPClientError("select failed: [NOPERM]")
            return original(self, folder, **more)

        ledger = Ledger()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(line.Line, "open", closed)
            with pytest.raises(TryLater, match="Closed") as trouble:
                ledger.poll(dataclasses.replace(settings, port=port))
    assert trouble.value.kind == "folder"
    assert ledger.subjects == wanted(1)


def test_the_sent_folder_answers_whether_a_letter_went(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1), "Sent Items")
    assert mailbox.find_sent(settings, "<m1@alder.example>") is True
    assert mailbox.find_sent(settings, "<m2@alder.example>") is False
    # By its special use when the configured name is another.
    assert (
        mailbox.find_sent(dataclasses.replace(settings, sent="Gesendet"), "<m1@alder.example>")
        is True
    )


def test_without_a_sent_folder_nobody_knows() -> None:
    with fake_imap() as double:
        settings = MailboxSettings(
            "127.0.0.1", double.port, "u", tls="none", password="p", timeout=5
        )
        assert mailbox.find_sent(settings, "<x@y>") is None


def test_the_doctor_finds_a_well_mailbox_well(settings: MailboxSettings) -> None:
    assert mailbox.check(settings) == []
    assert any(
        "Filed" in line for line in mailbox.check(dataclasses.replace(settings, processed="Filed"))
    )


def test_the_library_formats_no_message_for_its_debug_log(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    with line.line(settings) as wire:
        assert wire.client._imap.debug == 0

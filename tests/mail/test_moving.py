"""The one change that we make in a mailbox, a move: it is told where to, and touches nobody else's mail."""

from __future__ import annotations

import dataclasses

import pytest
from polled import Ledger, file_away, mail
from servers import Dovecot, proxy

from mail import line, mailbox
from mail.mailbox import MailboxSettings
from mail.values import Place


def test_a_move_tells_the_new_place_so_that_it_is_not_fetched_again(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1))
    ledger = Ledger()
    [got] = ledger.poll(settings)
    new = file_away(settings, got.place, "Processed")
    assert new is not None
    assert new.folder == "Processed"
    assert new.account == user
    ledger.seen.setdefault((new.account, new.folder, new.uidvalidity), set()).add(new.uid)
    assert ledger.poll(settings) == []
    assert mailbox.snapshot(settings)["Processed", new.uidvalidity] == {new.uid}


def test_a_move_makes_the_folder(dovecot: Dovecot, user: str, settings: MailboxSettings) -> None:
    dovecot.deliver(user, mail(1))
    [got] = Ledger().poll(settings)
    new = file_away(settings, got.place, "On file 2026")
    assert new is not None
    assert new.folder == "On file 2026"


def test_f8_moving_what_has_gone_or_was_rebuilt_is_harmless(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1))
    dovecot.deliver(user, mail(2))
    first, second = Ledger().poll(settings)
    officer = dovecot.client(user)
    officer.select_folder("INBOX")
    officer.move([first.place.uid], "Bin")
    assert file_away(settings, first.place, "Processed") is None
    other = dataclasses.replace(second.place, uidvalidity=second.place.uidvalidity + 1)
    assert file_away(settings, other, "Processed") is None
    nowhere = Place(user, "No such folder", 1, 1)
    assert file_away(settings, nowhere, "Processed") is None
    assert file_away(settings, second.place, "INBOX") == second.place
    officer.select_folder("INBOX")
    assert officer.search("ALL") == [second.place.uid]
    officer.logout()


def _hide(*words: bytes):
    def spoil(data: bytes) -> bytes:
        for word in words:
            data = data.replace(b" " + word, b" X" + b"-" * (len(word) - 1))
        return data

    return spoil


def test_without_move_only_our_own_message_is_expunged(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    for n in (1, 2):
        dovecot.deliver(user, mail(n))
    first, second = Ledger().poll(settings)
    officer = dovecot.client(user)
    officer.select_folder("INBOX")
    officer.add_flags([second.place.uid], [b"\\Deleted"])  # somebody else's mark
    with proxy(dovecot.port, _hide(b"MOVE")) as port:
        new = file_away(dataclasses.replace(settings, port=port), first.place, "Processed")
    assert new is not None
    assert new.folder == "Processed"
    officer.select_folder("INBOX")
    assert officer.search("ALL") == [second.place.uid]
    officer.logout()


def test_without_move_and_uidplus_the_original_stays(
    dovecot: Dovecot, user: str, settings: MailboxSettings
) -> None:
    dovecot.deliver(user, mail(1))
    [got] = Ledger().poll(settings)
    with proxy(dovecot.port, _hide(b"MOVE", b"UIDPLUS")) as port:
        file_away(dataclasses.replace(settings, port=port), got.place, "Processed")
    officer = dovecot.client(user)
    officer.select_folder("INBOX")
    assert officer.search("ALL") == [got.place.uid]
    assert officer.get_flags([got.place.uid])[got.place.uid] in ((), (b"\\Recent",))
    officer.logout()


def test_a_move_of_many_uses_one_connection_and_opens_each_folder_once(
    dovecot: Dovecot, user: str, settings: MailboxSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        dovecot.deliver(user, mail(n))
    dovecot.client(user).create_folder("Spring")
    dovecot.deliver(user, mail(5), "Spring")
    got = Ledger().poll(settings)
    opened: list[str] = []
    original = line.Line.open

    def counted(self: line.Line, folder: str, **more: bool) -> int:
        opened.append(folder)
        return original(self, folder, **more)

    monkeypatch.setattr(line.Line, "open", counted)
    with mailbox.Filing(settings) as filing:
        moved = [filing.file_away(d.place, "Processed") for d in got]
        assert filing.file_away(got[0].place, "Processed") is None  # gone: harmless
    assert len({m.uid for m in moved if m}) == 6
    assert opened == ["INBOX", "Spring", "INBOX"]

"""What the polls of these tests see: a ledger of the caller's, and small emails."""

from __future__ import annotations

from mail import mailbox
from mail.mailbox import MailboxSettings
from mail.values import Delivered, Place


def file_away(settings: MailboxSettings, place: Place, folder: str) -> Place | None:
    with mailbox.Filing(settings) as filing:
        return filing.file_away(place, folder)


def mail(n: int, extra: bytes = b"") -> bytes:
    return (
        b"From: office@alder.example\r\nTo: cme@council.example\r\nSubject: mail %d\r\n"
        b"Message-ID: <m%d@alder.example>\r\nDate: Thu, 22 Oct 2026 09:14:00 +0100\r\n\r\nwords %d\r\n"
        % (n, n, n)
    ) + extra


class Ledger:
    """What the caller's database does: known places, each arrival's bytes once."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str, int], set[int]] = {}
        self.raws: list[bytes] = []
        self.problems: list[Delivered] = []

    def known(self, account: str, folder: str, uidvalidity: int) -> frozenset[int]:
        return frozenset(self.seen.get((account, folder, uidvalidity), ()))

    def keep(self, one: Delivered) -> None:
        place = one.place
        self.seen.setdefault((place.account, place.folder, place.uidvalidity), set()).add(place.uid)
        if one.raw is None:
            self.problems.append(one)
        else:
            self.raws.append(one.raw)

    def poll(self, settings: MailboxSettings) -> list[Delivered]:
        got: list[Delivered] = []
        for one in mailbox.waiting(settings, self.known, pause=lambda _: None):
            self.keep(one)
            got.append(one)
        return got

    @property
    def subjects(self) -> set[bytes]:
        return {
            line for raw in self.raws for line in raw.split(b"\r\n") if line.startswith(b"Subject:")
        }


def wanted(*numbers: int) -> set[bytes]:
    return {b"Subject: mail %d" % n for n in numbers}

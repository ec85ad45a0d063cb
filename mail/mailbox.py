"""The mailbox: what waits there, and what lies in it.

What a stranger would get wrong, each measured:
- Never a search by UNSEEN, never a flag or a keyword: a colleague who reads the mail first would hide
  it (a quarter was lost that way). What is new is a set difference against our own ledger, over INBOX
  and all the officer's folders, snapshotted first; `last UID + 1` misses mail on Office 365.
- UIDs mean nothing without folder and UIDVALIDITY. Where a server gives no validity, everything is
  read again; the content key stops doubles.

How a connection is made stands in `mail.line`, which folders count in `mail.folders`, how bodies are fetched in
`mail.fetching`, and the one change that we make, a move, in `mail.moving`.

Source: docs/sources.md, "Post"; RFC 3501.
"""

from __future__ import annotations

import imaplib
import time
from collections.abc import Callable, Iterator

from imapclient.exceptions import IMAPClientError

from mail import folders
from mail.errors import TryLater
from mail.fetching import Folder, fetch_all
from mail.folders import text, watched
from mail.line import Line, MailboxSettings, line
from mail.moving import Filing
from mail.values import Delivered, Known

__all__ = [
    "Filing", "MailboxSettings", "check", "find_sent", "snapshot", "waiting", "watched",
]  # fmt: skip


def waiting(
    settings: MailboxSettings, known: Known, pause: Callable[[float], None] = time.sleep
) -> Iterator[Delivered]:
    """Yield every message that the mailbox shows and the ledger does not know.

    `known(account, folder, uidvalidity)` gives the UIDs that are in the ledger. Messages come one at a
    time, so that the caller commits each before the next; nothing on the server is changed.

    Raises:
        TryLater: the server is away, refuses us, or could not show everything; what was yielded stands.
    """
    with line(settings) as wire:
        shown, refused = _snapshot(wire)
        for folder in shown:
            # A validity of 0 is none at all: read again, never skip.
            old = (
                known(settings.name, folder.name, folder.uidvalidity)
                if folder.uidvalidity
                else frozenset()
            )
            new = [uid for uid in folder.uids if uid not in old]
            if new and wire.open(folder.name) == folder.uidvalidity:
                yield from fetch_all(wire, folder, new, pause)
        if refused:
            raise TryLater(
                f"{len(refused)} folders of the mailbox cannot be opened: {', '.join(refused)[:200]}.",
                "folder",
            )


def _snapshot(wire: Line) -> tuple[list[Folder], list[str]]:
    """Return every watched folder's UIDs as they are now, and the folders that would not open."""
    shown: list[Folder] = []
    refused: list[str] = []
    for name in watched(wire.client.list_folders(), wire.settings):
        try:
            uidvalidity = wire.open(name)
            shown.append(Folder(name, uidvalidity, tuple(sorted(wire.client.search("ALL")))))
        except imaplib.IMAP4.abort:
            raise
        except IMAPClientError:
            if name == "INBOX" or wire.client.folder_exists(name):
                refused.append(name)
    return shown, refused


def snapshot(settings: MailboxSettings) -> dict[tuple[str, int], frozenset[int]]:
    """Return the UIDs of every watched folder, by (folder, UIDVALIDITY): for the nightly reckoning.

    Raises:
        TryLater: the server is away, refuses us, or a folder would not open.
    """
    with line(settings) as wire:
        shown, refused = _snapshot(wire)
        if refused:
            raise TryLater(f"{len(refused)} folders of the mailbox cannot be opened.", "folder")
        return {(f.name, f.uidvalidity): frozenset(f.uids) for f in shown}


def check(settings: MailboxSettings) -> list[str]:
    """Return what is wrong with the mailbox, in plain words; nothing when all is well."""
    try:
        with line(settings) as wire:
            names = {text(n).lower() for _, _, n in wire.client.list_folders()}
            wrong = [
                f"There is no folder {name!r} in the mailbox: {what}."
                for name, what in (
                    (settings.processed, "it will be made when the first email is moved"),
                    (settings.exceptions, "it will be made when the first email is moved"),
                    (settings.sent, "after a crash nobody can look whether a letter went"),
                )
                if name and name.lower() not in names
            ]
            _, refused = _snapshot(wire)
            return wrong + [f"The folder {name!r} cannot be opened." for name in refused]
    except TryLater as trouble:
        return [str(trouble)]
    except ValueError as error:
        return [str(error)]


def find_sent(settings: MailboxSettings, message_id: str) -> bool | None:
    """Tell whether the Sent folder holds a message with this id; None when there is no Sent folder.

    Raises:
        TryLater: the server is away or refuses us.
    """
    with line(settings) as wire:
        folder = folders.sent_folder(wire.client, settings)
        if folder is None:
            return None
        wire.open(folder)
        return bool(wire.client.search(["HEADER", "Message-ID", message_id.strip("<>")]))

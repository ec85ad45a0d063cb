"""Which folders of the mailbox are read, and what they are called on this server.

INBOX and all that an officer may file mail in: everything but the bin, junk, drafts and sent, by the server's word
(special use) or, where it says none, by name, in English and Welsh. A folder dragged into the bin is in the bin.

Source: docs/sources.md, "Post"; RFC 6154 (special use).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mail.line import MailboxSettings

_SPECIAL = {b"\\trash", b"\\junk", b"\\drafts", b"\\sent", b"\\all", b"\\flagged", b"\\important"}
_CLOSED = {b"\\noselect", b"\\nonexistent"}
# Folders of these names at the top are not the officer's filing. Servers without special use, and Exchange's
# calendar and the like, which it shows over IMAP as if they were mail.
_NOT_MAIL = {
    "deleted items", "deleted messages", "trash", "bin", "rubbish", "recycle bin", "junk", "junk email",
    "junk e-mail", "spam", "bulk mail", "drafts", "sent", "sent items", "sent mail", "sent messages", "outbox",
    "sync issues", "conversation history", "calendar", "contacts", "journal", "notes", "tasks", "rss feeds",
    "rss subscriptions", "suggested contacts", "[gmail]", "[google mail]",
    "eitemau wedi'u dileu", "eitemau a anfonwyd", "post sothach", "e-bost sothach", "drafftiau", "allflwch",
    "calendr", "cysylltiadau",
}  # fmt: skip


def watched(
    listing: Iterable[tuple[Sequence[bytes], Any, Any]], settings: MailboxSettings
) -> list[str]:
    """Return the folders to read, INBOX first: all that an officer may file mail in."""
    skip = {s.lower() for s in settings.skip} | {settings.sent.lower()}
    chosen: list[str] = []
    closed: list[tuple[str, str]] = []
    rows = [({f.lower() for f in flags}, text(d), text(n)) for flags, d, n in listing]
    for flags, delimiter, name in rows:
        if flags & _SPECIAL or _by_name(name, delimiter) or name.lower() in skip:
            closed.append((name, delimiter))
    for flags, _, name in rows:
        if name.upper() == "INBOX" or flags & _CLOSED:
            continue
        # A folder dragged into the bin is in the bin.
        if any(name == c or (d and name.startswith(c + d)) for c, d in closed):
            continue
        if settings.folders is not None and name not in (
            *settings.folders,
            settings.processed,
            settings.exceptions,
        ):
            continue
        chosen.append(name)
    return ["INBOX", *chosen]


def text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _by_name(name: str, delimiter: str) -> bool:
    pieces = name.split(delimiter) if delimiter else [name]
    if len(pieces) > 1 and pieces[0].upper() == "INBOX":
        pieces = pieces[1:]
    return pieces[0].lower().replace("\u2019", "'") in _NOT_MAIL


def ensure(client: IMAPClient, folder: str) -> str:
    """Return the folder's name on this server, made if it is not there."""
    names = [text(n) for _, _, n in client.list_folders()]
    if folder in names:
        return folder
    prefix = ""
    if client.has_capability("NAMESPACE"):
        with suppress(IMAPClientError, IndexError, TypeError):
            prefix = text(client.namespace().personal[0][0])
    if prefix and prefix + folder in names:
        return prefix + folder
    client.create_folder(prefix + folder)
    return prefix + folder


def sent_folder(client: IMAPClient, settings: MailboxSettings) -> str | None:
    rows = [([f.lower() for f in flags], text(name)) for flags, _, name in client.list_folders()]
    named = next(
        (name for _, name in rows if settings.sent and name.lower() == settings.sent.lower()), None
    )
    return named or next((name for flags, name in rows if b"\\sent" in flags), None)

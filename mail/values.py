"""The values that the post hands over: an email as it was written, and its leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

MachineKind = Literal[
    "auto_reply", "bounce", "bounce_delayed", "receipt", "calendar", "newsletter", "ours"
]

# known(account, folder, uidvalidity): the numbers that the ledger has and need not see again.
Known = Callable[[str, str, int], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies on the server. UIDs mean nothing without folder and UIDVALIDITY."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


# What became of a copy that was to be deleted: the server may be unable to delete one email without touching others.
Erased = Literal["deleted", "not found", "not possible"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message as the server served it. `raw` is None when the server could not give it.

    `problem` then says why: "stub" (Exchange's "could not be retrieved"), "empty", "too_big". `header` is
    what could be had of such a message, for the officer to know it by.
    """

    place: Place
    raw: bytes | None
    size: int = 0
    received: datetime | None = None
    problem: str | None = None
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as written; `address` is lower case, "" when there was none to be found."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf part, containers unpacked. `path` goes through them: "forms.zip/Form 1.docx".

    `problem` is a held reason of the contract with a sentence ("locked", "The zip is locked ...").
    """

    path: str
    name: str
    content_type: str
    data: bytes
    inline: bool = False
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """A message, read best-effort: no header's fault ever hides an attachment (F31).

    `text` is everything the sender's mail showed as words; `new_text` what was written this
    time; `quoted_text` the rest. `date` is aware or None. `content_key` is the identity of the
    message: equal for re-rendered copies, different for any other mail.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Mailbox
    reply_to: Mailbox | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    date: datetime | None
    text: str
    new_text: str
    quoted_text: str
    html: str | None
    leaves: tuple[Leaf, ...]
    machine: MachineKind | None
    case_refs: tuple[str, ...]
    content_key: str
    authentication: tuple[str, ...] = ()  # Authentication-Results values, topmost first
    problem: tuple[str, str] | None = None  # encrypted_message, portal_link, server_stub
    notes: dict[str, str] = field(default_factory=dict)  # e.g. bounce recipient, return date

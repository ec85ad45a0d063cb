"""What comes back from reading: values with their evidence, and what could not be read.

A value is never silently blank: what stood on the form and could not be understood is an
`Unread`; what needs a person is a `Held` with its reason. The JSON of these is the promise of
`cme read` (docs/contract.md); names are never changed, only added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from parsers.documents.model import Place

FormKind = Literal[
    "cme",
    "removal",
    "ehe",
    "admission",
    "starters_leavers",
    "ewo_notification",
    "checklist",
    "update",
    "unknown",
]
Decided = Literal["read", "kept", "ignored", "held"]
HeldReason = Literal[
    "locked", "unreadable", "refused", "blank_form", "unknown_form", "ambiguous", "incomplete",
    "encrypted_message", "portal_link", "server_stub", "timed_out",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One leaf to read: an attachment, a file in a container, or the message's body.

    `path` names it through its containers ("forms.zip/Form 1.docx"); the body is "body" and carries
    `text` (the new words), the message's `subject` and, if the sender wrote HTML, `html`; the part quoted from
    earlier messages is "quoted", and "forwarded" when it is a message that was sent on. `inline` marks pictures that the HTML shows. `problem` is a held reason found
    while unpacking (locked zip, over a limit), when there are no bytes to read.
    """

    path: str
    name: str
    content_type: str
    data: bytes = b""
    text: str | None = None
    html: str | None = None
    subject: str = ""
    inline: bool = False
    problem: tuple[HeldReason, str] | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """`value` is normalised (ISO date, canonical UPN, bool, list of dicts), `raw` is as written.

    `sure` is a calibrated probability, 0 to 1. `corrects` says that the sender puts an earlier value right with it,
    so that it does not tell who the child is.
    """

    value: Any
    raw: str
    place: Place
    sure: float
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Something on the form that was not understood. `field` is None when the label is unknown."""

    field: str | None
    label: str
    raw: str
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Signal:
    """Something the words say: found, enrolled, returned, address, abroad, at_risk, ..."""

    kind: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document says about one child.

    `case_ref` is the council's reference under which the words about this child stand, in an email about several.
    """

    document: str
    form: FormKind
    fields: dict[str, Value]
    unread: tuple[Unread, ...] = ()
    signals: tuple[Signal, ...] = ()
    case_ref: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Why a document waits for a person; `text` says what to do and quotes nothing of the form."""

    reason: HeldReason
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentDecision:
    path: str
    format: str
    sha256: str
    decision: Decided
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one message or file: one decision for every source, in order."""

    documents: tuple[DocumentDecision, ...]
    readings: tuple[Reading, ...] = ()
    held: tuple[Held, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)  # path -> words, for search and alerts
    layouts: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # path -> parsers/fingerprint.py

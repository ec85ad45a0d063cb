"""The mailbox and the outgoing server of config.yaml, as the mail room's own settings.

Which transport carries the post (IMAP and SMTP, or Microsoft Graph) is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from cases.config import Config, MailboxPart, SendingPart
from cases.models import Contact, School
from cases.record import ledger
from cases.settings import own_secret, secret
from mail import graph, mailbox as imap, sending as smtp
from mail.graph import GraphSettings
from mail.login import OAuthSettings
from mail.mailbox import MailboxSettings
from mail.sending import SendingSettings, Wire
from mail.trust import Directory, Trust
from mail.trust import trust as _trust
from mail.values import Delivered, Mailbox, Place

Settings = MailboxSettings | GraphSettings
Known = Callable[[str, str, int], frozenset[int]]

__all__ = [
    "Wire", "check", "file_away", "find_sent", "mailbox", "snapshot", "trust", "waiting", "wire",
]  # fmt: skip


def mailbox(config: Config) -> Settings:
    """Return the settings of the CME mailbox."""
    part = config.mailbox
    if part.kind == "graph":
        return GraphSettings(
            account=part.account, oauth=_oauth(part), processed=part.processed,
            exceptions=part.exceptions, skip_folders=tuple(part.skip_folders), batch=part.batch,
        )  # fmt: skip
    ports = ledger.recall("embedded_post", {}) if part.kind == "embedded" else {}
    return MailboxSettings(
        account=part.account, host=part.host, port=ports.get("imap", part.port), tls=part.tls,
        user=part.user or part.account, password=_password(part, "mailbox_password"),
        oauth=_oauth(part) if part.sign_in == "oauth" else None, processed=part.processed,
        exceptions=part.exceptions, sent=part.sent, skip_folders=tuple(part.skip_folders),
        batch=part.batch, max_size=part.largest_message,
    )  # fmt: skip


def _outgoing(config: Config) -> SendingSettings:
    part = config.sending
    embedded = config.mailbox.kind == "embedded"
    ports = ledger.recall("embedded_post", {}) if embedded else {}
    return SendingSettings(
        host=part.host, port=ports.get("smtp", part.port), tls=part.tls, user=part.user,
        password="" if embedded or part.sign_in == "none" else _password(part, "sending_password"),
        oauth=_oauth(config.mailbox) if part.sign_in == "oauth" else None,
        sender=Mailbox(part.from_name, part.from_address),
    )  # fmt: skip


def _password(part: MailboxPart | SendingPart, name: str) -> str:
    if isinstance(part, MailboxPart) and part.kind == "embedded":
        return own_secret("embedded_password")
    return secret(name) if part.sign_in == "password" else ""


def _oauth(part: MailboxPart) -> OAuthSettings:
    return OAuthSettings(
        tenant=part.oauth.tenant, client_id=part.oauth.client_id, secret=secret("oauth_secret"),
        authority=part.oauth.authority,
    )  # fmt: skip


def waiting(settings: Settings, known: Known) -> Iterator[Delivered]:
    """Yield what the mailbox shows and the ledger does not know."""
    if isinstance(settings, GraphSettings):
        return graph.waiting(settings, known)
    return imap.waiting(settings, known)


def file_away(settings: Settings, place: Place, folder: str) -> Place | None:
    """Move one email to a folder; return where it lies now."""
    if isinstance(settings, GraphSettings):
        return graph.file_away(settings, place, folder)
    return imap.file_away(settings, place, folder)


def snapshot(settings: Settings) -> Mapping[tuple[str, int], frozenset[int]]:
    """Return every UID that every watched folder shows."""
    if isinstance(settings, GraphSettings):
        return graph.snapshot(settings)
    return imap.snapshot(settings)


def find_sent(config: Config, message_id: str) -> bool | None:
    """Return whether the Sent folder holds a letter; None when it cannot tell."""
    settings = mailbox(config)
    if isinstance(settings, GraphSettings):
        return graph.find_sent(settings, message_id)
    return imap.find_sent(settings, message_id) if settings.sent else None


def wire(config: Config) -> AbstractContextManager[Wire]:
    """Return one connection for several letters."""
    settings = mailbox(config)
    if isinstance(settings, GraphSettings):
        return graph.GraphWire(settings)
    return Wire(_outgoing(config))


def check(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield (level, what, words) about signing in to the mail servers; nothing is sent."""
    settings = mailbox(config)
    problems = graph.check(settings) if isinstance(settings, GraphSettings) else imap.check(settings)
    for problem in problems:
        yield "bad", "mailbox", problem
    if not problems:
        yield "ok", "mailbox", "signed in, folders there"
    if not isinstance(settings, GraphSettings):
        faults = smtp.check(_outgoing(config))
        for fault in faults:
            yield "bad", "sending", fault
        if not faults:
            yield "ok", "sending", "the outgoing server answers"


def trust(email: Mapping[str, Any], config: Config) -> Trust:
    """Return how far the sender of an email can be trusted (the border server's word, our register)."""
    return _trust(
        sender=Mailbox(email.get("from_name") or "", email.get("from") or ""),
        reply_to=email.get("reply_to") or "",
        authentication=tuple(email.get("authentication") or ()),
        anchor=config.mailbox.trusted_server,
        directory=directory(),
    )


def directory() -> Directory:
    """Return the register of schools' and agencies' domains and addresses."""
    schools = School.objects.filter(open=True)
    return Directory(
        domains=frozenset(d for row in schools.values_list("domains", flat=True) for d in row),
        addresses=frozenset(Contact.objects.filter(left_at=None).values_list("address", flat=True)),
        names=frozenset(schools.values_list("name", flat=True)),
    )

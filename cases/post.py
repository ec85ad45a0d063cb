"""The mailbox and the outgoing server of config.yaml, as the mail room's own settings.

Which transport carries the post (IMAP and SMTP, or Microsoft Graph) is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from cases.config import Config, MailboxPart, SendingPart
from cases.models import Contact, School
from cases.record import ledger
from cases.settings import SecretMissing, own_secret, secret
from mail import graph
from mail import mailbox as imap
from mail import sending as smtp
from mail.errors import TryLater
from mail.graph import GraphSettings
from mail.login import GRAPH_SCOPE, IMAP_SCOPE, OAuthSettings, Tokens
from mail.mailbox import MailboxSettings
from mail.moving import Filing
from mail.sending import SendingSettings, Wire
from mail.trust import Directory, Trust
from mail.trust import trust as _trust
from mail.values import Delivered, Known, Mailbox

Settings = MailboxSettings | GraphSettings
_tokens: dict[OAuthSettings, Tokens] = {}

AnyWire = Wire | graph.Wire

__all__ = [
    "AnyWire", "TryLater", "Wire", "check", "filing", "find_sent", "mailbox", "snapshot", "trust", "waiting",
    "wire",
]  # fmt: skip


def mailbox(config: Config) -> Settings:
    """Return the settings of the CME mailbox."""
    part = config.mailbox
    if part.kind == "graph":
        return GraphSettings(
            mailbox=part.user or part.account, account=part.account, oauth=_oauth(part, GRAPH_SCOPE),
            skip=tuple(part.skip_folders), processed=part.processed, exceptions=part.exceptions,
            max_size=part.largest_message,
        )  # fmt: skip
    ports = ledger.recall("embedded_post", {}) if part.kind == "embedded" else {}
    return MailboxSettings(
        account=part.account, host=part.host, port=ports.get("imap", part.port), tls=part.tls,
        user=part.user or part.account, password=_password(part, "mailbox_password"),
        oauth=_oauth(part) if part.sign_in == "oauth" else None, processed=part.processed,
        exceptions=part.exceptions, sent=part.sent, skip=tuple(part.skip_folders),
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
        sender=Mailbox(part.from_name, part.from_address), per_minute=part.per_minute,
    )  # fmt: skip


def _password(part: MailboxPart | SendingPart, name: str) -> str:
    if isinstance(part, MailboxPart) and part.kind == "embedded":
        return own_secret("embedded_password")
    return _given(name) if part.sign_in == "password" else ""


def _given(name: str) -> str:
    """Return a secret that a person puts in place: until then it is a login that fails, as on the server's side."""
    try:
        return secret(name)
    except SecretMissing as error:
        raise TryLater(str(error), "login") from None


def _oauth(part: MailboxPart, scope: str = IMAP_SCOPE) -> Tokens:
    """Return the token source of this process: kept, so that a token is fetched once an hour and not each poll."""
    told = part.oauth
    settings = OAuthSettings(
        tenant=told.tenant, client_id=told.client_id, secret=_given("oauth_secret"),
        authority=told.authority, scope=scope,
    )  # fmt: skip
    if settings not in _tokens:
        _tokens[settings] = Tokens(settings)
    return _tokens[settings]


def waiting(settings: Settings, known: Known) -> Iterator[Delivered]:
    """Yield what the mailbox shows and the ledger does not know."""
    if isinstance(settings, GraphSettings):
        return graph.waiting(settings, known)
    return imap.waiting(settings, known)


def filing(
    settings: Settings,
) -> AbstractContextManager[Filing] | AbstractContextManager[graph.Filing]:
    """Return one connection for moving several emails."""
    return graph.Filing(settings) if isinstance(settings, GraphSettings) else Filing(settings)


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


def wire(config: Config) -> AbstractContextManager[Wire] | AbstractContextManager[graph.Wire]:
    """Return one connection for several letters."""
    settings = mailbox(config)
    return graph.Wire(settings) if isinstance(settings, GraphSettings) else Wire(_outgoing(config))


def check(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield (level, what, words) about signing in to the mail servers; nothing is sent."""
    settings = mailbox(config)
    if isinstance(settings, GraphSettings):
        looked = [("mailbox", graph.check(settings))]
    else:
        looked = [("mailbox", imap.check(settings)), ("sending", smtp.check(_outgoing(config)))]
    for what, problems in looked:
        for problem in problems:
            yield "bad", what, problem
        if not problems:
            yield "ok", what, "the server answers and lets us in"


@dataclass(frozen=True, slots=True)
class _Claims:
    sender: Mailbox
    reply_to: Mailbox | None
    authentication: tuple[str, ...]
    notes: dict[str, str]


def trust(email: Mapping[str, Any], config: Config) -> Trust:
    """Return how far the sender of an email can be trusted (the border server's word, our register)."""
    reply_to = email.get("reply_to")
    claims = _Claims(
        sender=Mailbox(email.get("from_name") or "", email.get("from") or ""),
        reply_to=Mailbox("", reply_to) if reply_to else None,
        authentication=tuple(email.get("authentication") or ()),
        notes=dict(email.get("notes") or {}),
    )
    return _trust(claims, config.mailbox.trusted_server, directory(config))


def directory(config: Config) -> Directory:
    """Return the register of schools' and agencies' domains and addresses."""
    schools = list(School.objects.filter(open=True).values_list("name", "domains"))
    return Directory(
        domains=frozenset(d for _, domains in schools for d in domains),
        addresses=frozenset(Contact.objects.filter(left_at=None).values_list("address", flat=True)),
        names=tuple((name, d) for name, domains in schools for d in domains),
        own=frozenset({config.mailbox.account.partition("@")[2]}),
    )

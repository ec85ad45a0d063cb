"""One signed-in connection to an IMAP mailbox: how it is made, and made again when a message breaks it.

What a stranger would get wrong, each measured:
- Exchange may say OK to the login and only at SELECT that the account is not connected: INBOX is opened within
  what counts as signing in.
- imapclient sets imaplib's debug level to 5, which formats every body for a log line nobody reads
  (six times slower) and puts children's names in it: it is set to 0 at once.
- No IDLE: the client spins after a dropped line.

Source: docs/sources.md, "Post"; RFC 3501.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from mail import errors, login
from mail.errors import TryLater
from mail.login import OAuthSettings, Tls, Tokens

BATCH_BYTES = 25_000_000
_BUSY = re.compile(
    r"unavailable|too many|throttl|limit|connection is closed|try again|busy|overquota", re.I
)


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """How the mailbox is reached and which folders count.

    `folders` names the folders to watch besides INBOX; None means all but bin, junk, drafts and sent.
    `skip` names more folders to leave out. `pauses` are the seconds between tries for a message that the
    server hands over empty.
    """

    host: str
    port: int
    user: str
    account: str = ""
    tls: Tls = "implicit"
    password: str = field(default="", repr=False)
    oauth: OAuthSettings | Tokens | None = None
    folders: tuple[str, ...] | None = None
    skip: tuple[str, ...] = ()
    processed: str = "Processed"
    exceptions: str = "Exceptions"
    sent: str = "Sent"
    timeout: float = 30.0
    batch: int = 10
    batch_bytes: int = BATCH_BYTES
    max_size: int = 60_000_000
    ca_file: str = ""
    pauses: tuple[float, ...] = (0.5, 2.0, 5.0)

    @property
    def name(self) -> str:
        """The account's name in the ledger."""
        return self.account or self.user


class Line:
    """One signed-in connection, made again when a message breaks it."""

    def __init__(self, settings: MailboxSettings, tokens: Tokens | None) -> None:
        self.settings = settings
        self.tokens = tokens
        self.client = _sign_in(settings, tokens)
        self.at: tuple[str, int] | None = None

    def again(self) -> None:
        """Make a new connection and open the same folder."""
        self.close()
        self.client = _sign_in(self.settings, self.tokens)
        if self.at:
            folder, uidvalidity = self.at
            self.open(folder)
            if self.at != (folder, uidvalidity):
                raise TryLater("The mailbox was rebuilt while it was read.")

    def open(self, folder: str, *, readonly: bool = True) -> int:
        """Open a folder and return its UIDVALIDITY, 0 when the server gives none."""
        answer = self.client.select_folder(folder, readonly=readonly)
        value = answer.get(b"UIDVALIDITY", 0)
        self.at = folder, value if isinstance(value, int) else 0
        return self.at[1]

    def close(self) -> None:
        with suppress(Exception):
            self.client.logout()
        with suppress(Exception):
            self.client.shutdown()


def _connect(settings: MailboxSettings) -> IMAPClient:
    login.guard_plain(settings.host, settings.tls)
    tls = login.context(settings.ca_file) if settings.tls != "none" else None
    client = IMAPClient(
        settings.host, settings.port, ssl=settings.tls == "implicit",
        ssl_context=tls if settings.tls == "implicit" else None, timeout=settings.timeout,
    )  # fmt: skip
    client._imap.debug = 0
    client.normalise_times = False
    if settings.tls == "starttls":
        client.starttls(tls)
    return client


def _sign_in(settings: MailboxSettings, tokens: Tokens | None) -> IMAPClient:
    """Return a client that is signed in and can open INBOX.

    Raises:
        TryLater: the server is away or refuses us (kind "login").
    """
    for attempt in (1, 2):
        client: IMAPClient | None = None
        try:
            client = _connect(settings)
            login.imap_sign_in(client, settings.user, settings.password, tokens)
            # Exchange may say OK to the login and only here that the account is not connected.
            _open_inbox(client)
            return client
        except LoginError as error:
            _drop(client)
            if tokens is None or attempt == 2:
                raise TryLater(_login_words(settings, tokens, str(error)), "login") from error
            tokens.forget()
        except BaseException:
            _drop(client)
            raise
    raise AssertionError("unreachable")


def _open_inbox(client: IMAPClient) -> None:
    try:
        client.select_folder("INBOX", readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError as error:
        said = str(error).lower()
        if "not connected" in said or "authenticated but" in said:
            raise LoginError(str(error)) from error
        raise


def _drop(client: IMAPClient | None) -> None:
    if client is not None:
        with suppress(Exception):
            client.shutdown()


def _login_words(settings: MailboxSettings, tokens: Tokens | None, said: str) -> str:
    if "not connected" in said.lower() or "authenticated but" in said.lower():
        return "The mail server knows us but does not open the mailbox: the permission on the mailbox is missing."
    if tokens is not None:
        return (
            f"{settings.host} refuses our token: it was revoked, or the application has no permission on this"
            " mailbox (Add-MailboxPermission)."
        )
    return f"{settings.host} refuses the user name or password of the mailbox."


def told(host: str) -> AbstractContextManager[None]:
    """Turn what time puts right into TryLater, in plain words; the rest raises as it is."""
    return errors.told(f"The mail server {host}", _refusal)


def _refusal(error: Exception, server: str) -> TryLater | None:
    if not isinstance(error, imaplib.IMAP4.error):
        return None
    busy = bool(_BUSY.search(str(error)))
    words = "is too busy for us" if busy else "broke off or refused a command"
    return TryLater(f"{server} {words}.", "throttled" if busy else "away")


@contextmanager
def line(settings: MailboxSettings) -> Iterator[Line]:
    with told(settings.host):
        made = Line(settings, login.as_tokens(settings.oauth))
        try:
            yield made
        finally:
            made.close()

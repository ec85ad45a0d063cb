"""Sending: one letter's bytes to one recipient, and an honest answer about what became of it.

The four answers are the whole point: `Accepted`, `Refused` (the officer mends it), `TryAgain` (nothing
went; later), `Uncertain` (the line broke after the last dot: it may have gone, and only the Sent
folder or a person can tell). A blind retry of the last kind is how letters go out twice (F23).

`sendmail` with the stored bytes, never `send_message`, which writes the headers anew.

Source: docs/sources.md, "Post"; RFC 5321 (4.2.1 reply codes, 4.5.3.2 time limits).
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from mail import errors, login
from mail.errors import TryLater
from mail.login import OAuthSettings, Tls, Tokens
from mail.values import Mailbox


@dataclass(frozen=True, slots=True)
class SendingSettings:
    """How letters go out. `user` "" means that the server asks for no login."""

    host: str
    port: int
    sender: Mailbox
    tls: Tls = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    oauth: OAuthSettings | Tokens | None = None
    per_minute: int = 20
    labels: tuple[tuple[str, str], ...] = ()
    timeout: float = 60.0
    ca_file: str = ""
    local_name: str = "localhost"

    def label(self, recipient: str) -> str:
        """Return the label for a recipient's domain, "" when there is none."""
        domain = recipient.rpartition("@")[2].lower()
        return next((text for name, text in self.labels if name.lower() == domain), "")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has taken it."""

    answer: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take it."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Nothing was taken; later it may be."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The whole letter was sent and no answer came: it may have gone."""

    words: str


Outcome = Accepted | Refused | TryAgain | Uncertain
Handing = Callable[[], None]


def nothing() -> None:
    """For callers who keep no book."""


class Wire:
    """One connection for several letters; made again when it breaks."""

    def __init__(self, settings: SendingSettings) -> None:
        self.settings = settings
        self._tokens = login.as_tokens(settings.oauth)
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Wire:
        self._smtp = _connect(self.settings, self._tokens)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def deliver(self, raw: bytes, recipient: str, handing: Handing = nothing) -> Outcome:
        """Send one letter and return what the server said. Never raises for one bad letter (F24).

        `handing` is called when all but the last dot has been sent: whoever dies before it has delivered nothing,
        whoever dies after it cannot know. What it raises is raised, and the letter has not gone.
        """
        try:
            if self._smtp is None:
                self._smtp = _connect(self.settings, self._tokens)
        except TryLater as trouble:
            return TryAgain(0, str(trouble))
        try:
            outcome = _transact(self._smtp, self.settings.sender.address, recipient, raw, handing)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._close()
            return TryAgain(
                0, f"the line broke before the letter was sent ({type(error).__name__})"
            )
        except BaseException:
            # Within the letter no "quit" is a command: the line is dropped, and the server drops what it has.
            self._smtp.close()
            self._smtp = None
            raise
        if isinstance(outcome, Uncertain) or _closing(outcome):
            self._close()
        return outcome

    def _close(self) -> None:
        if self._smtp is not None:
            with suppress(Exception):
                self._smtp.quit()
            with suppress(Exception):
                self._smtp.close()
            self._smtp = None


def check(settings: SendingSettings) -> list[str]:
    """Return what is wrong with the sending server, in plain words; nothing is sent."""
    try:
        with Wire(settings):
            return []
    except TryLater as trouble:
        return [str(trouble)]
    except ValueError as error:
        return [str(error)]


def _closing(outcome: Outcome) -> bool:
    return isinstance(outcome, TryAgain | Refused) and outcome.code in (-1, 0, 421)


def _connect(settings: SendingSettings, tokens: Tokens | None) -> smtplib.SMTP:
    """Return a signed-in connection.

    Raises:
        TryLater: the server is away or refuses us.
    """
    login.guard_plain(settings.host, settings.tls)
    with errors.told(f"The sending server {settings.host}", _refusal):
        tls = login.context(settings.ca_file) if settings.tls != "none" else None
        if settings.tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                settings.local_name,
                timeout=settings.timeout,
                context=tls,
            )
        else:
            smtp = smtplib.SMTP(
                settings.host, settings.port, settings.local_name, timeout=settings.timeout
            )
        try:
            if settings.tls == "starttls":
                smtp.starttls(context=tls)
            smtp.ehlo_or_helo_if_needed()
            if settings.user:
                login.smtp_sign_in(smtp, settings.user, settings.password, tokens)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _refusal(error: Exception, server: str) -> TryLater | None:
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            if 400 <= code < 500:
                return TryLater(f"{server} does not let us sign in now ({code}).", "throttled")
            return TryLater(f"{server} refuses our user name, password or token ({code}).", "login")
        case smtplib.SMTPNotSupportedError():
            return TryLater(f"{server} does not offer the encryption or login we need.", "login")
    return None


def _transact(
    smtp: smtplib.SMTP, sender: str, recipient: str, raw: bytes, handing: Handing
) -> Outcome:
    """Run MAIL, RCPT, DATA by hand, so as to know on which side of the last dot a line broke.

    Raises:
        OSError, SMTPException: the line broke before the letter was whole; nothing went.
    """
    if any(c in sender + recipient for c in "\r\n<> ") or not sender or not recipient:
        return Refused(0, "the address is not one plain address")
    size = [f"size={len(raw)}"] if smtp.has_extn("size") else []
    for code, said in _envelope(smtp, sender, recipient, size):
        if code not in (250, 251, 252):
            with suppress(OSError, smtplib.SMTPException):
                smtp.rset()
            # 530 and 535 are about our login, not about the letter.
            return (
                TryAgain(code, f"{code} {_words(said)}")
                if code in (530, 535)
                else _sorted(code, said)
            )
    smtp.putcmd("data")
    code, said = smtp.getreply()
    if code != 354:
        with suppress(OSError, smtplib.SMTPException):
            smtp.rset()
        return _sorted(code, said)
    return _data(smtp, raw, handing)


def _envelope(
    smtp: smtplib.SMTP, sender: str, recipient: str, options: list[str]
) -> Iterator[tuple[int, bytes]]:
    yield smtp.mail(sender, options)
    yield smtp.rcpt(recipient)


def _data(smtp: smtplib.SMTP, raw: bytes, handing: Handing) -> Outcome:
    body = _dotted(raw)
    # All but the last dot first: a line that breaks here has delivered nothing.
    smtp.send(body)
    handing()
    try:
        smtp.send(b".\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Uncertain(f"the line broke after the whole letter was sent ({type(error).__name__})")
    if code == 250:
        return Accepted(_words(said))
    if code == -1:
        return Uncertain("the server's answer to the whole letter cannot be read")
    return _sorted(code, said)


def _dotted(raw: bytes) -> bytes:
    """Return bytes with CRLF line ends and doubled leading dots, ending in a line end."""
    body = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


def _sorted(code: int, said: bytes) -> Outcome:
    if 500 <= code < 600:
        return Refused(code, f"{code} {_words(said)}")
    return TryAgain(code, f"{code} {_words(said)}")


def _words(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())[:300]

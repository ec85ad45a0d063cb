"""The mailbox: what waits there, and the one change we make to it, a move, last of all.

What a stranger would get wrong, each measured:
- Never a search by UNSEEN, never a flag or a keyword: a colleague who reads the mail first would hide
  it (a quarter was lost that way). What is new is a set difference against our own ledger, over INBOX
  and all the officer's folders, snapshotted first; `last UID + 1` misses mail on Office 365.
- UIDs mean nothing without folder and UIDVALIDITY. Where a server gives no validity, everything is
  read again; the content key stops doubles.
- BODY.PEEK[] only. BODYSTRUCTURE and ENVELOPE of one odd mail make a whole batch fail.
- A batch may come back short, without the body, with None or with b"". Those are asked for again,
  one by one, at last without PEEK (the folder is open read-only, so nothing is marked).
- A mail that breaks the line each time is handed on as "empty", and the next is fetched.
- No IDLE: the client spins after a dropped line.
- imapclient sets imaplib's debug level to 5, which formats every body for a log line nobody reads
  (six times slower) and puts children's names in it: it is set to 0 at once.
- A plain EXPUNGE would remove what somebody else has marked: UID EXPUNGE or nothing.

Source: docs/sources.md, "Post"; RFC 3501, 4315 (UIDPLUS), 6851 (MOVE), 6154 (special use).
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from mail import login
from mail.errors import TryLater
from mail.login import OAuthSettings, Tls, Tokens
from mail.values import Delivered, Place
from mail.words import is_stub

Known = Callable[[str, str, int], frozenset[int]]
BATCH_BYTES = 25_000_000
_META_BATCH = 200
# What imapclient raises over one bad answer of a server: its own errors, and its parser stumbling.
_BAD_ANSWER = (
    IMAPClientError, imaplib.IMAP4.error, ValueError, TypeError, IndexError, KeyError, OSError,
)  # fmt: skip
_BROKEN_IN_A_ROW = 5
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


@dataclass(frozen=True, slots=True)
class _Folder:
    name: str
    uidvalidity: int
    uids: tuple[int, ...]


class _Line:
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


@contextmanager
def _told(host: str) -> Iterator[None]:
    """Turn what time puts right into TryLater, in plain words; the rest raises as it is."""
    try:
        yield
    except TryLater:
        raise
    except ssl.SSLCertVerificationError as error:
        raise TryLater(f"The certificate of {host} is not trusted.", "certificate") from error
    except socket.gaierror as error:
        raise TryLater(f"The mail server {host} is not found.") from error
    except TimeoutError as error:
        raise TryLater(f"The mail server {host} does not answer in time.") from error
    except imaplib.IMAP4.error as error:
        busy = bool(_BUSY.search(str(error)))
        words = "is too busy for us" if busy else "broke off or refused a command"
        raise TryLater(
            f"The mail server {host} {words}.", "throttled" if busy else "away"
        ) from error
    except OSError as error:
        raise TryLater(f"The mail server {host} cannot be reached.") from error


@contextmanager
def _line(settings: MailboxSettings) -> Iterator[_Line]:
    with _told(settings.host):
        line = _Line(settings, login.as_tokens(settings.oauth))
        try:
            yield line
        finally:
            line.close()


def watched(
    listing: Iterable[tuple[Sequence[bytes], Any, Any]], settings: MailboxSettings
) -> list[str]:
    """Return the folders to read, INBOX first: all that an officer may file mail in."""
    skip = {s.lower() for s in settings.skip} | {settings.sent.lower()}
    chosen: list[str] = []
    closed: list[tuple[str, str]] = []
    rows = [({f.lower() for f in flags}, _text(d), _text(n)) for flags, d, n in listing]
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


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _by_name(name: str, delimiter: str) -> bool:
    pieces = name.split(delimiter) if delimiter else [name]
    if len(pieces) > 1 and pieces[0].upper() == "INBOX":
        pieces = pieces[1:]
    return pieces[0].lower().replace("\u2019", "'") in _NOT_MAIL


def waiting(
    settings: MailboxSettings, known: Known, pause: Callable[[float], None] = time.sleep
) -> Iterator[Delivered]:
    """Yield every message that the mailbox shows and the ledger does not know.

    `known(account, folder, uidvalidity)` gives the UIDs that are in the ledger. Messages come one at a
    time, so that the caller commits each before the next; nothing on the server is changed.

    Raises:
        TryLater: the server is away, refuses us, or could not show everything; what was yielded stands.
    """
    with _line(settings) as line:
        folders, refused = _snapshot(line)
        for folder in folders:
            # A validity of 0 is none at all: read again, never skip.
            old = (
                known(settings.name, folder.name, folder.uidvalidity)
                if folder.uidvalidity
                else frozenset()
            )
            new = [uid for uid in folder.uids if uid not in old]
            if new and line.open(folder.name) == folder.uidvalidity:
                yield from _fetch_all(line, folder, new, pause)
        if refused:
            raise TryLater(
                f"{len(refused)} folders of the mailbox cannot be opened: {', '.join(refused)[:200]}.",
                "folder",
            )


def _snapshot(line: _Line) -> tuple[list[_Folder], list[str]]:
    """Return every watched folder's UIDs as they are now, and the folders that would not open."""
    folders: list[_Folder] = []
    refused: list[str] = []
    for name in watched(line.client.list_folders(), line.settings):
        try:
            uidvalidity = line.open(name)
            folders.append(_Folder(name, uidvalidity, tuple(sorted(line.client.search("ALL")))))
        except imaplib.IMAP4.abort:
            raise
        except IMAPClientError:
            if name == "INBOX" or line.client.folder_exists(name):
                refused.append(name)
    return folders, refused


def snapshot(settings: MailboxSettings) -> dict[tuple[str, int], frozenset[int]]:
    """Return the UIDs of every watched folder, by (folder, UIDVALIDITY): for the nightly reckoning.

    Raises:
        TryLater: the server is away, refuses us, or a folder would not open.
    """
    with _line(settings) as line:
        folders, refused = _snapshot(line)
        if refused:
            raise TryLater(f"{len(refused)} folders of the mailbox cannot be opened.", "folder")
        return {(f.name, f.uidvalidity): frozenset(f.uids) for f in folders}


@dataclass(frozen=True, slots=True)
class _Known:
    """A message's size and arrival, asked for before its body."""

    uid: int
    size: int
    received: datetime | None


def _fetch_all(
    line: _Line, folder: _Folder, uids: Sequence[int], pause: Callable[[float], None]
) -> Iterator[Delivered]:
    broken = 0
    for start in range(0, len(uids), _META_BATCH):
        metas = _metas(line, uids[start : start + _META_BATCH])
        for batch in _batches(metas, line.settings):
            for meta, raw, why in _bodies(line, batch, pause):
                broken = broken + 1 if why == "broke" else 0
                if broken >= _BROKEN_IN_A_ROW:
                    raise TryLater(
                        "The mail server breaks the line at one message after the other."
                    )
                if why != "gone":
                    yield _delivered(line, folder, meta, raw)


def _metas(line: _Line, uids: Sequence[int]) -> list[_Known]:
    """Return size and arrival of messages; those that have gone meanwhile are left out."""
    try:
        answer = line.client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
    except (IMAPClientError, imaplib.IMAP4.error, ValueError, TypeError, OSError) as error:
        if len(uids) > 1:
            if _line_broken(error):
                line.again()
            return [meta for uid in uids for meta in _metas(line, [uid])]
        if _line_broken(error):
            line.again()
        return [_Known(uids[0], 0, None)]
    found: list[_Known] = []
    for uid in uids:
        row = answer.get(uid, {})
        size, when = row.get(b"RFC822.SIZE"), row.get(b"INTERNALDATE")
        # A message left out of the answer is asked for all the same: only its absence from SEARCH says it has gone.
        found.append(
            _Known(
                uid,
                size if isinstance(size, int) else 0,
                when if isinstance(when, datetime) and when.tzinfo else None,
            )
        )
    return found


def _line_broken(error: Exception) -> bool:
    return isinstance(error, (imaplib.IMAP4.abort, OSError))


def _batches(metas: Sequence[_Known], settings: MailboxSettings) -> Iterator[list[_Known]]:
    batch: list[_Known] = []
    size = 0
    for meta in metas:
        if batch and (len(batch) >= settings.batch or size + meta.size > settings.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(meta)
        size += meta.size
    if batch:
        yield batch


def _bodies(
    line: _Line, batch: list[_Known], pause: Callable[[float], None]
) -> Iterator[tuple[_Known, bytes | None, str]]:
    """Yield each message with its bytes; `why` is "", "gone", "empty" or "broke"."""
    wanted = [m for m in batch if m.size <= line.settings.max_size]
    served: dict[int, bytes] = {}
    if len(wanted) > 1:
        try:
            served = _peek(line, [m.uid for m in wanted])
        except _BAD_ANSWER as error:
            if _line_broken(error):
                line.again()
    for meta in batch:
        if meta.uid in served:
            yield meta, served.pop(meta.uid), ""
        elif meta.size > line.settings.max_size:
            yield meta, None, "too_big"
        else:
            yield (meta, *_one(line, meta.uid, pause))


def _peek(line: _Line, uids: list[int], item: str = "BODY.PEEK[]") -> dict[int, bytes]:
    """Return the bodies that came whole; the four empty shapes are left out."""
    answer = line.client.fetch(uids, [item])
    found: dict[int, bytes] = {}
    for uid in uids:
        body = answer[uid].get(b"BODY[]") if uid in answer else None
        if isinstance(body, bytes) and body:
            found[uid] = body
    return found


def _one(line: _Line, uid: int, pause: Callable[[float], None]) -> tuple[bytes | None, str]:
    """Fetch one message, with back-off, at last without PEEK."""
    broke = 0
    for attempt, rest in enumerate((0.0, *line.settings.pauses, 0.0)):
        if rest:
            pause(rest)
        last = attempt == len(line.settings.pauses) + 1
        try:
            if body := _peek(line, [uid], "BODY[]" if last else "BODY.PEEK[]").get(uid):
                return body, ""
            if uid not in line.client.search(["UID", str(uid)]):
                return None, "gone"
        except _BAD_ANSWER as error:
            if _line_broken(error):
                broke += 1
                line.again()
                if broke >= 2:
                    return None, "broke"
    return None, "empty"


def _delivered(line: _Line, folder: _Folder, meta: _Known, raw: bytes | None) -> Delivered:
    place = Place(line.settings.name, folder.name, folder.uidvalidity, meta.uid)
    if raw is None and meta.size > line.settings.max_size:
        return Delivered(place, None, meta.size, meta.received, "too_big", _head(line, meta.uid))
    if raw is None:
        return Delivered(place, None, meta.size, meta.received, "empty")
    if _stub(raw):
        return Delivered(place, None, len(raw), meta.received, "stub", raw[:65536])
    return Delivered(place, raw, len(raw), meta.received)


def _head(line: _Line, uid: int) -> bytes:
    """Return the header of a message that is too big to fetch, b"" when even that is not to be had."""
    try:
        answer = line.client.fetch([uid], ["BODY.PEEK[HEADER]"])
    except (IMAPClientError, imaplib.IMAP4.error, ValueError, TypeError, OSError) as error:
        if _line_broken(error):
            line.again()
        return b""
    body = answer.get(uid, {}).get(b"BODY[HEADER]")
    return body[:262144] if isinstance(body, bytes) else b""


def _stub(raw: bytes) -> bool:
    """Tell Exchange's "could not be retrieved" notice; the real mail is still there."""
    if len(raw) > 60_000 or b"etrieval using the IMAP4 protocol failed" not in raw:
        return False
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = re.sub(rb"\n[ \t]+", b" ", head).decode("utf-8", "replace").split("\n")
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in reversed(lines))
    }
    return is_stub(
        fields.get("from", ""), fields.get("subject", ""), body.decode("utf-8", "replace")
    )


class Filing:
    """A connection for moving several messages; `file_away` is for one."""

    def __init__(self, settings: MailboxSettings) -> None:
        self.settings = settings

    def __enter__(self) -> Filing:
        with _told(self.settings.host):
            self._line = _Line(self.settings, login.as_tokens(self.settings.oauth))
            self._can = self._line.client.capabilities()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def file_away(self, place: Place, folder: str) -> Place | None:
        """Move a message and return where it lies now, None when it has gone or the server does not say.

        Raises:
            TryLater: the server is away or refused; the message is where it was.
        """
        if place.folder == folder:
            return place
        with _told(self.settings.host):
            client = self._line.client
            if not _still_there(self._line, place):
                return None
            target = _ensure(client, folder)
            client._imap.untagged_responses.pop("COPYUID", None)
            if b"MOVE" in self._can:
                client.move([place.uid], target)
                return _copied(client, self.settings.name, target)
            client.copy([place.uid], target)
            new = _copied(client, self.settings.name, target)
            if b"UIDPLUS" in self._can:
                client.add_flags([place.uid], [b"\\Deleted"])
                client.uid_expunge([place.uid])
            # Without UIDPLUS the original stays: a plain EXPUNGE would take other people's mail too.
            return new


def file_away(settings: MailboxSettings, place: Place, folder: str) -> Place | None:
    """Move one message; see `Filing.file_away`."""
    with Filing(settings) as filing:
        return filing.file_away(place, folder)


def _still_there(line: _Line, place: Place) -> bool:
    try:
        if line.open(place.folder, readonly=False) != place.uidvalidity:
            return False
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError:
        if line.client.folder_exists(place.folder):
            raise
        return False
    return place.uid in line.client.search(["UID", str(place.uid)])


def _ensure(client: IMAPClient, folder: str) -> str:
    """Return the folder's name on this server, made if it is not there."""
    names = [_text(n) for _, _, n in client.list_folders()]
    if folder in names:
        return folder
    prefix = ""
    if client.has_capability("NAMESPACE"):
        with suppress(IMAPClientError, IndexError, TypeError):
            prefix = _text(client.namespace().personal[0][0])
    if prefix and prefix + folder in names:
        return prefix + folder
    client.create_folder(prefix + folder)
    return prefix + folder


def _copied(client: IMAPClient, account: str, folder: str) -> Place | None:
    """Return the place that COPYUID tells; the client itself throws it away."""
    for value in client._imap.untagged_responses.pop("COPYUID", []) or []:
        found = re.match(r"\s*(\d+)\s+[\d:,]+\s+(\d+)\s*$", _text(value))
        if found:
            return Place(account, folder, int(found[1]), int(found[2]))
    return None


def check(settings: MailboxSettings) -> list[str]:
    """Return what is wrong with the mailbox, in plain words; nothing when all is well."""
    try:
        with _line(settings) as line:
            names = {_text(n).lower() for _, _, n in line.client.list_folders()}
            wrong = [
                f"There is no folder {name!r} in the mailbox: {what}."
                for name, what in (
                    (settings.processed, "it will be made when the first email is moved"),
                    (settings.exceptions, "it will be made when the first email is moved"),
                    (settings.sent, "after a crash nobody can look whether a letter went"),
                )
                if name and name.lower() not in names
            ]
            _, refused = _snapshot(line)
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
    with _line(settings) as line:
        folder = _sent_folder(line.client, settings)
        if folder is None:
            return None
        line.open(folder)
        return bool(line.client.search(["HEADER", "Message-ID", message_id.strip("<>")]))


def _sent_folder(client: IMAPClient, settings: MailboxSettings) -> str | None:
    rows = [([f.lower() for f in flags], _text(name)) for flags, _, name in client.list_folders()]
    named = next(
        (name for _, name in rows if settings.sent and name.lower() == settings.sent.lower()), None
    )
    return named or next((name for flags, name in rows if b"\\sent" in flags), None)

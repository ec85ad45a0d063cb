"""Bodies out of a folder: in batches, and one by one where a batch stumbles.

What a stranger would get wrong, each measured:
- BODY.PEEK[] only. BODYSTRUCTURE and ENVELOPE of one odd mail make a whole batch fail.
- A batch may come back short, without the body, with None or with b"". Those are asked for again,
  one by one, at last without PEEK (the folder is open read-only, so nothing is marked).
- A mail that breaks the line each time is handed on as "empty", and the next is fetched.
- imapclient takes an answer apart character by character: half of the time of a poll. Batches are read by
  imaplib with the two patterns below; whatever does not fit them is asked for again through imapclient.

Source: docs/sources.md, "Post"; RFC 3501.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from imapclient.exceptions import IMAPClientError

from mail.errors import TryLater
from mail.line import Line, MailboxSettings
from mail.values import Delivered, Place
from mail.words import is_stub

_META_BATCH = 200
# What imapclient raises over one bad answer of a server: its own errors, and its parser stumbling.
_BAD_ANSWER = (
    IMAPClientError, imaplib.IMAP4.error, ValueError, TypeError, IndexError, KeyError, OSError,
)  # fmt: skip
_BROKEN_IN_A_ROW = 5
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
_WHEN = re.compile(
    rb'\bINTERNALDATE "[ ]?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)
_MONTHS = b"JanFebMarAprMayJunJulAugSepOctNovDec"


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder and what lay in it when the poll began."""

    name: str
    uidvalidity: int
    uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meta:
    """A message's size and arrival, asked for before its body."""

    uid: int
    size: int
    received: datetime | None


def fetch_all(
    line: Line, folder: Folder, uids: Sequence[int], pause: Callable[[float], None]
) -> Iterator[Delivered]:
    """Yield every message of a folder that is still there, each as the server served it."""
    broken = 0
    for start in range(0, len(uids), _META_BATCH):
        metas = _metas(line, uids[start : start + _META_BATCH])
        for batch in batches(metas, line.settings):
            for meta, raw, why in _bodies(line, batch, pause):
                broken = broken + 1 if why == "broke" else 0
                if broken >= _BROKEN_IN_A_ROW:
                    raise TryLater(
                        "The mail server breaks the line at one message after the other."
                    )
                if why != "gone":
                    yield _delivered(line, folder, meta, raw)


def _metas(line: Line, uids: Sequence[int]) -> list[Meta]:
    """Return size and arrival of messages; what the server does not tell is 0 and None."""
    try:
        rows = _asked(line, uids, "(RFC822.SIZE INTERNALDATE)")
    except _BAD_ANSWER as error:
        if _line_broken(error):
            line.again()
        if len(uids) > 1:
            return [meta for uid in uids for meta in _metas(line, [uid])]
        return [Meta(uids[0], 0, None)]
    told = {}
    for row in rows:
        text = row[0] if isinstance(row, tuple) else row
        if isinstance(text, bytes) and (uid := _UID.search(text)):
            size = _SIZE.search(text)
            told[int(uid[1])] = int(size[1]) if size else 0, _arrived(text)
    # A message left out of the answer is asked for all the same: only its absence from SEARCH says it has gone.
    return [Meta(uid, *told.get(uid, (0, None))) for uid in uids]


def _asked(line: Line, uids: Sequence[int], items: str) -> list[bytes | tuple[bytes, bytes]]:
    """Return imaplib's own list for a FETCH: (head, literal) pairs and what stands between them.

    Raises:
        imaplib.IMAP4.error: the server answers NO or BAD, or the line broke.
    """
    wire = line.client._imap
    status, rows = wire.uid("FETCH", ",".join(map(str, uids)), items)
    if status != "OK":
        raise imaplib.IMAP4.error(f"fetch failed: {status}")
    return [row for row in rows if row]


def _arrived(text: bytes) -> datetime | None:
    found = _WHEN.search(text)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    shift = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    number, rest = divmod(_MONTHS.find(month.title()), 3)
    try:
        return datetime(
            int(year), number + 1 if not rest else 0, int(day), int(hour), int(minute), int(second),
            tzinfo=timezone(shift),
        )  # fmt: skip
    except ValueError:
        return None


def _line_broken(error: Exception) -> bool:
    return isinstance(error, (imaplib.IMAP4.abort, OSError))


def batches(metas: Sequence[Meta], settings: MailboxSettings) -> Iterator[list[Meta]]:
    batch: list[Meta] = []
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
    line: Line, batch: list[Meta], pause: Callable[[float], None]
) -> Iterator[tuple[Meta, bytes | None, str]]:
    """Yield each message with its bytes; `why` is "", "gone", "empty" or "broke"."""
    wanted = [m for m in batch if m.size <= line.settings.max_size]
    served: dict[int, bytes] = {}
    if len(wanted) > 1:
        try:
            served = _whole(_asked(line, [m.uid for m in wanted], "(BODY.PEEK[])"))
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


def _whole(rows: list[bytes | tuple[bytes, bytes]]) -> dict[int, bytes]:
    """Return the bodies that came whole, by UID; it may stand before or behind the body."""
    found: dict[int, bytes] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, tuple) or b"BODY[] {" not in row[0] or not row[1]:
            continue
        after = rows[number + 1] if number + 1 < len(rows) else b""
        uid = _UID.search(row[0]) or (_UID.search(after) if isinstance(after, bytes) else None)
        if uid:
            found[int(uid[1])] = row[1]
    return found


def _peek(line: Line, uids: list[int], item: str = "BODY.PEEK[]") -> dict[int, bytes]:
    """Return the bodies that came whole; the four empty shapes are left out."""
    answer = line.client.fetch(uids, [item])
    found: dict[int, bytes] = {}
    for uid in uids:
        body = answer[uid].get(b"BODY[]") if uid in answer else None
        if isinstance(body, bytes) and body:
            found[uid] = body
    return found


def _one(line: Line, uid: int, pause: Callable[[float], None]) -> tuple[bytes | None, str]:
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


def _delivered(line: Line, folder: Folder, meta: Meta, raw: bytes | None) -> Delivered:
    place = Place(line.settings.name, folder.name, folder.uidvalidity, meta.uid)
    if raw is None and meta.size > line.settings.max_size:
        return Delivered(place, None, meta.size, meta.received, "too_big", _head(line, meta.uid))
    if raw is None:
        return Delivered(place, None, meta.size, meta.received, "empty")
    if _stub(raw):
        return Delivered(place, None, len(raw), meta.received, "stub", raw[:65536])
    return Delivered(place, raw, len(raw), meta.received)


def _head(line: Line, uid: int) -> bytes:
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

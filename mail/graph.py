"""Microsoft Graph as the second road for post, behind the same functions as IMAP and SMTP.

For tenants that allow neither IMAP nor SMTP AUTH. By plain HTTPS: Microsoft's own library brings 46
packages and 473 MB. Five calls are used: list a folder, fetch a message's MIME, move, make a draft from
MIME and send it, and find a message by its internet Message-ID.

Graph has no UIDs. Its ids are strings that change when a mail moves (also the "immutable" ones, when
Outlook drags it), and a ledger of numbers knows them only by `number(id)`: 62 bits of a hash. A folder's
UIDVALIDITY is made from the folder's id in the same way, so a folder made anew is read again.

Sending: the draft's id is the proof. When the answer to /send is lost, a draft that is still there
has not gone; one that is no longer there has.

Source: docs/sources.md, "Post"; Microsoft Graph reference 1.0 (mail).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import requests

from mail import login
from mail.errors import TryLater
from mail.login import OAuthSettings, Tokens
from mail.sending import Accepted, Outcome, Refused, TryAgain, Uncertain
from mail.values import Delivered, Known, Place

_PAGE = 100
_MOST_PAGES = 1000
_SKIPPED = (
    "deleteditems",
    "junkemail",
    "drafts",
    "sentitems",
    "outbox",
    "syncissues",
    "conversationhistory",
)


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """One mailbox over Graph. `oauth.scope` must be Graph's own (`login.GRAPH_SCOPE`)."""

    mailbox: str
    oauth: OAuthSettings | Tokens
    account: str = ""
    base: str = "https://graph.microsoft.com/v1.0"
    skip: tuple[str, ...] = ()
    processed: str = "Processed"
    exceptions: str = "Exceptions"
    max_size: int = 60_000_000
    timeout: float = 30.0
    ca_file: str = ""

    @property
    def name(self) -> str:
        """The account's name in the ledger."""
        return self.account or self.mailbox


def number(identity: str) -> int:
    """Return the number by which the ledger knows a Graph id."""
    return int.from_bytes(sha256(identity.encode()).digest()[:8], "big") >> 2


class _Graph:
    """Calls with a token; a dead token is replaced once, and a busy server is time's matter."""

    def __init__(self, settings: GraphSettings) -> None:
        self.settings = settings
        tokens = login.as_tokens(settings.oauth)
        assert tokens is not None
        self.tokens: Tokens = tokens
        self.session = login.session(settings.ca_file, settings.timeout)
        self.root = f"{settings.base}/users/{quote(settings.mailbox)}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Return the answer to a call.

        Raises:
            TryLater: no answer, a refused token, or too busy.
        """
        url = path if path.startswith(self.settings.base) else self.root + path
        with _told():
            answer = self._once(method, url, **more)
            if answer.status_code == 401:
                self.tokens.forget()
                answer = self._once(method, url, **more)
        _complain(answer)
        return answer

    def _once(self, method: str, url: str, **more: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens.token()}",
            "Prefer": 'IdType="ImmutableId"',
        }
        headers |= more.pop("headers", {})
        # A redirect would carry the token to another host.
        return self.session.request(method, url, headers=headers, allow_redirects=False, **more)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield every item of a listing, page after page."""
        next_path = path
        for _ in range(_MOST_PAGES):
            answer = self.call("GET", next_path)
            if answer.status_code == 404:
                return
            told = _json(answer)
            yield from told.get("value", [])
            next_path = told.get("@odata.nextLink", "")
            if not next_path:
                return
            if not next_path.startswith(self.settings.base + "/"):
                raise TryLater("Microsoft Graph points to another host for the next page.")
        raise TryLater("Microsoft Graph's listing does not end.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise TryLater("Microsoft Graph's certificate is not trusted.", "certificate") from error
    except requests.exceptions.RequestException as error:
        raise TryLater("Microsoft Graph does not answer.") from error


def _complain(answer: requests.Response) -> None:
    match answer.status_code:
        case 401:
            raise TryLater("Microsoft Graph refuses our token.", "login")
        case 403:
            raise TryLater(
                "Microsoft Graph does not let this application into the mailbox.", "login"
            )
        case 429 | 503 | 504:
            raise TryLater("Microsoft Graph is too busy for us.", "throttled")
        case code if code >= 500 or 300 <= code < 400:
            raise TryLater(f"Microsoft Graph has trouble of its own ({code}).")


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as error:
        raise TryLater("Microsoft Graph's answer cannot be read.") from error
    return told if isinstance(told, dict) else {}


def waiting(settings: GraphSettings, known: Known) -> Iterator[Delivered]:
    """Yield every message that the mailbox shows and the ledger does not know; as `mailbox.waiting`.

    Raises:
        TryLater: Graph is away, refuses us, or is too busy; what was yielded stands.
    """
    graph = _Graph(settings)
    found = [(folder, list(_listing(graph, folder["id"]))) for folder in _folders(graph)]
    for folder, rows in found:
        validity = number(folder["id"])
        old = known(settings.name, folder["path"], validity)
        for row in rows:
            place = Place(settings.name, folder["path"], validity, number(row["id"]))
            if place.uid not in old and (delivered := _fetch(graph, place, row)):
                yield delivered


def _folders(graph: _Graph) -> list[dict[str, str]]:
    """Return the folders to read, the inbox first, with their paths."""
    closed = {_well_known(graph, name) for name in _SKIPPED} - {""}
    inbox = _well_known(graph, "inbox")
    skip = {s.lower() for s in graph.settings.skip}
    found: list[dict[str, str]] = []

    def walk(path: str, above: str, depth: int) -> None:
        for row in list(graph.pages(f"{path}?$top={_PAGE}&includeHiddenFolders=false")):
            name = above + str(row.get("displayName", ""))
            if row["id"] in closed or name.lower() in skip:
                continue
            shown = "INBOX" if row["id"] == inbox else name
            found.append({"id": str(row["id"]), "path": shown})
            if row.get("childFolderCount") and depth < 10:
                walk(f"/mailFolders/{quote(row['id'])}/childFolders", shown + "/", depth + 1)

    walk("/mailFolders", "", 0)
    return sorted(found, key=lambda f: f["path"] != "INBOX")


def _well_known(graph: _Graph, name: str) -> str:
    answer = graph.call("GET", f"/mailFolders/{name}?$select=id")
    return str(_json(answer).get("id", "")) if answer.status_code == 200 else ""


def _listing(graph: _Graph, folder: str) -> Iterator[dict[str, Any]]:
    fields = "id,receivedDateTime,internetMessageId,subject"
    yield from graph.pages(f"/mailFolders/{quote(folder)}/messages?$select={fields}&$top={_PAGE}")


def _fetch(graph: _Graph, place: Place, row: dict[str, Any]) -> Delivered | None:
    answer = graph.call("GET", f"/messages/{quote(row['id'])}/$value", stream=True)
    when = _instant(str(row.get("receivedDateTime", "")))
    if answer.status_code == 404:
        return None
    if answer.status_code != 200:
        return Delivered(place, None, 0, when, "empty")
    raw = _read(answer, graph.settings.max_size)
    if raw is None:
        head = f"Subject: {row.get('subject', '')}\r\nMessage-ID: {row.get('internetMessageId', '')}\r\n\r\n"
        return Delivered(
            place,
            None,
            graph.settings.max_size + 1,
            when,
            "too_big",
            head.encode("utf-8", "replace"),
        )
    if not raw:
        return Delivered(place, None, 0, when, "empty")
    return Delivered(place, raw, len(raw), when)


def _read(answer: requests.Response, limit: int) -> bytes | None:
    """Return the body, None when it is over the limit."""
    pieces: list[bytes] = []
    size = 0
    with _told():
        for piece in answer.iter_content(1 << 16):
            size += len(piece)
            if size > limit:
                answer.close()
                return None
            pieces.append(piece)
    expected = answer.headers.get("Content-Length", "")
    if expected.isdigit() and not answer.headers.get("Content-Encoding") and int(expected) != size:
        raise TryLater("Microsoft Graph broke off within a message.")
    return b"".join(pieces)


def _instant(text: str) -> datetime | None:
    try:
        made = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return made if made.tzinfo else None


def snapshot(settings: GraphSettings) -> dict[tuple[str, int], frozenset[int]]:
    """Return what every watched folder holds, by (folder, validity), as the ledger numbers it."""
    graph = _Graph(settings)
    return {
        (f["path"], number(f["id"])): frozenset(number(r["id"]) for r in _listing(graph, f["id"]))
        for f in _folders(graph)
    }


class Filing:
    """Moves several messages; each folder is listed once, and each move can be written down by itself."""

    def __init__(self, settings: GraphSettings) -> None:
        self.settings = settings
        self._ids: dict[tuple[str, int], dict[int, str]] = {}

    def __enter__(self) -> Filing:
        self._graph = _Graph(self.settings)
        self._folders = _folders(self._graph)
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.session.close()

    def file_away(self, place: Place, folder: str) -> Place | None:
        """Move a message and return where it lies now; None when it has gone.

        Raises:
            TryLater: Graph is away or refuses us; the message is where it was.
        """
        if place.folder == folder:
            return place
        message = self._listed(place).get(place.uid)
        if message is None:
            return None
        target = self._target(folder)
        answer = self._graph.call(
            "POST", f"/messages/{quote(message)}/move", json={"destinationId": target}
        )
        if answer.status_code == 404:
            return None
        if answer.status_code not in (200, 201):
            raise TryLater(f"Microsoft Graph did not move the email ({answer.status_code}).")
        new = number(str(_json(answer).get("id", "")))
        return Place(self.settings.name, folder, number(target), new)

    def _listed(self, place: Place) -> dict[int, str]:
        """Return the ids of the place's folder by the ledger's numbers; nothing when the folder is another now."""
        key = place.folder, place.uidvalidity
        if key not in self._ids:
            here = (f["id"] for f in self._folders if (f["path"], number(f["id"])) == key)
            source = next(here, None)
            rows = _listing(self._graph, source) if source else iter(())
            self._ids[key] = {number(row["id"]): str(row["id"]) for row in rows}
        return self._ids[key]

    def _target(self, folder: str) -> str:
        found = next((f["id"] for f in self._folders if f["path"] == folder), None)
        if found is None:
            found = _make(self._graph, folder)
            self._folders.append({"id": found, "path": folder})
        return found


def _make(graph: _Graph, folder: str) -> str:
    answer = graph.call("POST", "/mailFolders", json={"displayName": folder})
    made = str(_json(answer).get("id", "")) if answer.status_code == 201 else ""
    if not made:
        raise TryLater(f"Microsoft Graph did not make the folder {folder!r}.", "folder")
    return made


def find_sent(settings: GraphSettings, message_id: str) -> bool | None:
    """Tell whether Sent Items holds a message with this id; None when there is no such folder."""
    graph = _Graph(settings)
    if not _well_known(graph, "sentitems"):
        return None
    return bool(_by_message_id(graph, "sentitems", message_id))


def _by_message_id(graph: _Graph, folder: str, message_id: str) -> list[dict[str, Any]]:
    asked = quote("internetMessageId eq '" + message_id.replace("'", "''") + "'")
    return list(graph.pages(f"/mailFolders/{folder}/messages?$filter={asked}&$select=id"))


def check(settings: GraphSettings) -> list[str]:
    """Return what is wrong with the mailbox, in plain words; nothing when all is well."""
    try:
        names = {f["path"].lower() for f in _folders(_Graph(settings))}
    except TryLater as trouble:
        return [str(trouble)]
    return [
        f"There is no folder {name!r} in the mailbox: it will be made when the first email is moved."
        for name in (settings.processed, settings.exceptions)
        if name and name.lower() not in names
    ]


class Wire:
    """Sends letters over Graph; as `sending.Wire`."""

    def __init__(self, settings: GraphSettings) -> None:
        self.settings = settings

    def __enter__(self) -> Wire:
        self._graph = _Graph(self.settings)
        self._graph.tokens.token()
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.session.close()

    def deliver(self, raw: bytes, recipient: str) -> Outcome:
        """Send one letter and return what became of it; never raises for one bad letter.

        Graph takes the recipient from the letter's own To header, which `mail.compose` writes.
        """
        del recipient
        try:
            answer = self._graph.call(
                "POST",
                "/messages",
                data=base64.b64encode(raw),
                headers={"Content-Type": "text/plain"},
            )
        except TryLater as trouble:
            return TryAgain(0, str(trouble))
        draft = str(_json_or_empty(answer).get("id", ""))
        if answer.status_code != 201 or not draft:
            return Refused(
                answer.status_code,
                f"Microsoft Graph does not take the letter ({answer.status_code})",
            )
        return self._send(draft)

    def _send(self, draft: str) -> Outcome:
        try:
            answer = self._graph.call("POST", f"/messages/{quote(draft)}/send")
        except TryLater as trouble:
            return self._after(draft, str(trouble))
        if answer.status_code == 202:
            return Accepted("202 taken by Microsoft Graph")
        if answer.status_code == 404:
            return Uncertain("the draft vanished before it was sent")
        self._drop(draft)
        return Refused(
            answer.status_code, f"Microsoft Graph does not send the letter ({answer.status_code})"
        )

    def _after(self, draft: str, trouble: str) -> Outcome:
        """The answer to /send is lost: a draft that is still a draft has not gone."""
        try:
            answer = self._graph.call("GET", f"/messages/{quote(draft)}?$select=id,isDraft")
        except TryLater:
            return Uncertain(f"no answer after the letter was handed over: {trouble}")
        if answer.status_code == 200 and _json_or_empty(answer).get("isDraft"):
            # It might still leave the outbox late: the draft is taken away before another try.
            return TryAgain(0, trouble) if self._drop(draft) else Uncertain(trouble)
        return Accepted("the draft has left the mailbox")

    def _drop(self, draft: str) -> bool:
        try:
            return self._graph.call("DELETE", f"/messages/{quote(draft)}").status_code == 204
        except TryLater:
            return False


def send(settings: GraphSettings, raw: bytes, recipient: str) -> Outcome:
    """Send one letter."""
    try:
        with Wire(settings) as wire:
            return wire.deliver(raw, recipient)
    except TryLater as trouble:
        return TryAgain(0, str(trouble))


def _json_or_empty(answer: requests.Response) -> dict[str, Any]:
    try:
        return _json(answer)
    except TryLater:
        return {}


__all__ = [
    "Filing", "GraphSettings", "Wire", "check", "find_sent", "number", "send", "snapshot", "waiting",
]  # fmt: skip

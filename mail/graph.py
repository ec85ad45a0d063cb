"""Microsoft Graph as the second road for post: the mailbox, behind the same functions as IMAP.

For tenants that allow neither IMAP nor SMTP AUTH. Used are: list folders, list a folder, fetch a message's MIME, move,
and find a message by its internet Message-ID; sending stands in `mail.graph_sending`.

Graph has no UIDs. Its ids are strings that change when a mail moves (also the "immutable" ones, when
Outlook drags it), and a ledger of numbers knows them only by `number(id)`: 62 bits of a hash. A folder's
UIDVALIDITY is made from the folder's id in the same way, so a folder made anew is read again.

Folders are listed whole at each poll, ids only, a thousand a page, and not by delta queries: a delta token is a second
ledger, kept on the server's side, that expires, and whatever it forgets is lost. 30,000 emails are 30 calls; a mailbox
may make 10,000 in ten minutes.

Source: docs/sources.md, "Post"; Microsoft Graph reference 1.0 (mail).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from mail.errors import TryLater
from mail.graph_calls import Graph, GraphSettings, as_json, number, told
from mail.graph_sending import Wire
from mail.values import Delivered, Erased, Known, Place

_PAGE = 1000
_SKIPPED = (
    "deleteditems", "junkemail", "drafts", "sentitems", "outbox", "syncissues", "conversationhistory",
)  # fmt: skip

__all__ = [
    "Filing", "GraphSettings", "Wire", "check", "find_sent", "number", "snapshot", "waiting",
]  # fmt: skip


def waiting(settings: GraphSettings, known: Known) -> Iterator[Delivered]:
    """Yield every message that the mailbox shows and the ledger does not know; as `mailbox.waiting`.

    Raises:
        TryLater: Graph is away, refuses us, or is too busy; what was yielded stands.
    """
    graph = Graph(settings)
    found = [(folder, list(_listing(graph, folder["id"]))) for folder in _folders(graph)]
    for folder, rows in found:
        validity = number(folder["id"])
        old = known(settings.name, folder["path"], validity)
        for row in rows:
            place = Place(settings.name, folder["path"], validity, number(row["id"]))
            if place.uid not in old and (delivered := _fetch(graph, place, row)):
                yield delivered


def _folders(graph: Graph) -> list[dict[str, str]]:
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


def _well_known(graph: Graph, name: str) -> str:
    answer = graph.call("GET", f"/mailFolders/{name}?$select=id")
    return str(as_json(answer).get("id", "")) if answer.status_code == 200 else ""


def _listing(graph: Graph, folder: str) -> Iterator[dict[str, Any]]:
    fields = "id,receivedDateTime,internetMessageId"
    yield from graph.pages(f"/mailFolders/{quote(folder)}/messages?$select={fields}&$top={_PAGE}")


def _fetch(graph: Graph, place: Place, row: dict[str, Any]) -> Delivered | None:
    answer = graph.call("GET", f"/messages/{quote(row['id'])}/$value", stream=True)
    when = _instant(str(row.get("receivedDateTime", "")))
    if answer.status_code == 404:
        return None
    if answer.status_code != 200:
        return Delivered(place, None, 0, when, "empty")
    raw = _read(answer, graph.settings.max_size)
    if raw is None:
        return Delivered(
            place, None, graph.settings.max_size + 1, when, "too_big", _head(graph, row)
        )
    if not raw:
        return Delivered(place, None, 0, when, "empty")
    return Delivered(place, raw, len(raw), when)


def _head(graph: Graph, row: dict[str, Any]) -> bytes:
    """Return the header of a message that is too big to fetch, as far as Graph tells it."""
    path = f"/messages/{quote(row['id'])}?$select=subject,from,internetMessageId"
    with suppress(TryLater):
        row = row | as_json(graph.call("GET", path))
    sender = ((row.get("from") or {}).get("emailAddress") or {}).get("address", "")
    lines = {"From": sender, "Subject": row.get("subject"), "Message-ID": row.get("internetMessageId")}  # fmt: skip
    head = "".join(f"{k}: {' '.join(str(v).split())}\r\n" for k, v in lines.items() if v)
    return f"{head}\r\n".encode("utf-8", "replace")


def _read(answer: requests.Response, limit: int) -> bytes | None:
    """Return the body, None when it is over the limit."""
    pieces: list[bytes] = []
    size = 0
    with told():
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
    graph = Graph(settings)
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
        self._graph = Graph(self.settings)
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
        new = number(str(as_json(answer).get("id", "")))
        return Place(self.settings.name, folder, number(target), new)

    def erase(self, place: Place, is_it: Callable[[bytes], bool]) -> Erased:
        """Delete the message at a place for good, past the bin, if its bytes are those meant.

        Raises:
            TryLater: Graph is away or refuses us; the message is where it was.
        """
        message = self._listed(place).get(place.uid)
        there = _fetch(self._graph, place, {"id": message}) if message else None
        if there is None or there.raw is None or not is_it(there.raw):
            return "not found"
        path = f"/messages/{quote(str(message))}/permanentDelete"
        answer = self._graph.call("POST", path)
        if answer.status_code == 404:
            return "not found"
        if answer.status_code not in (200, 204):
            raise TryLater(f"Microsoft Graph did not delete the email ({answer.status_code}).")
        return "deleted"

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


def _make(graph: Graph, folder: str) -> str:
    answer = graph.call("POST", "/mailFolders", json={"displayName": folder})
    made = str(as_json(answer).get("id", "")) if answer.status_code == 201 else ""
    if not made:
        raise TryLater(f"Microsoft Graph did not make the folder {folder!r}.", "folder")
    return made


def find_sent(settings: GraphSettings, message_id: str) -> bool | None:
    """Tell whether Sent Items holds a message with this id; None when there is no such folder."""
    graph = Graph(settings)
    if not _well_known(graph, "sentitems"):
        return None
    return bool(_by_message_id(graph, "sentitems", message_id))


def _by_message_id(graph: Graph, folder: str, message_id: str) -> list[dict[str, Any]]:
    asked = quote("internetMessageId eq '" + message_id.replace("'", "''") + "'")
    return list(graph.pages(f"/mailFolders/{folder}/messages?$filter={asked}&$select=id"))


def check(settings: GraphSettings) -> list[str]:
    """Return what is wrong with the mailbox, in plain words; nothing when all is well."""
    try:
        names = {f["path"].lower() for f in _folders(Graph(settings))}
    except TryLater as trouble:
        return [str(trouble)]
    return [
        f"There is no folder {name!r} in the mailbox: it will be made when the first email is moved."
        for name in (settings.processed, settings.exceptions)
        if name and name.lower() not in names
    ]

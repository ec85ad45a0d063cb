"""Microsoft Graph, the calls that are used."""

from __future__ import annotations

import base64
import http.server
import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loopback import serve


@dataclass
class FakeGraph:
    base: str = ""
    folders: dict[str, str] = field(
        default_factory=lambda: {
            "in": "Inbox",
            "sent": "Sent Items",
            "bin": "Deleted Items",
            "kept": "Spring term",
        }
    )
    messages: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # id -> (folder, MIME)
    good: Callable[[str], bool] = lambda token: True
    lose_send_answer: str = ""  # "gone": sent, then 503; "kept": not sent, 503
    status: int = 0
    throttle: int = 0  # so many calls more are answered 429 with Retry-After
    retry_after: str = "7"
    calls: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, Prefer
    sent: list[bytes] = field(default_factory=list)
    count: int = 0

    def add(self, folder: str, raw: bytes) -> str:
        self.count += 1
        self.messages[f"id{self.count}"] = (folder, raw)
        return f"id{self.count}"


_WELL_KNOWN = {"inbox": "in", "sentitems": "sent", "deleteditems": "bin"}


@contextmanager
def fake_graph() -> Iterator[FakeGraph]:
    state = FakeGraph()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def out(
            self,
            told: Any = None,
            code: int = 200,
            kind: str = "application/json",
            retry_after: str = "",
        ) -> None:
            body = (
                told
                if isinstance(told, bytes)
                else json.dumps(told).encode()
                if told is not None
                else b""
            )
            self.send_response(code)
            self.send_header("Content-Type", kind)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def gate(self) -> list[str] | None:
            length = int(self.headers.get("Content-Length") or 0)
            self.body = self.rfile.read(length)
            state.calls.append((self.command, self.path, self.headers.get("Prefer", "")))
            if state.throttle:
                state.throttle -= 1
                self.out({"error": {}}, 429, retry_after=state.retry_after)
                return None
            if not state.good(self.headers.get("Authorization", "").removeprefix("Bearer ")):
                self.out({"error": {}}, 401)
                return None
            if state.status:
                self.out({"error": {}}, state.status)
                return None
            path, _, query = self.path.partition("?")
            self.query = urllib.parse.parse_qs(query)
            pieces = [urllib.parse.unquote(p) for p in path.split("/")[4:]]
            return pieces

        def do_GET(self) -> None:
            pieces = self.gate()
            match pieces:
                case None:
                    return
                case ["mailFolders"]:
                    self.out(
                        {
                            "value": [
                                {"id": i, "displayName": n, "childFolderCount": 0}
                                for i, n in state.folders.items()
                            ]
                        }
                    )
                case ["mailFolders", name]:
                    folder = _WELL_KNOWN.get(name, name)
                    self.out(
                        {"id": folder} if folder in state.folders else {},
                        200 if folder in state.folders else 404,
                    )
                case ["mailFolders", name, "messages"]:
                    self.listing(_WELL_KNOWN.get(name, name))
                case ["messages", message]:
                    there = message in state.messages
                    folder, raw = state.messages.get(message, ("", b""))
                    told = {"id": message, "isDraft": folder == "drafts"}
                    if b"Subject: " in raw:
                        told["subject"] = raw.partition(b"Subject: ")[2].splitlines()[0].decode()
                        told["from"] = {"emailAddress": {"address": "office@alder.example"}}
                    self.out(told if there else {}, 200 if there else 404)
                case ["messages", message, "$value"]:
                    there = message in state.messages
                    self.out(
                        state.messages[message][1] if there else b"",
                        200 if there else 404,
                        "text/plain",
                    )
                case _:
                    self.out({}, 404)

        def listing(self, folder: str) -> None:
            rows = [(i, raw) for i, (f, raw) in state.messages.items() if f == folder]
            if asked := self.query.get("$filter"):
                wanted = re.search(r"eq '(.*)'$", asked[0])[1].replace("''", "'")
                rows = [(i, raw) for i, raw in rows if b"Message-ID: " + wanted.encode() in raw]
            start = int(self.query.get("$skip", ["0"])[0])
            told: dict[str, Any] = {
                "value": [
                    {"id": i, "receivedDateTime": "2026-10-22T08:14:00Z"}
                    for i, _ in rows[start : start + 2]
                ]
            }
            if start + 2 < len(rows):
                told["@odata.nextLink"] = (
                    f"{state.base}/users/x/mailFolders/{folder}/messages?$skip={start + 2}"
                )
            self.out(told)

        def do_POST(self) -> None:
            pieces = self.gate()
            match pieces:
                case None:
                    return
                case ["mailFolders"]:
                    name = json.loads(self.body)["displayName"]
                    state.folders["f" + name] = name
                    self.out({"id": "f" + name}, 201)
                case ["messages"]:
                    self.out({"id": state.add("drafts", base64.b64decode(self.body))}, 201)
                case ["messages", message, "move"]:
                    if message not in state.messages:
                        return self.out({}, 404)
                    _, raw = state.messages.pop(message)
                    self.out({"id": state.add(json.loads(self.body)["destinationId"], raw)}, 201)
                case ["messages", message, "permanentDelete"]:
                    gone = state.messages.pop(message, None)
                    self.out(None if gone else {}, 204 if gone else 404)
                case ["messages", message, "send"]:
                    if state.lose_send_answer == "kept":
                        return self.out({}, 503)
                    _, raw = state.messages.pop(message)
                    state.sent.append(raw)
                    state.add("sent", raw)
                    self.out(None, 503 if state.lose_send_answer else 202)
                case _:
                    self.out({}, 404)

        def do_DELETE(self) -> None:
            pieces = self.gate()
            if pieces and state.messages.pop(pieces[-1], None):
                self.out(None, 204)
            elif pieces:
                self.out(None, 404)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with serve(server) as port:
        state.base = f"http://127.0.0.1:{port}/v1.0"
        yield state

"""An IMAP double for answers that no honest server gives."""

from __future__ import annotations

import re
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from loopback import Threaded, serve


@dataclass
class FakeMail:
    """One message of the double. `answers` are the FETCH bodies in turn, the last one for ever.

    Each is bytes, or "absent", "nobody" (no BODY[]), "nil", "no" (tagged NO), "drop" (line broken).
    """

    answers: list[Any]
    size: int = 100
    asked: list[str] = field(default_factory=list)


@dataclass
class FakeImap:
    port: int = 0
    folders: dict[str, dict[int, FakeMail]] = field(default_factory=lambda: {"INBOX": {}})
    flags: dict[str, str] = field(default_factory=dict)
    uidvalidity: dict[str, int | None] = field(default_factory=dict)
    refuse_login: str = ""
    refuse_select: str = ""
    commands: list[str] = field(default_factory=list)


@contextmanager
def fake_imap() -> Iterator[FakeImap]:
    double = FakeImap()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str | bytes) -> None:
            self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

        def handle(self) -> None:
            with suppress(OSError, ConnectionError):
                self.say("* OK [CAPABILITY IMAP4rev1 UIDPLUS] double ready")
                self.folder = "INBOX"
                while line := self.rfile.readline():
                    if not self.command(line.decode("utf-8", "replace").strip()):
                        return

        def command(self, line: str) -> bool:
            tag, _, rest = line.partition(" ")
            verb = rest.upper()
            double.commands.append(rest)
            if verb.startswith("LOGIN"):
                self.say(f"{tag} {double.refuse_login or 'OK logged in'}")
            elif verb.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1 UIDPLUS")
                self.say(f"{tag} OK done")
            elif verb.startswith("LIST"):
                for name in double.folders:
                    self.say(f'* LIST ({double.flags.get(name, "")}) "/" "{name}"')
                self.say(f"{tag} OK done")
            elif verb.startswith(("SELECT", "EXAMINE")):
                return self.select(tag, rest)
            elif verb.startswith("UID SEARCH"):
                uids = double.folders[self.folder]
                wanted = re.search(r"\bUID (\d+)$", rest)
                found = [u for u in uids if not wanted or int(wanted[1]) == u]
                self.say("* SEARCH " + " ".join(map(str, found)))
                self.say(f"{tag} OK done")
            elif verb.startswith("UID FETCH"):
                return self.fetch(tag, rest)
            elif verb.startswith("LOGOUT"):
                self.say("* BYE")
                self.say(f"{tag} OK bye")
                return False
            else:
                self.say(f"{tag} OK done")
            return True

        def select(self, tag: str, rest: str) -> bool:
            name = rest.split(" ", 1)[1].strip('"')
            if double.refuse_select:
                self.say(f"{tag} {double.refuse_select}")
                return True
            self.folder = name
            self.say(f"* {len(double.folders[name])} EXISTS")
            validity = double.uidvalidity.get(name, 7)
            if validity is not None:
                self.say(f"* OK [UIDVALIDITY {validity}] valid")
            self.say(f"{tag} OK [READ-ONLY] done")
            return True

        def fetch(self, tag: str, rest: str) -> bool:
            ids = rest.split(" ")[2]
            uids = [int(u) for u in re.findall(r"\d+", ids)] if ":" not in ids else _range(ids)
            for number, uid in enumerate(uids, 1):
                mail = double.folders[self.folder].get(uid)
                if mail is None:
                    continue
                if "RFC822.SIZE" in rest:
                    self.say(
                        f'* {number} FETCH (UID {uid} RFC822.SIZE {mail.size} INTERNALDATE "22-Oct-2026 09:14:00 +0100")'
                    )
                    continue
                mail.asked.append(rest)
                answer = mail.answers.pop(0) if len(mail.answers) > 1 else mail.answers[0]
                part = "BODY[HEADER]" if "HEADER" in rest else "BODY[]"
                if answer == "drop":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return False
                if answer == "no":
                    self.say(f"{tag} NO Server Unavailable. 15")
                    return True
                if answer == "nobody":
                    self.say(f"* {number} FETCH (UID {uid} FLAGS (\\Seen))")
                elif answer == "nil":
                    self.say(f"* {number} FETCH (UID {uid} {part} NIL)")
                elif isinstance(answer, bytes):
                    self.say(f"* {number} FETCH (UID {uid} {part} {{{len(answer)}}}".encode())
                    self.wfile.write(answer + b")\r\n")
            self.say(f"{tag} OK done")
            return True

    with serve(Threaded(("127.0.0.1", 0), Handler)) as port:
        double.port = port
        yield double


def _range(ids: str) -> list[int]:
    found: list[int] = []
    for piece in ids.split(","):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found

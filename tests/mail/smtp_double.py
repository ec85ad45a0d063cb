"""SMTP that misbehaves on order."""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopback import Threaded, serve


@dataclass
class BadSmtp:
    """What a recipient's local part orders: ok, drop-after-dot, drop-in-data, drop-at-rcpt, slow-answer,
    NNN-rcpt, NNN-data, NNN-mail (NNN a reply code)."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    greeting: str = "220 ready"
    after: Callable[[str, bytes], None] | None = None
    orders: Callable[[str], str] | None = None  # instead of the recipient's local part
    ordered: Counter[str] = field(default_factory=Counter)
    auth: Callable[[str, bytes], bool] | None = None
    advertise_auth: str = "PLAIN LOGIN"


@contextmanager
def bad_smtp(tls: tuple[Path, Path] | None = None) -> Iterator[BadSmtp]:
    state = BadSmtp()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            state.connections += 1
            with suppress(OSError, ConnectionError):
                self.say(state.greeting)
                order = "ok"
                recipient = ""
                while line := self.rfile.readline():
                    text = line.decode("utf-8", "replace").strip()
                    state.commands.append(text)
                    verb = text.upper()
                    if verb.startswith("EHLO"):
                        more = f"250-AUTH {state.advertise_auth}\r\n" if state.auth else ""
                        start = (
                            "250-STARTTLS\r\n"
                            if tls and not isinstance(self.connection, ssl.SSLSocket)
                            else ""
                        )
                        self.say(f"250-double\r\n{more}{start}250 SIZE 50000000")
                    elif verb.startswith("STARTTLS") and tls:
                        self.say("220 go")
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(*tls)
                        self.connection = self.request = context.wrap_socket(
                            self.request, server_side=True
                        )
                        self.rfile, self.wfile = (
                            self.connection.makefile("rb"),
                            self.connection.makefile("wb", 0),
                        )
                    elif verb.startswith("AUTH"):
                        self.sign_in(text)
                    elif verb.startswith("MAIL"):
                        self.say("250 ok")
                    elif verb.startswith("RCPT"):
                        recipient = text.partition("<")[2].partition(">")[0]
                        order = (
                            state.orders(recipient) if state.orders else recipient.partition("@")[0]
                        )
                        state.ordered[order] += 1
                        if order == "drop-at-rcpt":
                            return
                        code = re.fullmatch(r"(\d{3})-rcpt", order)
                        self.say(f"{code[1]} as ordered" if code else "250 ok")
                    elif verb.startswith("DATA"):
                        if not self.data(order, recipient):
                            return
                    elif verb.startswith("QUIT"):
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        def sign_in(self, text: str) -> None:
            _, mechanism, *rest = text.split(" ")
            data = base64.b64decode(rest[0]) if rest else b""
            if state.auth and state.auth(mechanism.upper(), data):
                self.say("235 welcome")
                return
            if mechanism.upper() in ("XOAUTH2", "OAUTHBEARER"):
                self.say("334 " + base64.b64encode(b'{"status":"401"}').decode())
                self.rfile.readline()
            self.say("535 5.7.3 refused")

        def data(self, order: str, recipient: str) -> bool:
            self.say("354 go on")
            body = b""
            while (line := self.rfile.readline()) and line != b".\r\n":
                body += line[1:] if line.startswith(b".") else line
                if order == "drop-in-data":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return False
            if not line:
                return False
            code = re.fullmatch(r"(\d{3})-data", order)
            if code:
                self.say(f"{code[1]} as ordered")
                return True
            if order == "drop-after-dot-untaken":
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            state.taken.append((recipient, body))
            if state.after:
                state.after(recipient, body)
            if order == "drop-after-dot":
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            if order == "slow-answer":
                time.sleep(3)
            self.say("250 2.0.0 taken")
            return True

    with serve(Threaded(("127.0.0.1", 0), Handler)) as port:
        state.port = port
        yield state


def deliver(settings: Any, raw: bytes, recipient: str) -> Any:
    """Send one letter on a connection of its own."""
    from mail.errors import TryLater
    from mail.sending import TryAgain, Wire

    try:
        with Wire(settings) as wire:
            return wire.deliver(raw, recipient)
    except TryLater as trouble:
        return TryAgain(0, str(trouble))

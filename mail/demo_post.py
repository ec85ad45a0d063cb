"""The demonstration's own post: an IMAP mailbox and an SMTP server on loopback, nothing else.

The mailbox is pymap's Maildir backend in a child process. It keeps UIDs and UIDVALIDITY in its folder, so
a second run goes on where the first stopped; its in-memory backend would hand every email out again
under new UIDs. The child ends when its parent does: it watches its standard input.

What is sent is caught: one .eml file a letter, and a copy in the mailbox's Sent folder, as Exchange
keeps one. Nothing here can reach anybody.

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import logging
import mailbox as maildirs
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from imapclient import IMAPClient
from pysasl.hashing import BuiltinHash

USER = "cme@wrenshire.example"
PASSWORD = "embedded"
FOLDERS = ("Processed", "Exceptions", "Sent")
_PATIENCE = 20.0
_CHILD = (
    "import os, sys, threading\n"
    "def gone():\n"
    "    sys.stdin.buffer.read()\n"
    "    os._exit(0)\n"
    "threading.Thread(target=gone, daemon=True).start()\n"
    "from pymap.main import main\n"
    "main()\n"
)


@dataclass(slots=True)
class DemoPost:
    """The running pair of servers."""

    imap_port: int
    smtp_port: int
    user: str
    password: str
    _child: subprocess.Popen[bytes] = field(repr=False)
    _smtp: Controller = field(repr=False)

    def deliver(self, raw: bytes) -> None:
        """Put an email into the inbox, as if it had just come."""
        _append(self.imap_port, self.user, self.password, "INBOX", raw)

    def stop(self) -> None:
        """Stop both servers; what lies in the mailbox stays."""
        with suppress(Exception):
            self._smtp.stop()
        if self._child.stdin:
            with suppress(OSError):
                self._child.stdin.close()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(timeout=5)


def start(
    folder: Path | str,
    sent_folder: Path | str | None = None,
    imap_port: int = 0,
    smtp_port: int = 0,
    user: str = USER,
    password: str = PASSWORD,
) -> DemoPost:
    """Start the servers on loopback, with the mailbox in `folder`; sent letters go to `sent_folder`.

    A port of 0 takes any free one. `sent_folder` defaults to "sent" beside the mailbox.

    Raises:
        RuntimeError: the mailbox did not answer in time.
    """
    base = Path(folder).resolve()
    sent = Path(sent_folder).resolve() if sent_folder else base / "sent"
    sent.mkdir(parents=True, exist_ok=True)
    _prepare(base, user, password)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own, which warns of itself
    port = imap_port or free_port()
    child = _child(base, port)
    try:
        _wait(child, port, user, password)
        smtp = Controller(
            _Catch(sent, port, user, password), hostname="127.0.0.1", port=smtp_port or free_port(),
            auth_require_tls=False, authenticator=_open_door, auth_required=False,
            decode_data=False,
        )  # fmt: skip
        smtp.start()
    except BaseException:
        child.kill()
        raise
    return DemoPost(port, int(smtp.port), user, password, child, smtp)


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepare(base: Path, user: str, password: str) -> None:
    base.mkdir(parents=True, exist_ok=True)
    root = maildirs.Maildir(base / "mail", create=True)
    for name in FOLDERS:
        if name not in root.list_folders():
            root.add_folder(name)
    (base / "pymap-etc-passwd").write_text(f"{user}:x::::mail:\n")
    shadow = base / "pymap-etc-shadow"
    # Few rounds: the password guards nothing, and every poll signs in anew.
    shadow.write_text(f"{user}:{BuiltinHash(rounds=1000).hash(password)}:::::::\n")
    shadow.chmod(0o600)


def _child(base: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = [
        "--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "managesieve",
        "--no-service", "admin", "maildir", str(base),
    ]  # fmt: skip
    with (base / "server.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", _CHILD, *arguments],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=base,
        )


def _wait(child: subprocess.Popen[bytes], port: int, user: str, password: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and child.poll() is None:
        with suppress(Exception):
            _client(port, user, password).logout()
            return
        time.sleep(0.1)
    raise RuntimeError("the demonstration's mailbox did not start; see server.log in its folder")


def _client(port: int, user: str, password: str) -> IMAPClient:
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    client._imap.debug = 0
    client.login(user, password)
    return client


def _append(port: int, user: str, password: str, folder: str, raw: bytes) -> None:
    client = _client(port, user, password)
    try:
        client.append(folder, raw)
    finally:
        with suppress(Exception):
            client.logout()


def _open_door(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Let anybody in: what comes here is caught and goes nowhere."""
    return AuthResult(success=True)


class _Catch:
    """Writes what is sent into a folder, and a copy into Sent."""

    def __init__(self, folder: Path, port: int, user: str, password: str) -> None:
        self.folder, self.port, self.user, self.password = folder, port, user, password
        self.count = len(list(folder.glob("*.eml")))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        raw = bytes(envelope.content or b"")
        self.count += 1
        while (path := self.folder / f"{self.count:04d}.eml").exists():
            self.count += 1
        path.write_bytes(raw)
        with suppress(Exception):
            await asyncio.to_thread(_append, self.port, self.user, self.password, "Sent", raw)
        return f"250 2.0.0 caught as {path.name}"

"""The post's speed: fetching against reading the same files, reading against the bare reader.

Fetch: 1,000 emails of about 100 kB over IMAP from a local Dovecot, against three limits in the same run: what the server
itself gives to a bare socket that throws every byte away (one command for all; nobody can be faster), reading the same
Maildir files and keeping them, and reading them and throwing them away. The files are in the page cache, so that the last
two compare a server and a socket with copying memory: they are told, and the first ratio is promised.
Read: `read_email` against the bare guarded tree (parse, decode every part), in one run.

    python benchmarks/mail.py [--messages 1000] [--json]

Exit 1 when a ratio is below the promised one (0.8 each).
"""

from __future__ import annotations

import argparse
import base64
import email
import json
import os
import random
import resource
import socket
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "mail")]

import servers  # noqa: E402

from mail import headers, mailbox  # noqa: E402
from mail.mailbox import MailboxSettings  # noqa: E402
from mail.message import read_email  # noqa: E402

PROMISED = 0.8


def sample(number: int) -> bytes:
    """Return an email of about 100 kB: text, page, a Word file and a PDF of noise."""
    chance = random.Random(number)
    text = "The family was last seen on 12 October. " * 40
    page = f"<html><body><p>{text}</p></body></html>"
    files = [
        ("application/octet-stream; name=Form.docx", b"\xd0" + chance.randbytes(45_000)),
        ("application/pdf; name=Letter.pdf", b"%PDF-1.4\n" + chance.randbytes(28_000)),
    ]
    out = [
        f"From: Office <office{number % 50}@alder.example>\r\nTo: cme@council.example\r\n"
        f"Subject: CME referral {number}\r\nDate: Thu, 22 Oct 2026 09:14:00 +0100\r\n"
        f"Message-ID: <m{number}@alder.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        'Content-Type: multipart/alternative; boundary="c"\r\n\r\n'
    ]
    for kind, words in (("text/plain", text), ("text/html", page)):
        out.append(f"--c\r\nContent-Type: {kind}; charset=utf-8\r\n{_encoded(words.encode())}")
    out.append("--c--\r\n")
    out += [f"--b\r\nContent-Type: {kind}\r\n{_encoded(data)}" for kind, data in files]
    return ("".join(out) + "--b--\r\n").encode()


def _encoded(data: bytes) -> str:
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return f"Content-Transfer-Encoding: base64\r\n\r\n{body}"


def peak() -> int:
    """Return this process's peak memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def best(work, times: int = 3) -> float:
    """Return the shortest of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def fetch(count: int) -> dict[str, float]:
    """Measure fetching against reading the files."""
    with servers.dovecot() as server:
        user = server.account()
        client = server.client(user)
        for number in range(count):
            client.append("INBOX", sample(number))
        client.logout()
        settings = MailboxSettings(
            "127.0.0.1", server.port, user, tls="none", password=servers.PASSWORD
        )
        place = server.maildir(user)
        paths = [p for box in ("new", "cur") for p in (place / box).iterdir()]
        assert len(paths) == count
        before = peak()

        def over_imap() -> None:
            got = sum(len(d.raw or b"") for d in mailbox.waiting(settings, lambda *_: frozenset()))
            assert got >= count * 90_000

        def from_files() -> None:
            for path in paths:
                handle = os.open(path, os.O_RDONLY)
                with os.fdopen(handle, "rb") as file:
                    file.read()

        def kept_from_files() -> None:
            assert len([path.read_bytes() for path in paths]) == count

        def socket_alone() -> None:
            drain(server.port, user)

        over_imap()
        mail, files, kept = best(over_imap), best(from_files), best(kept_from_files)
        bare = best(socket_alone)
        return {
            "messages": count, "imap_per_second": count / mail, "server_to_a_bare_socket_per_second": count / bare,
            "files_kept_per_second": count / kept, "files_per_second": count / files,
            "ratio": bare / mail, "ratio_to_files_kept": kept / mail, "ratio_to_files": files / mail,
            "peak_mb_before": before, "peak_mb_after": peak(),
        }  # fmt: skip


def drain(port: int, user: str) -> None:
    """Let the server send every body in one answer, and throw it away: the server's own limit."""
    buffer, tail = bytearray(1 << 20), b""
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(f"a LOGIN {user} {servers.PASSWORD}\r\nb EXAMINE INBOX\r\n".encode())
        wire.sendall(b"c UID FETCH 1:* (BODY.PEEK[])\r\n")
        while b"\nc OK" not in tail:
            size = wire.recv_into(buffer)
            assert size
            tail = tail[-64:] + bytes(buffer[max(0, size - 64) : size])


def read(count: int) -> dict[str, float]:
    """Measure the whole reader against its bare guarded tree."""
    raws = [sample(n) for n in range(count)]

    def bare() -> None:
        for raw in raws:
            message = email.message_from_bytes(raw)
            for part in message.walk():
                headers.content_type(part)
                headers.file_name(part)
                part.get_payload(decode=True)
            for name in ("From", "To", "Subject", "Date", "Message-ID"):
                headers.first(message, name)

    def whole() -> None:
        for raw in raws:
            read_email(raw)

    whole()
    ours, theirs = best(whole), best(bare)
    return {
        "messages": count, "read_per_second": count / ours, "bare_per_second": count / theirs,
        "ratio": theirs / ours, "peak_mb": peak(),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    told = {"read": read(min(chosen.messages, 200)), "fetch": fetch(chosen.messages)}
    if chosen.json:
        print(json.dumps(told))
    else:
        for what, figures in told.items():
            print(what, ", ".join(f"{k} {v:,.2f}" for k, v in figures.items()))
    return int(any(figures["ratio"] < PROMISED for figures in told.values()))


if __name__ == "__main__":
    sys.exit(main())

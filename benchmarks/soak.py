"""The soak: thousands of emails and letters, an officer in the same mailbox, crashes, and every one accounted for.

Intake: emails come into a real Dovecot while an officer reads, flags, files, bins and deletes between the polls; the polling
process is killed (SIGKILL) every 20 polls at a commit point or at any moment, and the mailbox is rebuilt twice. In the
end each email that a whole poll could see must be on file once, byte for byte, in one end state. Then the same process
goes on for some more polls without a crash, and its memory must stay flat.

Outbox: letters go to a server that takes them and drops the line, drops it earlier, or puts off, and the sender is killed
again and again; once with a Sent folder that keeps copies (some of them late), once without. Each letter must have gone
once, or stand before the officer as uncertain.

    python -m benchmarks.soak [--mails 5000] [--letters 1000] [--crashes 50] [--seed 7] [--json]

Exit 1 when anything is lost or doubled, or memory grows by more than a tenth.
"""

from __future__ import annotations

import argparse
import base64
import email
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "mail")]

import servers  # noqa: E402

from benchmarks.soak_run import SERIAL, digest  # noqa: E402

POLLS_A_LIFE = 20
POINTS = [
    ("cases.record.ledger", "_sight", "before"), ("cases.record.ledger", "keep", "after"),
    ("cases.filing", "examine", "after"), ("cases.record.arrivals", "end", "before"),
    ("cases.filing", "file_arrival", "after"), ("cases.record.ledger", "mark_moved", "before"),
    ("cases.record.ledger", "mark_moved", "after"), None,
]  # fmt: skip
SENDING_POINTS = [
    ("cases.record.letters", "claim", "after"), ("cases.record.letters", "mark_sent", "before"),
    ("cases.record.letters", "mark_sent", "after"), ("cases.record.letters", "put_off", "before"),
    ("cases.record.letters", "mark_uncertain", "before"), None,
]  # fmt: skip
GROWTH = 1.10


class Died(Exception):
    """The program was killed while it obeyed."""


class Program:
    """The polling or sending process; started again after each death."""

    def __init__(self, folder: Path, mailbox: dict[str, Any], sending: dict[str, Any]) -> None:
        config = yaml.safe_load((ROOT / "config.yaml").read_text())
        config["mailbox"] |= {"kind": "imap", "host": "127.0.0.1", "tls": "none", **mailbox}
        config["sending"] |= {"stop_when_queued": 10**6, "per_minute": 600, **sending}
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump(config))
        self.env = {
            **os.environ, "CME_DATA": str(folder / "data"), "CME_SECRETS": str(folder / "secrets"),
            "CME_CONFIG": str(file), "CME_MAILBOX_PASSWORD": servers.PASSWORD,
            "DJANGO_SETTINGS_MODULE": "cases.settings",
        }  # fmt: skip
        self.process: subprocess.Popen[str] | None = None
        self.deaths = 0

    def __call__(
        self, do: str, *more: Any, die: Any = None, after: float | None = None
    ) -> dict[str, Any]:
        """Give an order and return the answer; with `after`, kill the process so many seconds later.

        Raises:
            Died: it was killed before it answered.
        """
        process = self._process()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(after, process.kill) if after is not None else None
        if timer:
            timer.start()
        try:
            process.stdin.write(json.dumps({"do": do, "with": more, "die": die}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if timer:
            timer.cancel()
        if line:
            return dict(json.loads(line))
        code = process.wait(timeout=30)
        if code != -9:
            raise RuntimeError(f"the program ended by itself with {code}")
        self.deaths += 1
        self.process = None
        raise Died

    def _process(self) -> subprocess.Popen[str]:
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from benchmarks.soak_run import main; main()"],
                cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        return self.process

    def close(self) -> None:
        """End the process."""
        if self.process and self.process.stdin:
            self.process.stdin.close()
            self.process.wait(timeout=30)
            self.process = None


# --- emails, and an officer ------------------------------------------------------------------------


def mail(number: int, chance: random.Random) -> tuple[bytes, bool]:
    """Return an email that is quick to read, and whether it brings a child of its own."""
    kind = chance.random()
    head = (
        f"X-Soak: {number}\r\nFrom: Office <office{number % 60}@alder.example>\r\nTo: cme@wrenshire.example\r\n"
        f"Subject: About a pupil, {number}\r\nDate: Thu, 22 Oct 2026 09:14:00 +0100\r\n"
    )
    if kind >= 0.03:  # a mail in 33 bears no Message-ID, one in 50 that of the mail before
        head += f"Message-ID: <m{number - (kind > 0.98)}@alder.example>\r\n"
    if kind < 0.2:
        head += "Auto-Submitted: auto-replied\r\n"
    elif kind < 0.3:
        head += "Precedence: bulk\r\nList-Id: <news.alder.example>\r\n"
    elif kind < 0.32:
        return _form(number, head), True
    return (head + f"\r\nPlease ring us about number {number}.\r\n").encode(), False


def _form(number: int, head: str) -> bytes:
    body = base64.encodebytes(_word(number)).decode().replace("\n", "\r\n")
    return (
        head + 'MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="form.docx"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{body}"
    ).encode()


def _word(number: int) -> bytes:
    """Return a referral form about a child whom no other form is about."""
    chance = random.Random(number)
    surname, forename = ("".join(chance.choices("abdefgilmnoprstuvw", k=9)).title() for _ in "xy")
    rows = {
        "Surname": surname, "First name(s)": forename, "Home address": f"{number} Quayside Row, Wrenport",
        "Date of birth": f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{2011 + number % 9}",
        "Current/previous school": "Alder Grove Primary School", "Date last attended": "05/10/2026",
        "Reason for referral": "Has not been seen since; neighbours say that the family has left.",
    }  # fmt: skip
    document = docx.Document()
    document.add_heading("Children Missing Education Referral Form")
    table = document.add_table(rows=0, cols=2)
    for label, value in rows.items():
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass
class Officer:
    """A colleague in the same mailbox, who does as they please between the polls."""

    client: Any
    chance: random.Random
    lying: Counter[int] = field(default_factory=Counter)  # copies of each email outside the bin
    did: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Read, flag, file, file back, bin and delete."""
        for folder in ("INBOX", "Spring term", "To do", "Processed", "Exceptions"):
            self.client.select_folder(folder)
            busy = 0.02 if folder in ("Processed", "Exceptions") else 1.0
            for uid in self.client.search("ALL"):
                if self.chance.random() < busy:
                    self._one(uid, folder)

    def _one(self, uid: int, folder: str) -> None:
        dice = self.chance.random()
        if dice < 0.20:
            self.did["read"] += 1
            self.client.add_flags([uid], [b"\\Seen"])
        elif dice < 0.25:
            self.did["flagged"] += 1
            self.client.add_flags([uid], [b"\\Flagged"])
        elif dice < 0.28:
            self.did["marked unread"] += 1
            self.client.remove_flags([uid], [b"\\Seen"])
        elif dice < 0.38:
            self.did["filed"] += 1
            others = [f for f in ("INBOX", "Spring term", "To do") if f != folder]
            self.client.move([uid], self.chance.choice(others))
        elif dice < 0.40:
            self.did["copied"] += 1
            self.client.copy([uid], "To do" if folder != "To do" else "INBOX")
            self.lying[self._serial(uid)] += 1
        elif dice < 0.43:
            self.did["binned"] += 1
            self.lying[self._serial(uid)] -= 1
            self.client.move([uid], "Bin")
        elif dice < 0.44:
            self.did["deleted"] += 1
            self.lying[self._serial(uid)] -= 1
            self.client.add_flags([uid], [b"\\Deleted"])
            self.client.uid_expunge([uid])

    def _serial(self, uid: int) -> int:
        part = "BODY[HEADER.FIELDS (X-SOAK)]"
        row = self.client.fetch([uid], [part.replace("BODY", "BODY.PEEK", 1)])[uid]
        return int(SERIAL.search(row[part.encode()])[1])


def intake(mails: int, seed: int, calm: int = 60) -> dict[str, Any]:
    """Run the soak of the intake and return its figures."""
    chance, started = random.Random(seed), time.monotonic()
    sent: dict[int, str] = {}
    shown: set[int] = set()
    forms: set[int] = set()
    raws: list[bytes] = []
    memory: list[int] = []
    with tempfile.TemporaryDirectory() as folder, servers.dovecot() as server:
        user = server.account()
        program = Program(
            Path(folder), {"port": server.port, "user": user, "sent": "Sent Items"}, {}
        )
        officer = Officer(server.client(user), chance)
        for name in ("Spring term", "To do"):
            officer.client.create_folder(name)

        def arrive(count: int) -> None:
            for _ in range(count):
                if len(sent) >= mails:
                    break
                if raws and chance.random() < 0.03:  # the same mail once more, or in another folder
                    raw = chance.choice(raws)
                else:
                    number = len(sent) + 1
                    raw, form = mail(number, chance)
                    sent[number] = digest(raw)
                    raws.append(raw)
                    del raws[:-200]
                    forms.update([number] if form else [])
                officer.client.append("INBOX" if chance.random() < 0.97 else "To do", raw)
                officer.lying[int(SERIAL.search(raw)[1])] += 1

        polls, seconds, rebuilt = 0, 0.5, {mails // 3, 2 * mails // 3}
        while len(sent) < mails:
            arrive(chance.randint(0, 24))
            if chance.random() < 0.7:
                officer.work()
            if any(len(sent) >= n for n in rebuilt):
                rebuilt.remove(min(rebuilt))
                officer.client.logout()
                server.rebuild(user)
                officer.client = server.client(user)
            polls += 1
            point = chance.choice(POINTS) if polls % POLLS_A_LIFE == 0 else ""
            die = (*point, chance.randint(1, 6)) if point else None
            after = chance.uniform(0.05, 1.5) * seconds if point is None else None
            begun = time.monotonic()
            try:
                program("poll", die=die, after=after)
            except Died:
                continue
            seconds = 0.9 * seconds + 0.1 * (time.monotonic() - begun)
            shown |= {serial for serial, copies in officer.lying.items() if copies > 0}
        for _ in range(calm):
            officer.work()
            memory.append(program("poll")["kb"])
            shown |= {serial for serial, copies in officer.lying.items() if copies > 0}
        told = program("report")
        program.close()
        officer.client.logout()
    kept = Counter(serial for serial, _, _ in told["arrivals"])
    return {
        "mails": mails, "polls": polls + calm, "crashes": program.deaths, "officer": dict(officer.did),
        "must_be_on_file": len(shown), "on_file": len(kept), "lost": len(shown - set(kept)),
        "doubled": sum(n > 1 for n in kept.values()),
        "changed": sum(sent.get(serial) != sha for serial, sha, _ in told["arrivals"]),
        "unread": sum(state == "kept" for _, _, state in told["arrivals"]),
        "states": dict(Counter(state for _, _, state in told["arrivals"])),
        "forms": len(forms & set(kept)), "cases": told["cases"], "chain_broken_at": told["chain_broken_at"],
        "not_in_ledger": told["reconciled"]["not_in_ledger"],
        "memory_mb": [round(kb / 1024) for kb in memory[:: max(1, len(memory) // 10)]],
        "growth": round(_late(memory) / _early(memory), 3) if len(memory) >= 20 else None,
        "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def _early(memory: list[int]) -> float:
    part = sorted(memory[len(memory) // 4 : len(memory) // 2])
    return part[len(part) // 2]


def _late(memory: list[int]) -> float:
    part = sorted(memory[3 * len(memory) // 4 :])
    return part[len(part) // 2]


# --- letters ---------------------------------------------------------------------------------------

ORDERS = (
    ("ok", 80), ("drop-after-dot", 8), ("drop-after-dot-untaken", 4), ("drop-in-data", 3), ("451-data", 3),
    ("drop-at-rcpt", 1), ("421-data", 1),
)  # fmt: skip


@contextmanager
def _sending_server(
    server: servers.Dovecot, user: str, copies: bool, chance: random.Random
) -> Iterator[tuple[servers.BadSmtp, list[bytes]]]:
    """An SMTP server that misbehaves by chance and files what it took in Sent, some of it late."""
    late: list[bytes] = []
    orders, weights = zip(*ORDERS, strict=True)

    def file_copy(recipient: str, body: bytes) -> None:
        if copies and chance.random() < 0.05:
            late.append(body)
        elif copies:
            server.deliver(user, body, "Sent Items")

    with servers.bad_smtp() as smtp:
        smtp.orders = lambda recipient: chance.choices(orders, weights)[0]
        smtp.after = file_copy
        yield smtp, late


def outbox(letters: int, crashes: int, seed: int, *, copies: bool) -> dict[str, Any]:
    """Run the soak of the outbox and return its figures; `copies` says whether a Sent folder keeps them."""
    chance, started = random.Random(seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, servers.dovecot() as server:
        user = server.account()
        with _sending_server(server, user, copies, chance) as (smtp, late):
            program = Program(
                Path(folder),
                {"port": server.port, "user": user, "sent": "Sent Items" if copies else ""},
                {"host": "127.0.0.1", "port": smtp.port, "sign_in": "none", "user": "", "tls": "none"},
            )  # fmt: skip
            program("write", letters)
            minutes = runs = 0
            while program.deaths < crashes:
                runs, minutes = runs + 1, minutes + 11
                point = chance.choice(SENDING_POINTS)
                most = max(2, letters // crashes)
                die = (*point, chance.randint(1, most)) if point else None
                after = None if point else chance.uniform(0.2, 1.5)
                try:
                    program("send", minutes, die=die, after=after)
                    if after is None and runs > 4 * crashes:
                        break
                except Died:
                    pass
            for _ in range(8):
                while late:
                    server.deliver(user, late.pop(), "Sent Items")
                minutes += 250
                program("send", minutes)
            told = dict(program("outcomes")["letters"])
            program.close()
    taken = Counter(_message_id(body) for _, body in smtp.taken)
    sure = [i for i, state in told.items() if state != "uncertain"]
    return {
        "letters": letters, "copies_in_sent": copies, "crashes": program.deaths, "states": dict(Counter(told.values())),
        "lost_answers": smtp.ordered["drop-after-dot"], "taken": sum(taken.values()),
        "lost": sum(taken[i] == 0 for i in sure), "doubled": sum(n > 1 for n in taken.values()),
        "uncertain": len(told) - len(sure),
        "uncertain_that_went": sum(taken[i] > 0 for i in set(told) - set(sure)),
        "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def _message_id(body: bytes) -> str:
    return str(email.message_from_bytes(body)["Message-ID"])


def well(told: dict[str, Any]) -> bool:
    """Return whether nothing was lost or doubled and memory stayed flat."""
    wrong = ("lost", "doubled", "changed", "unread", "not_in_ledger", "chain_broken_at")
    same = told.get("forms", 0) == told.get("cases", 0)
    return same and not any(told.get(k) for k in wrong) and (told.get("growth") or 1) < GROWTH


def main() -> int:
    """Run both, print the figures, and return 1 when one of them is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--crashes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    told = {
        "outbox, Sent keeps copies": outbox(chosen.letters, chosen.crashes, chosen.seed, copies=True),
        "outbox, no Sent folder": outbox(chosen.letters, chosen.crashes, chosen.seed, copies=False),
        "intake": intake(chosen.mails, chosen.seed),
    }  # fmt: skip
    if chosen.json:
        print(json.dumps(told))
    for name, figures in () if chosen.json else told.items():
        print(f"{name}: {'well' if well(figures) else 'WRONG'}")
        for what, figure in figures.items():
            print(f"  {what:22}{figure}")
    return int(not all(map(well, told.values())))


if __name__ == "__main__":
    sys.exit(main())

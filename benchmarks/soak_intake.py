"""The soak of the intake: emails, an officer at work in the same mailbox, crashes; see `benchmarks.soak`."""

from __future__ import annotations

import base64
import io
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx

from benchmarks.soak_program import Died, Program, servers
from benchmarks.soak_run import SERIAL, digest

POLLS_A_LIFE = 20
POINTS = [
    ("cases.record.ledger", "_sight", "before"), ("cases.record.ledger", "keep", "after"),
    ("cases.filing", "examine", "after"), ("cases.record.arrivals", "end", "before"),
    ("cases.filing", "file_arrival", "after"), ("cases.record.ledger", "mark_moved", "before"),
    ("cases.record.ledger", "mark_moved", "after"), None,
]  # fmt: skip


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

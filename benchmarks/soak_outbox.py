"""The soak of the outbox: letters, a server that misbehaves, crashes; see `benchmarks.soak`."""

from __future__ import annotations

import email
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.soak_program import Died, Program, servers

SENDING_POINTS = [
    ("cases.record.letters", "claim", "after"), ("cases.record.letters", "mark_sent", "before"),
    ("cases.record.letters", "mark_sent", "after"), ("cases.record.letters", "put_off", "before"),
    ("cases.record.letters", "mark_uncertain", "before"), None,
]  # fmt: skip
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
                {"host": "127.0.0.1", "port": smtp.port, "sign_in": "none", "user": "", "tls": "none",
                 "per_minute": max(1, letters // crashes // 4)},
            )  # fmt: skip
            program("write", letters)
            minutes = runs = 0
            while program.deaths < crashes:
                runs, minutes = runs + 1, minutes + 11
                point = chance.choice(SENDING_POINTS)
                rare = point and point[1] in ("put_off", "mark_uncertain")
                most = 1 if rare else max(2, letters // crashes // 2)
                die = (*point, chance.randint(1, most)) if point else None
                after = None if point else chance.uniform(0.2, 1.5)
                with suppress(Died):
                    program("send", minutes, die=die, after=after)
                if runs > 6 * crashes:
                    break
            told = dict(program("outcomes")["letters"])
            for _ in range(letters):
                while late:
                    server.deliver(user, late.pop(), "Sent Items")
                minutes += 250
                program("send", minutes)
                told = dict(program("outcomes")["letters"])
                if not late and not {"queued", "sending"} & set(told.values()):
                    break
            program.close()
    taken = Counter(_message_id(body) for _, body in smtp.taken)
    # Whatever is neither sent nor shown as uncertain counts as lost, a letter that still waits too.
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

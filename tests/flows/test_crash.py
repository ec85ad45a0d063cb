"""A power cut at every commit point of the road: afterwards nothing is lost, doubled, or sent twice."""

from __future__ import annotations

import email as emails
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from stories import email, form

from mail import demo_post, mailbox
from mail.mailbox import MailboxSettings

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("crash_run.py")
PASSWORD = "invented-embedded"
BROKEN = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + bytes(range(200, 256)) * 20
)
POINTS = {
    "while keeping": ("cases.record.ledger", "_sight", "before"),
    "after keeping": ("cases.record.ledger", "keep", "after"),
    "after reading": ("cases.filing", "examine", "after"),
    "while filing": ("cases.record.arrivals", "end", "before"),
    "after filing": ("cases.filing", "file_arrival", "after"),
    "after the server moved it": ("cases.record.ledger", "mark_moved", "before"),
    "after moving": ("cases.record.ledger", "mark_moved", "after"),
    "after claiming a letter": ("cases.record.letters", "claim", "after"),
    "after the word that it is handed over": ("cases.record.letters", "note_handed", "after"),
    "after the server took the letter": ("cases.record.letters", "mark_sent", "before"),
}


def run(data: Path, post: demo_post.DemoPost, *point: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ, "CME_DATA": str(data), "CME_SECRETS": str(data.parent / "secrets"),
        "CME_EMBEDDED_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(post.imap_port), str(post.smtp_port), *point],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_after_a_crash_a_clean_run_finishes_the_work_and_doubles_nothing(
    point: str, tmp_path: Path
) -> None:
    sent = tmp_path / "sent"
    post = demo_post.start(tmp_path / "post", sent, password=PASSWORD)
    try:
        raw = email(files=[("form.docx", form())])
        for one in (raw, email("The scan.\n", [("scan.pdf", BROKEN)]), raw):
            post.deliver(one)
        died = run(tmp_path / "data", post, *POINTS[point])
        assert died.returncode == -9, died.stderr + died.stdout
        clean = run(tmp_path / "data", post)
        assert clean.returncode == 0, clean.stderr
        told = json.loads(clean.stdout.splitlines()[-1])
        box = MailboxSettings("127.0.0.1", post.imap_port, post.user, tls="none", password=PASSWORD)
        lies = {folder: len(uids) for (folder, _), uids in mailbox.snapshot(box).items()}
    finally:
        post.stop()
    assert told["left"] == 1  # the dead run's lease
    assert (told["states"]["kept"], told["states"]["filed"], told["states"]["held"]) == (0, 1, 1)
    assert sum(told["states"].values()) == 2
    assert told["verdicts"] == ["held", "new_case"]
    assert (told["cases"], told["moved"], told["broken"]) == (1, 2, None)
    assert (lies.get("INBOX", 0), lies["Processed"], lies["Exceptions"]) == (0, 2, 1)
    assert len(told["letters"]) == 1
    ids = Counter(
        emails.message_from_bytes(f.read_bytes())["Message-ID"] for f in sent.glob("*.eml")
    )
    [(message_id, state)] = told["letters"]
    if point == "after the word that it is handed over":
        assert (
            not ids
        )  # the last byte had not gone, but nobody can know: never a second time by itself
    assert ids[message_id] <= 1
    assert set(ids) <= {message_id}
    assert state == ("sent" if ids[message_id] else "uncertain")

"""`cme intake`: what a password in a later email lets open, and a disk that is full, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from stories import OTHER, email, form

from cases.examine import examine

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *arguments: object, code: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "cases.commands"]
    env = {
        **os.environ, "CME_DATA": str(folder / "data"), "CME_SECRETS": str(folder / "secrets"),
        "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cases.settings",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def locked_form() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    made = BytesIO()
    OOXMLFile(BytesIO(form())).encrypt("Willow-42", made)
    return made.getvalue()


def test_a_password_in_a_later_file_opens_the_form_in_an_earlier_one(tmp_path: Path) -> None:
    mails = tmp_path / "mail"
    mails.mkdir()
    (mails / "1.eml").write_bytes(email("Locked form.\n", [("form.docx", locked_form())]))
    (mails / "2.eml").write_bytes(email(files=[("b.docx", form(OTHER))]))
    (mails / "3.eml").write_bytes(email("The password is Willow-42\n", subject="Password"))
    done = run(tmp_path, "intake", "--from", mails, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["file"] for r in rows] == ["1.eml", "2.eml", "3.eml"]
    assert [(r["verdict"], r["held"]) for r in rows[:2]] == [("new_case", []), ("new_case", [])]
    assert len({*rows[0]["cases"], *rows[1]["cases"]}) == 2
    # The email that only told the password has done its work: nobody is asked to look at it.
    assert (rows[2]["verdict"], rows[2]["held"]) == ("attached", [])
    assert rows[2]["cases"] == rows[0]["cases"]


# The database may grow by only so many pages more: SQLite then refuses as it does on a full disk.
FULL = """
import sys
from cases.commands import main
from cases.commands.moving import prepare
prepare()
from django.db import connection
with connection.cursor() as cursor:
    pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count = {pages + 20}")
sys.exit(main(["intake", "--from", sys.argv[1], "--json"]))
"""


def test_on_a_full_disk_intake_says_so_in_a_line_and_the_next_run_has_it_all(
    tmp_path: Path,
) -> None:
    mails = tmp_path / "mail"
    mails.mkdir()
    for n in range(6):
        (mails / f"{n}.eml").write_bytes(email(f"News {n}.\n", [(f"{n}.pdf", os.urandom(60_000))]))
    full = run(tmp_path, mails, code=FULL)
    assert full.returncode == 1
    assert full.stdout == ""
    assert "is the disk full? Nothing is lost" in full.stderr
    assert "Traceback" not in full.stderr
    done = run(tmp_path, "intake", "--from", mails, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["file"] for r in rows] == [f"{n}.eml" for n in range(6)]
    assert {r["verdict"] for r in rows} <= {"held", "resend"}
    again = run(tmp_path, "intake", "--from", mails, "--json")
    assert {json.loads(line)["verdict"] for line in again.stdout.splitlines()} == {"resend"}
    count = run(tmp_path, code="from cases.commands import django; django()\nfrom cases.models import Arrival\nprint(Arrival.objects.count(), set(Arrival.objects.values_list('state', flat=True)))")  # fmt: skip
    assert count.stdout.split(maxsplit=1) == ["6", "{'held'}\n"]


@pytest.mark.parametrize(("more", "children"), [("", 0), (" about Zofia Nowak, dob 03/04/2016", 1)])
def test_a_portal_s_notice_is_news_of_nobody_it_does_not_name(more: str, children: int) -> None:
    raw = email(
        f"Alder Grove Primary School has sent you a secure email{more}.\n\nTo read the message click the link below:\n"
        "https://switch.egress.example/ui/message/7f8a\n\nIf you do not have an account you will be asked to register.\n"
    )
    told = examine("message.eml", raw, on=date(2026, 11, 24))
    assert [h["reason"] for h in told["held"]] == ["portal_link"]
    assert len(told["readings"]) == children
    body = next(d for d in told["documents"] if d["path"] == "body")
    assert body["decision"] == ("read" if children else "held")

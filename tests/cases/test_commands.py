"""What scripts rely on (docs/contract.md): JSON shapes, order, exit codes 0, 1 and 2, one plain line for an error."""

from __future__ import annotations

import csv
import json
import mailbox
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stories import OTHER, email, form

from cases.commands import main
from cases.importing import CASE_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
BROKEN = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + bytes(range(200, 256)) * 20
)
HELD = {
    "locked", "unreadable", "refused", "blank_form", "unknown_form", "ambiguous", "incomplete", "encrypted_message",
    "portal_link", "server_stub", "timed_out",
}  # fmt: skip
Run = subprocess.CompletedProcess[str]


class House:
    """A data folder and the commands that work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "CME_DATA": str(folder / "data"),
            "CME_SECRETS": str(folder / "secrets"),
        }

    def cme(self, *arguments: object) -> Run:
        return subprocess.run(
            [sys.executable, "-m", "cases.commands", *map(str, arguments)],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


def lines(done: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("commands"))


@pytest.fixture(scope="module")
def post(house: House) -> dict[str, bytes]:
    """Five emails in a folder whose names sort otherwise than they were made."""
    data = form()
    mails = {
        "02 again.eml": email("Again.\n", [("a.docx", data)]), "01 first.eml": email(files=[("a.docx", data)]),
        "10 other/x.eml": email(files=[("b.docx", form(OTHER))]), "03 scan.eml": email("Look.\n", [("scan.pdf", BROKEN)]),
        "04 auto.eml": email("Closed.\n", subject="Automatic reply: x", headers=[("Auto-Submitted", "auto-replied")]),
    }  # fmt: skip
    for name, raw in mails.items():
        path = house.folder / "mail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    (house.folder / "mail" / "notes.txt").write_text("no email")
    return mails


@pytest.fixture(scope="module")
def taken(house: House, post: dict[str, bytes]) -> Run:
    return house.cme("intake", "--from", house.folder / "mail", "--json")


def test_intake_takes_a_folder_in_name_order_with_one_object_a_message(
    taken: Run, post: dict[str, bytes]
) -> None:
    rows = lines(taken)
    assert [r["file"] for r in rows] == sorted(post)
    assert [r["verdict"] for r in rows] == ["new_case", "resend", "held", "ignored", "new_case"]
    assert taken.returncode == 1  # one waits for the officer
    for row in rows:
        assert set(row) >= {"file", "message_id", "verdict", "sender", "cases", "children", "held"}
        assert row["sender"] in ("verified", "unverified", "failed")
        assert row["message_id"].startswith("<")
        assert all(set(child) == {"verdict", "case", "changed"} for child in row["children"])
        assert all(
            set(h) == {"reason", "document", "text"} and h["reason"] in HELD for h in row["held"]
        )
    assert rows[0]["cases"] == rows[1]["cases"] != []


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_intake_takes_an_mbox_and_a_maildir_and_knows_what_it_has_seen(
    kind: str, house: House, post: dict[str, bytes], taken: Run
) -> None:
    where = house.folder / kind
    if kind == "mbox":
        box: Any = mailbox.mbox(where)
        for name in sorted(post):
            box.add(post[name])
        box.flush()
    else:
        mailbox.Maildir(where, create=True)
        for number, name in enumerate(sorted(post)):
            (where / ("new" if number % 2 else "cur") / f"{number}.host").write_bytes(post[name])
    rows = lines(house.cme("intake", "--from", where, "--json"))
    assert len(rows) == len(post)
    assert [r["message_id"] for r in rows] == [r["message_id"] for r in lines(taken)]
    assert {r["verdict"] for r in rows} == {"resend"}


def test_due_gives_one_object_a_deadline_and_why(house: House, taken: Run) -> None:
    done = house.cme("due", "--today", "2026-12-10", "--json")
    rows = lines(done)
    assert done.returncode == 0
    assert {r["case"] for r in rows} >= set(lines(taken)[0]["cases"])
    wanted = {
        "case",
        "rule",
        "what",
        "who",
        "due",
        "overdue",
        "because",
        "next_letter",
        "next_letter_on",
    }
    assert all(set(r) >= wanted for r in rows)
    assert all(isinstance(r["overdue"], bool) and (r["because"] or r["problem"]) for r in rows)
    assert [r["due"] for r in rows if r["due"]] == sorted(r["due"] for r in rows if r["due"])
    assert any(r["overdue"] for r in rows)
    again = house.cme("chase", "--today", "2026-12-10", "--dry-run")
    assert (again.returncode, "nothing was" in again.stdout) == (0, True)


def test_verify_proves_the_timeline(house: House, taken: Run) -> None:
    done = house.cme("verify")
    assert (done.returncode, "none changed or removed" in done.stdout) == (0, True)


def test_check_tells_each_thing_with_its_level(house: House, taken: Run) -> None:
    done = house.cme("check", "--offline", "--json")
    rows = lines(done)
    assert all(
        set(r) == {"level", "what", "say"} and r["level"] in ("ok", "note", "bad") for r in rows
    )
    assert {r["what"] for r in rows} >= {
        "configuration",
        "database",
        "secrets",
        "calendar",
        "audit",
    }
    assert done.returncode == int(any(r["level"] == "bad" for r in rows))
    assert "bad" not in [
        r["level"] for r in rows if r["what"] in ("audit", "database", "configuration")
    ]


def test_import_cases_reports_row_by_row_and_never_a_cell(house: House, tmp_path: Path) -> None:
    blank = dict.fromkeys(CASE_COLUMNS, "")
    rows = [
        {"case_ref": "OLD-1", "surname": "Petrova", "forename": "Iva", "dob": "2014-02-30", "opened_on": "2026-10-01"},
        {"case_ref": "", "surname": "Nowak", "forename": "Iga"},
        {"case_ref": "OLD-1", "surname": "Twice", "forename": "Tom"},
        {"case_ref": "OLD-2", "surname": "Larch", "forename": "Ivo", "dob": "03/04/2013", "upn": "nonsense", "message_id": "<a@b.example> <c@d.example>"},
        {"case_ref": "OLD-3"},
    ]  # fmt: skip
    file = tmp_path / "cases.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, CASE_COLUMNS)
        writer.writeheader()
        writer.writerows({**blank, **row} for row in rows)
    done = house.cme("import-cases", file)
    assert done.returncode == 1
    assert "2 added" in done.stdout
    assert "3 rows not used" in done.stdout
    for told in (
        "row 2: dob",
        "row 3: not used",
        "row 4: not used",
        "row 5: upn",
        "row 6: not used",
    ):
        assert told in done.stdout
    assert not any(
        word in done.stdout + done.stderr
        for word in ("Petrova", "Nowak", "Twice", "2014-02-30", "nonsense")
    )
    again = house.cme("import-cases", file)
    assert "0 added" in again.stdout
    assert "OLD-2" in {r["case"] for r in lines(house.cme("due", "--json"))}
    file.write_text("case_ref,forename\nOLD-9,Tom\n")
    missing = house.cme("import-cases", file)
    assert (missing.returncode, missing.stderr.strip()) == (1, "cases.csv has no column surname.")


def test_read_gives_one_object_a_file_also_for_one_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(email("Two.\n", [("one.docx", form()), ("scan.pdf", BROKEN)]))
    (tmp_path / "b.docx").write_bytes(form(OTHER))
    files = [str(tmp_path / name) for name in ("a.eml", "b.docx", "none.docx")]
    assert main(["read", *files, "--json"]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["file"] for r in rows] == files
    mail, form_alone, none = rows
    assert all(set(r) == {"file", "email", "documents", "readings", "held"} for r in rows)
    assert set(mail["email"]) >= {
        "from",
        "subject",
        "date",
        "message_id",
        "new_text",
        "machine",
        "case_refs",
    }
    assert {d["path"]: d["decision"] for d in mail["documents"]} | {"body": ""} == {
        "body": "",
        "one.docx": "read",
        "scan.pdf": "held",
    }
    assert all(set(d) >= {"path", "format", "sha256", "decision", "why"} for d in mail["documents"])
    surname = mail["readings"][0]["fields"]["surname"]
    assert (surname["value"], surname["raw"]) == ("Thornbury", "THORNBURY")
    assert set(surname) >= {"value", "raw", "place", "sure"}
    assert 0 < surname["sure"] <= 1
    assert (form_alone["email"], form_alone["held"], len(form_alone["readings"])) == (None, [], 1)
    assert [h["reason"] for h in none["held"]] == ["unreadable"]


def test_read_is_0_when_nothing_waits_and_prints_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.docx").write_bytes(form())
    assert main(["read", str(tmp_path / "b.docx")]) == 0
    told = capsys.readouterr().out
    assert "Child 1: CME referral, in" in told
    assert "Thornbury" in told


def test_match_names_a_missing_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "k.csv").write_text("case_id,forename\n1,Tom\n")
    (tmp_path / "i.csv").write_text("incoming_id,surname,forename\n1,Larch,Tom\n")
    assert main(["match", *(str(tmp_path / f"{n}.csv") for n in "kio")]) == 1
    error = capsys.readouterr().err.strip()
    assert "k.csv" in error
    assert "surname" in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["read"], ["due", "--today", "soon"], ["match", "one.csv"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: cme" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["read", "match", "intake", "due", "chase", "send", "check", "import-cases", "import-schools",
                                     "report", "vocabulary", "verify", "reconcile", "backup", "restore", "start", "demo"])  # fmt: skip
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "example: " in capsys.readouterr().out


def test_what_is_not_there_is_one_plain_line(house: House) -> None:
    done = house.cme("intake", "--from", "/nowhere/mail")
    assert (done.returncode, done.stderr.strip()) == (1, "There is no file /nowhere/mail.")
    bad = House(house.folder)
    config = house.folder / "config.yaml"
    config.write_text(
        (ROOT / "config.yaml").read_text().replace("per_minute: 20", "per_minute: 20000")
    )
    bad.env["CME_CONFIG"] = str(config)
    told = bad.cme("due")
    assert "Traceback" not in told.stderr
    assert (told.returncode, "sending.per_minute" in told.stderr) == (1, True)

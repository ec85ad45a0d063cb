"""A subject access request by command: one file, only its owner's, audited, with other people's things kept apart."""

from __future__ import annotations

import json
import stat
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cases.commands import main

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def two_children(db: Any) -> dict[str, Any]:
    """One email about two children, each with a case; the first has an earlier episode under another number."""
    from cases.models import Arrival, Case, Child, FieldValue, ReadingRow
    from cases.record import ledger

    first = Child.objects.create(surname="Thornbury", forenames="Ayaan", created_at=NOW)
    twin = Child.objects.create(
        surname="Thornbury", forenames="A", created_at=NOW, merged_into=first
    )
    other = Child.objects.create(surname="Secretlake", forenames="Wren", created_at=NOW)
    made = {}
    for ref, child in (("CME-2026-0001", first), ("CME-2025-0009", twin), ("CME-2026-0002", other)):
        made[ref] = Case.objects.create(
            ref=ref, child=child, opened_on=date(2026, 11, 20), changed_at=NOW
        )
    raw = ledger.store(b"Subject: two children\r\n\r\nBoth\r\n", NOW)
    arrival = Arrival.objects.create(
        content_key="a" * 64, raw=raw, state="filed", received_at=NOW, kept_at=NOW
    )
    for number, ref in enumerate(("CME-2026-0001", "CME-2026-0002"), 1):
        ReadingRow.objects.create(arrival=arrival, number=number, form="cme", case=made[ref])
    case = made["CME-2026-0001"]
    for field, value in (("surname", "Thornbury"), ("parents", [{"name": "Samira"}])):
        FieldValue.objects.create(case=case, field=field, value=value, by="system: intake", at=NOW)
    return {"arrival": arrival.pk, **made}


def test_what_is_about_others_stands_apart(two_children: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "request.zip"
    assert main(["subject-access", "cme-2026-0001", "--to", str(target)]) == 0
    archive = zipfile.ZipFile(target)
    ours = json.loads(archive.read("about-the-child/CME-2026-0001/answers.json"))
    theirs = json.loads(archive.read("to-look-through/CME-2026-0001/answers-about-others.json"))
    assert [row["field"] for row in ours] == ["surname"]
    assert [row["field"] for row in theirs] == ["parents"]
    email = f"to-look-through/emails/{two_children['arrival']}.eml"
    assert archive.read(email).startswith(b"Subject: two children")
    assert f"{email}: is about 1 other case too" in archive.read("README.txt").decode()
    assert "about-the-child/CME-2025-0009/case.json" in archive.namelist()
    assert b"Secretlake" not in b"".join(archive.read(n) for n in archive.namelist())


def test_the_file_is_its_owner_s_and_never_written_over(
    two_children: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cases.models import Entry

    target = tmp_path / "request.zip"
    main(["subject-access", "CME-2026-0001", "--to", str(target)])
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert Entry.objects.get(act="exported").case == two_children["CME-2026-0001"]
    assert main(["subject-access", "CME-2026-0001", "--to", str(target)]) == 1
    assert "nothing was written over" in capsys.readouterr().err
    assert Entry.objects.filter(act="exported").count() == 1


def test_a_case_that_is_not_there_is_said(
    db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["subject-access", "CME-1999-0001", "--to", str(tmp_path / "x.zip")]) == 1
    assert "There is no case CME-1999-0001." in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()

"""Backups, restores, upgrades and the move to PostgreSQL, each under a writer that does not stop."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cases.record.move import fitting
from tests.deploy.conftest import ROOT, Cme, environment


@contextmanager
def writer(folder: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A process that writes until the end of the block; wait for its first rows."""
    stop = folder / "stop"
    stop.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.deploy.writing", str(stop)], cwd=ROOT,
        env=environment(folder, **more), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    for _ in range(20):
        assert process.stdout.readline(), "the writer ended"
    try:
        yield process
        assert process.poll() is None, "the writer did not live to the end"
    finally:
        stop.touch()
        process.communicate(timeout=60)


def ask(folder: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "data" / "cme.sqlite3")) as base:
        return base.execute(question).fetchall()


def test_a_backup_under_a_live_writer_can_be_restored_and_proves(cme: Cme, tmp_path: Path) -> None:
    assert cme("upgrade").returncode == 0
    file = tmp_path / "nightly.bak"
    with writer(tmp_path):
        time.sleep(0.5)
        at_least = ask(tmp_path, "SELECT count(*) FROM cases_entry")[0][0]
        assert cme("backup", str(file)).returncode == 0
    proof = cme("restore", str(file), "--check")
    assert proof.returncode == 0, proof.stderr
    assert "could be restored" in proof.stdout
    # Put back for good, where nothing is: what was committed before the backup is all there.
    (tmp_path / "data").rename(tmp_path / "lost")
    refused = cme("restore", str(file))
    assert refused.returncode == 0, refused.stderr
    count, last = ask(tmp_path, "SELECT count(*), max(id) FROM cases_entry")[0]
    assert count == last >= at_least
    assert ask(tmp_path, "SELECT count(*) FROM cases_arrival")[0][0] == count


def test_a_restore_never_writes_over_a_database_and_refuses_a_damaged_file(
    cme: Cme, tmp_path: Path
) -> None:
    cme("upgrade")
    file = tmp_path / "a.bak"
    assert cme("backup", str(file)).returncode == 0
    over = cme("restore", str(file))
    assert over.returncode == 1
    assert "already" in over.stderr
    whole = file.read_bytes()
    for name, harmed in {
        "cut short": whole[:-40], "a bit turned": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "head changed": whole.replace(b'"vendor": "sqlite"', b'"vendor": "sqlitf"'),
        "not ours": b"PK" + whole,
    }.items():  # fmt: skip
        file.write_bytes(harmed)
        assert cme("restore", str(file), "--check").returncode == 1, name
    file.write_bytes(whole)
    assert cme("restore", str(file), "--check", CME_BACKUP_KEY="00" * 32).returncode == 1


def test_a_backup_shows_no_clear_text(cme: Cme, tmp_path: Path) -> None:
    cme("upgrade")
    with writer(tmp_path):
        cme("backup", str(tmp_path / "b.bak"))
    assert b"cases_arrival" in (tmp_path / "data" / "cme.sqlite3").read_bytes()
    assert b"cases_arrival" not in (tmp_path / "b.bak").read_bytes()
    assert (tmp_path / "b.bak").stat().st_mode & 0o077 == 0


def test_postgresql_backs_up_under_a_live_writer_and_proves(
    cme: Cme, tmp_path: Path, database: str
) -> None:
    here = {"CME_DATABASE_URL": database}
    assert cme("upgrade", **here).returncode == 0
    file = tmp_path / "pg.bak"
    with writer(tmp_path, **here):
        made = cme("backup", str(file), **here)
        assert made.returncode == 0, made.stderr
    proof = cme("restore", str(file), "--check", **here)
    assert proof.returncode == 0, proof.stderr
    assert "could be restored" in proof.stdout


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_an_upgrade_brings_the_tables_up_to_date_under_a_live_writer(
    cme: Cme, tmp_path: Path, vendor: str, request: pytest.FixtureRequest
) -> None:
    here = {"CME_DATABASE_URL": request.getfixturevalue("database")} if vendor != "sqlite" else {}
    assert cme("upgrade", **here).returncode == 0
    # The version before: its tables. The writer is today's, so that the step must be one that its rows do not need.
    back = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0", "--skip-checks", "cases", "0006"], cwd=ROOT,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="cases.settings", **here), check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert back.returncode == 0, back.stderr
    file = tmp_path / "before.bak"
    with writer(tmp_path, **here):
        told = cme("upgrade", "--backup", str(file), **here)
    assert "Tables are up to date" in told.stdout, told.stdout + told.stderr
    assert "tables up to date" in told.stdout
    assert cme("verify", **here).returncode == 0
    # The backup is of the version before: it can be put back and proved with this one too.
    assert "could be restored" in cme("restore", str(file), "--check", **here).stdout


def test_postgresql_is_restored_beside_what_is_in_use_and_works_there(
    cme: Cme, tmp_path: Path, database: str
) -> None:
    here = {"CME_DATABASE_URL": database}
    cme("upgrade", **here)
    file = tmp_path / "pg.bak"
    with writer(tmp_path, **here):
        cme("backup", str(file), **here)
        told = cme("restore", str(file), **here)  # while the other is written to
    assert told.returncode == 0, told.stderr
    name = re.findall(r"Restored into the database (\w+);", told.stdout)[0]
    there = {"CME_DATABASE_URL": f"{database.rpartition('/')[0]}/{name}"}
    with writer(tmp_path, **there):
        pass
    assert cme("verify", **there).returncode == 0
    assert "tables up to date" in cme("check", "--offline", **there).stdout


def test_moving_to_postgresql_takes_everything_and_proves_it_there(
    cme: Cme, tmp_path: Path, database: str
) -> None:
    assert cme("upgrade").returncode == 0
    with writer(tmp_path):
        time.sleep(0.5)
    with closing(sqlite3.connect(tmp_path / "data" / "cme.sqlite3")) as base, base:
        # What SQLite keeps and PostgreSQL refuses: a NUL, and more letters than the column has.
        base.execute("UPDATE cases_arrival SET subject = 'a' || char(0) || 'b' WHERE id = 1")
        base.execute("UPDATE cases_arrival SET account = ? WHERE id = 2", ["x" * 2000])
    told = cme("move-database", CME_DATABASE_URL_TO=database)
    assert told.returncode == 0, told.stderr
    entries = ask(tmp_path, "SELECT count(*) FROM cases_entry")[0][0]
    last = ask(tmp_path, "SELECT hash FROM cases_entry ORDER BY id DESC LIMIT 1")[0][0]
    assert f"{entries:,} entries proved, last {last}" in told.stdout
    assert "cases_arrival.subject" in told.stdout
    assert "cases_arrival.account" in told.stdout
    proved = cme("verify", CME_DATABASE_URL=database)
    assert proved.returncode == 0, proved.stdout
    # Sequences go on behind the last row, and the timeline still refuses a change.
    with writer(tmp_path, CME_DATABASE_URL=database):
        pass
    changed = subprocess.run(
        ["psql", database, "-v", "ON_ERROR_STOP=1", "-c", "UPDATE cases_entry SET by = 'x' WHERE id = 1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "append-only" in changed.stderr
    again = cme("move-database", database)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_a_move_while_somebody_writes_loses_nothing_that_was_committed_before(
    cme: Cme, tmp_path: Path, database: str
) -> None:
    cme("upgrade")
    with writer(tmp_path):
        before = ask(tmp_path, "SELECT count(*) FROM cases_entry")[0][0]
        told = cme("move-database", database)
        assert told.returncode == 0, told.stderr
    answer = subprocess.run(
        ["psql", "-At", database, "-c", "SELECT (SELECT count(*) FROM cases_entry), (SELECT count(*) FROM cases_arrival)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    entries, arrivals = map(int, answer.stdout.strip().split("|"))
    assert entries == arrivals >= before


def test_an_upgrade_backs_up_first_and_refuses_a_newer_database(cme: Cme, tmp_path: Path) -> None:
    cme("upgrade")
    told = cme("upgrade")
    assert "Backed up" in told.stdout
    (file,) = (tmp_path / "data" / "backups").glob("*.bak")
    assert cme("restore", str(file), "--check").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "cme.sqlite3")) as base, base:
        base.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0999_later', '2030-01-01')"
        )
    whole = (tmp_path / "data" / "cme.sqlite3").read_bytes()
    for words in (
        ["upgrade"],
        ["check"],
        ["intake"],
        ["chase"],
        ["link"],
        ["start"],
        ["move-database", "postgresql://x@127.0.0.1/y"],
    ):
        refused = cme(*words)
        assert refused.returncode == 1, words
        assert "newer version (cases.0999_later)" in refused.stderr, words
    assert (tmp_path / "data" / "cme.sqlite3").read_bytes() == whole
    assert len(list((tmp_path / "data" / "backups").glob("*.bak"))) == 1


def test_a_link_is_new_each_time_and_names_the_proxy(cme: Cme) -> None:
    first, second = (cme("link").stdout.strip() for _ in range(2))
    assert first != second
    assert first.startswith("http://127.0.0.1:8000/start/")
    assert cme("link", CME_HOSTS="cme.wrenshire.example").stdout.startswith(
        "https://cme.wrenshire.example/start/"
    )


@pytest.mark.parametrize(
    ("held", "fits"),
    [
        ("a\0b", "a\ufffdb"), ("\ud800x", "\ufffdx"), ("é" * 9, "é" * 9), (None, None), (3, 3),
        ({"k\0": ["\0", {"d": "\udfff"}]}, {"k\ufffd": ["\ufffd", {"d": "\ufffd"}]}),
        ("\U0001f600", "\U0001f600"),
    ],
)  # fmt: skip
def test_a_value_is_mended_only_where_postgresql_refuses_it(held: object, fits: object) -> None:
    assert fitting(held) == fits


def test_a_text_is_cut_to_its_column() -> None:
    assert fitting("abcdef", 3) == "abc"

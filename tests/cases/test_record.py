"""What the record promises: an untouched timeline, one holder of a lease, every arrival in one state, sealed bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, transaction
from stories import NOW, email, form, referred

from cases import sealing
from cases.models import Arrival, ArrivalState, Case, Entry, Hold, Letter, Sighting, StoredBytes
from cases.record import ledger, letters
from cases.record.entries import anchor, entry, verify
from mail.values import Delivered, Place

ROOT = Path(__file__).resolve().parents[2]
TRIGGERS = {
    "sqlite": ("cases_entry_no_update", "cases_entry_no_delete"),
    "postgresql": ("cases_entry_no_change ON cases_entry",),
}


def place(uid: int, folder: str = "INBOX") -> Place:
    return Place("cme@wrenshire.example", folder, 7, uid)


def drop_triggers(cursor: Any) -> None:
    """Somebody with the database's own password can do this; the chain must tell of it."""
    for name in TRIGGERS[connection.vendor]:
        cursor.execute(f"DROP TRIGGER {name}")


def three_entries() -> list[Entry]:
    return [entry("tried", "officer", now=NOW, data={"n": n}) for n in range(3)]


@pytest.mark.django_db
def test_a_changed_entry_is_found_where_it_stands() -> None:
    rows = three_entries()
    assert verify().broken_at is None
    with connection.cursor() as cursor:
        drop_triggers(cursor)
        cursor.execute("UPDATE cases_entry SET by = %s WHERE id = %s", ["nobody", rows[1].pk])
    assert verify().broken_at == rows[1].pk


@pytest.mark.django_db
def test_a_removed_entry_is_found_by_the_one_after_it() -> None:
    rows = three_entries()
    with connection.cursor() as cursor:
        drop_triggers(cursor)
        cursor.execute("DELETE FROM cases_entry WHERE id = %s", [rows[1].pk])
    assert verify().broken_at == rows[2].pk


@pytest.mark.django_db
def test_a_cut_off_tail_shows_against_the_anchor() -> None:
    three_entries()
    written_down = anchor()
    with connection.cursor() as cursor:
        drop_triggers(cursor)
        cursor.execute("DELETE FROM cases_entry WHERE id = (SELECT max(id) FROM cases_entry)")
    assert verify().broken_at is None
    assert anchor() != written_down


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE cases_entry SET why = 'x'", "DELETE FROM cases_entry"]
)
def test_the_database_refuses_to_change_the_timeline(statement: str) -> None:
    three_entries()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().update(why="x")
    assert (Entry.objects.count(), verify().broken_at) == (3, None)


@pytest.mark.django_db
def test_the_timeline_names_no_child(council: None) -> None:
    referred()
    told = " ".join(f"{e.by} {e.act} {e.why} {e.data}" for e in Entry.objects.all()).lower()
    assert Entry.objects.count() > 5
    assert not any(word in told for word in ("thornbury", "ayaan", "2015-03-14", "quayside"))


@pytest.mark.django_db
def test_one_holder_of_a_lease_until_it_runs_out() -> None:
    a, b = ledger.new_holder(), ledger.new_holder()
    assert ledger.take_lease("intake", a, 300, NOW)
    assert not ledger.take_lease("intake", b, 300, NOW + timedelta(seconds=299))
    assert ledger.take_lease("intake", a, 300, NOW + timedelta(seconds=200))
    assert not ledger.take_lease("intake", b, 300, NOW + timedelta(seconds=400))
    assert ledger.take_lease("send", b, 300, NOW)
    assert ledger.take_lease("intake", b, 300, NOW + timedelta(seconds=501))
    assert not ledger.take_lease("intake", a, 300, NOW + timedelta(seconds=502))
    ledger.leave_lease("intake", a)  # not a's to give
    assert not ledger.take_lease("intake", a, 300, NOW + timedelta(seconds=503))
    ledger.leave_lease("intake", b)
    assert ledger.take_lease("intake", a, 300, NOW + timedelta(seconds=504))


@pytest.mark.django_db
def test_a_run_that_finds_the_lease_taken_does_nothing() -> None:
    from cases import road

    with road.only_one("intake") as first, road.only_one("intake") as second:
        assert (first, second) == (True, False)
    with road.only_one("intake") as again:
        assert again


@pytest.mark.django_db
def test_what_the_ledger_has_seen_is_not_fetched_again() -> None:
    _, new = ledger.keep(Delivered(place(4), b"Subject: a\r\n\r\nb", 12, NOW), NOW)
    assert new
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 7, NOW) == {4}
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 8, NOW) == frozenset()
    assert ledger.known_uids("cme@wrenshire.example", "Other", 7, NOW) == frozenset()
    _, again = ledger.keep(Delivered(place(4), b"Subject: a\r\n\r\nb", 12, NOW), NOW)
    assert (again, Arrival.objects.count(), Sighting.objects.count()) == (False, 1, 1)


@pytest.mark.django_db
def test_new_uidvalidity_shows_old_mail_and_keeps_it_once() -> None:
    raw = b"Subject: a\r\n\r\nb"
    first, _ = ledger.keep(Delivered(place(4), raw, 12, NOW), NOW)
    moved = Place("cme@wrenshire.example", "INBOX", 99, 1)
    second, new = ledger.keep(Delivered(moved, raw, 12, NOW), NOW)
    assert (first.pk, new, Sighting.objects.count()) == (second.pk, False, 2)


@pytest.mark.django_db
def test_what_the_server_could_not_serve_is_visible_asked_again_and_settled() -> None:
    stub = Delivered(place(5), None, 0, NOW, "stub")
    arrival, new = ledger.keep(stub, NOW)
    assert (new, arrival.state, Hold.objects.get().reason) == (True, "held", "server_stub")
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 7, NOW) == {5}
    later = NOW + timedelta(minutes=16)
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 7, later) == frozenset()
    ledger.keep(stub, later)
    assert Arrival.objects.count() == Hold.objects.count() == 1
    served, new = ledger.keep(Delivered(place(5), b"Subject: a\r\n\r\nb", 12, NOW), later)
    arrival.refresh_from_db()
    assert (new, served.state, arrival.state) == (True, "kept", "ignored")
    assert not Hold.objects.filter(settled_at=None).exists()
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 7, later + timedelta(days=1)) == {5}


@pytest.mark.django_db
def test_an_email_over_the_limit_is_not_asked_for_again() -> None:
    ledger.keep(Delivered(place(6), None, 90_000_000, NOW, "too_big"), NOW)
    assert Hold.objects.get().reason == "refused"
    assert ledger.known_uids("cme@wrenshire.example", "INBOX", 7, NOW + timedelta(days=9)) == {6}


@pytest.mark.django_db
def test_every_arrival_is_in_exactly_one_state(council: None) -> None:
    referred()
    ledger.keep_raw(email("Wait.\n"), NOW, NOW, "a")
    ledger.keep(Delivered(place(5), None, 0, NOW, "stub"), NOW)
    counts = ledger.counts()
    assert set(counts) == set(ArrivalState.values)
    assert sum(counts.values()) == Arrival.objects.count() == 3
    assert (counts["filed"], counts["kept"], counts["held"]) == (1, 1, 1)


@pytest.mark.django_db
def test_bytes_are_kept_once_sealed_and_bound_to_their_digest() -> None:
    clear = b"Ayaan Thornbury " * 9
    row = ledger.store(clear, NOW)
    assert ledger.store(clear, NOW).pk == row.pk
    assert StoredBytes.objects.count() == 1
    sealed = bytes(StoredBytes.objects.get().sealed)
    assert b"Thornbury" not in sealed
    assert ledger.open_bytes(row) == clear
    with pytest.raises(InvalidTag):
        sealing.unseal(sealed, "0" * 64)
    with pytest.raises(InvalidTag):
        sealing.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), row.sha256)


@pytest.mark.django_db
def test_a_moved_email_is_moved_once_and_known_where_it_went() -> None:
    arrival, _ = ledger.keep(Delivered(place(4), email("Hello.\n"), 12, NOW), NOW)
    arrival.state, arrival.move_to = "filed", "Processed"
    arrival.save()
    assert ledger.to_move() == [arrival]
    ledger.mark_moved(arrival, place(4), place(1, "Processed"), NOW)
    assert ledger.to_move() == []
    assert ledger.places(arrival) == [place(1, "Processed")]
    assert ledger.known_uids("cme@wrenshire.example", "Processed", 7, NOW) == {1}


@pytest.mark.django_db
def test_every_copy_of_an_email_leaves_the_inbox_also_one_that_comes_later() -> None:
    raw = email("Hello.\n")
    arrival, _ = ledger.keep(Delivered(place(4), raw, 12, NOW), NOW)
    ledger.keep(Delivered(place(5), raw, 12, NOW), NOW)
    arrival.state, arrival.move_to = "filed", "Processed"
    arrival.save()
    ledger.mark_moved(arrival, place(4), place(1, "Processed"), NOW)
    assert ledger.to_move() == [arrival]
    ledger.mark_moved(arrival, place(5), place(2, "Processed"), NOW)
    assert ledger.to_move() == []
    ledger.keep(Delivered(place(9), raw, 12, NOW), NOW + timedelta(days=1))
    assert [p.uid for p in ledger.places(ledger.to_move()[0])] == [1, 2, 9]


@pytest.mark.django_db
def test_a_letter_is_written_once_and_claimed_once(council: None) -> None:
    from cases.config import current
    from cases.letter_facts import facts_of

    referred()
    case = Case.objects.get()
    facts = facts_of(case, NOW)
    first = letters.queue(
        "k",
        "contact_changed",
        "office@alder.example",
        facts,
        config=current(),
        now=NOW,
        case=case,
        mode="send",
    )
    assert first is not None
    assert (
        letters.queue(
            "k",
            "contact_changed",
            "office@alder.example",
            facts,
            config=current(),
            now=NOW,
            case=case,
        )
        is None
    )
    assert letters.claim(first.pk, NOW) is not None
    assert letters.claim(first.pk, NOW) is None
    assert Letter.objects.get(key="k").state == "sending"


def cme(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "CME_DATA": str(data), "CME_SECRETS": str(data.parent / "secrets")}
    return subprocess.run(
        [sys.executable, "-m", "cases.commands", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_backup_is_sealed_proves_itself_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    data, mail, backup = tmp_path / "data", tmp_path / "mail", tmp_path / "cme.bak"
    mail.mkdir()
    (mail / "1.eml").write_bytes(email(files=[("form.docx", form())]))
    assert cme(data, "intake", "--from", str(mail)).returncode == 0
    assert cme(data, "backup", str(backup)).returncode == 0
    assert backup.stat().st_mode & 0o077 == 0
    raw = backup.read_bytes()
    assert b"Thornbury" not in raw
    assert b"SQLite format" not in raw
    proved = cme(data, "restore", str(backup), "--check")
    assert proved.returncode == 0, proved.stderr
    assert "could be restored" in proved.stdout

    refused = cme(data, "restore", str(backup))
    assert (refused.returncode, "already" in refused.stderr) == (1, True)
    for number, damaged in enumerate(
        (raw[:-40], raw[:200] + bytes([raw[200] ^ 1]) + raw[201:], b"not a backup")
    ):
        bad = tmp_path / f"bad{number}.bak"
        bad.write_bytes(damaged)
        answer = cme(data, "restore", str(bad), "--check")
        assert (answer.returncode, "Traceback" in answer.stderr) == (1, False), answer.stderr
        assert f"bad{number}.bak" in answer.stderr

    (data / "cme.sqlite3").unlink()
    for left in data.glob("cme.sqlite3-*"):
        left.unlink()
    assert cme(data, "restore", str(backup)).returncode == 0
    again = cme(data, "intake", "--from", str(mail), "--json")
    assert (again.returncode, '"verdict": "resend"' in again.stdout) == (0, True)

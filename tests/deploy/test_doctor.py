"""The doctor, line by line: each is broken in turn, and says what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from stories import NOW, email, form

from cases import health
from cases.config import current
from cases.models import Letter
from cases.record import ledger
from cases.record.entries import entry
from tests.deploy.conftest import Cme

pytestmark = pytest.mark.django_db
Patch = pytest.MonkeyPatch


def no_room(patch: Patch) -> None:
    patch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=5 << 20))


def tables_wait(patch: Patch) -> None:
    patch.setattr(health, "migrations_waiting", lambda: 2)


def clock_behind(patch: Patch) -> None:
    entry("night", "system: test", now=NOW + timedelta(days=1))


def no_time_server(patch: Patch) -> None:
    patch.setattr(health, "_kernel_clock", lambda: 0x41)


def loose_secret(patch: Patch) -> None:
    path = Path(health.SECRETS) / "loose_one"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    path.chmod(0o644)


def terms_end(patch: Patch) -> None:
    from cases import rules

    patch.setattr(rules, "known_until", lambda _: NOW.date() + timedelta(days=20))


def no_office(patch: Patch) -> None:
    patch.setattr(health.shutil, "which", lambda _: None)


def never_polled(patch: Patch) -> None:
    pass


def polls_stopped(patch: Patch) -> None:
    ledger.remember("last_proved_poll", (NOW - timedelta(days=1)).isoformat(), NOW)


def password_refused(patch: Patch) -> None:
    polls_stopped(patch)
    ledger.remember("last_poll_trouble", "mx refuses the user name or password.", NOW)


def clock_set_back(patch: Patch) -> None:
    ledger.remember("last_proved_poll", (NOW + timedelta(hours=3)).isoformat(), NOW)


def old_mail(patch: Patch) -> None:
    long_ago = NOW - timedelta(days=40)
    ledger.keep_raw(email(files=[("f.docx", form())]), long_ago, long_ago, "cme@wrenshire.example")


def letters_wait(patch: Patch) -> None:
    from stories import referred

    from cases.record.people import seed

    seed(current(), NOW)
    referred(NOW - timedelta(days=1))
    Letter.objects.update(state="queued", written_at=NOW - timedelta(days=1))


def letter_uncertain(patch: Patch) -> None:
    letters_wait(patch)
    Letter.objects.update(state="uncertain")


def timeline_changed(patch: Patch) -> None:
    ledger.remember("audit_chain", {"entries": 9, "broken_at": 4, "at": NOW.isoformat()}, NOW)


def night_stopped(patch: Patch) -> None:
    then = NOW - timedelta(days=3)
    ledger.remember("audit_chain", {"entries": 9, "broken_at": None, "at": then.isoformat()}, NOW)


def backup_stopped(patch: Patch) -> None:
    ledger.remember("last_backup", (NOW - timedelta(days=3)).isoformat(), NOW)


def database_away(patch: Patch) -> None:
    def away() -> int:
        raise health.connection.Database.OperationalError("Thornbury")

    patch.setattr(health, "migrations_waiting", away)


@pytest.mark.parametrize(
    ("broken", "level", "what", "do"),
    [
        (no_room, "bad", "disk", "make room"),
        (tables_wait, "bad", "database", "cme upgrade"),
        (database_away, "bad", "database", "cannot be looked at: OperationalError"),
        (clock_behind, "bad", "clock", "timedatectl"),
        (no_time_server, "note", "clock", "set-ntp true"),
        (loose_secret, "bad", "secrets", "chmod 600"),
        (terms_end, "note", "calendar", "add next year's"),
        (no_office, "note", "LibreOffice", "held for the officer"),
        (never_polled, "bad", "post in", "start the flows"),
        (polls_stopped, "bad", "post in", "start the flows"),
        (password_refused, "bad", "post in", "refuses the user name or password"),
        (clock_set_back, "bad", "post in", "timedatectl"),
        (old_mail, "bad", "review", "see Today"),
        (letters_wait, "bad", "post out", "start the flows"),
        (letter_uncertain, "note", "post out", "see Letters"),
        (timeline_changed, "bad", "audit", "docs/runbook.md"),
        (never_polled, "note", "audit", "cme verify"),
        (night_stopped, "bad", "audit", "3 days ago: start the flows"),
        (never_polled, "note", "backup", "cme backup FILE"),
        (backup_stopped, "bad", "backup", "3 days old: `systemctl status cme-backup`"),
    ],
)
def test_a_line_that_is_not_green_says_what_to_do(
    monkeypatch: Patch, broken: Callable[[Patch], Any], level: str, what: str, do: str
) -> None:
    broken(monkeypatch)
    found = [
        c for c in health.checks(current(), NOW, deep=False) if (c.what, c.level) == (what, level)
    ]
    assert [c.say for c in found if do in c.say], found
    assert "Thornbury" not in "".join(c.say for c in found)
    (Path(health.SECRETS) / "loose_one").unlink(missing_ok=True)


def test_what_the_doctor_says_to_do_makes_the_line_green(cme: Cme, tmp_path: Path) -> None:
    def lines() -> dict[str, str]:
        return {
            line[5:21].strip(): line[:4].strip()
            for line in cme("check", "--offline").stdout.splitlines()
        }

    before = lines()
    assert (before["audit"], before["backup"]) == ("note", "note")
    assert cme("verify").returncode == 0
    assert cme("backup", str(tmp_path / "a.bak")).returncode == 0
    after = lines()
    assert (after["audit"], after["backup"]) == ("ok", "ok")

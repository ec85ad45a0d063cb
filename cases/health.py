"""Is it well? Each check is one line: green, or what to do. For `cme check`, the status page and alarms."""

from __future__ import annotations

import ctypes
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils.dateparse import parse_datetime

from cases import clock
from cases.config import Config, as_lines
from cases.models import Arrival, ArrivalState, Entry, Hold, Letter, LetterState
from cases.record import ledger, letters
from cases.record.letters import HELD_BACK
from cases.settings import DATA, SECRETS, SecretMissing
from mail.errors import TryLater
from policy.calendar import BeyondCalendar
from policy.periods import due, parse_period

LOW_DISK = 1 << 30
START = "start the flows (`cme start`, or `systemctl restart cme-prefect cme-flows`)"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report. `level`: ok, note (works, but know this), bad."""

    level: str
    what: str
    say: str


def checks(config: Config, now: datetime, *, deep: bool) -> Iterator[Check]:
    """Yield every check; `deep` also signs in to the mail servers (without sending anything)."""
    yield Check("ok", "configuration", f"{config.file}: {sum(1 for _ in as_lines(config))} values")
    yield from _guarded("database", lambda: _database())
    yield from _guarded("disk", lambda: _disk())
    yield from _guarded("clock", lambda: _clock(now))
    yield from _guarded("secrets", lambda: _secrets())
    yield from _guarded("calendar", lambda: _calendar(config, now))
    yield from _tools()
    yield from _guarded("post", lambda: post_checks(config, now))
    yield from _guarded("audit", lambda: _audit(now))
    yield from _guarded("backup", lambda: _backup(now))
    if deep:
        yield from _guarded("mail servers", lambda: _servers(config))


def _guarded(what: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except (SecretMissing, TryLater) as error:
        yield Check("bad", what, str(error))
    except Exception as error:
        yield Check("bad", what, f"cannot be looked at: {type(error).__name__}")


def _database() -> Iterator[Check]:
    if left := migrations_waiting():
        yield Check("bad", "database", f"{left} migrations wait: run `cme upgrade`")
    else:
        yield Check("ok", "database", f"{connection.vendor}, tables up to date")


def migrations_waiting() -> int:
    """Return how many changes of the tables this version has and the database has not."""
    connection.ensure_connection()
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _disk() -> Iterator[Check]:
    free = shutil.disk_usage(DATA).free
    level, more = ("ok", "") if free > LOW_DISK else ("bad", ": make room, or mail cannot be kept")
    yield Check(level, "disk", f"{free // 2**20:,} MB free in {DATA}{more}")


def _clock(now: datetime) -> Iterator[Check]:
    """Deadlines are days: a clock that is wrong makes letters wrong. 0x40: the kernel knows of no time server."""
    newest = Entry.objects.order_by("-id").values_list("at", flat=True).first()
    if newest and newest - now > timedelta(minutes=10):
        yield Check("bad", "clock", f"it is {_ago(newest - now)} behind the timeline: set it right (`timedatectl`)")  # fmt: skip
    elif _kernel_clock() & 0x40:
        yield Check("note", "clock", "no time server keeps it right: `timedatectl set-ntp true`")
    else:
        yield Check("ok", "clock", "kept right by a time server")


def _kernel_clock() -> int:
    """Return the kernel's clock status, 0 where it does not tell."""
    told = ctypes.create_string_buffer(512)  # struct timex; its first field 0 only asks
    try:
        ctypes.CDLL(None, use_errno=True).adjtimex(told)
    except (OSError, AttributeError):
        return 0
    return int(struct.unpack_from("@i", told, 5 * struct.calcsize("@l"))[0])


def _secrets() -> Iterator[Check]:
    loose = [p.name for p in SECRETS.glob("*") if p.stat().st_mode & 0o077]
    if loose:
        yield Check("bad", "secrets", f"can be read by others: {', '.join(loose)}; chmod 600")
    else:
        yield Check("ok", "secrets", f"in {SECRETS}, mode 0600; keep a copy of it off this machine")


def _calendar(config: Config, now: datetime) -> Iterator[Check]:
    from cases import rules

    until = rules.known_until(config)
    near = until - clock.uk_date(now) < timedelta(days=90)
    say = f"terms known until {until:%d %B %Y}"
    yield Check(
        "note" if near else "ok",
        "calendar",
        say + (": add next year's (config.yaml, `calendar`)" if near else ""),
    )


def _tools() -> Iterator[Check]:
    if shutil.which("soffice") or shutil.which("libreoffice"):
        yield Check("ok", "LibreOffice", "there: .doc and .rtf are read, Word forms shown as pages")
    else:
        yield Check(
            "note", "LibreOffice",
            "not there: .doc and .rtf are held for the officer, Word forms are shown as text",
        )  # fmt: skip
    try:
        import rapidocr  # noqa: F401

        yield Check("ok", "scans", "rapidocr is installed: scans and photographs are read")
    except ImportError:
        yield Check("note", "scans", "rapidocr is not installed: scans are held for the officer")


def post_checks(config: Config, now: datetime) -> Iterator[Check]:
    """Yield whether the post works: last proved poll, oldest unread, sending, uncertain letters."""
    proved = instant(ledger.recall("last_proved_poll"))
    limit = config.mailbox.alarm_after
    if proved is None:
        yield Check("bad", "post in", f"the mailbox has never been read: {START}")
    elif proved - now > timedelta(minutes=10):
        yield Check(
            "bad",
            "post in",
            "the clock stands before the last proved poll: set it right (`timedatectl`)",
        )
    elif now - proved > limit:
        trouble = ledger.recall("last_poll_trouble") or START
        yield Check("bad", "post in", f"last proved poll {_ago(now - proved)} ago: {trouble}")
    else:
        yield Check("ok", "post in", f"last proved poll {_ago(now - proved)} ago")
    yield _oldest(config, now)
    yield from _outgoing(now)


def _outgoing(now: datetime) -> Iterator[Check]:
    held = Letter.objects.filter(state=LetterState.HELD, why__startswith=HELD_BACK)
    stuck = letters.stuck(now)
    uncertain = Letter.objects.filter(state=LetterState.UNCERTAIN).count()
    if held:
        why = held[0].why.removeprefix(HELD_BACK)
        yield Check(
            "bad", "post out", f"sending is stopped: {why}; {len(held)} are held back, see Letters"
        )
    elif stuck:
        yield Check(
            "bad", "post out", f"{stuck} letters have waited more than four hours to go: {START}"
        )
    else:
        yield Check("ok", "post out", "nothing is stuck")
    if uncertain:
        yield Check(
            "note", "post out", f"{uncertain} letters may or may not have arrived: see Letters"
        )


def _oldest(config: Config, now: datetime) -> Check:
    held = Hold.objects.filter(settled_at=None).aggregate(first=Min("at"))["first"]
    kept = Arrival.objects.filter(state=ArrivalState.KEPT).aggregate(first=Min("kept_at"))["first"]
    oldest = min((t for t in (held, kept) if t), default=None)
    if oldest is None:
        return Check("ok", "review", "nothing waits for the officer")
    late = _too_long(config, oldest, now)
    say = f"the oldest unread email has waited {_ago(now - oldest)}"
    return Check("bad" if late else "ok", "review", say + (": see Today" if late else ""))


def _too_long(config: Config, since: datetime, now: datetime) -> bool:
    """Has it waited longer than `intake.oldest_unread_alarm`, counted by the council's own days?"""
    from cases import rules

    limit = parse_period(config.intake.oldest_unread_alarm)
    days = rules.calendars(config)
    try:
        return clock.uk_date(now) > due(clock.uk_date(since), limit, days.council, days.county).day
    except BeyondCalendar:
        return now - since > timedelta(days=limit.count)


def _audit(now: datetime) -> Iterator[Check]:
    last = ledger.recall("audit_chain")
    if not last:
        yield Check("note", "audit", "the timeline has not been proved yet: `cme verify`")
    elif last["broken_at"]:
        yield Check(
            "bad",
            "audit",
            f"the timeline was changed at entry {last['broken_at']}: keep it as it is, see docs/runbook.md",
        )
    elif (proved := instant(last["at"])) and now - proved > timedelta(days=2):
        yield Check("bad", "audit", f"the timeline was last proved {_ago(now - proved)} ago: {START}, or `cme verify`")  # fmt: skip
    else:
        yield Check("ok", "audit", f"{last['entries']} entries proved on {last['at'][:10]}")


def _backup(now: datetime) -> Iterator[Check]:
    last = instant(ledger.recall("last_backup"))
    if last is None:
        yield Check("note", "backup", "there is no backup yet: `cme backup FILE`")
    elif now - last > timedelta(days=2):
        yield Check("bad", "backup", f"the last one is {_ago(now - last)} old: `systemctl status cme-backup`, or `cme backup FILE`")  # fmt: skip
    else:
        yield Check("ok", "backup", f"{_ago(now - last)} ago")


def _servers(config: Config) -> Iterator[Check]:
    from cases import post

    for level, what, say in post.check(config):
        yield Check(level, what, say)


def instant(value: object) -> datetime | None:
    """Return an instant that was remembered as text."""
    return parse_datetime(str(value)) if value else None


def _ago(gap: timedelta) -> str:
    minutes = max(0, int(gap.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"

"""The invariants that concern the post, on every mail of the hard corpus, through a real server.

Each mail is delivered, polled and read among others: (1) it is handed over exactly once; (2) the bytes are
those that the server served; (3) a second poll brings nothing; (4) the others are unaffected; (6) reading
is bounded in time and memory; (7) every leaf part can be told apart. (5) stands in the last test.
"""

from __future__ import annotations

import dataclasses
import re
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path

import corpus
import pytest
from servers import Dovecot, lmtp_deliver

from mail import mailbox
from mail.mailbox import MailboxSettings
from mail.message import read_email
from mail.values import Delivered, Email, Place

SAMPLES = {n: s for n, s in corpus.messages().items() if s.raw and n != "f31 only a body"}


@cache
def read(name: str) -> Email:
    return read_email(SAMPLES[name].raw)


def _flat(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\0", b"")


@pytest.fixture(scope="module")
def polled(dovecot: Dovecot) -> tuple[MailboxSettings, list[Delivered], dict[int, str]]:
    user = dovecot.account()
    settings = MailboxSettings(
        "127.0.0.1", dovecot.port, user, tls="none", password="demo-only", pauses=(0.01,)
    )
    names = {dovecot.deliver(user, s.raw.replace(b"\0", b"")): name for name, s in SAMPLES.items()}
    return settings, list(mailbox.waiting(settings, lambda *_: frozenset())), names


def test_each_mail_is_handed_over_once_with_the_servers_bytes(polled) -> None:
    _, got, names = polled
    assert sorted(d.place.uid for d in got) == sorted(names)
    for one in got:
        name = names[one.place.uid]
        if name == "exchange stub":
            assert one.problem == "stub"
            assert one.raw is None
            continue
        assert one.problem is None, name
        assert one.raw is not None, name
        assert _flat(one.raw) == _flat(SAMPLES[name].raw), name


def test_a_second_poll_changes_nothing(polled) -> None:
    settings, got, _ = polled
    seen = frozenset(d.place.uid for d in got)
    assert list(mailbox.waiting(settings, lambda *_: seen)) == []
    assert {u for uids in mailbox.snapshot(settings).values() for u in uids} == seen


def test_what_the_server_served_reads_as_what_was_sent(polled) -> None:
    _, got, names = polled
    for one in got:
        sample = SAMPLES[names[one.place.uid]]
        if one.raw is not None and sample.leaves is not None:
            email = read_email(one.raw)
            assert sorted(leaf.path for leaf in email.leaves) == sorted(sample.leaves)
            assert email.machine == sample.machine


def test_a_border_server_delivers_the_hard_mails_too(dovecot: Dovecot) -> None:
    user = dovecot.account()
    chosen = [n for n in SAMPLES if n.startswith(("f15", "f16", "f22"))]
    for name in chosen:
        lmtp_deliver(dovecot, user, SAMPLES[name].raw)
    settings = MailboxSettings("127.0.0.1", dovecot.port, user, tls="none", password="demo-only")
    got = [read_email(d.raw) for d in mailbox.waiting(settings, lambda *_: frozenset()) if d.raw]
    assert len(got) == len(chosen)
    for name, email in zip(chosen, got, strict=True):
        leaves = SAMPLES[name].leaves
        if leaves is not None:
            assert sorted(x.path for x in email.leaves) == sorted(leaves)


def test_two_pollers_at_once_see_the_same_places(polled) -> None:
    settings, _, _ = polled
    first = mailbox.waiting(settings, lambda *_: frozenset())
    second = mailbox.waiting(settings, lambda *_: frozenset())
    pairs = [(next(first).place, next(second).place) for _ in range(5)]
    first.close()
    second.close()
    assert all(
        a == b for a, b in pairs
    )  # so the ledger's unique place makes the second one harmless


def test_reading_is_bounded_in_time_and_memory() -> None:
    """Each mail in one child with a limit of 1.5 GB and a minute of processor for all of them."""
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "sys.path.insert(0, sys.argv[1]); import corpus\n"
        "from mail.message import read_email\n"
        "count = 0\n"
        "for s in corpus.messages().values():\n"
        "    read_email(s.raw); count += 1\n"
        "print(count)\n"
    )
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", script, str(here)],
        cwd=here.parent.parent,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) >= 100
    assert resource.RLIMIT_AS


def test_no_machine_is_ever_to_be_answered() -> None:
    for name in SAMPLES:
        email = read(name)
        if email.machine:
            assert email.notes.get("never_answer"), name


def test_no_address_is_taken_from_the_body_for_the_sender() -> None:
    for name, sample in SAMPLES.items():
        email = read(name)
        head = sample.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
        for box in (email.sender, email.reply_to, *email.to, *email.cc):
            if box is not None and box.address and "=?" not in head.decode("utf-8", "replace"):
                assert box.address.encode("utf-8", "replace") in head, name


def test_a_place_says_everything_that_makes_a_uid_mean_something() -> None:
    fields = [f.name for f in dataclasses.fields(Place)]
    assert fields == ["account", "folder", "uidvalidity", "uid"]


def test_the_post_never_sets_flags_by_itself() -> None:
    room = Path(mailbox.__file__).parent
    source = "".join(p.read_text() for p in sorted(room.glob("*.py")) if p.name != "demo_post.py")
    # Only \\Deleted, before UID EXPUNGE: of what we moved ourselves, and of what a manager had deleted.
    set_by_us = re.findall(r"(?:add_flags|set_flags|remove_flags)\(.*", source)
    assert len(set_by_us) == 2
    assert all(r'[b"\\Deleted"]' in line for line in set_by_us)
    assert not re.search(r"\.expunge\(|\bidle\b\(|UNSEEN\"|\.delete_messages", source)

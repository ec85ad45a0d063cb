"""Servers for the post's tests, one of each kind for the whole run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import servers

from mail.mailbox import MailboxSettings


@pytest.fixture(scope="session")
def dovecot() -> Iterator[servers.Dovecot]:
    if not servers.have_dovecot():
        pytest.skip("dovecot is not installed (apt-get install dovecot-imapd dovecot-lmtpd)")
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def user(dovecot: servers.Dovecot) -> str:
    return dovecot.account()


@pytest.fixture
def settings(dovecot: servers.Dovecot, user: str) -> MailboxSettings:
    return MailboxSettings(
        "127.0.0.1", dovecot.port, user, tls="none", password=servers.PASSWORD, sent="Sent Items",
        timeout=10, pauses=(0.01, 0.01),
    )  # fmt: skip


@pytest.fixture
def smtp() -> Iterator[servers.BadSmtp]:
    with servers.bad_smtp() as server:
        yield server


@pytest.fixture
def fake() -> Iterator[servers.FakeImap]:
    with servers.fake_imap() as double:
        yield double

"""Real servers on loopback for the post's tests, and doubles for what no honest server does.

All of them bind 127.0.0.1 on free ports and end with the test run.
"""

from __future__ import annotations

from graph_double import FakeGraph, fake_graph
from imap_double import FakeImap, FakeMail, fake_imap
from loopback import free_port, make_certificate, proxy
from real_dovecot import PASSWORD, Dovecot, dovecot, have_dovecot, lmtp_deliver
from smtp_double import BadSmtp, bad_smtp, deliver
from token_double import FixedTokens, TokenServer, token_server

__all__ = [
    "PASSWORD", "BadSmtp", "Dovecot", "FakeGraph", "FakeImap", "FakeMail", "FixedTokens", "TokenServer", "bad_smtp",
    "deliver", "dovecot", "fake_graph", "fake_imap", "free_port", "have_dovecot", "lmtp_deliver", "make_certificate",
    "proxy", "token_server",
]  # fmt: skip

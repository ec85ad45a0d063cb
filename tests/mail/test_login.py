"""Signing in by token: MSAL, a local token server, Dovecot and SMTP, with the traps met."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import servers

from mail import login, mailbox, sending
from mail.errors import TryLater
from mail.login import OAuthSettings, Tokens
from mail.mailbox import MailboxSettings
from mail.sending import Accepted, SendingSettings
from mail.values import Mailbox


@pytest.fixture(scope="module")
def token_server(tmp_path_factory) -> Iterator[servers.TokenServer]:
    with servers.token_server(tmp_path_factory.mktemp("tokens")) as server:
        yield server


@pytest.fixture(scope="module")
def box(token_server: servers.TokenServer) -> Iterator[servers.Dovecot]:
    if not servers.have_dovecot():
        pytest.skip("dovecot is not installed")
    with servers.dovecot(token_server.introspect_url) as server:
        yield server


@pytest.fixture
def oauth(token_server: servers.TokenServer) -> OAuthSettings:
    return OAuthSettings(
        "tenant-1", "cme-app", secret="cme-secret", authority=token_server.authority,
        ca_file=str(token_server.cert), timeout=5,
    )  # fmt: skip


@pytest.fixture
def settings(box: servers.Dovecot, oauth: OAuthSettings) -> MailboxSettings:
    return MailboxSettings(
        "localhost",
        box.tls_port,
        "cme@council.example",
        oauth=oauth,
        ca_file=str(box.cert),
        timeout=10,
    )


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_a_token_opens_the_mailbox(
    settings: MailboxSettings, oauth: OAuthSettings, mechanism: str
) -> None:
    chosen = dataclasses.replace(settings, oauth=dataclasses.replace(oauth, mechanism=mechanism))
    assert mailbox.snapshot(chosen)


def test_a_revoked_token_is_replaced_once(
    settings: MailboxSettings, oauth: OAuthSettings, token_server: servers.TokenServer
) -> None:
    tokens = Tokens(oauth)
    kept = dataclasses.replace(settings, oauth=tokens)
    mailbox.snapshot(kept)
    before = token_server.issued
    mailbox.snapshot(kept)
    assert token_server.issued == before  # from the cache
    token_server.revoke_all()
    mailbox.snapshot(kept)
    assert token_server.issued == before + 1


def test_f14_a_token_for_another_mailbox_is_refused_in_plain_words(
    settings: MailboxSettings, token_server: servers.TokenServer
) -> None:
    token_server.username = "other@council.example"
    try:
        with pytest.raises(TryLater, match="refuses our token") as trouble:
            mailbox.snapshot(settings)
    finally:
        token_server.username = "cme@council.example"
    assert trouble.value.kind == "login"


def test_f14_a_wrong_secret_is_told_though_nothing_raises(
    settings: MailboxSettings, oauth: OAuthSettings
) -> None:
    wrong = dataclasses.replace(settings, oauth=dataclasses.replace(oauth, secret="old"))
    with pytest.raises(TryLater, match="client secret") as trouble:
        mailbox.snapshot(wrong)
    assert trouble.value.kind == "login"


def test_nothing_is_fetched_before_a_token_is_wanted_and_offline_is_tried_later(
    oauth: OAuthSettings,
) -> None:
    port = servers.free_port()
    tokens = Tokens(dataclasses.replace(oauth, authority=f"https://localhost:{port}/tenant-1"))
    with pytest.raises(TryLater) as trouble:
        tokens.token()
    assert trouble.value.kind == "away"


def test_an_untrusted_sign_in_server_is_told(oauth: OAuthSettings) -> None:
    with pytest.raises(TryLater) as trouble:
        Tokens(dataclasses.replace(oauth, ca_file="")).token()
    assert trouble.value.kind in ("certificate", "away")


def test_the_environment_does_not_change_whom_we_trust(
    oauth: OAuthSettings, monkeypatch, tmp_path
) -> None:
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert Tokens(oauth).token()


def test_the_password_still_works_beside_tokens(
    box: servers.Dovecot, settings: MailboxSettings
) -> None:
    by_password = dataclasses.replace(settings, oauth=None, password=servers.PASSWORD)
    assert mailbox.snapshot(by_password)


def test_secrets_are_not_shown() -> None:
    shown = repr(OAuthSettings("t", "c", secret="s3cret")) + repr(
        MailboxSettings("h", 1, "u", password="s3cret")
    )
    shown += repr(SendingSettings("h", 1, Mailbox("", "a@b.example"), password="s3cret"))
    assert "s3cret" not in shown


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_a_token_opens_the_sending_server_and_a_revoked_one_is_replaced_once(
    smtp: servers.BadSmtp, oauth: OAuthSettings, token_server: servers.TokenServer, mechanism: str
) -> None:
    smtp.advertise_auth = mechanism
    smtp.auth = lambda _, data: token_server.good(
        data.partition(b"Bearer ")[2].rstrip(b"\x01").decode()
    )
    tokens = Tokens(dataclasses.replace(oauth, mechanism=mechanism))
    out = SendingSettings(
        "127.0.0.1", smtp.port, Mailbox("", "cme@council.example"), tls="none", user="cme@council.example",
        oauth=tokens, timeout=5,
    )  # fmt: skip
    assert isinstance(
        servers.deliver(out, b"Subject: x\r\n\r\nx\r\n", "ok@alder.example"), Accepted
    )
    token_server.revoke_all()
    assert isinstance(
        servers.deliver(out, b"Subject: x\r\n\r\nx\r\n", "ok@alder.example"), Accepted
    )
    smtp.auth = lambda *_: False
    with pytest.raises(TryLater) as trouble, sending.Wire(out):
        pass
    assert trouble.value.kind == "login"


def test_a_session_has_a_time_limit_and_follows_our_certificates_only() -> None:
    made = login.session("/nowhere.pem", 3)
    assert made.verify == "/nowhere.pem"
    assert made.trust_env is False

"""Signing in: a password, or a token of our own by client credentials (Exchange Online, Gmail).

What a stranger would get wrong:
- `ConfidentialClientApplication(...)` fetches a document when it is made, so offline it raises
  from its constructor: it is made only when a token is needed, inside what is retried.
- A wrong secret raises nothing: MSAL *returns* `{"error": ...}`.
- MSAL hands out a token until it expires, also when the server has revoked it: after a refused
  login the cache is emptied once and one fresh token tried.
- REQUESTS_CA_BUNDLE in the environment overrides `verify`: the session trusts no environment.
- Exchange may answer OK to AUTHENTICATE and BAD to the SELECT after it; the mailbox treats
  that as a refused login too.

Source: docs/sources.md, "Post"; RFC 7628 (OAUTHBEARER), Microsoft's XOAUTH2.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

import msal
import requests
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mail.errors import TryLater

Tls = Literal["implicit", "starttls", "none"]
IMAP_SCOPE = "https://outlook.office365.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """An app registration. `certificate` (PEM private key) with `thumbprint`, or `secret`.

    `authority` defaults to Microsoft's for `tenant`; `ca_file` is for a private authority.
    """

    tenant: str
    client_id: str
    secret: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    thumbprint: str = ""
    authority: str = ""
    scope: str = IMAP_SCOPE
    mechanism: Literal["XOAUTH2", "OAUTHBEARER"] = "XOAUTH2"
    ca_file: str = ""
    timeout: float = 30.0


class Tokens:
    """Tokens for one app registration. Keep one across polls: MSAL caches inside it."""

    def __init__(self, settings: OAuthSettings) -> None:
        self.settings = settings
        self._app: Any = None

    def token(self) -> str:
        """Return an access token.

        Raises:
            TryLater: the token server is away, or refuses our credentials (kind "login").
        """
        try:
            answer = self._client().acquire_token_for_client([self.settings.scope])
        except requests.exceptions.SSLError as error:
            raise TryLater(
                "The sign-in server's certificate is not trusted.", "certificate"
            ) from error
        except (requests.exceptions.RequestException, ValueError) as error:
            # MSAL raises ValueError when the discovery document cannot be had or read.
            raise TryLater("The sign-in server does not answer; no token could be had.") from error
        if "access_token" not in answer:
            raise TryLater(_refusal(str(answer.get("error", ""))), "login")
        return str(answer["access_token"])

    def forget(self) -> None:
        """Drop the cached token, which the server has refused."""
        if self._app is not None:
            self._app.remove_tokens_for_client()

    def _client(self) -> Any:
        if self._app is None:
            s = self.settings
            authority = s.authority or f"https://login.microsoftonline.com/{s.tenant}"
            self._app = msal.ConfidentialClientApplication(
                s.client_id, client_credential=_credential(s), authority=authority,
                instance_discovery=not s.authority, http_client=session(s.ca_file, s.timeout),
            )  # fmt: skip
        return self._app


def _credential(settings: OAuthSettings) -> Any:
    if settings.certificate:
        return {"private_key": settings.certificate, "thumbprint": settings.thumbprint}
    return settings.secret


def _refusal(error: str) -> str:
    match error:
        case "invalid_client":
            return "The sign-in server refuses our client secret or certificate: it is wrong or has run out."
        case "unauthorized_client":
            return "The sign-in server does not let this application ask for mail: the admin consent is missing."
        case _:
            return f"The sign-in server gives no token ({error or 'no reason given'})."


class _TimedSession(requests.Session):
    """A session with a time limit on every call; requests has none by itself."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.timeout = timeout

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", self.timeout)
        return super().request(*args, **kwargs)


def session(ca_file: str = "", timeout: float = 30.0) -> requests.Session:
    """Return an HTTPS session that believes our settings and not the environment."""
    made = _TimedSession(timeout)
    made.trust_env = False
    made.verify = ca_file or True
    return made


def as_tokens(oauth: OAuthSettings | Tokens | None) -> Tokens | None:
    """Return the token source of settings that may carry one or only its description."""
    return Tokens(oauth) if isinstance(oauth, OAuthSettings) else oauth


def context(ca_file: str) -> ssl.SSLContext:
    """Return a TLS context that verifies."""
    return ssl.create_default_context(cafile=ca_file or None)


def guard_plain(host: str, tls: Tls) -> None:
    """Refuse an unencrypted line to another machine.

    Raises:
        ValueError: `tls` is "none" and the host is not this machine.
    """
    if tls == "none" and host not in _LOOPBACK:
        raise ValueError(f"tls none is for this machine only, not for {host}")


def imap_sign_in(client: IMAPClient, user: str, password: str, tokens: Tokens | None) -> None:
    """Sign in to IMAP.

    Raises:
        LoginError: the server refuses; the caller decides whether a fresh token is worth a try.
    """
    if tokens is None:
        client.login(user, password)
        return
    token = tokens.token()
    if tokens.settings.mechanism == "OAUTHBEARER":
        client.oauthbearer_login(user, token)
    else:
        client.oauth2_login(user, token)


def smtp_sign_in(wire: smtplib.SMTP, user: str, password: str, tokens: Tokens | None) -> None:
    """Sign in to SMTP; a dead token is replaced once.

    Raises:
        smtplib.SMTPAuthenticationError: refused, also with a fresh token.
    """
    if tokens is None:
        wire.login(user, password)
        return
    try:
        _smtp_token(wire, user, tokens)
    except smtplib.SMTPAuthenticationError:
        tokens.forget()
        _smtp_token(wire, user, tokens)


def _smtp_token(wire: smtplib.SMTP, user: str, tokens: Tokens) -> None:
    token = tokens.token()
    wire.ehlo_or_helo_if_needed()
    if tokens.settings.mechanism == "OAUTHBEARER":
        first = f"n,a={user},\x01auth=Bearer {token}\x01\x01"
    else:
        first = f"user={user}\x01auth=Bearer {token}\x01\x01"

    def answer(challenge: bytes | None = None) -> str:
        # A challenge after the first answer carries the refusal; an empty line (or \x01) ends it.
        if challenge is None:
            return first
        return "\x01" if tokens.settings.mechanism == "OAUTHBEARER" else ""

    wire.auth(tokens.settings.mechanism, answer)


__all__ = [
    "GRAPH_SCOPE", "IMAP_SCOPE", "LoginError", "OAuthSettings", "Tls", "Tokens", "as_tokens", "context",
    "guard_plain", "imap_sign_in", "session", "smtp_sign_in",
]  # fmt: skip

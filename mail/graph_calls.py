"""Calls of Microsoft Graph with a token, by plain HTTPS: Microsoft's own library brings 46 packages and 473 MB.

What a stranger would get wrong:
- 429 and 503 say how long to wait (Retry-After). A short wait is waited here; a long one is the next poll's.
- The token dies in the middle of a poll: 401 once means a fresh one, 401 twice a refusal.
- A redirect or a next page on another host would carry the token there.
- `Prefer: IdType="ImmutableId"` on every call, or the ids are of the kind that change with each move.

Source: docs/sources.md, "Post"; Microsoft Graph reference 1.0, "Throttling guidance", "Immutable identifiers".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import requests

from mail import login
from mail.errors import TryLater
from mail.login import OAuthSettings, Tokens

_MOST_PAGES = 1000
_LONGEST_WAIT = 30.0  # seconds; what is longer is left to the next poll
_MOST_WAITS = 3


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """One mailbox over Graph. `oauth.scope` must be Graph's own (`login.GRAPH_SCOPE`)."""

    mailbox: str
    oauth: OAuthSettings | Tokens
    account: str = ""
    base: str = "https://graph.microsoft.com/v1.0"
    skip: tuple[str, ...] = ()
    processed: str = "Processed"
    exceptions: str = "Exceptions"
    max_size: int = 60_000_000
    timeout: float = 30.0
    ca_file: str = ""
    pause: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """The account's name in the ledger."""
        return self.account or self.mailbox


def number(identity: str) -> int:
    """Return the number by which the ledger knows a Graph id."""
    return int.from_bytes(sha256(identity.encode()).digest()[:8], "big") >> 2


class Graph:
    """One session of calls."""

    def __init__(self, settings: GraphSettings) -> None:
        self.settings = settings
        tokens = login.as_tokens(settings.oauth)
        assert tokens is not None
        self.tokens: Tokens = tokens
        self.session = login.session(settings.ca_file, settings.timeout)
        self.root = f"{settings.base}/users/{quote(settings.mailbox)}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Return the answer to a call.

        Raises:
            TryLater: no answer, a refused token, or too busy.
        """
        url = path if path.startswith(self.settings.base) else self.root + path
        with told():
            answer = self._patiently(method, url, **more)
            if answer.status_code == 401:
                self.tokens.forget()
                answer = self._patiently(method, url, **more)
        _complain(answer)
        return answer

    def _patiently(self, method: str, url: str, **more: Any) -> requests.Response:
        """Call, and call again when a busy server names a short wait.

        What changes something is repeated after 429 only: behind a 503 it may have been done.
        """
        busy = (429, 503) if method == "GET" else (429,)
        answer = self._once(method, url, **more)
        for _ in range(_MOST_WAITS):
            wait = answer.headers.get("Retry-After", "")
            if answer.status_code not in busy or not wait.isdigit():
                break
            if int(wait) > _LONGEST_WAIT:
                break
            answer.close()
            self.settings.pause(float(wait))
            answer = self._once(method, url, **more)
        return answer

    def _once(self, method: str, url: str, **more: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens.token()}",
            "Prefer": 'IdType="ImmutableId"',
        }
        headers |= more.pop("headers", {})
        # A redirect would carry the token to another host.
        return self.session.request(method, url, headers=headers, allow_redirects=False, **more)

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield every item of a listing, page after page."""
        next_path = path
        for _ in range(_MOST_PAGES):
            answer = self.call("GET", next_path)
            if answer.status_code == 404:
                return
            page = as_json(answer)
            yield from page.get("value", [])
            next_path = page.get("@odata.nextLink", "")
            if not next_path:
                return
            if not next_path.startswith(self.settings.base + "/"):
                raise TryLater("Microsoft Graph points to another host for the next page.")
        raise TryLater("Microsoft Graph's listing does not end.")


@contextmanager
def told() -> Iterator[None]:
    """Turn a network's trouble into TryLater."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise TryLater("Microsoft Graph's certificate is not trusted.", "certificate") from error
    except requests.exceptions.RequestException as error:
        raise TryLater("Microsoft Graph does not answer.") from error


def _complain(answer: requests.Response) -> None:
    match answer.status_code:
        case 401:
            raise TryLater("Microsoft Graph refuses our token.", "login")
        case 403:
            raise TryLater(
                "Microsoft Graph does not let this application into the mailbox.", "login"
            )
        case 429 | 503 | 504:
            raise TryLater("Microsoft Graph is too busy for us.", "throttled")
        case code if code >= 500 or 300 <= code < 400:
            raise TryLater(f"Microsoft Graph has trouble of its own ({code}).")


def as_json(answer: requests.Response) -> dict[str, Any]:
    """Return an answer's JSON object.

    Raises:
        TryLater: it is none.
    """
    try:
        made = answer.json()
    except ValueError as error:
        raise TryLater("Microsoft Graph's answer cannot be read.") from error
    return made if isinstance(made, dict) else {}


def json_or_empty(answer: requests.Response) -> dict[str, Any]:
    """Return an answer's JSON, {} when it cannot be read."""
    try:
        return as_json(answer)
    except TryLater:
        return {}

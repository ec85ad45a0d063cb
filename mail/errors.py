"""Troubles of the post that time puts right. Anything else raises plainly and fails loudly.

`kind` tells the officer whom to ring: "away" (no answer, or the line broke), "login" (the server knows
us not: password, token, permission), "throttled" (too many at once), "certificate", "folder".
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

TroubleKind = Literal["away", "login", "throttled", "certificate", "folder"]


class TryLater(Exception):
    """The mail server cannot serve us now; nothing was lost and the next run is the retry."""

    def __init__(self, words: str, kind: TroubleKind = "away") -> None:
        super().__init__(words)
        self.kind: TroubleKind = kind


@contextmanager
def told(server: str, refusal: Callable[[Exception, str], TryLater | None]) -> Iterator[None]:
    """Turn what time puts right into TryLater, in plain words; the rest raises as it is.

    `server` is how the sentence begins ("The mail server mx.alder.example"); `refusal` knows the protocol's own errors.
    """
    try:
        yield
    except TryLater:
        raise
    except Exception as error:
        trouble = refusal(error, server) or _network(error, server)
        if trouble is None:
            raise
        raise trouble from error


def _network(error: Exception, server: str) -> TryLater | None:
    match error:
        case ssl.SSLCertVerificationError():
            name = server.rpartition(" ")[2]
            return TryLater(f"The certificate of {name} is not trusted.", "certificate")
        case socket.gaierror():
            return TryLater(f"{server} is not found.")
        case TimeoutError():
            return TryLater(f"{server} does not answer in time.")
        case OSError():
            return TryLater(f"{server} cannot be reached.")
    return None

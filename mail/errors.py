"""Troubles of the post that time puts right. Anything else raises plainly and fails loudly.

`kind` tells the officer whom to ring: "away" (no answer, or the line broke), "login" (the server knows
us not: password, token, permission), "throttled" (too many at once), "certificate", "folder".
"""

from __future__ import annotations

from typing import Literal

TroubleKind = Literal["away", "login", "throttled", "certificate", "folder"]


class TryLater(Exception):
    """The mail server cannot serve us now; nothing was lost and the next run is the retry."""

    def __init__(self, words: str, kind: TroubleKind = "away") -> None:
        super().__init__(words)
        self.kind: TroubleKind = kind

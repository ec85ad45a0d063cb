"""A ground ticked among a list of legal texts, each text beside its own box.

Source: SI 2024/208 regulation 9; docs/reading.md, "layouts", 9.
"""

from __future__ import annotations

import re

from parsers import grounds
from parsers.fields import Got
from parsers.pairs import Pair

_ASKS = re.compile(r"\bgrounds?\b|\breasons?\b|regulation", re.I)


def ticked(pair: Pair, words: str) -> bool:
    """Say whether a ticked box stands beside the text of a ground, under a heading that asks for it or cited in full."""
    if words != "Yes" or pair.match is not None:
        return False
    got = grounds.ground(pair.label)
    if not isinstance(got, Got):
        return False
    return _ASKS.search(pair.heading) is not None or got.value["letter"] is not None

"""An email that answers for several cases at once, each reference with its own sentence: whose news is whose.

"CME-2026-0141 is back with us. CME-2026-0142 has moved to Leeds" is two updates. It is taken apart only where that is plain: a
reference in every passage, one each, and nothing told outside of them. What is said of "both" belongs to neither
passage, so that such an email stays one question for an officer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from mail.words import case_refs
from parsers.reading import Reading

_UNIT = re.compile(r"\n+|(?<=[.!?])\s+(?=[A-Z0-9\"'(*•-])")
_GOES_ON = re.compile(r"\W*(?:he|she|his|her|mum|dad|mother|father|parents?)\b", re.I)
Told = Callable[[str], Sequence[Reading]]


def about(text: str, refs: Sequence[str], read: Told, prefix: str) -> list[Reading]:
    """Return what each reference's own passage tells, or nothing where the email must not be taken apart.

    `refs` are all that the email bears, also in its subject and address.
    """
    passages: dict[str, list[str]] = {}
    outside: list[str] = []
    here = ""
    for unit in filter(str.strip, _UNIT.split(text)):
        own = case_refs("", (), unit, "", prefix)
        if len(own) > 1:
            return []
        if own:
            here = own[0]
        if own or (here and _GOES_ON.match(unit)):
            passages.setdefault(here, []).append(unit)
        else:
            outside.append(unit)
    if len(passages) < 2 or set(refs) != set(passages) or read("\n".join(outside)):
        return []
    told = [(ref, read("\n".join(units))) for ref, units in passages.items()]
    if any(len(readings) > 1 or any(r.form != "update" for r in readings) for _, readings in told):
        return []
    return [replace(reading, case_ref=ref) for ref, readings in told for reading in readings]

"""Blocking keys: equality keys by which the few children worth comparing are found among many thousands.

Measured elsewhere on such data: 99.7 % of true pairs share a key, with five candidates at 2,500 cases. Keys
that too many children share say nothing; whoever looks them up leaves those out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policy import upn as upns
from policy.names import fold, given, joined, sound, tokens

if TYPE_CHECKING:
    from policy.known import Person


def keys(person: Person) -> frozenset[str]:
    """Return the keys of one version of a child; two forms of one child nearly always share one."""
    found: set[str] = set()
    upn = upns.canonical(person.upn) if person.upn else None
    if upn:
        found |= {f"u:{upn}", f"v:{upn[1:]}"}
    fore = given(person.forename, person.middle_names) + tokens(person.known_as)
    sur = tokens(person.surname)
    sounds = sorted({sound(s) for s in (*sur, joined(person.surname)) if s})
    if person.dob:
        found.add(f"d:{person.dob.isoformat()}")
        if person.dob.day <= 12 and person.dob.day != person.dob.month:
            swapped = person.dob.replace(month=person.dob.day, day=person.dob.month)
            found.add(f"d:{swapped.isoformat()}")
        month = f"{person.dob:%Y%m}"
        found |= {f"m:{month}:{sound(t)}" for t in (*fore[:2], *sur) if t}
    for s in sounds:
        found |= {f"n:{':'.join(sorted((s, sound(f))))}" for f in fore[:3] if f}
    code = postcode(person.postcode)
    if code:
        found |= {f"p:{code}:{w[0]}" for w in (*fore[:1], *sur[:1]) if w}
    for parent in person.parents:
        words = sorted(tokens(parent))
        if len(words) >= 2:
            found.add("g:" + " ".join(words))
    return frozenset(k for k in found if len(k) > 3)


@lru_cache(maxsize=50_000)
def postcode(text: str) -> str:
    """Return a postcode without blanks, the inward part's first O read as 0; "" when there is none."""
    bare = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if not 5 <= len(bare) <= 7:
        return ""
    out, inward = bare[:-3], bare[-3:]
    return out + inward.replace("O", "0", 1) if inward[0] == "O" else bare


@lru_cache(maxsize=50_000)
def house(address: str) -> tuple[frozenset[str], str]:
    """Return an address's house and flat numbers and its street words, for comparing."""
    first = re.split(r"[\n;]", address)[0] if address.count(",") < 1 else address
    numbers = frozenset(re.findall(r"\b\d{1,4}[a-z]?\b", first.lower()))
    words = fold(re.sub(r"\b[a-z]{1,2}\d[\da-z]?\s*\d[a-z]{2}\b", " ", first.lower()))
    return numbers, words

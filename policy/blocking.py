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


STREETS = frozenset(
    ["road", "street", "avenue", "close", "lane", "drive", "court", "gardens", "place", "crescent", "flat", "terrace"]
)  # fmt: skip


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
    numbers, street = house(person.address)
    named = [w for w in street.split() if len(w) > 3 and w not in STREETS][:2]
    found |= {f"a:{number}:{sound(word)}" for number in numbers for word in named}
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
    """Return an address's house and flat numbers and the words of its street line, for comparing.

    The street line is the last one with a number ("Flat 2, 12 Mill Street"), else the first two; the town is left
    out, for offices write it in several ways or not at all.
    """
    bare = re.sub(r"\b[a-z]{1,2}\d[\da-z]?\s*\d[a-z]{2}\b", " ", address.lower())
    numbers = frozenset(re.findall(r"\b\d{1,4}[a-z]?\b", bare))
    joined_up = re.sub(r"(\d[a-z]?)\s*[\n;,]\s*(?=[a-z])", r"\1 ", bare)  # "12, Alder Road"
    parts = [p for p in re.split(r"[\n;,]", joined_up) if fold(p)]
    numbered = [p for p in parts if re.search(r"\d", p)]
    return numbers, fold(numbered[-1] if numbered else " ".join(parts[:2]))

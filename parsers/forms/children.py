"""Which child each question is about: one child, blocks that repeat, rows of a list, brothers and sisters aside.

What a stranger would get wrong: that a list of siblings is a list of referrals; that what one child's block says is
true of the next.

Source: docs/reading.md, "whose it is"; policy 9.4.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from parsers.forms.answers import BOOLEANS
from parsers.forms.placed import EVENTS, IN_SIBLING, NAMES, SINGLE, Placed, plain

CHILDREN = 200  # in one document; the rest are told, never dropped in silence
_EACH = frozenset({
    "ethnicity", "first_language", "last_attended", "off_roll_date", "admission_date", "school_name",
})  # fmt: skip
_AT_HOME = frozenset({
    "address", "postcode", "reason", "ground", "destination_school", "destination_address", "destination_place",
    "destination_country", "move_date", "narrative", "social_worker", "known_as",
})  # fmt: skip


def drafts(everything: list[Placed]) -> tuple[list[tuple[list[Placed], list[Placed]]], int]:
    """Return, for each child, the pairs that are its own and those all children share.

    The number is of the children over the limit, who are told of and not read.
    """
    placed = _shared(_siblings_aside(_numbered(everything)))
    ids: list[int] = []
    for p in placed:
        if (
            p.pair.child is not None
            and p.pair.child not in ids
            and p.field in SINGLE
            and p.picked.words
        ):
            ids.append(p.pair.child)
    shared = [p for p in placed if p.pair.child is None]
    if not ids:
        return [(placed, [])], 0
    made = []
    for n in ids[:CHILDREN]:
        own = [p for p in placed if p.pair.child == n]
        made.append((own, [p for p in shared if p.field not in SINGLE]))
    lone = [p for p in shared if p.field in NAMES and p.picked.words]
    nameless = all(p.field in NAMES - {"surname", "full_name"} for own, _ in made for p in own
                   if p.field in NAMES and p.picked.words)  # fmt: skip
    if {p.field for p in lone} == {
        "surname"
    } and nameless:  # the family's name, asked once above its children
        family = [replace(p, sure=min(p.sure, 0.93)) for p in lone]
        return [(own + family, rest) for own, rest in made], max(0, len(ids) - CHILDREN)
    if lone and not any(_same(lone, own) for own, _ in made):
        made.insert(0, (shared, []))
    return made, max(0, len(ids) - CHILDREN)


def _same(one: list[Placed], other: list[Placed]) -> bool:
    words = set(re.findall(r"\w+", " ".join(p.picked.words for p in one).casefold()))
    theirs = set(
        re.findall(r"\w+", " ".join(p.picked.words for p in other if p.field in NAMES).casefold())
    )
    return bool(words) and words <= theirs


def _siblings_aside(placed: list[Placed]) -> list[Placed]:
    """Take rows of children for siblings when the form is about one child named outside them."""
    outside = [p for p in placed if p.pair.child is None and p.picked.words]
    main = {p.field for p in outside}
    rows = any((p.pair.child or 0) > 1000 for p in placed)
    if not rows or not (main & NAMES and main & {"date_of_birth", "upn"}):
        return placed
    listed = {p.field for p in placed if (p.pair.child or 0) > 1000 and p.picked.words}
    if listed & (EVENTS - {"narrative", "destination_school"}):
        return placed  # brothers and sisters have no last day
    names = [p for p in outside if p.field in NAMES]
    made = []
    for p in placed:
        if (p.pair.child or 0) > 1000:
            row = [q for q in placed if q.pair.child == p.pair.child]
            if _same(names, row):
                continue
            name = IN_SIBLING.get(p.field or "", "outside")
            made.append(replace(p, field=name, pair=replace(p.pair, child=None, section="sibling")))
        else:
            made.append(p)
    return made


def _numbered(everything: list[Placed]) -> list[Placed]:
    """Number the children of blocks that repeat without saying "Child 2"."""
    if any(p.pair.child is not None for p in everything):
        return everything
    starts: list[int] = []
    seen: dict[str, str] = {}
    for at, p in enumerate(everything):
        if p.field not in SINGLE or not p.picked.words:
            continue
        if p.field in NAMES and p.field in seen and _another(everything, at, p, seen):
            starts.append(at)
            seen = {}
        seen.setdefault(p.field, p.picked.words)
    if not starts:
        return everything
    made = []
    child = 0
    first = next(at for at, p in enumerate(everything) if p.field in NAMES and p.picked.words)
    for at, p in enumerate(everything):
        child += at in starts
        mine = p.field in SINGLE or p.field in BOOLEANS or p.field in _EACH
        block = starts[0] > at >= first or child > 0
        home = (
            block and at < starts[-1] and p.field in _AT_HOME and p.pair.section in (None, "child")
        )
        made.append(replace(p, pair=replace(p.pair, child=child + 1)) if mine or home else p)
    return made


def _another(everything: list[Placed], at: int, p: Placed, seen: dict[str, str]) -> bool:
    """Say whether a name asked again begins another child and does not contradict the first."""
    ahead = {p.field or "": p.picked.words}
    for q in everything[at + 1 : at + 25]:
        if q.field == p.field:
            break
        if q.field in SINGLE and q.picked.words:
            ahead.setdefault(q.field, q.picked.words)
    if not ({"date_of_birth", "upn"} & set(ahead) and {"date_of_birth", "upn"} & set(seen)):
        return False
    names = [n for n in ("full_name", "forenames", "surname") if n in ahead and n in seen]
    alike = all(fuzz.ratio(plain(ahead[n]), plain(seen[n])) >= 84 for n in names)
    return not alike


def _shared(placed: list[Placed]) -> list[Placed]:
    """Give every child what is asked once, below the last child's block."""
    ids = [
        p.pair.child
        for p in placed
        if p.pair.child is not None and p.field in NAMES and p.picked.words
    ]
    if len(set(ids)) < 2 or any(i is not None and i > 1000 for i in ids):
        return placed
    having: dict[str, set[int]] = {}
    for p in placed:
        if p.pair.child is not None and p.field and p.picked.words:
            having.setdefault(p.field, set()).add(p.pair.child)
    last = max(i for i in ids if i is not None)
    return [
        replace(p, pair=replace(p.pair, child=None))
        if p.field and p.field not in SINGLE and p.field not in BOOLEANS and having.get(p.field) == {last}
        else p for p in placed]  # fmt: skip

"""A form that speaks to the parent: "your child" is the child, and "you" is the parent who fills it in.

What a stranger would get wrong: on a school's form "your name" is the referrer's; on the leaving form that a school
hands to a family it is the mother's, and "your address" is where the child lives.

Source: docs/reading.md, "whose it is".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.forms.placed import Placed
from parsers.words import tokens

_YOUR_CHILD = re.compile(r"\byour (?:child|son|daughter)", re.I)
_RELATED = re.compile(r"\brelat", re.I)
_PARENTS = {
    "referrer_name": "parent_name", "referrer_phone": "parent_phone", "referrer_email": "parent_email",
    "referrer_surname": "parent_surname", "referrer_forenames": "parent_forenames",
}  # fmt: skip


def to_parent(placed: list[Placed]) -> list[Placed]:
    """Give what is asked of "you" to the parent, where the form calls the child "your child"."""
    if sum(_YOUR_CHILD.search(p.pair.label) is not None for p in placed) < 2:
        return placed
    return [_theirs(p) for p in placed]


def _theirs(p: Placed) -> Placed:
    key = set(tokens(p.pair.label))
    if "you" not in key:
        return p
    if p.field == "referrer_role" and _RELATED.search(p.pair.label):
        return replace(p, field="parent_relationship")
    if p.field == "outside" and "address" in key and not key & {"school", "work", "email"}:
        return replace(p, field="address", sure=min(p.sure, 0.93))
    return replace(p, field=_PARENTS.get(p.field or "", p.field))

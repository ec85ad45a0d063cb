"""Pairs made to agree with each other: one to one between two tables, groups within one.

For `benchmarks.matching_febrl`. Pairs come best first. Every scorer's pairs are grouped by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable

Pair = tuple[str, str]
Scored = tuple[float, Pair]


def one_to_one(rows: Iterable[Scored], least: float) -> set[Pair]:
    """Return the pairs of two tables in which each record is used once, the best first."""
    left: set[str] = set()
    right: set[str] = set()
    found: set[Pair] = set()
    for bits, (a, b) in sorted(rows, reverse=True):
        if bits < least:
            break
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            found.add((a, b))
    return found


def grouped(rows: Iterable[Scored], least: float) -> set[Pair]:
    """Return all pairs within groups: two groups become one where their pairs, known or not, speak for it on the whole.

    A pair that was not compared shares no key: it counts as one against. So one doubtful pair does not chain two
    people, and a record that only one of three others resembles is still taken in.
    """
    bits = {pair: told for told, pair in rows}
    group: dict[str, set[str]] = {}
    for told, (a, b) in sorted(rows, reverse=True):
        if told < least:
            break
        one, two = group.setdefault(a, {a}), group.setdefault(b, {b})
        if one is two:
            continue
        across = [bits.get((min(x, y), max(x, y)), -NOT_COMPARED) for x in one for y in two]
        if max(across) >= STRONG or sum(across) / len(across) >= least:
            one |= two
            for member in two:
                group[member] = one
    groups = {id(g): g for g in group.values()}.values()
    return {(min(a, b), max(a, b)) for g in groups for a in g for b in g if a < b}


NOT_COMPARED = 5.0
STRONG = 4.0

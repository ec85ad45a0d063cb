"""`cme match` on a second hand's tables (benchmarks/register.py), through its files.

    python -m benchmarks.matching_tables               the report
    python -m benchmarks.matching_tables SEED… [--why]  these seeds, with causes

A row is linked rightly when the id it names is the same child's, on file or told of by an earlier row. "Offered": among the candidates.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.register import Register, Row
from benchmarks.register_names import COMMUNITIES
from cases.match_table import INCOMING, KNOWN, match_tables


@dataclass
class Counted:
    """What a run came to."""

    count: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Row, dict[str, str]]] = field(default_factory=list)
    missed: list[tuple[Row, dict[str, str]]] = field(default_factory=list)
    question: list[tuple[Row, dict[str, str]]] = field(default_factory=list)

    def take(self, row: Row, out: dict[str, str], who: dict[str, int]) -> None:
        me, decision = row.child.number, out["decision"]
        ask = decision == "ask_officer"
        self.count["all"] += 1
        self.count["on file"] += row.on_file
        self.seen[row.child.community] += 1
        self.asked[row.child.community] += ask
        self.stories[row.story] += 1
        self.stories[f"{row.story} asked"] += ask
        if ask:
            self.count["asked"] += 1
            self.question.append((row, out))
            offered = me in {who.get(c) for c in out["candidates"].split(";")}
            self.count["offered"] += row.on_file and offered
            if row.on_file and not offered:
                self.missed.append((row, out))
        elif decision == "new_child":
            if row.on_file:
                self.missed.append((row, out))
        elif who.get(out["matched_id"]) == me:
            self.count["linked"] += 1
            opened = decision == "re_referral"
            self.count["returned"] += row.opens
            self.count["opened rightly"] += opened and row.opens
            self.count["opened wrongly"] += opened and not row.opens
        else:
            self.wrong.append((row, out))

    def line(self, name: str) -> str:
        c = self.count
        shares = sorted(self.community().items(), key=lambda kv: kv[1])
        on_file = max(c["on file"], 1)
        return (
            f"{name:26}{c['all']:6} rows  wrong merges {len(self.wrong)}  linked {c['linked'] / on_file:.3f}  "
            f"linked or offered {(c['linked'] + c['offered']) / on_file:.4f}  asked {c['asked'] / c['all']:.3f}  "
            f"episodes right {c['opened rightly'] / max(c['returned'], 1):.3f} wrong {c['opened wrongly'] / max(c['linked'], 1):.4f}  "
            f"communities {shares[0][1]:.3f} {shares[0][0]} to {shares[-1][1]:.3f} {shares[-1][0]}"
        )

    def community(self) -> dict[str, float]:
        return {c: self.asked[c] / max(self.seen[c], 1) for c in COMMUNITIES}

    def story(self) -> dict[str, float]:
        plain = sorted(s for s in self.stories if not s.endswith(" asked"))
        return {s: round(self.stories[f"{s} asked"] / self.stories[s], 3) for s in plain}


def run(seeds: list[int], rows: int, hard: bool = False, faults: float = 1.0) -> Counted:
    """Write each seed's tables, have them matched, and count."""
    counted = Counted()
    for seed in seeds:
        register = Register(seed, faults=faults)
        stream = register.stream(rows, hard)
        with tempfile.TemporaryDirectory() as folder:
            known, incoming, out = (Path(folder) / n for n in ("known.csv", "incoming.csv", "out.csv"))  # fmt: skip
            _write(known, KNOWN, register.known)
            _write(incoming, INCOMING, [row.told for row in stream])
            match_tables(known, incoming, out, explain=False)
            with out.open(encoding="utf-8", newline="") as file:
                answers = list(csv.DictReader(file))
        who = {
            k[i]: int(k["child_id"][1:]) for k in register.known for i in ("case_id", "child_id")
        }
        for row, answer in zip(stream, answers, strict=True):
            counted.take(row, answer, who)
            who[row.told["incoming_id"]] = row.child.number
    return counted


def _write(file: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    seeds = [int(a) for a in sys.argv[1:] if a.isdigit()] or [60, 61]
    for name, hard, faults, rows in (
        ("mixed", False, 1.0, 2000), ("twins and siblings only", True, 1.0, 3000), ("twice the faults", False, 2.0, 2000),
    ):  # fmt: skip
        counted = run(seeds, rows, hard, faults)
        print(counted.line(name))
        if "--why" in sys.argv:
            print("   asked by story", counted.story())
            print("   asked by community", {k: round(v, 3) for k, v in counted.community().items()})
            for row, out in counted.wrong[:9]:
                print("   WRONG", row.story, row.told, out)
            for row, out in counted.missed[:4]:
                print("   MISSED", row.story, row.told, out)


if __name__ == "__main__":
    main()

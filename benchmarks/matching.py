"""How well the matcher tells children apart, on invented families (benchmarks/people.py).

    python -m benchmarks.matching            the report, on seeds nobody tunes against
    python -m benchmarks.matching --dev      development seeds, with the wrong merges told

"Linked" means without a person; "offered" means that the right child is among the officer's candidates.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.people import COMMUNITIES, Told, World
from cases.match_table import Index
from policy.matching import (
    AskOfficer,
    Attached,
    Duplicate,
    NewChild,
    ReReferral,
    Resend,
    Update,
    Verdict,
    decide,
)  # fmt: skip


@dataclass
class Figures:
    """Counts of one run, and the shares that the report gives."""

    count: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Told, Verdict]] = field(default_factory=list)
    stories: Counter[str] = field(default_factory=Counter)
    missed: list[Told] = field(default_factory=list)

    def take(self, told: Told, verdict: Verdict) -> None:
        self.count["all"] += 1
        self.seen[told.community] += 1
        self.stories[told.story] += 1
        self.stories[f"{told.story} asked"] += isinstance(verdict, AskOfficer)
        self.count["known"] += told.truth is not None
        self.count["returned"] += told.story == "returned"
        match verdict:
            case AskOfficer(candidates=candidates, why=why):
                self.asked[told.community] += 1
                self.count["asked"] += 1
                self.why[f"{told.story}: {why}"] += 1
                offered = told.truth in {c.child_id for c in candidates}
                self.count["offered"] += told.truth is not None and offered
            case NewChild():
                if told.truth is not None:
                    self.missed.append(told)
            case Duplicate() | Update() | ReReferral() | Attached() | Resend():
                right = verdict.child_id == told.truth
                self.count["linked"] += right
                if not right:
                    self.wrong.append((told, verdict))
                self._episode(told, verdict)

    def _episode(self, told: Told, verdict: Verdict) -> None:
        opened = isinstance(verdict, ReReferral)
        self.count["linked returned"] += told.story == "returned"
        self.count["episode right"] += opened and told.story == "returned"
        self.count["episode wrong"] += opened and told.story != "returned"

    def line(self, name: str) -> str:
        c, known = self.count, max(self.count["known"], 1)
        return (
            f"{name:24} {c['all']:6} forms  wrong merges {len(self.wrong)}  linked {c['linked'] / known:.3f}  "
            f"linked or offered {(c['linked'] + c['offered']) / known:.4f}  asked {c['asked'] / c['all']:.3f}  "
            f"episodes right {c['episode right'] / max(c['linked returned'], 1):.3f} "
            f"wrong {c['episode wrong'] / max(c['linked'], 1):.4f}"
        )

    def by_story(self) -> dict[str, float]:
        plain = [s for s in self.stories if not s.endswith(" asked")]
        return {s: self.stories[f"{s} asked"] / self.stories[s] for s in sorted(plain)}

    def by_community(self) -> dict[str, float]:
        return {name: self.asked[name] / max(self.seen[name], 1) for name in COMMUNITIES}


def run(
    seeds: range, forms: int, hard: bool = False, faults: float = 1.0, families: int = 1200
) -> Figures:
    """Decide `forms` forms a seed against that seed's families."""
    figures = Figures()
    for seed in seeds:
        world = World(seed, families, faults)
        index = Index()
        for known in world.known:
            index.add(known.case_id, known)
        for _ in range(forms):
            told = world.form(hard)
            figures.take(told, decide(told.incoming, index.candidates(told.incoming)))
    return figures


def main() -> None:
    dev = "--dev" in sys.argv
    first = 1 if dev else 300
    for name, hard, faults, forms in (
        ("mixed", False, 1.0, 2000), ("twins and siblings only", True, 1.0, 3000), ("twice the faults", False, 2.0, 2000),
    ):  # fmt: skip
        figures = run(range(first, first + 2), forms, hard, faults)
        print(figures.line(name))
        shares = figures.by_community()
        print("   asked by community: " + ", ".join(f"{k} {v:.2f}" for k, v in shares.items()))
        print(
            "   asked by story: " + ", ".join(f"{k} {v:.2f}" for k, v in figures.by_story().items())
        )
        if dev:
            for why, n in figures.why.most_common(12):
                print(f"   {n:5} {why}")
            for told, verdict in figures.wrong[:8]:
                print("   WRONG", told.story, told.incoming.person, type(verdict).__name__, verdict)
            print("   missed", Counter(t.story for t in figures.missed))
            for t in figures.missed[:4]:
                print("     ", t.truth, t.incoming.person)


if __name__ == "__main__":
    main()

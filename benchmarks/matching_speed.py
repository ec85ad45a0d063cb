"""How long one record takes against many known children, with the key table in an SQLite file on disk.

    python -m benchmarks.matching_speed 1000 10000 100000 1000000

Reads each candidate's versions from the file too, as the intake does. Recall is how often the right child is among the candidates.
A million children take some minutes to invent.
"""

from __future__ import annotations

import pickle
import sqlite3
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from benchmarks.people import Told, World
from policy.blocking import keys
from policy.matching import Incoming, Known, decide

COMMON_KEY = 60
MOST_CANDIDATES = 20
QUERIES = 300


def build(file: Path, world: World) -> sqlite3.Connection:
    """Write every child and its keys."""
    base = sqlite3.connect(file)
    base.execute("pragma journal_mode=off")
    base.execute("create table child (id integer primary key, told blob)")
    base.execute("create table raw (key text, child integer)")
    for number, known in enumerate(world.known):
        base.execute("insert into child values (?, ?)", (number, pickle.dumps(known)))
        rows = [(key, number) for person in known.persons for key in keys(person)]
        base.executemany("insert into raw values (?, ?)", rows)
    base.execute(
        "create table child_key (key text, child integer, primary key (key, child)) without rowid"
    )
    base.execute("insert or ignore into child_key select key, child from raw order by key, child")
    base.execute("drop table raw")
    base.commit()
    return base


def candidates(base: sqlite3.Connection, incoming: Incoming) -> list[Known]:
    """Return the few who share a key, a rare key weighing most; a key that very many share is left out."""
    found = []
    for key in keys(incoming.person):
        rows = base.execute(
            "select child from child_key where key = ? limit ?", (key, COMMON_KEY + 1)
        ).fetchall()
        if len(rows) <= COMMON_KEY:
            found.append([number for (number,) in rows])
    votes: dict[int, float] = defaultdict(float)
    for numbers in found:
        for number in numbers:
            votes[number] += 1 / len(numbers)
    wanted = sorted(votes, key=lambda n: (-votes[n], n))[:MOST_CANDIDATES]
    marks = ",".join("?" * len(wanted))
    rows = base.execute(f"select told from child where id in ({marks})", tuple(wanted)).fetchall()
    return [pickle.loads(blob) for (blob,) in rows]  # our own file, written above


def measure(size: int) -> str:
    """Return one line of figures for `size` known children."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(seed=900, families=int(size / 1.3))
        base = build(Path(folder) / "keys.sqlite", world)
        forms: list[Told] = [world.form_of_anyone() for _ in range(QUERIES)]
        times, right, wanted, seen = [], 0, 0, 0
        for told in forms:
            start = perf_counter()
            found = candidates(base, told.incoming)
            decide(told.incoming, found)
            times.append(1000 * (perf_counter() - start))
            seen += len(found)
            wanted += told.truth is not None
            right += told.truth is not None and told.truth in {k.child_id for k in found}
        base.close()
    return (
        f"{len(world.known):9,} known: median {median(times):.2f} ms, 95th percentile {quantiles(times, n=20)[-1]:.2f} ms, "
        f"{seen / len(forms):.0f} candidates, the right child among them {right / max(wanted, 1):.4f}"
    )


if __name__ == "__main__":
    for wanted in map(int, sys.argv[1:] or ["1000", "10000", "100000"]):
        print(measure(wanted), flush=True)

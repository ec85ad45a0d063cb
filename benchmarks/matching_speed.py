"""How long one record takes against many known children, on SQLite (a file) and on PostgreSQL.

    python -m benchmarks.matching_speed 1000 10000 100000 1000000 [--sqlite | --postgresql]

Finds, reads and decides with plain SQL, each candidate's versions read too; the intake's own road adds Django and the
writing. A throwaway PostgreSQL is started on loopback. The first queries only warm the caches of a program that runs all
day. Recall is how often the right child is among the candidates. A million children take some minutes to invent.
"""

from __future__ import annotations

import pickle
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Protocol

import psycopg

from benchmarks.machines import Cluster
from benchmarks.people import World
from policy.blocking import keys
from policy.matching import Incoming, Known, decide

COMMON_KEY = 60
MOST_CANDIDATES = 20
WARMING, QUERIES = 60, 300


class Base(Protocol):
    """Where children and their keys are kept."""

    def candidates(self, wanted: Iterable[str]) -> list[bytes]:
        """Return, as they were kept, the children who share the most telling keys."""
        ...


class Sqlite:
    """A file on disk."""

    name = "SQLite"

    def __init__(self, file: Path, world: World) -> None:
        self.base = base = sqlite3.connect(file)
        base.execute("pragma journal_mode=off")
        base.execute("create table child (id integer primary key, told blob)")
        base.execute("create table raw (key text, child integer)")
        for number, known in enumerate(world.known):
            base.execute("insert into child values (?, ?)", (number, pickle.dumps(known)))
            base.executemany("insert into raw values (?, ?)", [(k, number) for k in _keys(known)])
        base.execute(
            "create table child_key (key text, child integer, primary key (key, child)) without rowid"
        )
        base.execute("insert into child_key select key, child from raw order by key, child")
        base.execute("drop table raw")
        base.commit()

    def candidates(self, wanted: Iterable[str]) -> list[bytes]:
        """One look for each key: here a question costs no journey."""
        asked = "select child from child_key where key = ? limit ?"
        votes: dict[int, float] = defaultdict(float)
        for key in wanted:
            numbers = self.base.execute(asked, (key, COMMON_KEY + 1)).fetchall()
            if len(numbers) <= COMMON_KEY:
                for (number,) in numbers:
                    votes[number] += 1 / len(numbers)
        best = sorted(votes, key=lambda n: (-votes[n], n))[:MOST_CANDIDATES]
        marks = ",".join("?" * len(best))
        asked = f"select told from child where id in ({marks})"
        return [blob for (blob,) in self.base.execute(asked, tuple(best)).fetchall()]


class Postgresql:
    """A server on loopback: every key in one question."""

    name = "PostgreSQL"

    def __init__(self, address: str, world: World) -> None:
        self.base = psycopg.connect(address, autocommit=True)
        self.cursor = cursor = self.base.cursor()
        cursor.execute("create table child (id integer primary key, told bytea)")
        cursor.execute("create table child_key (key text, child integer)")
        with cursor.copy("copy child from stdin with (format binary)") as copy:
            copy.set_types(["int4", "bytea"])
            for number, known in enumerate(world.known):
                copy.write_row((number, pickle.dumps(known)))
        with cursor.copy("copy child_key from stdin") as copy:
            for number, known in enumerate(world.known):
                for key in _keys(known):
                    copy.write_row((key, number))
        cursor.execute("create index on child_key (key, child)")  # covers the question
        cursor.execute("vacuum analyze")
        cursor.execute("set jit = off")  # compiling takes longer than asking

    def candidates(self, wanted: Iterable[str]) -> list[bytes]:
        """Every key, the counting and the children in one prepared question: one journey."""
        given = (list(wanted), COMMON_KEY + 1, COMMON_KEY, MOST_CANDIDATES)
        rows = self.cursor.execute(_ONE_QUESTION, given, prepare=True, binary=True).fetchall()
        return [bytes(blob) for (blob,) in rows]


_ONE_QUESTION = """
    with found as (
      select k.child, count(*) over (partition by w.key) as many
      from unnest(%s::text[]) w(key),
           lateral (select child from child_key k where k.key = w.key limit %s) k
    ), best as (
      select child from found where many <= %s group by child
      order by sum(1.0::float8 / many) desc, child limit %s
    ) select told from best join child on id = best.child
"""


def _keys(known: Known) -> list[str]:
    return sorted({key for person in known.persons for key in keys(person)})


def candidates(base: Base, incoming: Incoming) -> list[Known]:
    """Return the few who share a key, a rare key weighing most; a key that very many share is left out."""
    found = base.candidates(keys(incoming.person))
    return [pickle.loads(blob) for blob in found]  # our own, written above


def measure(base: Sqlite | Postgresql, world: World) -> str:
    """Return one line of figures."""
    times, right, wanted, seen = [], 0, 0, 0
    for number in range(WARMING + QUERIES):
        told = world.form_of_anyone()
        start = perf_counter()
        found = candidates(base, told.incoming)
        decide(told.incoming, found)
        if number < WARMING:
            continue
        times.append(1000 * (perf_counter() - start))
        seen += len(found)
        wanted += told.truth is not None
        right += told.truth is not None and told.truth in {k.child_id for k in found}
    return (
        f"{base.name:10} {len(world.known):9,} known: median {median(times):.2f} ms, "
        f"95th percentile {quantiles(times, n=20)[-1]:.2f} ms, {seen / QUERIES:.0f} candidates, "
        f"the right child among them {right / max(wanted, 1):.4f}"
    )


def main() -> None:
    sizes = [int(a) for a in sys.argv[1:] if a.isdigit()] or [1000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        cluster = None if "--sqlite" in sys.argv else Cluster(Path(folder) / "postgresql")
        try:
            for size in sizes:
                world = World(seed=900, families=int(size / 1.3))
                if "--postgresql" not in sys.argv:
                    base = Sqlite(Path(folder) / f"{size}.sqlite", world)
                    print(measure(base, world), flush=True)
                    base.base.close()
                if cluster is not None:
                    server = Postgresql(cluster.make(f"known{size}"), world)
                    print(measure(server, world), flush=True)
                    server.base.close()
        finally:
            if cluster is not None:
                cluster.stop()


if __name__ == "__main__":
    main()

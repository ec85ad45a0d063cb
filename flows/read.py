"""Read: a worker reads ahead what one council's poll will file (several machines; cases/ahead.py). Ids only, and no parameter."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet

BATCH = 50


@task(name="read-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def read_batch() -> int:
    """Read a batch of arrivals that nobody reads yet; return how many there were."""
    from cases import ahead

    return ahead.read_some(BATCH)


@flow(name="read", log_prints=False, persist_result=False)
@quiet
def read() -> dict[str, int]:
    """Read until nothing is left to read."""
    total = 0
    while count := read_batch():
        total += count
    return {"read": total}

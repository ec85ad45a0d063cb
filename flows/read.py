"""Read: a worker reads ahead what one council's poll will file (several machines; cases/ahead.py). Ids only, and no parameter."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet

BATCH = 50
MOST = 10  # batches; then other runs of the pool may have the place, and the next poll asks again


@task(name="read-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def read_batch() -> int:
    """Read a batch of arrivals that nobody reads yet; return how many there were."""
    from cases import ahead

    return ahead.read_some(BATCH)


@flow(name="read", log_prints=False, persist_result=False)
@quiet
def read() -> dict[str, int]:
    """Read until nothing is left to read, or enough."""
    total = 0
    for _ in range(MOST):
        count = read_batch()
        total += count
        if count < BATCH:
            break
    return {"read": total}

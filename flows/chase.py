"""Chase: a working morning, a loop over open cases, letters into the outbox."""

from __future__ import annotations

from collections import Counter

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet

BATCH = 200


@task(name="chase-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def chase_batch(case_ids: list[int]) -> dict[str, int]:
    """Decide what is asked on a batch of cases; return counts."""
    from cases import chases, clock

    return chases.chase(case_ids, clock.now())


@flow(name="chase", log_prints=False, persist_result=False)
@quiet
def chase() -> dict[str, int]:
    """Write every letter and task that has fallen due, on the cases and for the council; nothing twice."""
    from cases import chases, clock, clocks, digests, road

    with road.only_one("chase") as mine:
        if not mine:
            return {"another_run": 1}
        open_cases = clocks.open_case_ids()
        batches = (open_cases[n : n + BATCH] for n in range(0, len(open_cases), BATCH))
        told = sum((Counter(chase_batch(batch)) for batch in batches), Counter[str]())
        for step in (chases.chase_council, digests.take_back_answered, digests.gather):
            told.update(step(clock.now()))
        return dict(told)

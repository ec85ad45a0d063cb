"""Chase: a working morning, a loop over open cases, letters into the outbox."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet

BATCH = 200


@task(name="chase-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def chase_batch(case_ids: list[int]) -> dict[str, int]:
    """Write what is due on a batch of cases; return counts."""
    from cases import clock, clocks

    return clocks.chase(case_ids, clock.now())


@flow(name="chase", log_prints=False, persist_result=False)
@quiet
def chase() -> dict[str, int]:
    """Write every letter and task that has fallen due; nothing twice."""
    from cases import clock, clocks, road

    with road.only_one("chase") as mine:
        if not mine:
            return {"another_run": 1}
        told: dict[str, int] = {}
        open_cases = clocks.open_case_ids()
        for start in range(0, len(open_cases), BATCH):
            for what, count in chase_batch(open_cases[start : start + BATCH]).items():
                told[what] = told.get(what, 0) + count
        for what, count in clocks.gather_digests(clock.now()).items():
            told[what] = told.get(what, 0) + count
        return told

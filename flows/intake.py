"""Intake: the clock strikes, and a loop runs over what waits (design: the road of one email)."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import helping
from flows.quiet import quiet

BATCH = 50


@task(
    name="fetch",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[5, 20],
)
@quiet
def fetch() -> int:
    """Keep every message that the mailbox shows and the ledger does not know; return how many."""
    from cases import road

    return road.fetch()


@task(name="file-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def file_batch(arrival_ids: list[int], together: bool = False) -> dict[str, int]:
    """Read and file a batch of arrivals, or file what workers read; return a count for each verdict."""
    from cases import ahead, road

    return ahead.file_together(arrival_ids) if together else road.file_batch(arrival_ids)


@task(name="move", cache_policy=NO_CACHE, persist_result=False)
@quiet
def move() -> int:
    """Move settled emails to their folders, last, and delete there what a manager had deleted here."""
    from cases import road

    moved = road.move_away()
    road.erase_copies()
    return moved


@task(name="picture", cache_policy=NO_CACHE, persist_result=False)
@quiet
def picture() -> int:
    """Make pictures of the pages of what was filed, for the officer's eyes; return how many."""
    from cases import road

    return road.take_pictures()


@flow(name="intake", log_prints=False, persist_result=False)
@quiet
def intake() -> dict[str, int]:
    """Take the mail in: fetch, file in batches, move. On several machines others read ahead."""
    from cases import road

    with road.only_one("intake") as mine:
        if not mine:
            return {"another_run": 1}
        told = {"fetched": fetch()}
        waiting, council = road.waiting(), helping.council()
        if council:
            told["readers"] = helping.call(council, len(waiting))
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            for verdict, count in file_batch(batch, bool(council)).items():
                told[verdict] = told.get(verdict, 0) + count
        told["moved"] = move()
        told["pages"] = picture()
        return told

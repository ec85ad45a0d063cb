"""Housekeeping, nightly: reconcile mailbox and ledger, prove the chain, prune, write the daily line."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet


@task(name="reconcile", cache_policy=NO_CACHE, persist_result=False)
@quiet
def reconcile() -> dict[str, int]:
    """Hold every folder against the ledger; return what differs, as counts."""
    from cases import road

    return road.reconcile()


@task(name="keep-house", cache_policy=NO_CACHE, persist_result=False)
@quiet
def keep_house() -> dict[str, int]:
    """Prove the timeline, write the anchor and daily line, prune what has had its day."""
    from cases import house

    return house.nightly()


@flow(name="housekeeping", log_prints=False, persist_result=False)
@quiet
def housekeeping() -> dict[str, int]:
    """Do what is done once a night."""
    from cases import road

    with road.only_one("housekeeping") as mine:
        return {**reconcile(), **keep_house()} if mine else {"another_run": 1}

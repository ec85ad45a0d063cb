"""Send: letters out of the outbox, one connection, each at most once."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.quiet import quiet


@task(name="send-batch", cache_policy=NO_CACHE, persist_result=False)
@quiet
def send_batch() -> dict[str, int]:
    """Send what is ready, within the rate; return counts."""
    from cases import clock, outbox

    return outbox.send_ready(clock.now())


@flow(name="send", log_prints=False, persist_result=False)
@quiet
def send() -> dict[str, int]:
    """Settle what a dead run left behind, then send what waits."""
    from cases import road

    with road.only_one("send") as mine:
        return send_batch() if mine else {"another_run": 1}

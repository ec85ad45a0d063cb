"""The embedded Prefect server's one change to Prefect: SQLite transactions wait for their turn and are not refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Two that read first and write then, at once: what Prefect's services and its API do all the time.
RACE = """
import asyncio, sys
from prefect.server.database.configurations import AioSqliteConfiguration
import sqlalchemy as sa
if sys.argv[2] == "ours":
    from flows.server import begin_as_writers
    begin_as_writers()
config = AioSqliteConfiguration(connection_url=f"sqlite+aiosqlite:///{sys.argv[1]}/race.db")
async def both():
    engine = await config.engine()
    async with engine.begin() as base:
        await base.execute(sa.text("CREATE TABLE n (v INTEGER)"))
        await base.execute(sa.text("INSERT INTO n VALUES (0)"))
    async def one():
        async with await config.session(engine) as session:
            async with config.begin_transaction(session):
                (await session.execute(sa.text("SELECT v FROM n"))).all()
                await asyncio.sleep(0.2)
                await session.execute(sa.text("UPDATE n SET v = v + 1"))
    told = await asyncio.gather(one(), one(), return_exceptions=True)
    async with engine.connect() as base:
        print([type(t).__name__ for t in told], (await base.execute(sa.text("SELECT v FROM n"))).scalar())
    await engine.dispose()
asyncio.run(both())
"""


@pytest.mark.xdist_group("prefect")
@pytest.mark.parametrize(
    ("whose", "told"),
    [("ours", "['NoneType', 'NoneType'] 2"), ("prefect's", "OperationalError")],
)
def test_two_that_read_and_then_write_both_succeed(tmp_path: Path, whose: str, told: str) -> None:
    """The second row shows that the first is still needed: when it fails, take the change out."""
    done = subprocess.run(
        [sys.executable, "-c", RACE, str(tmp_path), whose], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PREFECT_HOME": str(tmp_path), "DO_NOT_TRACK": "1"}, check=False,
    )  # fmt: skip
    assert told in done.stdout, done.stdout + done.stderr[-2000:]

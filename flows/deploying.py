"""Deployments for several machines: `python -m flows.deploying COUNCIL` (docs/scale.md).

The same table as on one machine (flows/serving.py), registered with a process work pool, for one council: its
config.yaml gives the intervals. Prefect is told the council's name and nothing else. What belongs to the council
(its configuration, database and secrets) is a file on each worker, and `flows.workers` puts it into a run's
environment: Prefect keeps job variables in clear text and shows them to whoever may ask.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from flows.workers import COUNCIL, POOL, enter_council

READERS = 4
ROOT = Path(__file__).resolve().parent.parent


def make_pool(name: str) -> bool:
    """Make the process work pool unless it is there; return whether it was made."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectNotFound
    from prefect.workers.process import ProcessWorker

    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(name)
            return False
        except ObjectNotFound:
            # The template comes with the package; `prefect work-pool create` would ask a public site for it.
            template = ProcessWorker.get_default_base_job_template()
            client.create_work_pool(
                WorkPoolCreate(name=name, type="process", base_job_template=template)
            )
            return True


def deploy(council: str, pool: str = POOL, readers: int = READERS) -> list[str]:
    """Register every deployment of one council and the automations; return the deployments' names."""
    from flows.automations import apply
    from flows.serving import served

    make_pool(pool)
    job = {"command": f"{sys.executable} -m flows.workers run {council}", "working_dir": str(ROOT)}
    names = []
    for deployment in served(council, readers, work_pool_name=pool, job_variables=job):
        deployment.apply()
        names.append(deployment.full_name)
    apply()
    return names


def main() -> int:
    """Deploy what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploying", description=deploy.__doc__)
    parser.add_argument(
        "council", help="a word; FILE of its environment is <councils folder>/<word>"
    )
    parser.add_argument("--pool", default=POOL)
    parser.add_argument(
        "--readers", type=int, default=READERS, help="runs that may read for its poll at once"
    )
    arguments = parser.parse_args()
    if not re.fullmatch(COUNCIL, arguments.council):
        parser.error("a council's name here is small letters, digits and hyphens")
    enter_council(arguments.council)
    for name in deploy(arguments.council, arguments.pool, arguments.readers):
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

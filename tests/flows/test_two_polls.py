"""Two polls at once, each in a process of its own: by the lease one waits, and without it the record lets nothing double."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from posthouse import ROOT, PostHouse, servers
from stories import OTHER, email, form

pytestmark = pytest.mark.skipif(not servers.have_dovecot(), reason="dovecot is not installed")

# The two meet before each step, and no lease keeps them apart: as after a lease that ran out too early. The last run, alone,
# does what either put off, and tells what is on the record.
POLL = """
import json, sys, time
from contextlib import suppress
from pathlib import Path
from cases.commands.moving import prepare
here, me, others = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
def meet(step, *names):
    until = time.monotonic() + 60
    while not all((here / f"{step}.{name}").exists() for name in names) and time.monotonic() < until:
        time.sleep(0.01)
if me == "b":
    meet("tables", "a")
prepare()
(here / f"tables.{me}").touch()
from cases import road
from crash_run import told
from flows.quiet import FlowFailed, quiet
for step, work in (
    ("fetch", road.fetch), ("file", lambda: road.file_batch(road.waiting())), ("move", road.move_away),
):
    (here / f"{step}.{me}").touch()
    meet(step, *others)
    with suppress(FlowFailed):
        quiet(work)()
print(json.dumps(told()))
road.pool().close()
"""


def test_two_polls_at_once_without_a_lease_keep_file_and_answer_each_email_once(
    tmp_path: Path,
) -> None:
    mails = [
        email(files=[("a.docx", form())]), email("No form.\n"), email(files=[("b.docx", form(OTHER))]),
    ]  # fmt: skip
    (tmp_path / "data").mkdir()
    (tmp_path / "meet").mkdir()
    with servers.dovecot() as dovecot, servers.bad_smtp() as smtp:
        house = PostHouse(dovecot, smtp, dovecot.account(), tmp_path / "config.yaml")
        house.configure()
        house.deliver(*mails)
        env = {
            **os.environ, "CME_DATA": str(tmp_path / "data"), "CME_SECRETS": str(tmp_path / "secrets"),
            "CME_CONFIG": str(house.file), "CME_MAILBOX_PASSWORD": servers.PASSWORD, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}",
        }  # fmt: skip

        def python(*arguments: str) -> subprocess.Popen[str]:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip

        meeting = str(tmp_path / "meet")
        both = [
            python("-c", POLL, meeting, "a", "b"), python("-c", POLL, meeting, "b", "a"),
        ]  # fmt: skip
        for one in both:
            _, troubles = one.communicate(timeout=180)
            assert one.returncode == 0, troubles
        said, troubles = python("-c", POLL, meeting, "alone").communicate(timeout=120)
        client = dovecot.client(house.user)
        lies = {
            f: client.folder_status(f)[b"MESSAGES"] for f in ("INBOX", "Exceptions", "Processed")
        }
        client.logout()
    told = json.loads(said)
    assert (told["states"]["filed"], told["states"]["held"], told["states"]["kept"]) == (2, 1, 0), (
        troubles
    )
    assert (told["verdicts"], told["cases"]) == (["held", "new_case", "new_case"], 2)
    assert len(told["letters"]) == len({message_id for message_id, _ in told["letters"]}) == 2
    assert (told["moved"], told["broken"]) == (3, None)
    # Both may have moved one email at the same moment, and Dovecot then has a copy more: it is known by its bytes.
    assert (lies["INBOX"], lies["Exceptions"] in (1, 2), 2 <= lies["Processed"] <= 4) == (
        0,
        True,
        True,
    )

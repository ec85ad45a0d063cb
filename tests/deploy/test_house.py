"""One house from its start to its end: a newcomer's demonstration, then kill -9 of each part, then what it left behind.

What a newcomer sees; that each part that is killed comes back and the next poll runs within two intervals; that nothing
outlives the house; that no child's name is in Prefect's database, in any log or in the output, and that no
process ever connected anywhere but to this machine, not when things broke either.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from cases.config import current
from cases.leases import LEASE_SECONDS
from tests.deploy.house import House, command_of, wait

pytestmark = pytest.mark.xdist_group("prefect")

NAMES = (
    "Thornbury", "Ayaan", "Okonjo", "Marisol", "Mwangi", "Zawadi", "Pellworth", "Idris", "Quayside", "V935211314250",
)  # fmt: skip
VERDICTS = ["new_case", "new_case", "resend", "update", "new_case", "held", "ignored"]
PARTS = {
    "the Prefect server": ("flows.server",),
    "the flows": ("flows.serving",),
    "the site": ("review.serve",),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    try:
        wait("the house is ready", lambda: "Ready." in made.said())
        yield made
    finally:
        if made.process.poll() is None:
            made.stop()


def test_every_email_becomes_what_it_should(house: House) -> None:
    wait("the clock jumps: every email is filed", lambda: "two weeks ahead" in house.said())
    verdicts = [v for (v,) in house.rows("SELECT verdict FROM cases_arrival ORDER BY id")]
    assert sorted(verdicts) == sorted(VERDICTS)
    assert not house.rows("SELECT id FROM cases_arrival WHERE state = 'kept'")
    assert len(house.rows("SELECT id FROM cases_case")) == 4


def test_something_is_overdue_and_letters_went_or_wait(house: House) -> None:
    wait("something is asked", lambda: bool(house.rows("SELECT id FROM cases_asked")))
    sent = "SELECT id FROM cases_letter WHERE state = 'sent' AND kind = 'acknowledgement'"
    wait("an acknowledgement went", lambda: bool(house.rows(sent)))
    waiting = "SELECT id FROM cases_letter WHERE state = 'held'"
    wait("a letter waits for approval", lambda: bool(house.rows(waiting)))


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back_and_the_polls_go_on(house: House, part: str) -> None:
    killed = house.child(*PARTS[part])
    os.kill(killed.pid, signal.SIGKILL)
    wait("it is noticed", lambda: f"{part} stopped; it is started again" in house.said())
    wait(
        "it is back",
        lambda: any(set(PARTS[part]) <= set(command_of(p)) for p in house.children()),
    )
    before = house.last_poll()
    if part != "the site":
        wait("the next poll", lambda: house.last_poll() > before)
    wait("the site answers", house.answers)
    assert house.process.poll() is None


def test_a_killed_run_holds_the_next_up_for_an_interval_at_most(house: House) -> None:
    def runs() -> list[psutil.Process]:
        return [p for p in house.children(recursive=True) if "prefect.engine" in command_of(p)]

    assert current().flows.intake.total_seconds() >= LEASE_SECONDS
    wait("a run is under way", lambda: bool(runs()))
    for run in runs():
        with suppress(psutil.Error):
            run.kill()
    house.let_leases_run_out()
    before = house.last_poll()
    wait("the next poll", lambda: house.last_poll() > before)


def test_nothing_outlives_the_house(house: House) -> None:
    everyone = house.children(recursive=True)
    assert house.stop() == 0
    _, alive = psutil.wait_procs(everyone, timeout=20)
    assert [command_of(p) for p in alive] == []


def test_no_childs_name_is_in_prefects_database_the_logs_or_the_output(house: House) -> None:
    looked = [*(house.data / "prefect").rglob("*"), *(house.data / "logs").rglob("*")]
    files = [p for p in looked if p.is_file()]
    assert any(p.name.startswith("prefect.db") for p in files)
    for path in files:
        held = path.read_bytes()
        assert not [n for n in NAMES if n.encode() in held], path.name
    assert not [n for n in NAMES if n in house.said()]


def test_no_letter_carries_a_childs_details(house: House) -> None:
    letters = list((house.data / "sent").rglob("*.eml"))
    assert letters
    for path in letters:
        held = path.read_text(errors="replace")
        assert not [n for n in NAMES if n in held], path.name


def test_nothing_connected_anywhere_but_to_this_machine(house: House) -> None:
    here = re.compile(
        r"'127\.\d+\.\d+\.\d+'|'::1'|'localhost'|b'localhost'|'0\.0\.0\.0'|connect '/|\(None,"
    )
    connects = house.connects.read_text()
    assert connects, "the audit hook saw nothing at all"
    outside = [line for line in connects.splitlines() if not here.search(line)]
    assert not outside, outside[:5]

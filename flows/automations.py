"""Automations, applied by name: a run whose process died without a word is marked Crashed after 90 s.

Without it, after the whole machine went down a limit-1 deployment stands still until its slot's lease ends
(312 s measured); with it 105 s.
"""

from __future__ import annotations

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

NAME = "cme-zombie-runs"


HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS = ("Completed", "Failed", "Cancelled", "Crashed")


def wanted() -> Automation:
    """Return the automation: after a heartbeat, neither another nor an end within 90 s."""
    trigger = EventTrigger(
        after={HEARTBEAT},
        expect={HEARTBEAT, *(f"prefect.flow-run.{end}" for end in ENDS)},
        match={"prefect.resource.id": "prefect.flow-run.*"},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=90),
    )
    crash = ChangeFlowRunState(state=StateType.CRASHED, message="no heartbeat for 90 seconds")
    return Automation(name=NAME, trigger=trigger, actions=[crash])


def apply() -> None:
    """Create or renew the automation; the same call twice leaves one."""
    new = wanted()
    try:
        old = Automation.read(name=NAME)
    except ValueError:
        new.create()
        return
    if (old.trigger, old.actions) != (new.trigger, new.actions):
        new.id = old.id
        new.update()

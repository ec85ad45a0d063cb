"""What a person can do about something that is due: the one event to record, or the page that does it.

A rule says which events stop its clock; some of them only an email can bring, some an officer types in, some an EWO too.
A row whose clock nothing on these pages could stop would be a dead end: a test holds every rule of the configuration
against this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cases import rules
from cases.clocks import COUNCIL, DueRow
from cases.config import current
from policy.deadlines import EVENTS, Rule
from review.pages import cap

RECORDED = (
    "home_visit", "home_visit_failed", "first_action", "ewo_report", "social_care_informed", "s2s_posted", "found",
    "placed", "returned", "place_offered", "destination_named", "left_county_suspected", "care_first_checked",
    "ems_flagged", "ctf_uploaded", "parental_letter_received", "sen_told", "monthly_done", "review_done",
    "follow_up_6_done", "follow_up_18_done", "police_told", "concern_raised", "on_roll_advised", "asked_by_hand",
    "missing_again", "starters_leavers_form_received", "ehe_form_received", "checklist_form_received",
)  # fmt: skip
EWO_RECORDS = (
    "home_visit", "home_visit_failed", "first_action", "ewo_report", "social_care_informed", "found",
    "left_county_suspected",
)  # fmt: skip
COUNCIL_RECORDS = ("s2s_read", "transfer_list_received", "report_issued")
# Where the case went; which of them is true is for the person to say.
ENDINGS = ("found", "placed", "returned")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do about one row: a link's or button's words, and the event to record (None: see the page)."""

    say: str
    kind: str | None
    where: str


def steps(rows: Iterable[DueRow], *, ewo: bool = False) -> dict[tuple[str, str], Step]:
    """Return the step for each row, by case and rule; for an EWO, of what they may record themselves."""
    table = {rule.name: rule for rule in rules.rules(current())}
    found = {}
    for row in rows:
        rule = table.get(row.rule)
        step = step_of(rule, row.case) if rule else None
        if step is not None and (not ewo or step.kind in EWO_RECORDS):
            found[row.case, row.rule] = step
    return found


def step_of(rule: Rule, case: str) -> Step | None:
    """Return what stops a rule's clock from these pages; None when only an email can."""
    if rule.council or case == COUNCIL:
        kind = next((k for k in rule.stops if k in COUNCIL_RECORDS), None)
        return Step("Done today", kind, "") if kind else None
    page = f"/case/{case}/"
    if "ewo_assigned" in rule.stops:
        return Step("Assign an EWO", None, f"{page}?open=assign#assign")
    if "closed" in rule.stops:
        return Step("Close the case", None, f"{page}?open=close#close")
    kinds = [k for k in rule.stops if k in RECORDED]
    if not kinds:
        return None
    if all(k in ENDINGS for k in kinds):
        return Step("Record the answer", kinds[0], f"{page}?record={kinds[0]}#record")
    kind = next(k for k in kinds if k not in ENDINGS)
    return Step(f"{cap(EVENTS[kind])}: record it", kind, f"{page}?record={kind}#record")

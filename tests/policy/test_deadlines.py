"""Every rule of config.yaml, one line a rule: what starts it, when it is due, what stops it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.deadlines import EVENTS, Deadline, Rule, deadlines
from policy.rule_table import rule_from
from tests.policy.rules import CALENDARS, RULES, SHIPPED, case, day, event

CP = frozenset({"child_protection_plan", "ehcp"})


def only(name: str, facts: object, today: date) -> list[Deadline]:
    """Return the deadlines of one rule."""
    return list(deadlines(facts, [RULES[name]], CALENDARS, today))  # type: ignore[arg-type]


TABLE = [
    # rule, form, event that starts it, its day and hour, due day, event that stops it
    ("ten_school_days", "cme", "last_attended", "Thu 2026-10-22", None, "Thu 2026-11-12", "found"),
    ("assign_ewo", "cme", "referral_received", "Thu 2026-10-22", 9, "Thu 2026-10-22", "ewo_assigned"),
    ("assign_ewo", "cme", "referral_received", "Thu 2026-10-22", 15, "Fri 2026-10-23", "ewo_assigned"),
    ("ewo_first_response", "cme", "ewo_assigned", "Fri 2026-10-23", 16, "Mon 2026-10-26", "first_action"),
    ("ewo_home_visit", "cme", "ewo_assigned", "Thu 2026-10-22", 9, "Tue 2026-10-27", "home_visit"),
    ("ewo_home_visit", "cme", "ewo_assigned", "Thu 2026-10-22", 9, "Tue 2026-10-27", "home_visit_failed"),
    ("ewo_report", "cme", "ewo_assigned", "Wed 2026-12-16", 9, "Mon 2027-01-04", "ewo_report"),
    ("social_care_told", "cme", "home_visit_failed", "Fri 2026-10-23", 9, "Fri 2026-10-23", "social_care_informed"),
    ("starters_leavers_return", "removal", "off_roll", "Wed 2027-03-24", None, "Tue 2027-03-30", "starters_leavers_form_received"),
    ("starters_leavers_return", "admission", "admitted", "Thu 2026-10-22", None, "Tue 2026-10-27", "starters_leavers_form_received"),
    ("ehe_return", "ehe", "ehe_decided", "Thu 2026-11-05", None, "Thu 2026-11-12", "ehe_form_received"),
    ("ehe_parental_letter", "ehe", "off_roll", "Thu 2026-11-05", None, "Thu 2026-11-12", "parental_letter_received"),
    ("sen_officer_told", "ehe", "ehe_form_received", "Thu 2026-10-22", 9, "Thu 2026-10-22", "sen_told"),
    ("police_told", "cme", "found", "Fri 2026-10-23", 16, "Mon 2026-10-26", "police_told"),
    ("lost_pupil_ctf", "cme", "last_attended", "Thu 2026-10-22", None, "Thu 2026-11-26", "ctf_uploaded"),
    ("outside_ctf", "ehe", "off_roll", "Thu 2026-10-22", None, "Thu 2026-11-05", "ctf_uploaded"),
    ("s2s_posting", "cme", "left_county_suspected", "Thu 2026-10-22", 9, "Thu 2026-10-22", "s2s_posted"),
    ("child_protection_monthly", "ewo_notification", "referral_received", "Thu 2026-10-22", None, "Mon 2026-11-23", "placed"),
    ("manager_review", "cme", "referral_received", "Thu 2026-10-22", None, "Thu 2026-12-03", "placed"),
    ("follow_up_six_weeks", "cme", "placed", "Thu 2026-10-22", None, "Thu 2026-12-03", "follow_up_6_done"),
    ("follow_up_eighteen_weeks", "cme", "found", "Thu 2026-10-22", None, "Thu 2027-02-25", "follow_up_18_done"),
    ("place_not_taken_up", "cme", "place_offered", "Thu 2026-10-22", None, "Thu 2026-11-05", "admitted"),
    ("ems_flag", "removal", "referral_received", "Thu 2026-10-22", 9, "Thu 2026-10-22", "ems_flagged"),
    ("care_first_check", "cme", "referral_received", "Sat 2026-10-24", 9, "Mon 2026-10-26", "care_first_checked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form", "start", "on", "hour", "due", "stop"), TABLE)
def test_each_rule_starts_is_due_and_stops(
    name: str, form: str, start: str, on: str, hour: int | None, due: str, stop: str
) -> None:
    facts = case(event(start, day(on), hour), form=form, flags=CP)
    (found,) = only(name, facts, day(on))
    assert found.due == day(due)
    assert found.because
    answered = case(*facts.events, event(stop, day(due)), form=form, flags=CP)
    assert only(name, answered, day(due)) == []


def test_every_rule_of_a_case_stands_in_the_table() -> None:
    of_cases = {n for n, r in RULES.items() if not r.council and not r.fixed}
    assert {row[0] for row in TABLE} == of_cases


def test_the_earlier_of_law_and_local_policy_is_chased_and_both_are_told() -> None:
    (found,) = only(
        "ehe_parental_letter",
        case(event("off_roll", day("Thu 2026-11-05")), form="ehe"),
        day("Thu 2026-11-05"),
    )
    assert (found.statutory_due, found.local_due) == (day("Thu 2026-11-12"), day("Thu 2026-11-19"))
    assert found.due == found.statutory_due
    assert "by law" in found.because


def test_a_count_past_the_terms_has_no_day_and_says_so() -> None:
    (found,) = only(
        "ten_school_days",
        case(event("last_attended", day("Mon 2027-07-19"))),
        day("Mon 2027-07-19"),
    )
    assert found.due is None
    assert found.problem == "no term dates after July 2027 for the county"


def test_a_monthly_rule_begins_again_when_done() -> None:
    told = (
        event("referral_received", day("Thu 2026-10-22")),
        event("monthly_done", day("Mon 2026-11-23")),
    )
    (found,) = only("child_protection_monthly", case(*told, flags=CP), day("Mon 2026-11-23"))
    assert found.due == day("Wed 2026-12-23")
    assert only("child_protection_monthly", case(*told), day("Mon 2026-11-23")) == []


def test_a_closed_case_owes_follow_ups_only() -> None:
    facts = case(
        event("referral_received", day("Thu 2026-10-01")),
        event("placed", day("Thu 2026-10-22")),
        status="closed",
    )
    found = deadlines(facts, RULES.values(), CALENDARS, day("Thu 2026-10-22"))
    assert {d.rule for d in found} == {"follow_up_six_weeks", "follow_up_eighteen_weeks"}


@pytest.mark.parametrize(
    ("name", "today", "due"),
    [
        ("transfer_list", "Tue 2026-09-01", "Tue 2026-09-01"),
        ("open_case_report", "Tue 2026-08-25", "Tue 2026-09-01"),
    ],
)
def test_the_council_s_own_days(name: str, today: str, due: str) -> None:
    (found,) = only(name, case(case="council"), day(today))
    assert found.due == day(due)  # 31 August 2026 is a bank holiday


def test_the_end_of_compulsory_school_age() -> None:
    facts = case(date_of_birth=date(2010, 9, 1))
    assert only("end_of_school_age", facts, day("Mon 2027-05-24")) == []
    (found,) = only("end_of_school_age", facts, day("Fri 2027-05-28"))
    assert found.due == day("Fri 2027-06-25")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"period": "5"}, "period: "), ({"who": "the cat"}, "who: "), ({"stops": ["nothing"]}, "stops: "),
        ({"nonsense": 1}, "nonsense: "), ({"what": ""}, "what: "),
        ({"sequence": [{"name": "a", "when": "soon", "letter": "x", "to": "ewo"}]}, "sequence 1.when: "),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_names_the_field(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rule_from("x", {**SHIPPED["deadlines"]["assign_ewo"], **change})


KINDS = st.sampled_from(sorted(EVENTS))
SOME = st.lists(st.tuples(KINDS, st.integers(0, 60)), max_size=6)
ONCE = [r for r in RULES.values() if not r.repeats and not r.fixed and not r.council]


CONDITIONS = {
    "home_educated": {"ehe_decided", "ehe_form_received", "parental_letter_received"},
    "outside_system": {"ehe_decided", "ehe_form_received", "parental_letter_received"},
}


@settings(max_examples=150, deadline=None)
@given(SOME, st.sampled_from(ONCE), KINDS, st.integers(0, 90))
def test_adding_an_event_never_unanswers(
    told: list[tuple[str, int]], rule: Rule, kind: str, on: int
) -> None:
    """Nothing that is written down later opens a clock again but what starts it."""
    begin = date(2026, 9, 7)
    events = [event(k, begin + timedelta(days=n)) for k, n in told]
    today = begin + timedelta(days=90)
    starts = {*rule.starts, *(k for c in rule.when for k in CONDITIONS.get(c, ()))}
    before = deadlines(case(*events, form="cme"), [rule], CALENDARS, today)
    if before or kind in starts:
        return
    added = event(kind, begin + timedelta(days=on))
    assert not deadlines(case(*events, added, form="cme"), [rule], CALENDARS, today)


@settings(max_examples=100, deadline=None)
@given(SOME, st.sampled_from([r for r in RULES.values() if r.repeats]), st.integers(0, 90))
def test_doing_it_again_never_brings_the_next_time_forward(
    told: list[tuple[str, int]], rule: Rule, on: int
) -> None:
    begin = date(2026, 9, 7)
    start = event(rule.starts[0], begin)
    events = [start, *(event(k, begin + timedelta(days=n)) for k, n in told)]
    done = event(rule.stops[0], begin + timedelta(days=on))
    about = {"case": "council" if rule.council else "CME-2026-0001", "flags": CP}
    today = begin + timedelta(days=90)
    before = deadlines(case(*events, **about), [rule], CALENDARS, today)
    after = deadlines(case(*events, done, **about), [rule], CALENDARS, today)
    for old, new in zip(before, after, strict=True):
        assert old.due is not None
        assert new.due is not None
        assert new.due >= old.due

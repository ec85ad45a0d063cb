"""The played year: no letter on a closed day, none after an answer, none twice, and every rule seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy.year import Year, as_calendar, as_svg, as_table, faults, play
from tests.policy.rules import CALENDARS, RULES

PLAYED = play(RULES.values(), CALENDARS, count=16)


def test_nothing_is_wrong_in_the_year() -> None:
    assert len(PLAYED.rows) > 50
    assert faults(PLAYED) == ()


def test_a_fault_would_be_seen() -> None:
    row = replace(PLAYED.rows[0], on=date(2026, 12, 25), answered=date(2026, 12, 24), to="school")
    found = faults(Year(PLAYED.first, PLAYED.last, (row, row), CALENDARS))
    assert {w.split(": ")[1].split(" ")[0] for w in found} >= {"the", "answered", "sent"}


def test_every_form_s_letters_are_seen() -> None:
    seen = {r.rule for r in PLAYED.rows}
    assert seen >= {
        "ewo_home_visit", "starters_leavers_return", "ehe_parental_letter", "manager_review",
        "follow_up_six_weeks", "child_protection_monthly", "s2s_weekly",
    }  # fmt: skip


def test_the_same_seed_plays_the_same_year() -> None:
    assert (
        play(RULES.values(), CALENDARS, count=2).rows
        == play(RULES.values(), CALENDARS, count=2).rows
    )


def test_it_can_be_read() -> None:
    assert f"{len(PLAYED.rows)} letters." in as_table(PLAYED)
    assert "December 2026" in as_calendar(PLAYED)
    assert as_svg(PLAYED).count("<rect") == (PLAYED.last.replace(day=31) - PLAYED.first).days + 1

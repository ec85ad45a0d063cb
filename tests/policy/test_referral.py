"""Referrals: what is missing or vague, compulsory school age, and dates that do not fit."""

from __future__ import annotations

from datetime import date

import pytest

from policy.referral import (
    doubts,
    is_vague,
    leaves_compulsory_age,
    missing,
    of_compulsory_age,
    starts_compulsory_age,
    triage,
    year_group_of,
)  # fmt: skip

WHOLE = {
    "surname": "Fennimore", "forenames": "Pell", "date_of_birth": date(2015, 5, 4),
    "address": "4 Mill Lane", "parents": [{"name": "R Fennimore", "phone": "07700 900001"}],
    "last_attended": date(2026, 10, 1), "school_name": "Alder Grove", "enquiries": "Rang on 2 October",
}  # fmt: skip
TODAY = date(2026, 10, 20)


def test_a_whole_referral_misses_nothing() -> None:
    assert missing("cme", WHOLE, TODAY) == ()


@pytest.mark.parametrize(
    "field",
    ["surname", "forenames", "date_of_birth", "address", "parents", "last_attended", "enquiries"],
)
def test_each_required_field_is_asked_for(field: str) -> None:
    fields = {k: v for k, v in WHOLE.items() if k != field}
    assert [m.field for m in missing("cme", fields, TODAY)] == [field]


def test_home_education_needs_the_letter_too() -> None:
    told = {**WHOLE, "off_roll_date": date(2026, 10, 5)}
    assert [m.field for m in missing("ehe", told, TODAY)] == ["parental_letter"]


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("Libya", True), ("Manchester", True), ("with grandparents", True), ("moved abroad", True),
        ("unknown", True), ("", True), ("14 Harbour Road, Leeds", False), ("LS1 4AB", False),
    ],
)  # fmt: skip
def test_a_destination_that_would_find_nobody(text: str, vague: bool) -> None:
    assert is_vague(text) is vague


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("a school in Leeds", True), ("another primary school", True), ("new school", True),
        ("school abroad", True), ("Primary school in Bradford", True), ("a local academy", True),
        ("school", True), ("unknown", True), ("An independent school near York", True),
        ("St Mary's School", False), ("Leeds High School", False), ("Lantern Hill School, Easthaven", False),
        ("The Academy of St James", False), ("New Road Primary School", False), ("Local Oaks Academy", False),
    ],
)  # fmt: skip
def test_a_school_that_is_not_named(text: str, vague: bool) -> None:
    assert is_vague(text, school=True) is vague


@pytest.mark.parametrize(
    ("born", "starts"),
    [
        (date(2021, 3, 31), date(2026, 3, 31)), (date(2021, 4, 1), date(2026, 8, 31)),
        (date(2021, 8, 31), date(2026, 8, 31)), (date(2021, 9, 1), date(2026, 12, 31)),
        (date(2020, 2, 29), date(2025, 3, 31)),
    ],
)  # fmt: skip
def test_compulsory_age_starts(born: date, starts: date) -> None:
    assert starts_compulsory_age(born) == starts


@pytest.mark.parametrize(
    ("born", "leaves"),
    [
        (date(2009, 9, 1), date(2026, 6, 26)), (date(2010, 8, 31), date(2026, 6, 26)),
        (date(2010, 9, 1), date(2027, 6, 25)), (date(2012, 1, 1), date(2028, 6, 30)),
    ],
)  # fmt: skip
def test_compulsory_age_ends_on_the_last_friday_in_june(born: date, leaves: date) -> None:
    assert leaves_compulsory_age(born) == leaves
    assert leaves.weekday() == 4
    assert of_compulsory_age(born, leaves)


def test_dates_out_of_order_are_doubted() -> None:
    told = {"last_attended": date(2026, 10, 25), "off_roll_date": date(2026, 10, 1)}
    assert [d.field for d in doubts(told, TODAY)] == ["last_attended", "off_roll_date"]


def test_a_year_group_against_the_birth_date() -> None:
    assert year_group_of(date(2015, 5, 4), TODAY) == 7
    told = {"date_of_birth": date(2015, 5, 4), "year_group": "2"}
    assert [d.field for d in doubts(told, TODAY)] == ["year_group"]


@pytest.mark.parametrize(
    ("form", "fields", "expected"),
    [
        ("cme", {}, "cme"), ("ehe", {}, "ehe"), ("admission", {}, "information"),
        ("cme", {"date_of_birth": date(2024, 1, 1)}, "not_of_age"),
        ("cme", {"narrative": "She is still on our roll."}, "on_roll_attendance"),
        ("removal", {"reason": "Permanently excluded"}, "excluded"),
    ],
)  # fmt: skip
def test_triage(form: str, fields: dict[str, object], expected: str) -> None:
    assert triage(form, fields, TODAY) == expected

"""The team's own tables in config.yaml: each fault in plain words with its place, all of them at once, never a traceback."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases.commands import main
from cases.config import ConfigError, current, load
from cases.rules import codes
from cases.sections import problems

SHIPPED = Path(__file__).resolve().parents[2] / "config.yaml"
STEP = {"name": "ask", "when": "0", "letter": "ewo_visit", "to": "ewo"}


def tree() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SHIPPED.read_text())
    return found


def test_the_shipped_tables_have_no_fault() -> None:
    assert list(problems(tree())) == []


RULE = "deadlines.ewo_home_visit"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"period": "soon"}, '.period: "soon" is no period: write "5 school days"'),
        ({"period": None}, ".period: is missing"),
        ({"period": ["5 days"]}, ".period: must be words"),
        ({"statutory": "5"}, '.statutory: "5" is no period'),
        ({"who": "the cat"}, ".who: the cat is not known; the roles are school, "),
        ({"starts": ["no_such_event"]}, ".starts: no_such_event is not known"),
        ({"starts": "ewo_assigned"}, ".starts: must be a list, like [ewo_assigned]"),
        ({"starts": []}, ".starts: is missing; the clock needs an event to run from"),
        ({"stops": ["no_such_event"]}, ".stops: no_such_event is not known"),
        ({"stops": []}, ".stops: is missing"),
        ({"ends": ["x"]}, ".ends: x is not known"),
        ({"forms": ["fax"]}, ".forms: fax is not known"),
        ({"flags": ["tall"]}, ".flags: tall is not known"),
        ({"when": ["raining"]}, ".when: raining is not known"),
        ({"repeats": "yes"}, ".repeats: write true or false"),
        ({"council": 1}, ".council: write true or false"),
        ({"what": ""}, ".what: is missing"),
        ({"colour": "red"}, ".colour: there is no such setting"),
        ({"fixed": "09-01"}, ".fixed: a rule with a day of its own has no period, starts or repeats"),
        ({"fixed": "31-01", "period": None, "starts": None}, '.fixed: write a day of the year like "09-01"'),
        ({"fixed": "02-29", "period": None, "starts": None}, '.fixed: write a day of the year like "09-01"'),
        ({"sequence": {"name": "ask"}}, ".sequence: must be a list of steps"),
        ({"sequence": ["ask"]}, ".sequence 1: must have name, when, letter, to"),
        ({"sequence": [{**STEP, "to": ""}]}, ".sequence 1.to: is missing"),
        ({"sequence": [{**STEP, "to": "mayor"}]}, ".sequence 1.to: mayor is not known"),
        ({"sequence": [{**STEP, "letter": "poem"}]}, ".sequence 1.letter: there is no letter called poem"),
        ({"sequence": [{**STEP, "when": "5 school days"}]}, ".sequence 1.when: steps count working days"),
        ({"sequence": [{**STEP, "when": "3"}]}, ".sequence 1.when: steps count working days"),
        ({"sequence": [{**STEP, "why": "x"}]}, ".sequence 1.why: there is no such setting"),
        ({"sequence": [STEP, STEP]}, ".sequence 2.name: there is a step ask above it"),
        (
            {"sequence": [{**STEP, "when": "5 working days"}, {**STEP, "name": "b"}]},
            ".sequence 2.when: comes before the step above it",
        ),
    ],
)  # fmt: skip
def test_a_rule_s_fault_is_told_in_plain_words(change: dict[str, Any], told: str) -> None:
    bent = tree()
    bent["deadlines"]["ewo_home_visit"] |= change
    found = list(problems(bent))
    assert len(found) == 1
    assert found[0].startswith(RULE + told)


@pytest.mark.parametrize(
    ("section", "value", "told"),
    [
        ("deadlines", None, "deadlines: is missing"), ("deadlines", [], "deadlines: is missing"),
        ("deadlines", {"x": "5 days"}, "deadlines.x: must be a list of settings"),
        ("letters", None, "letters: is missing"),
        ("letters", {"default": "later"}, "letters.default: write off, hold or send"),
        ("letters", {"poem": "send"}, "letters.poem: there is no letter of that name"),
        ("letters", {"duty_alert": True}, "letters.duty_alert: write off, hold or send"),
        ("letters", {"demonstration_sends": "all"}, "letters.demonstration_sends: must be a list"),
        ("letters", {"demonstration_sends": ["poem"]}, "letters.demonstration_sends: there is no letter called poem"),
        ("letters", {"accept_ewo_replies": "yes"}, "letters.accept_ewo_replies: write true or false"),
        ("letters", {"bounced_to_deputy": "no"}, "letters.bounced_to_deputy: write true or false"),
        ("codes", None, "codes: is missing"), ("codes", ["DEC"], "codes: is missing, or is no mapping"),
        ("calendar", None, "calendar: is missing"), ("calendar", {"terms": []}, "calendar.terms: is missing"),
    ],
)  # fmt: skip
def test_a_section_s_fault_is_told_in_plain_words(section: str, value: object, told: str) -> None:
    found = list(problems(tree() | {section: value}))
    assert len(found) == 1
    assert found[0].startswith(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"closures": ["Christmas"]}, "calendar.closures.1: is no date"),
        ({"snow_days": [date(2027, 1, 7), 7]}, "calendar.snow_days.2: is no date"),
        ({"holidays": []}, "calendar.holidays: there is no such setting"),
        ({"terms": [[date(2027, 1, 6)]]}, "calendar.terms.1: write the first and the last day"),
        ({"terms": [[date(2027, 2, 12), date(2027, 1, 6)]]}, "calendar.terms.1: ends before it begins"),
        (
            {"terms": [[date(2027, 1, 6), date(2027, 2, 12)], [date(2027, 2, 10), date(2027, 3, 25)]]},
            "calendar.terms.2: begins before the one above it has ended",
        ),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_told_with_its_place(change: dict[str, Any], told: str) -> None:
    bent = tree()
    bent["calendar"] |= change
    found = list(problems(bent))
    assert len(found) == 1
    assert found[0].startswith(told)


def test_a_key_that_stands_twice_is_told_by_line(tmp_path: Path) -> None:
    """YAML would silently drop the first of two rules of one name."""
    file = tmp_path / "config.yaml"
    text = SHIPPED.read_text()
    file.write_text(text.replace("  assign_ewo:\n", "  ewo_report:\n", 1))
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].endswith("ewo_report stands here a second time")


@pytest.mark.parametrize("part", ["documents", "raw_email", "audit"])
def test_what_belongs_to_nobody_is_kept_for_years_and_never_to_an_age(
    part: str, tmp_path: Path
) -> None:
    """An email can be about several children: an age would never fall due."""
    bent = tree()
    bent["retention"][part] = {"until_age": 25}
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(bent))
    with pytest.raises(ConfigError) as caught:
        load(file)
    (told,) = caught.value.problems
    assert told.startswith(f"retention.{part}: say years")


def test_working_hours_that_end_before_they_begin_are_refused(tmp_path: Path) -> None:
    bent = tree()
    bent["flows"]["working_hours"] = "17:00-08:30"
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(bent))
    with pytest.raises(ConfigError, match=r"flows\.working_hours: ends before it begins"):
        load(file)


@pytest.mark.django_db
def test_the_doctor_says_them_all_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bent = tree()
    bent["deadlines"]["ewo_report"]["period"] = "soon"
    bent["codes"]["outcome"]["DEC"] = 3
    bent["letters"]["default"] = "later"
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(bent))
    monkeypatch.setattr("cases.settings.CONFIG_FILE", file)
    assert main(["check"]) == 1
    told = capsys.readouterr().err
    assert "cannot be used" in told
    for place in ("deadlines.ewo_report.period: ", "codes.outcome.DEC: ", "letters.default: "):
        assert place in told
    assert "Traceback" not in told


def test_a_code_is_offered_only_while_it_is_valid() -> None:
    bent = current().model_dump()["codes"]
    bent["outcome"]["OLD"] = {"meaning": "Old", "until": date(2024, 8, 18)}
    config = current().model_copy(update={"codes": bent})
    assert "OLD" in codes(config, "outcome", date(2024, 8, 18))
    assert "OLD" not in codes(config, "outcome", date(2024, 8, 19))
    assert codes(config, "outcome", date(2026, 1, 1))["DEC"] == "Deceased"

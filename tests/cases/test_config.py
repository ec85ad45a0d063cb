"""config.yaml: every fault told at once with its place, no secret in it, and the one we ship is harmless and whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases.config import ConfigError, as_lines, current, load
from cases.rules import rules
from cases.sections import SWITCHES

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "config.yaml"
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")


def changed(tmp_path: Path, change: Any) -> Path:
    tree = yaml.safe_load(SHIPPED.read_text())
    change(tree)
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(tree))
    return file


def problems(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(file)
    return caught.value.problems


def test_three_mistakes_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    def break_three(tree: dict[str, Any]) -> None:
        tree["mailbox"]["pol_every"] = "2 minutes"
        tree["sending"]["per_minute"] = 9000
        del tree["people"]["duty"]

    told = problems(changed(tmp_path, break_three))
    assert len(told) == 3
    assert any(line.startswith("mailbox.pol_every: there is no such setting") for line in told)
    assert any(line.startswith("sending.per_minute: ") for line in told)
    assert any(line.startswith("people.duty: is missing") for line in told)


@pytest.mark.parametrize(
    "place", ["mailbox.password", "sending.client_secret", "mailbox.oauth.secret"]
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, place: str) -> None:
    def leak(tree: dict[str, Any]) -> None:
        *path, key = place.split(".")
        for part in path:
            tree = tree[part]
        tree[key] = "hunter2hunter2"

    told = problems(changed(tmp_path, leak))
    assert any(line.startswith(f"{place}: a secret must not stand in this file") for line in told)
    assert "hunter2" not in " ".join(told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda t: t["mailbox"].update(tls="none", host="mail.wrenshire.example"),
            "this machine only",
        ),
        (lambda t: t["mailbox"].update(kind="imap", host="", port=0), "needs host and port"),
        (lambda t: t["mailbox"].update(alarm_after="often"), "2 minutes"),
        (lambda t: t["people"]["duty"].update(email="nobody"), "not an email address"),
        (lambda t: t["flows"].update(working_hours="9 to 5"), "08:30-17:00"),
        (
            lambda t: t["intake"].update(oldest_unread_alarm="soon"),
            'intake.oldest_unread_alarm: "soon" is no period',
        ),
        (
            lambda t: t["retention"].update(case={"years": 1, "until_age": 25}),
            "either years or until_age",
        ),
        (lambda t: t["council"].update(reference="cme 1"), "council.reference"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(
    tmp_path: Path, change: Any, words: str
) -> None:
    assert words in " ".join(problems(changed(tmp_path, change)))


def test_a_file_that_is_not_yaml_is_told_by_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("council:\n  name: [a\nmailbox: }\n")
    assert re.match(r"line \d+, column \d+: is not YAML", problems(file)[0])
    assert "there is no file" in problems(tmp_path / "none.yaml")[0]


def test_a_rule_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    def bend(tree: dict[str, Any]) -> None:
        tree["deadlines"]["ewo_report"]["period"] = "soon"
        tree["deadlines"]["assign_ewo"]["starts"] = ["no_such_event"]

    assert [p.split(":")[0] for p in sorted(problems(changed(tmp_path, bend)))] == [
        "deadlines.assign_ewo.starts",
        "deadlines.ewo_report.period",
    ]


def test_the_shipped_file_is_usable_and_reaches_nobody() -> None:
    config = load(SHIPPED)
    found = ADDRESS.findall(SHIPPED.read_text())
    assert len(found) > 10
    assert {a for a in found if not a.endswith(".example")} == set()
    assert all(
        d.endswith(".example") for s in (*config.schools, *config.agencies) for d in s.domains
    )
    assert config.mailbox.host in ("127.0.0.1", "")
    assert config.sending.host in ("127.0.0.1", "")
    assert len(rules(config)) == len(config.deadlines) > 15
    assert config.letters["default"] == "hold"


def test_every_letter_that_a_rule_names_exists() -> None:
    there = {p.stem for p in (ROOT / "templates" / "emails").glob("*.txt")}
    named = {step.letter for rule in rules(load(SHIPPED)) for step in rule.sequence}
    assert named
    assert named - there == set()
    switches = set(load(SHIPPED).letters) - {"default", "demonstration_sends", *SWITCHES}
    assert switches - there == set()


def test_every_letter_that_the_code_writes_exists() -> None:
    there = {p.stem for p in (ROOT / "templates" / "emails").glob("*.txt")}
    code = " ".join(p.read_text() for p in (ROOT / "cases").rglob("*.py"))
    written = set(re.findall(r"(?<!add_task)\(\s*f\"[\w-]+:[^\"]+\",\s*\"(\w+_\w+)\"", code))
    assert {"duty_alert", "ask_missing", "contact_changed"} <= written
    assert written - there == set()


def test_the_whole_configuration_can_be_shown() -> None:
    lines = list(as_lines(load(SHIPPED)))
    assert "council.name: Wrenshire County Council" in lines
    assert len(lines) > 150


def test_the_tests_run_on_the_shipped_file() -> None:
    assert Path(current().file) == SHIPPED

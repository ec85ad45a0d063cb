"""Letters: each whole, each with nothing of a child but reference and initials, none with a gap."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

from mail.compose import Draft, compose
from mail.letters import FOLDER, LetterRefused, names, render, twin
from mail.values import Mailbox

FACTS: dict[str, Any] = {
    "reference": "CME-2026-0001", "initials": "PF", "school": "Alder Grove Primary School",
    "team": "Children Missing Education team", "council": "Wrenshire County Council",
    "telephone": "01632 960100", "answer_within": "10 working days", "urgent": "01632 960101",
    "form": "cme", "others": [], "missing": ["the date the child last attended"], "overdue": True,
    "due": date(2026, 10, 27), "because": "3 working days after 22 Oct 2026", "what": "The visit.",
    "mailbox": "cme@wrenshire.example", "council_wide": True, "troubles": ["post in: last proved poll 40 minutes ago"], "opened_on": date(2026, 10, 22), "status": "open",
    "received": date(2026, 11, 24),
    "lines": [{"reference": "CME-2026-0001", "initials": "PF", "what": "The visit.",
               "overdue": False, "due": date(2026, 10, 27)}],
}  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_each_letter_is_whole(name: str) -> None:
    letter = render(name, FACTS)
    # An answer to a letter about several cases must not be filed on the first of them by its subject.
    about_one = not name.startswith("digest_")
    assert letter.subject.startswith("[CME-2026-0001]") is about_one
    assert ("CME-2026" in letter.subject) is about_one
    assert "PF" not in letter.subject
    assert "Kind regards" in letter.text
    assert "{" not in letter.text
    assert letter.html == twin(letter.text)
    assert "regulation" not in letter.text.lower()


def used_by(name: str) -> set[str]:
    """Return the facts that a letter uses, what it includes with it."""
    environment = Environment()
    told = set()
    for file in (f"{name}.txt", "_close.txt"):
        tree = environment.parse(re.sub(r"\|\s*day\b", "", (FOLDER / file).read_text("utf-8")))
        told |= meta.find_undeclared_variables(tree)
    return told


@pytest.mark.parametrize("name", names())
def test_every_fact_that_a_letter_uses_is_needed(name: str) -> None:
    """Also one in an `if`: a letter that asks whether something is missing must be told."""
    for fact in sorted(used_by(name)):
        with pytest.raises(LetterRefused):
            render(name, {k: v for k, v in FACTS.items() if k != fact})


@pytest.mark.parametrize("name", names())
def test_a_letter_reads_well_aloud(name: str) -> None:
    for late in (True, False):
        letter = render(name, {**FACTS, "overdue": late})
        assert len(letter.subject) <= 100
        assert "  " not in letter.text
        assert " ," not in letter.text
        assert " ." not in letter.text
        assert ".." not in letter.text
        assert not re.search(r"\b(None|True|False|council)\b(?=[\]:])", letter.subject)
        assert not re.search(r"\b(color|organiz|enrolled with us|ASAP|kindly)\b", letter.text)
        assert letter.text.count("Kind regards") == 1


def test_the_duty_desk_is_told_no_kind_of_danger() -> None:
    assert used_by("duty_alert") == {"reference", "team", "council", "telephone"}


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("gap", ["reference", "team"])
def test_a_gap_refuses(name: str, gap: str) -> None:
    uses_lines = name.startswith("digest_") and gap == "reference"
    if uses_lines:
        with pytest.raises(LetterRefused):
            render(name, {**FACTS, "lines": [{**FACTS["lines"][0], "reference": None}]})
        return
    with pytest.raises(LetterRefused):
        render(name, {k: v for k, v in FACTS.items() if k != gap})
    with pytest.raises(LetterRefused):
        render(name, {**FACTS, gap: ""})


@pytest.mark.parametrize("evil", ["X\r\nBcc: a@b.example", "X\nBcc: a@b.example", "X\x00Y"])
def test_a_fact_cannot_add_a_header(evil: str) -> None:
    assert "\n" not in render("unlock", {**FACTS, "reference": evil}).subject


def test_the_html_twin_escapes() -> None:
    letter = render("ewo_report", {**FACTS, "initials": "<b>&"})
    assert "<b>" not in letter.html
    assert "&lt;b&gt;&amp;" in letter.html


def test_a_council_s_template_cannot_reach_out(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("Subject: x\n{{ team.__class__.__mro__ }}\n", "utf-8")
    with pytest.raises(LetterRefused):
        render("bad", FACTS, tmp_path)


def test_no_such_letter() -> None:
    with pytest.raises(LetterRefused, match="no letter"):
        render("nothing", FACTS)


def test_a_long_subject_begins_with_its_reference() -> None:
    subject = "[CME-2026-0023] Ten school days out of education, and no news from the school"
    draft = Draft(
        subject, "Text.\n", "", Mailbox("Team", "cme@wrenshire.example"), None, "office@alder.example",
        "<out.a.b@wrenshire.example>", datetime(2026, 11, 25, tzinfo=UTC),
    )  # fmt: skip
    for told in (draft, replace(draft, label="[SECURE]")):
        head, _, _ = compose(told).partition(b"\r\n\r\n")
        line = next(line for line in head.split(b"\r\n") if line.startswith(b"Subject:"))
        assert line.decode() == f"Subject: {f'{told.label} ' if told.label else ''}{subject}"

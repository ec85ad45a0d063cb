"""A layout that an officer corrected is read that way the next time: on its own layout, checked once, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from stories import NOW, PAPER_BOOK, arrive, email

from cases import decisions, filing, layouts
from cases.demonstration import word_form
from cases.models import Case, Decision, Document, Layout, LayoutLabel, ReadingRow

pytestmark = pytest.mark.usefixtures("council")
TITLE = "Children Missing Education Referral Form"
ZAWADI = {
    **PAPER_BOOK, "Surname": "MWANGI", "First name(s)": "Zawadi", "Date of birth": "21/06/2014", "Gender": "Female",
    "Home address": "4 Fennel Court, Saltmere SM2 6QQ", "Date last attended": "16/11/2026",
    "Final mark in the paper book": "09/11/2026",
}  # fmt: skip
IVO = {
    **PAPER_BOOK, "Surname": "LARCH", "First name(s)": "Ivo", "Date of birth": "02/09/2013",
    "Home address": "9 Mill Lane, Easthaven EH9 9ZY", "Date last attended": "17/11/2026",
    "Final mark in the paper book": "11/11/2026",
}  # fmt: skip


def sent(answers: dict[str, str], day: int = 0) -> ReadingRow:
    """Let a form arrive and return its reading."""
    now = NOW + timedelta(days=day)
    told = arrive(
        email(files=[("form.docx", word_form(TITLE, list(answers.items())))], sent=now), now
    )
    return ReadingRow.objects.select_related("document", "case").get(arrival=told["arrival"])


def corrected(reading: ReadingRow, **values: str) -> Case:
    """The officer puts values right on the case that a form opened."""
    assert reading.case is not None
    for field, value in values.items():
        case = Case.objects.get(pk=reading.case.pk)
        decisions.change_field(
            case, field, value, by="officer", why="", now=NOW, version=case.version
        )
    return reading.case


def read(reading: ReadingRow, field: str = "last_attended") -> Any:
    return reading.fields.get(field, {}).get("value")


def test_the_next_form_of_a_corrected_layout_is_read_where_the_answer_stood() -> None:
    first = sent(PAPER_BOOK)
    assert read(first) == "2026-11-10"
    corrected(first, last_attended="2026-11-03")
    second = sent(ZAWADI, 1)
    assert read(second) == "2026-11-09"
    assert second.fields["last_attended"]["sure"] < 0.95, "an officer looks at it once"
    assert second.document is not None
    assert second.document.layout["used"] == {
        "last_attended": LayoutLabel.objects.get(field="last_attended").pk
    }
    left = [u for u in second.unread if u["label"] == "Date last attended"]
    assert [u["raw"] for u in left] == ["16/11/2026"], "what is not used is told, never dropped"


def test_what_an_officer_let_stand_is_surer_and_what_was_put_right_again_is_asked_about() -> None:
    corrected(sent(PAPER_BOOK), last_attended="2026-11-03")
    lesson = LayoutLabel.objects.get(field="last_attended")
    second = sent(ZAWADI, 1)
    layouts.judged(second, {})
    third = sent(IVO, 2)
    assert read(third) == "2026-11-11"
    assert third.fields["last_attended"]["sure"] > second.fields["last_attended"]["sure"]
    layouts.judged(third, {"last_attended": "2026-11-12"})
    lesson.refresh_from_db()
    assert lesson.stood == 0


def test_another_version_of_the_layout_is_noticed_and_one_that_is_not_alike_is_left_alone() -> None:
    corrected(sent(PAPER_BOOK), last_attended="2026-11-03")
    later = {"UPN": "V935211314250", **ZAWADI}
    second = sent(later, 1)
    assert read(second) == "2026-11-09"
    assert second.document is not None
    assert second.document.layout["changed"]
    layouts.judged(second, {})
    assert len(Layout.objects.get().prints) == 2
    third = sent({"UPN": "T801200001037", **IVO}, 2)
    assert third.document is not None
    assert not third.document.layout["changed"], "the officer let that version stand"
    dropped = {k: v for k, v in IVO.items() if k != "Final mark in the paper book"}
    fourth = sent({**dropped, "First name(s)": "Odd", "Date of birth": "05/05/2012"}, 3)
    assert read(fourth) == "2026-11-17"
    assert fourth.document is not None
    assert fourth.document.layout["lost"] == 1
    strange = {
        "Pupil's last name": "VALE", "Given names": "Uma", "D.O.B.": "01/02/2013", "Address": "1 Elm Row, Wrenport WP2 2AA",
        "Telephone": "07700 900321", "Last day in school": "12/11/2026", "Final mark in the paper book": "01/10/2026",
        "School": "Alder Grove Primary School", "Reason": "Not seen.",
    }  # fmt: skip
    assert read(sent(strange, 4)) == "2026-11-12"


def test_a_day_that_is_rightly_another_answer_teaches_nothing() -> None:
    first = sent({k: v for k, v in PAPER_BOOK.items() if k != "Final mark in the paper book"})
    corrected(first, last_attended="2026-11-24")  # the day of the form, as it happens
    assert not LayoutLabel.objects.exists()


def test_a_value_that_stands_nowhere_or_twice_teaches_nothing() -> None:
    first = sent({**PAPER_BOOK, "Final visit of the mentor": "03/11/2026"})
    corrected(first, last_attended="2026-11-03", surname="Thornberry")
    assert not LayoutLabel.objects.exists()


def test_no_personal_data_is_remembered() -> None:
    odd = {k: v for k, v in PAPER_BOOK.items() if k != "Final mark in the paper book"}
    corrected(sent({**odd, "Ayaan Thornbury went": "03/11/2026"}), last_attended="2026-11-03")
    assert not LayoutLabel.objects.exists()
    corrected(sent(ZAWADI, 1), last_attended="2026-11-09")
    kept = str(list(Layout.objects.values())) + str(list(LayoutLabel.objects.values()))
    for word in ("MWANGI", "Zawadi", "Fennel", "2014", "09/11", "SM2"):
        assert word.casefold() not in kept.casefold()


def test_a_lesson_is_forgotten_by_hand_and_with_the_decision_that_taught_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from cases.commands.operating import run_vocabulary
    from cases.record import layouts as record

    first = sent(PAPER_BOOK)
    corrected(first, last_attended="2026-11-03")
    run_vocabulary(None)  # type: ignore[arg-type]
    told = yaml.safe_load(capsys.readouterr().out)["layouts"][0]
    assert {(row["label"], row["field"]) for row in told["labels"]} == {
        ("Final mark in the paper book", "last_attended"), ("Date last attended", None),
    }  # fmt: skip
    record.forget(LayoutLabel.objects.get(field="last_attended").pk, by="officer", now=NOW)
    assert not Layout.objects.exists()
    assert read(sent(ZAWADI, 1)) == "2026-11-16"
    case = Case.objects.get(pk=first.case.pk)  # type: ignore[union-attr]
    decisions.change_field(
        case, "last_attended", "2026-11-04", by="officer", why="", now=NOW, version=case.version
    )
    corrected(first, last_attended="2026-11-03")
    assert LayoutLabel.objects.exists()
    filing.undo(
        Decision.objects.get(reading=first, kind="new_case").pk, by="officer", why="", now=NOW
    )
    assert not LayoutLabel.objects.exists()


def test_a_decision_with_a_correction_teaches_too() -> None:
    first = sent({**PAPER_BOOK, "First name(s)": ""})
    Document.objects.filter(pk=first.document_id)
    assert first.case is not None
    filing.undo(Decision.objects.get(reading=first).pk, by="officer", why="", now=NOW)
    filing.decide_reading(
        first.pk, "new_case", by="officer", now=NOW, corrected={"last_attended": "2026-11-03"}
    )
    assert LayoutLabel.objects.get(field="last_attended").label == "Final mark in the paper book"

"""What is denied, in each way that English shortens "not": a denial overlooked closes a missing child's case."""

from __future__ import annotations

from datetime import date

import pytest

from parsers import prose
from parsers.vocabulary import standard

ON = date(2026, 11, 17)
WORDS = standard()
NOT = ("has not", "hasn't", "hasn’t", "hasnt", "has never", "has still not", "still hasn't")
WON_T = ("will not be", "won't be", "won’t be", "wont be", "is not", "isn't", "isnt")


@pytest.mark.parametrize("no", NOT)
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("returned to school", "returned"),
        ("been found", "found"),
        ("enrolled at Beech Hill Academy", "enrolled"),
        ("moved abroad", "abroad"),
        ("left our school", "left_school"),
    ],
)
def test_what_has_not_happened_is_no_news(no: str, told: str, kind: str):
    assert kind not in {s.kind for s in prose.signals(f"Ayaan {no} {told}.")}
    assert kind in {s.kind for s in prose.signals(f"Ayaan has {told}.")}


@pytest.mark.parametrize("no", WON_T)
def test_who_will_not_come_back_has_not_come_back(no: str):
    assert not {s.kind for s in prose.signals(f"Ayaan {no} back at school.")} & {"returned"}


@pytest.mark.parametrize(
    "words",
    [
        "hasn't been in since",
        "hasn’t been seen since",
        "has not been in since",
        "hasnt attended since",
    ],
)
def test_the_last_day_is_read_however_not_is_written(words: str):
    (reading,) = prose.read(
        f"Ayaan Thornbury, DOB 4/3/2015, {words} the 2nd of November.",
        "body", on=ON, words=WORDS,
    )  # fmt: skip
    assert reading.fields["last_attended"].value == "2026-11-02"

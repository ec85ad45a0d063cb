"""Every source gets its decision, whatever it is; order changes nothing."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from making import docx

from parsers import Vocabulary, read
from parsers.documents.model import Cell, Document, Field, Mark, Place, Table, Text
from parsers.forms import record
from parsers.reading import Source
from parsers.vocabulary import standard

ON = date(2026, 10, 22)
FORM = b"CME Referral Form\nSurname: Thornbury\nForename: Ayaan\nDOB: 14/03/2015\nUPN: H801200001001\nSchool: Alder Primary School\n"
OTHER = (
    FORM.replace(b"Ayaan", b"Zara")
    .replace(b"14/03/2015", b"01/02/2017")
    .replace(b"H801200001001", b"K935200116001")
)
LETTER = b"Dear Mrs Bell\n\nI am writing to inform you that I will be educating my son at home from Monday.\n\nYours sincerely\nSara Thornbury\n"


def one(name: str, data: bytes, kind: str = "", **more: object) -> Source:
    return Source(name, name, kind, data, **more)  # type: ignore[arg-type]


def test_every_source_has_a_decision_with_a_reason():
    found = read([
        one("form.txt", FORM), one("letter.txt", LETTER), one("image001.png", b"\x89PNG\r\n\x1a\n" + b"0" * 300, "image/png", inline=True),
        one("invite.ics", b"BEGIN:VCALENDAR", "text/calendar"), one("smime.p7s", b"x", "application/pkcs7-signature"), one("empty.docx", b""),
        Source("locked.zip", "locked.zip", "application/zip", problem=("locked", "The zip is locked.")),
    ], on=ON)  # fmt: skip
    assert [d.decision for d in found.documents] == [
        "read",
        "kept",
        "ignored",
        "ignored",
        "ignored",
        "held",
        "held",
    ]
    assert [h.reason for h in found.held] == ["unreadable", "locked"]
    assert all(d.why for d in found.documents if d.decision != "read")


def test_a_blank_form_is_held_and_opens_nothing():
    blank = b"CME Referral Form\nSurname:\nForename:\nDOB: DD/MM/YYYY\nUPN:\nAddress:\nSchool:\nDate last attended:\n"
    found = read([one("form.txt", blank)], on=ON)
    assert (found.readings, [h.reason for h in found.held]) == ((), ["blank_form"])


def test_a_form_without_its_child_is_held_as_incomplete():
    form = b"CME Referral Form\nSurname:\nForename:\nDOB: 14/03/2015\nUPN:\nAddress: 4 Alder Close, IP99 1AB\nDate last attended: 02/10/2026\nReason for referral: left\n"
    assert [h.reason for h in read([one("form.txt", form)], on=ON).held] == ["incomplete"]


def test_two_answers_about_who_the_child_is_are_held_and_shown():
    form = FORM + b"Date of birth of pupil: 14/03/2014\n"
    found = read([one("form.txt", form)], on=ON)
    assert [h.reason for h in found.held] == ["ambiguous"]
    assert found.readings[0].fields["date_of_birth"].sure <= 0.5
    assert any(u.field == "date_of_birth" for u in found.readings[0].unread)


def test_a_label_that_is_not_known_is_told_and_can_be_learned():
    form = FORM + b"Zorbing ward: Under the willow\n"
    first = read([one("form.txt", form)], on=ON).readings[0]
    assert ("Zorbing ward", "Under the willow") in [(u.label, u.raw) for u in first.unread]
    learned: Vocabulary = standard().with_words({"Zorbing ward": "narrative"})
    again = read([one("form.txt", form)], on=ON, vocabulary=learned).readings[0]
    assert again.fields["narrative"].value == "Under the willow"


def test_the_order_of_sources_changes_no_reading():
    sources = [one("a.txt", FORM), one("b.txt", OTHER), one("letter.txt", LETTER)]
    seen = set()
    for order in itertools.permutations(sources):
        found = read(list(order), on=ON)
        seen.add(
            tuple(
                sorted(
                    (
                        r.document,
                        r.form,
                        str(sorted((k, str(v.value)) for k, v in r.fields.items())),
                    )
                    for r in found.readings
                )
            )
        )
    assert len(seen) == 1
    assert len(next(iter(seen))) == 2


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from(["a.docx", "a.pdf", "a.txt", "a.html", "a.csv", "a"])
)
def test_no_bytes_make_reading_raise(data, name):
    assert len(read([one(name, data)], on=ON).documents) == 1


_words = st.one_of(
    st.sampled_from(
        [
            "Surname",
            "DOB:",
            "Yes",
            "No",
            "14/03/2015",
            "Child 1",
            "Siblings",
            "UPN",
            "Name",
            "Done",
            "Date",
            "Outcome",
            "Thornbury",
        ]
    ),
    st.text(max_size=12),
)
_place = st.integers(1, 5).map(lambda n: Place(f"line {n}"))
_text = st.builds(
    Text,
    _words,
    _place,
    st.sampled_from(
        [frozenset(), frozenset({"bold"}), frozenset({"heading"}), frozenset({"strike"})]
    ),
)
_item = st.one_of(
    _text,
    st.builds(Field, _words, _place, st.one_of(st.none(), _words)),
    st.builds(Mark, st.sampled_from([True, False, None]), st.just("glyph"), _place),
)


@st.composite
def _table(draw: st.DrawFn) -> Table:
    rows, cols = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cells = tuple(
        Cell(r, c, tuple(draw(st.lists(_item, max_size=3))), Place(f"table 1, row {r + 1}, cell {c + 1}"), shaded=draw(st.booleans()))
        for r in range(rows) for c in range(cols) if draw(st.integers(0, 5)))  # fmt: skip
    return Table(cells, rows, cols, Place("table 1"))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(_item, _table()), max_size=8))
def test_no_document_makes_reading_raise(blocks):
    form = record.read(Document("docx", tuple(blocks)), "x", standard(), ON)
    for reading in form.readings:
        assert all(0 <= v.sure <= 1 for v in reading.fields.values())


def test_a_line_of_a_hundred_thousand_colons_is_no_question():
    found = read(
        [
            one("form.txt", b"a: " * 100_000),
            one("long.txt", b"Surname: A\nDOB: 14/03/2015\n" * 500),
        ],
        on=ON,
    )
    assert [d.decision for d in found.documents] == ["kept", "read"]


def test_what_the_officer_should_know_of_a_read_document_stands_beside_it() -> None:
    rows = "".join(
        f"<w:tr><w:tc><w:p><w:r><w:t>{label}</w:t></w:r></w:p></w:tc><w:tc><w:p>{value}</w:p></w:tc></w:tr>"
        for label, value in (
            ("Surname", "<w:del><w:r><w:delText>Thornby</w:delText></w:r></w:del>"
                        "<w:ins><w:r><w:t>Thornbury</w:t></w:r></w:ins>"),
            ("First name", "<w:r><w:t>Ada</w:t></w:r>"),
            ("Date of birth", "<w:r><w:t>14/03/2014</w:t></w:r>"),
            ("Last day at school", "<w:r><w:t>01/09/2026</w:t></w:r>"),
            ("Reason for leaving", "<w:r><w:t>Moved away</w:t></w:r>"),
        )
    )  # fmt: skip
    found = read([one("form.docx", docx(f"<w:tbl>{rows}</w:tbl>"))], on=ON)
    (document,) = found.documents
    assert document.decision == "read"
    assert "tracked changes" in (document.why or "")
    assert found.readings[0].fields["surname"].value == "Thornbury"

"""Layouts of flat PDFs that no ruled table shows: answers in frames, and columns of a newspaper."""

from __future__ import annotations

from datetime import date

from parsers import read
from parsers.documents import pdf
from parsers.documents.model import Table, Text
from parsers.reading import Source
from tests.parsers.pdf_making import canvas

ANSWERS = [
    ("Surname", "Thornbury"), ("Forename", "Elsie"), ("Date of birth", "14/03/2014"),
    ("Home address", "14 Alder Lane, Brackwater"), ("School", "Hollow Oak Academy"),
    ("Last date of attendance", "02/10/2026"),
]  # fmt: skip
LEFT = ("We write about a pupil of our school who has left it without saying where to. She was seen "
        "in school for the last time before the half term and her mother has not answered any of our "
        "calls since then, nor has anybody opened the door of the house")  # fmt: skip
RIGHT = ("in which they lived. A neighbour told us that the family had packed their things and gone "
         "abroad with no plan to return. Please tell us whether anything is known of this family and "
         "whether we may take her name off our roll")  # fmt: skip


def values(data: bytes) -> dict[str, object]:
    found = read([Source("form.pdf", "form.pdf", "", data)], on=date(2026, 10, 22))
    return {k: v.value for k, v in found.readings[0].fields.items()}


EXPECTED = {
    "surname": "Thornbury", "forenames": "Elsie", "date_of_birth": "2014-03-14",
    "address": "14 Alder Lane, Brackwater", "school_name": "Hollow Oak Academy",
    "last_attended": "2026-10-02",
}  # fmt: skip


def over_frames(c) -> None:
    c.drawString(60, 800, "Children Missing Education referral")
    for n, (label, answer) in enumerate(ANSWERS):
        x, y = 60 + 260 * (n % 2), 760 - 50 * (n // 2)
        c.drawString(x, y, label)
        c.rect(x, y - 27, 230, 22)
        c.drawString(x + 4, y - 20, answer)


def beside_frames(c) -> None:
    c.drawString(60, 800, "Children Missing Education referral")
    for n, (label, answer) in enumerate(ANSWERS):
        c.drawString(60, 760 - 50 * n, label)
        c.rect(220, 742 - 50 * n, 250, 32)
        for line, words in enumerate(answer.split(", ")):
            c.drawString(
                224, 762 - 50 * n - 13 * line, words + ("," if "," in answer > words else "")
            )


def test_a_label_over_its_frame_or_beside_it_has_the_answer_inside() -> None:
    assert values(canvas(over_frames)).items() >= EXPECTED.items()
    assert values(canvas(beside_frames)).items() >= EXPECTED.items()


def test_a_frame_round_a_heading_or_a_note_is_no_answer() -> None:
    def draw(c) -> None:
        c.drawString(60, 790, "Return to the team")
        c.rect(60, 740, 400, 40)
        c.drawString(64, 764, "Details: fill in every part of this form.")
        c.rect(60, 690, 400, 24)
        c.setFont("Helvetica-Bold", 12)
        c.drawString(64, 698, "Part one")

    assert not any(isinstance(b, Table) for b in pdf.read(canvas(draw)).blocks)


def prose(c, words, x, width) -> None:
    y, line = 780, ""
    for word in words.split():
        if c.stringWidth(f"{line} {word}", "Helvetica", 10) > width:
            c.drawString(x, y, line)
            y, line = y - 13, word
        else:
            line = f"{line} {word}".strip()
    c.drawString(x, y, line)


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    def draw(c) -> None:
        c.setFont("Helvetica", 10)
        prose(c, LEFT, 60, 220)
        prose(c, RIGHT, 320, 220)

    words = " ".join(b.text for b in pdf.read(canvas(draw)).blocks if isinstance(b, Text))
    assert " ".join(words.split()) == f"{LEFT} {RIGHT}"


def test_bold_labels_over_their_answers_in_two_columns_are_read_down() -> None:
    def draw(c) -> None:
        c.drawString(60, 800, "Children Missing Education referral")
        for n, (label, answer) in enumerate(ANSWERS):
            x, y = 60 + 260 * (n // 3), 760 - 34 * (n % 3)
            c.setFont("Helvetica-Bold", 10)
            c.drawString(x, y, label)
            c.setFont("Helvetica", 10)
            c.drawString(x, y - 13, answer)

    assert values(canvas(draw)).items() >= EXPECTED.items()


def test_labels_and_answers_side_by_side_are_read_across() -> None:
    def draw(c) -> None:
        for n, (label, answer) in enumerate(ANSWERS):
            c.drawString(60, 760 - 20 * n, f"{label}:")
            c.drawString(260, 760 - 20 * n, answer)

    lines = [b.place.words for b in pdf.read(canvas(draw)).blocks]
    assert lines[0] == lines[1] != lines[2]

"""The mail of `benchmarks.spread`: referrals on Word forms, and as scans that are one picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from benchmarks.growth_fill import fields

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def rows(number: int) -> list[tuple[str, str]]:
    """Return an invented child's form."""
    told = fields(number)
    year, month, day = told["date_of_birth"].split("-")
    return [
        ("Child's details", ""), ("Surname", told["surname"].upper()), ("First name(s)", told["forenames"]),
        ("Date of birth", f"{day}/{month}/{year}"), ("Home address", f"{told['address']} {told['postcode']}"),
        ("Parent/carer name", told["parent_name"]), ("Current/previous school", "Alder Grove Primary School"),
        ("Date last attended", "03/11/2026"), ("Reason for referral", "Not seen since half term."),
    ]  # fmt: skip


def scan(told: list[tuple[str, str]]) -> bytes:
    """Return a form as a scanner gives it: a PDF that is one picture."""
    import pypdfium2
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(50, 790, "Children Missing Education Referral Form")
    canvas.setFont("Helvetica", 12)
    for n, (label, answer) in enumerate(told):
        top = 740 - 34 * n
        canvas.rect(50, top - 12, 200, 34)
        canvas.rect(250, top - 12, 295, 34)
        canvas.drawString(56, top, label)
        canvas.drawString(256, top, answer)
    canvas.save()
    page = pypdfium2.PdfDocument(out.getvalue())[0].render(scale=2, grayscale=True).to_pil()
    made = io.BytesIO()
    page.save(made, "PDF", resolution=144)
    return made.getvalue()


def emails(count: int) -> Iterator[bytes]:
    """Yield the mail: each third a scan, each tenth a second form about the child before."""
    import django

    django.setup()
    from cases.demonstration import word_form

    for number in range(count):
        told = rows(number - 1 if number % 10 == 9 else number)
        if number % 10 == 9:
            told[4] = ("Home address", "9 Tannery Walk, Wrenford W2 2AB")
        scanned = number % 3 == 1
        data = (
            scan(told) if scanned else word_form("Children Missing Education Referral Form", told)
        )
        message = EmailMessage()
        message["Authentication-Results"] = (
            "mx.wrenshire.example; dmarc=pass header.from=alder.example"
        )
        message["From"], message["To"] = "Office <office@alder.example>", "cme@wrenshire.example"
        message["Subject"], message["Date"] = (
            "CME referral",
            format_datetime(NOW + timedelta(seconds=number)),
        )
        message["Message-ID"] = f"<spread{number}@alder.example>"
        message.set_content("Dear team,\n\nPlease find attached a referral.\n")
        kind = "pdf" if scanned else "vnd.openxmlformats-officedocument.wordprocessingml.document"
        message.add_attachment(data, maintype="application", subtype=kind,
                               filename="scan.pdf" if scanned else "form.docx")  # fmt: skip
        yield message.as_bytes()

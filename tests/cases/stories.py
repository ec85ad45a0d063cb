"""How the stories are told: invented forms, the emails that carry them, and the road that files them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from typing import Any

from cases.demonstration import word_form

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday in term
SENT = NOW - timedelta(minutes=5)
OFFICE = "office@alder.example"
DMARC = "mx.wrenshire.example; dmarc={result} header.from={domain}"
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
THORNBURY = {
    "Surname": "THORNBURY", "First name(s)": "Ayaan", "Date of birth": "14/03/2015", "Gender": "Male",
    "UPN": "V935211314250", "Year group": "6", "Home address": "12 Quayside Row, Wrenport WP1 4ZZ",
    "Parent/carer name": "Samira Thornbury", "Parent telephone": "07700 900123",
    "Current/previous school": "Alder Grove Primary School", "Date last attended": "03/11/2026",
    "Reason for referral": "Has not been seen since half term; neighbours say the family has left.",
    "Subject to a child protection plan": "No",
}  # fmt: skip
OTHER = {
    **THORNBURY, "Surname": "MWANGI", "First name(s)": "Zawadi", "Date of birth": "21/06/2014",
    "Gender": "Female", "UPN": "", "Home address": "4 Fennel Court, Saltmere SM2 6QQ",
    "Parent/carer name": "Neema Mwangi", "Parent telephone": "07700 900456",
}  # fmt: skip
# A form with a label that no vocabulary knows: "Final mark in the paper book".
PAPER_BOOK = {
    "Surname": "THORNBURY", "First name(s)": "Ayaan", "Date of birth": "14/03/2015", "Gender": "Male",
    "Year group": "6", "Home address": "12 Quayside Row, Wrenport WP1 4ZZ",
    "Current/previous school": "Alder Grove Primary School", "Date last attended": "10/11/2026",
    "Final mark in the paper book": "03/11/2026", "Reason for referral": "Not seen since half term.",
    "Name of person completing": "Priya Kellaway", "Date": "24/11/2026",
}  # fmt: skip
DETAILS = ("thornbury", "ayaan", "14/03/2015", "2015-03-14", "quayside", "wp1 4zz", "v935211314250")
_number = count(1)


def form(answers: dict[str, str] | None = None, **changed: str) -> bytes:
    """Return a Word referral form; `changed` are labels with blanks written as underscores."""
    told = {**(answers or THORNBURY), **{k.replace("_", " "): v for k, v in changed.items()}}
    rows = [("Child's details", ""), *((k, v) for k, v in told.items() if v)]
    rows += [
        ("Referrer's details", ""), ("Name", "Priya Kellaway"), ("Job title", "Attendance Officer"),
        ("Email", OFFICE), ("Date", "24/11/2026"),
    ]  # fmt: skip
    return word_form("Children Missing Education Referral Form", rows)


def email(
    text: str = "Dear team,\n\nPlease find attached a referral.\n\nKind regards\nPriya Kellaway\n",
    files: Iterable[tuple[str, bytes]] = (),
    *,
    subject: str = "CME referral",
    sender: str = OFFICE,
    dmarc: str = "pass",
    headers: Sequence[tuple[str, str]] = (),
    sent: datetime = SENT,
) -> bytes:
    """Return an email's bytes as the mailbox would serve them."""
    message = EmailMessage()
    domain = sender.partition("@")[2]
    if dmarc:
        message["Authentication-Results"] = DMARC.format(result=dmarc, domain=domain)
    message["From"] = f"Office <{sender}>"
    message["To"] = "cme@wrenshire.example"
    message["Subject"] = subject
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = f"<story{next(_number)}.{sent:%H%M%S}@{domain}>"
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    for name, data in files:
        kind = WORD if name.endswith(".docx") else ("application", "pdf")
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


def arrive(raw: bytes, now: datetime = NOW) -> dict[str, Any]:
    """Keep and file one email; return its outcome with the arrival's id."""
    from cases import road
    from cases.record import ledger

    arrival, _ = ledger.keep_raw(raw, now, now, "cme@wrenshire.example")
    return {"arrival": arrival.pk, **road.file_one(arrival.pk, now)}


def referred(now: datetime = NOW, **changed: str) -> dict[str, Any]:
    """Let the first form about Ayaan Thornbury arrive, and return what became of it."""
    return arrive(
        email(files=[("CME referral AT.docx", form(**changed))], sent=now - timedelta(minutes=5)),
        now,
    )


def values_of(ref: str, state: str = "applied") -> dict[str, Any]:
    """Return a case's values in a state, the newest of each field."""
    from cases.models import FieldValue

    rows = FieldValue.objects.filter(case__ref=ref, state=state).order_by("at", "id")
    return {row.field: row.value for row in rows}


def letter_words() -> str:
    """Return every letter in the outbox as words: headers, text and decoded parts."""
    import email as emails
    from email import policy

    from cases.models import Letter
    from cases.record.letters import exact_bytes

    words = []
    for letter in Letter.objects.select_related("raw"):
        message = emails.message_from_bytes(exact_bytes(letter), policy=policy.default)
        words += [str(value) for value in message.values()]
        words += [
            part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        ]
    return re.sub(r"\s+", " ", " ".join(words))


def everything() -> dict[str, int]:
    """Return how many rows each table holds."""
    from django.apps import apps

    kept = [
        m
        for m in apps.get_app_config("cases").get_models()
        if m.__name__ not in ("Setting", "Lease")
    ]
    return {model.__name__: model.objects.count() for model in kept}

"""An invented working day in a data folder of its own: what the screenshots and the browser tests are made of.

`python -m review.sample` fills the folder of CME_DATA, which must be empty, and prints nothing. The emails are the
demonstration's and a few more that make the pages work hard: a near double, a doubtful UPN, a label that
nobody has taught yet, a concern, a locked file. All children, schools and people are invented.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

PASSWORD = "an invented password 7"
PEOPLE = (
    ("officer", "officer", "officer@wrenshire.example"),
    ("manager", "manager", "manager@wrenshire.example"),
    ("ewo.north", "ewo", "ewo.north@wrenshire.example"),
    ("ewo.south", "ewo", "ewo.south@wrenshire.example"),
    ("auditor", "auditor", "audit@wrenshire.example"),
)


# Doubtful forms beside the day's own, for whoever measures how long a decision takes: nearly a child of the day.
DOUBTFUL = (
    ("PELLWORTH", "Idriss", "09/01/2018", "", "Cedar Free School", "office@cedar.example"),
    ("MWANGI", "Zawadi Grace", "12/06/2014", "V935211314251", "Birchwood Academy", "attendance@birchwood.example"),
    ("OKONJO", "Marisol", "31/11/2012", "", "Alder Grove Primary School", "office@alder.example"),
    ("MARCHWOOD", "Eilin", "02/09/2013", "", "Dunlin House School", "office@dunlin.example"),
    ("QUILLER", "Beau", "30/02/2016", "", "Cedar Free School", "office@cedar.example"),
    ("THORNBURY", "Aryan", "14/03/2015", "A935211314250", "Birchwood Academy", "attendance@birchwood.example"),
    ("THORNBERRY", "Zayan", "14/03/2015", "", "Alder Grove Primary School", "office@alder.example"),
)  # fmt: skip


def fill(jump: bool = True, doubtful: bool = False) -> None:
    """Bring the tables up to date and file the day's emails, pictures included."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from cases import chases, clock, picturing, road
    from cases.config import current
    from cases.models import Arrival
    from cases.record import cases as record
    from cases.record import ledger, people

    real = datetime.now(UTC)
    morning = (real - timedelta(days=1)).replace(hour=10, minute=0)
    people.seed(current(), real)
    for name, role, address in PEOPLE:
        people.add_person(
            name, role, by="system: sample", now=real, email=address, password=PASSWORD
        )
    for number, make in enumerate([*_emails(), *(_doubtful() if doubtful else [])]):
        raw = make(morning)
        if not raw:
            continue
        at = morning + timedelta(minutes=7 * number)
        arrival, _ = ledger.keep_raw(raw, at, at, "sample")
        road.file_one(arrival.pk, at)
        picturing.make_pages(Arrival.objects.select_related("raw").get(pk=arrival.pk), at)
    ledger.remember("last_proved_poll", clock.now().isoformat(), clock.now())
    if jump:
        then = (real + timedelta(days=14)).replace(hour=10, minute=5)
        while then.weekday() > 4:  # letters are written in working hours only
            then += timedelta(days=1)
        ledger.remember(clock.DEMONSTRATION, int((then - real).total_seconds()), real)
        ledger.remember("last_proved_poll", clock.now().isoformat(), clock.now())
    first = Arrival.objects.exclude(readings__case=None).order_by("pk").first()
    case = first.readings.exclude(case=None).get().case if first else None
    if case is not None:
        record.assign(case, ewo_address=PEOPLE[2][2], person=None, by="officer", now=morning)
    chases.sweep(clock.now())


def _doubtful() -> list[Callable[[datetime], bytes]]:
    from cases import demonstration as shown

    def of(surname: str, first: str, born: str, upn: str, school: str, sender: str) -> Callable[[datetime], bytes]:  # fmt: skip
        form = [
            ("Child's details", ""), ("Surname", surname), ("First name(s)", first), ("Date of birth", born),
            ("UPN", upn), ("Home address", "12 Quayside Row, Wrenport WP1 4ZZ"), ("Current/previous school", school),
            ("Date last attended", "06/11/2026"), ("Reason for referral", "Not seen; neighbours say that they left."),
            ("Referrer's details", ""), ("Name", "Joan Ashgrove"), ("Email", sender),
        ]  # fmt: skip

        def make(now: datetime) -> bytes:
            message = shown._message(now, sender, school, "A form", "Form attached.\n")
            title = "Children Missing Education Referral Form"
            return shown._with_word(message, shown.word_form(title, form), f"{first} form.docx")

        return make

    return [of(*told) for told in DOUBTFUL]


def _emails() -> list[Callable[[datetime], bytes]]:
    from cases import demonstration as shown

    def of(sender: str, name: str, subject: str, text: str, form: list[tuple[str, str]] | None, file: str,
           title: str = "Children Missing Education Referral Form") -> Callable[[datetime], bytes]:  # fmt: skip
        def make(now: datetime) -> bytes:
            message = shown._message(now, sender, name, subject, text)
            if form is None:
                return message.as_bytes()
            return shown._with_word(message, shown.word_form(title, form), file)

        return make

    def locked(now: datetime) -> bytes:
        import io
        import zipfile

        message: EmailMessage = shown._message(
            now,
            "office@cedar.example",
            "Cedar office",
            "Referral",
            "The password follows by telephone.\n",
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("form.txt", "locked")
        data = bytearray(out.getvalue())
        for mark in (
            b"PK\x03\x04",
            b"PK\x01\x02",
        ):  # the flag that says "encrypted", in both headers
            at = data.find(mark) + (6 if mark.endswith(b"\x04") else 8)
            data[at] |= 1
        message.add_attachment(
            bytes(data), maintype="application", subtype="zip", filename="form.zip"
        )
        return message.as_bytes()

    near = [
        ("Child's details", ""), ("Surname", "THORNBURY"), ("First name(s)", "Zayan"), ("Date of birth", "14/03/2015"),
        ("Gender", "Male"), ("UPN", "V935211314251"), ("Year group", "6"),
        ("Home address", "12 Quayside Row, Wrenport WP1 4ZZ"), ("Current/previous school", "Birchwood Academy"),
        ("Date last attended", "31/02/2026"), ("Pupil's transport arrangements", "Council taxi from Quayside Row"),
        ("Reason for referral", "Not seen for two weeks. Mother told a friend they were going abroad."),
        ("Referrer's details", ""), ("Name", "Joan Ashgrove"), ("Job title", "Head of year"),
        ("Email", "attendance@birchwood.example"), ("Date", "20/11/2026"),
    ]  # fmt: skip
    worry = [
        ("Child's details", ""), ("Surname", "MARCHWOOD"), ("First name(s)", "Elin Rose"), ("Date of birth", "02/09/2013"),
        ("Gender", "Female"), ("Year group", "8"), ("Home address", "3 Mill Rise, Wrenport WP2 5ZZ"),
        ("Parent/carer name", "Owen Marchwood"), ("Parent telephone", "01632 960147"),
        ("Current/previous school", "Cedar Free School"), ("Date last attended", "06/11/2026"),
        ("Subject to a child protection plan", "Yes"),
        ("Reason for referral", "We fear she is at risk of a forced marriage; she told a friend she would be taken abroad."),
        ("Referrer's details", ""), ("Name", "Tomas Ferrier"), ("Job title", "Designated safeguarding lead"),
        ("Email", "office@cedar.example"), ("Date", "23/11/2026"),
    ]  # fmt: skip
    gaps = [
        ("Child's details", ""), ("Surname", "QUILLER"), ("First name(s)", "Bo"), ("Gender", "Male"),
        ("Current/previous school", "Dunlin House School"), ("Reason for referral", "Left."),
        ("Referrer's details", ""), ("Name", "Kit Larkspur"), ("Email", "office@dunlin.example"),
    ]  # fmt: skip
    return [
        *(p.make for p in shown._plan()),
        of("attendance@birchwood.example", "Birchwood attendance", "CME form", "Form attached.\n", near, "referral form.docx"),
        of("office@cedar.example", "Cedar office", "Urgent referral", "Please see attached.\n", worry, "CME referral EM.docx"),
        of("office@dunlin.example", "Dunlin House", "A leaver", "Attached.\n", gaps, "leaver.docx"),
        of("someone@elsewhere.example", "A neighbour", "A question", "Can you ring me about the family at number 12?\n", None, ""),
        locked,
    ]  # fmt: skip


if __name__ == "__main__":
    fill(doubtful="doubtful" in sys.argv)

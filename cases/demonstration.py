"""The demonstration: invented schools, invented children, and a clock that is moved ahead.

Emails arrive in an embedded mailbox over about a minute and a half; then the clock jumps two weeks, so that
something is overdue. Every page says so. Nothing here can reach a real person: the mail
servers are our own on loopback, every address ends in .example.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from cases import clock, filing
from cases.config import current
from cases.models import Arrival, ArrivalState, Case, Letter, LetterState
from cases.record import ledger
from cases.settings import DATA, own_secret

Say = Callable[[str], None]
JUMP = timedelta(days=14)
PORTS = "embedded_post"
TRUSTED = "mx.wrenshire.example; dmarc=pass header.from={domain}; spf=pass; dkim=pass"


@dataclass(frozen=True, slots=True)
class Planned:
    """One email of the demonstration: what it shows and how it is made."""

    shows: str
    make: Callable[[datetime], bytes]


class Demonstration:
    """The embedded mailbox, the invented post and the moved clock of one run."""

    def __init__(self, gap: float) -> None:
        self.gap = gap  # seconds between two emails
        self.sent_folder = DATA / "sent"
        self.planned = list(_plan())
        self.done = int(ledger.recall("demonstration_emails", 0))
        self.next_at = 0.0
        self.told: set[tuple[int, str]] = set()
        self.letters: set[int] = set()

    def start(self) -> None:
        """Start the mail servers and set the clock to a working morning."""
        from mail import demo_post

        now = datetime.now(UTC)
        if ledger.recall(clock.DEMONSTRATION) is None:
            ledger.remember(clock.DEMONSTRATION, _until_morning(now), now)
        self.post = demo_post.start(
            DATA / "post", self.sent_folder, user=current().mailbox.user,
            password=own_secret("embedded_password"),
        )  # fmt: skip
        ledger.remember(PORTS, {"imap": self.post.imap_port, "smtp": self.post.smtp_port}, now)
        self.told = set(Arrival.objects.values_list("pk", "verdict"))
        self.letters = set(Letter.objects.values_list("pk", flat=True))

    def stop(self) -> None:
        """Stop the mail servers."""
        self.post.stop()

    def announce(self, say: Say) -> None:
        """Say where things are."""
        say(f"Sent emails lie in {self.sent_folder}")
        left = len(self.planned) - self.done
        say(f"{left} invented emails will arrive, one every {self.gap:.0f} seconds." if left
            else "The invented emails have arrived already; the demonstration goes on.")  # fmt: skip

    def tick(self, say: Say) -> None:
        """Deliver the next email when its time has come, and say what became of those before."""
        if self.done < len(self.planned) and time.monotonic() >= self.next_at:
            planned = self.planned[self.done]
            raw = planned.make(clock.now())
            if raw:
                self.post.deliver(raw)
                say(f"Email {self.done + 1} of {len(self.planned)} arrives: {planned.shows}")
                self.done += 1
                ledger.remember("demonstration_emails", self.done, datetime.now(UTC))
            self.next_at = time.monotonic() + self.gap
        elif self.done == len(self.planned):
            self._jump(say)
        self._progress(say)

    def _jump(self, say: Say) -> None:
        """Two weeks later: once every email is filed."""
        filed = Arrival.objects.exclude(state=ArrivalState.KEPT).count()
        settled = filed >= len(self.planned)  # one that lies in the mailbox still is no arrival yet
        if ledger.recall("demonstration_jumped") or time.monotonic() < self.next_at or not settled:
            return
        now = datetime.now(UTC)
        ahead = int(ledger.recall(clock.DEMONSTRATION)) + int(JUMP.total_seconds())
        ledger.remember("demonstration_jumped", True, now)
        ledger.remember(clock.DEMONSTRATION, ahead, now)
        say(f"The demonstration's clock moves two weeks ahead, to {clock.now():%A %d %B %Y}.")

    def _progress(self, say: Say) -> None:
        arrivals = Arrival.objects.exclude(state=ArrivalState.KEPT).order_by("pk")
        for arrival in arrivals:
            if (arrival.pk, arrival.verdict) not in self.told:
                self.told.add((arrival.pk, arrival.verdict))
                told = filing.outcome(arrival)
                where = ", ".join(told["cases"]) or "; ".join(h["reason"] for h in told["held"])
                say(f"  email {arrival.pk}: {arrival.verdict.replace('_', ' ')} {where}")
        for letter in Letter.objects.exclude(pk__in=self.letters).order_by("pk"):
            self.letters.add(letter.pk)
            how = LetterState(letter.state).label.lower()
            say(f"  letter {letter.pk}: {letter.kind.replace('_', ' ')}, {how}")


def _until_morning(now: datetime) -> int:
    """Seconds from now to ten in the morning of the next working day (or of this one)."""
    from cases import rules

    day = clock.uk_date(now)
    council = rules.calendars(current()).council
    while not council.is_working_day(day):
        day += timedelta(days=1)
    morning = datetime(day.year, day.month, day.day, 10, 0, tzinfo=clock.UK)
    return int((morning - now).total_seconds()) or 1


def _plan() -> Iterator[Planned]:
    yield Planned("a Word form, a child who has disappeared", _word)
    yield Planned(
        "a PDF form, a child withdrawn to home education, without the parents' letter", _pdf
    )
    yield Planned("the Word form again", _word_again)
    yield Planned("an update in plain words", _update)
    yield Planned("two children on one form", _two)
    yield Planned("a form that nobody can read", _broken)
    yield Planned("an automatic reply", _auto)


def _message(now: datetime, sender: str, name: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    domain = sender.partition("@")[2]
    message["Authentication-Results"] = TRUSTED.format(domain=domain)
    message["From"] = f"{name} <{sender}>"
    message["To"] = current().mailbox.account
    message["Subject"] = subject
    message["Date"] = format_datetime(now.astimezone(clock.UK))
    message["Message-ID"] = make_msgid(domain=domain)
    message.set_content(text)
    return message


def _uk(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _first_form(now: datetime) -> bytes:
    day = clock.uk_date(now)
    return word_form(
        "Children Missing Education Referral Form",
        [
            ("Child's details", ""), ("Surname", "THORNBURY"), ("First name(s)", "Ayaan"),
            ("Date of birth", "14/03/2015"), ("Gender", "Male"), ("UPN", "V935211314250"),
            ("Year group", "6"), ("Home address", "12 Quayside Row, Wrenport WP1 4ZZ"),
            ("Parent/carer name", "Samira Thornbury"), ("Parent telephone", "07700 900123"),
            ("Current/previous school", "Alder Grove Primary School"),
            ("Date last attended", _uk(day - timedelta(days=21))),
            ("Reason for referral", "Has not been seen since half term; neighbours say the family has left."),
            ("Home visit made", f"Yes, {_uk(day - timedelta(days=3))}, no answer"),
            ("Subject to a child protection plan", "No"),
            ("Referrer's details", ""), ("Name", "Priya Kellaway"), ("Job title", "Attendance Officer"),
            ("Email", "office@alder.example"), ("Date", _uk(day)),
        ],
    )  # fmt: skip


def word_form(title: str, rows: list[tuple[str, str]]) -> bytes:
    """Return a two-column Word form; a row without an answer is a section heading."""
    from docx import Document

    document = Document()
    document.core_properties.created = document.core_properties.modified = datetime(2026, 1, 1)
    document.add_heading(title, 1)
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, answer in rows:
        cells = table.add_row().cells
        if answer:
            cells[0].text, cells[1].text = label, answer
        else:
            merged = cells[0].merge(cells[1])
            merged.paragraphs[0].add_run(label).bold = True
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_WORD = "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"


def _with_word(message: EmailMessage, data: bytes, name: str) -> bytes:
    message.add_attachment(data, maintype=_WORD[0], subtype=_WORD[1], filename=name)
    return message.as_bytes()


def _word(now: datetime) -> bytes:
    message = _message(
        now, "office@alder.example", "Alder Grove office", "CME referral",
        "Dear team,\n\nPlease find attached a referral.\n\nKind regards\nPriya Kellaway\n",
    )  # fmt: skip
    form = _first_form(now)
    (DATA / "first-form.docx").write_bytes(form)
    return _with_word(message, form, "CME referral AT.docx")


def _word_again(now: datetime) -> bytes:
    message = _message(
        now, "office@alder.example", "Alder Grove office", "FW: CME referral",
        "Sending this again in case it did not reach you.\n\nPriya\n",
    )  # fmt: skip
    return _with_word(message, (DATA / "first-form.docx").read_bytes(), "CME referral AT.docx")


def _pdf(now: datetime) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    day = clock.uk_date(now)
    rows = [
        ["Surname", "Okonjo-Reyes"], ["Forename(s)", "Marisol"], ["Date of birth", "02/11/2012"],
        ["Gender", "Female"], ["Year group", "Year 10"],
        ["Pupil's address", "4 Fennel Court, Saltmere SM2 6QQ"],
        ["Name of parent", "Teodora Okonjo-Reyes"], ["Contact number", "01632 960245"],
        ["School", "Birchwood Academy"], ["Date last attended school", _uk(day - timedelta(days=6))],
        ["Date removed from roll", _uk(day - timedelta(days=4))],
        ["Ground for deletion", "Regulation 9(1)(f) 2024: parent has written that the child will be"
         " educated otherwise than at school"],
        ["Form completed by", "Lena Ashdown, Head of Year"], ["Date of notification", _uk(day)],
    ]  # fmt: skip
    style = getSampleStyleSheet()
    cells = [
        [Paragraph(f"<b>{a}</b>", style["Normal"]), Paragraph(b, style["Normal"])] for a, b in rows
    ]
    out = io.BytesIO()
    grid = Table(cells, colWidths=[180, 300])
    grid.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    SimpleDocTemplate(out, pagesize=A4).build(
        [Paragraph("Elective Home Education Notification", style["Title"]), Spacer(1, 12), grid]
    )
    message = _message(
        now, "attendance@birchwood.example", "Birchwood attendance", "Pupil leaving to be home educated",
        "Good morning,\n\nThe notification is attached. The parents' letter will follow.\n\nLena Ashdown\n",
    )  # fmt: skip
    message.add_attachment(
        out.getvalue(), maintype="application", subtype="pdf", filename="EHE notification.pdf"
    )
    return message.as_bytes()


def _update(now: datetime) -> bytes:
    case = Case.objects.order_by("pk").first()
    if case is None:
        return b""
    message = _message(
        now, "office@alder.example", "Alder Grove office", f"Re: CME referral [{case.ref}]",
        "Dear team,\n\nFurther to our referral, the grandmother rang today. The family have moved to"
        " 7 Harbour View, Easthaven EH9 9ZY and he starts at Lantern Hill School on"
        f" {_uk(clock.uk_date(now) + timedelta(days=5))}.\n\nKind regards\nPriya Kellaway\n",
    )  # fmt: skip
    return message.as_bytes()


def _two(now: datetime) -> bytes:
    from docx import Document

    day = clock.uk_date(now)
    document = Document()
    document.add_heading("Starters and leavers return", 1)
    document.add_paragraph("School: Cedar Free School")
    head = ["Surname", "Forename", "Date of birth", "Year group", "Starter or leaver", "Date",
            "Destination school / new address"]  # fmt: skip
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    left = _uk(day - timedelta(days=2))
    for row in (
        ["Mwangi", "Zawadi", "21/06/2014", "7", "Leaver", left, "Not known"],
        ["Pellworth", "Idris", "09/01/2017", "4", "Leaver", left, "Moved to Manchester"],
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    message = _message(
        now, "office@cedar.example", "Cedar Free School", "Starters and leavers this week",
        "Please find attached this week's return.\n\nTom Ferris, office\n",
    )  # fmt: skip
    return _with_word(message, out.getvalue(), "Starters and leavers.docx")


def _broken(now: datetime) -> bytes:
    message = _message(
        now, "office@dunlin.example", "Dunlin House", "CME form",
        "Please see the attached form, scanned at the front desk.\n\nRegards\nOffice\n",
    )  # fmt: skip
    message.add_attachment(
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + bytes(range(200, 256)) * 20,
        maintype="application", subtype="pdf", filename="CME form scan.pdf",
    )  # fmt: skip
    return message.as_bytes()


def _auto(now: datetime) -> bytes:
    message = _message(
        now, "office@dunlin.example", "Dunlin House", "Automatic reply: CME form",
        "The office is closed until Monday.\n",
    )  # fmt: skip
    message["Auto-Submitted"] = "auto-replied"
    return message.as_bytes()


def print_year() -> int:
    """Play a school year of invented cases and print what went out when; the calendar is drawn besides."""
    from cases import rules
    from policy import year, year_drawn

    config = current()
    played = year.play(rules.rules(config), rules.calendars(config))
    print(year_drawn.as_table(played))
    print(year_drawn.as_calendar(played))
    picture = DATA / "year.svg"
    picture.write_text(year_drawn.as_svg(played), "utf-8")
    print(f"\nThe calendar as a picture: {picture}")
    return 0

"""What falls due and is asked: once, of the right person, in working hours, and never across an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from stories import NOW, OFFICE, OTHER, arrive, email, form, referred

from cases import chases, clocks, digests
from cases.models import Arrival, Asked, Case, Entry, Letter, Task
from cases.record import cases as case_record
from cases.record import ledger, letters
from cases.record.people import mark_contact

pytestmark = pytest.mark.usefixtures("council")
BIRCHWOOD = "attendance@birchwood.example"
EHE = {
    "Surname": "Okonjo-Reyes", "Forename(s)": "Marisol", "Date of birth": "02/11/2012", "Gender": "Female",
    "Year group": "Year 10", "Pupil's address": "4 Fennel Court, Saltmere SM2 6QQ",
    "Name of parent": "Teodora Okonjo-Reyes", "School": "Birchwood Academy",
    "Date last attended school": "18/11/2026", "Date removed from roll": "20/11/2026",
    "Ground for deletion": "Regulation 9(1)(f) 2024: parent has written that the child will be educated otherwise than at school",
}  # fmt: skip


def sweep(now: datetime) -> dict[str, int]:
    return chases.sweep(now)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)


def post(now: datetime) -> None:
    """Let everything that waits for approval go, as an officer and the mail server would."""
    ids = list(Letter.objects.filter(state="held").values_list("pk", flat=True))
    letters.approve(ids, by="officer", now=now)
    for key in letters.ready(now, 100):
        row = letters.claim(key, now)
        assert row is not None
        letters.mark_sent(row, "250 taken", now=now)


def asked(rule: str) -> list[str]:
    return list(Asked.objects.filter(rule=rule).order_by("id").values_list("step", flat=True))


def home_educated() -> str:
    from cases.demonstration import word_form

    data = word_form(
        "Elective Home Education Notification",
        [*EHE.items(), ("Date of notification", "24/11/2026")],
    )
    told = arrive(email("The notification is attached.\n", [("EHE.docx", data)], sender=BIRCHWOOD))
    assert told["verdict"] == "new_case"
    return str(told["cases"][0])


def test_a_new_case_asks_for_an_ewo_once_however_often_the_clock_strikes() -> None:
    referred()
    sweep(NOW)
    before = (Asked.objects.count(), Letter.objects.count())
    assert "ask" in asked("assign_ewo")
    for minutes in (15, 30, 300):
        sweep(NOW + timedelta(minutes=minutes))
    assert (Asked.objects.count(), Letter.objects.count()) == before
    [letter] = Letter.objects.filter(recipient="team.manager@wrenshire.example")
    assert letter.state == "held"


def test_it_is_reminded_the_next_working_day_and_escalated_later() -> None:
    referred()
    for day in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"):
        sweep(at(day))
        post(at(day, 11))
    assert asked("assign_ewo") == ["ask", "remind", "escalate"]
    assert (
        Asked.objects.get(rule="assign_ewo", step="escalate").recipient
        == "manager@wrenshire.example"
    )


def test_an_answer_between_asking_and_writing_drops_the_letter() -> None:
    referred()
    chases.chase(clocks.open_case_ids(), NOW)
    assert Asked.objects.get(rule="assign_ewo").state == "waiting"
    case_record.assign(
        Case.objects.get(),
        ewo_address="ewo.north@wrenshire.example",
        person=None,
        by="manager",
        now=NOW,
    )
    digests.gather(NOW)
    assert Asked.objects.get(rule="assign_ewo").state == "dropped"
    assert not Letter.objects.filter(recipient="team.manager@wrenshire.example").exists()
    assert Entry.objects.filter(act="chase dropped").count() == 1


def test_the_parents_letter_about_home_education_is_chased_until_it_comes() -> None:
    ref = home_educated()
    rows = {r.rule: r for r in clocks.case_due(Case.objects.get(ref=ref), date(2026, 11, 24))}
    due = rows["ehe_parental_letter"].due
    assert due is not None
    assert "5 school days after 20 Nov 2026" in rows["ehe_parental_letter"].because
    day = date(2026, 11, 24)
    while not asked("ehe_parental_letter"):
        sweep(at(day.isoformat()))
        day += timedelta(days=1)
        assert day <= due
    row = Asked.objects.get(rule="ehe_parental_letter")
    assert (row.step, row.recipient, row.kind) == ("before", BIRCHWOOD, "ehe_letter")

    parents = b"%PDF-1.4\n" + _pdf_words(
        "We, the parents of our daughter, will educate her at home from now on."
    )
    told = arrive(
        email(
            "The parents' letter, as you asked.\n",
            [("Parents letter.pdf", parents)],
            sender=BIRCHWOOD,
            subject=f"Re: EHE [{ref}]",
        ),
        at(day.isoformat()),
    )
    assert told["cases"] == [ref]
    left = {r.rule for r in clocks.case_due(Case.objects.get(ref=ref), day)}
    assert "ehe_parental_letter" not in left
    for _ in range(30):
        day += timedelta(days=1)
        sweep(at(day.isoformat()))
    assert asked("ehe_parental_letter") == ["before"]


def _pdf_words(words: str) -> bytes:
    import io

    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(72, 720, words)
    page.save()
    return (
        out.getvalue()[len(b"%PDF-1.4\n") :]
        if out.getvalue().startswith(b"%PDF-1.4\n")
        else out.getvalue()
    )


def test_one_letter_when_one_person_owes_several_things() -> None:
    referred()
    arrive(email(files=[("two.docx", form(OTHER))]))
    told = sweep(NOW)
    assert told["letters"] >= 1
    mail = Letter.objects.filter(recipient="team.manager@wrenshire.example")
    assert mail.count() == 1
    assert {c["rule"] for c in mail.get().covers} == {"assign_ewo"}
    assert len(mail.get().covers) == 2
    assert Asked.objects.filter(rule="assign_ewo", state="written", letter=mail.get()).count() == 2


@pytest.mark.parametrize(
    "when",
    [
        at("2026-11-24", 7),
        at("2026-11-24", 19),
        at("2026-11-28"),
        at("2026-12-25"),
        at("2026-12-29"),
    ],
    ids=[
        "before half past eight",
        "in the evening",
        "on a Saturday",
        "at Christmas",
        "on the council's closed day",
    ],
)
def test_nothing_is_asked_outside_working_hours(when: datetime) -> None:
    referred()
    chases.chase(clocks.open_case_ids(), when)
    assert Asked.objects.count() == 0


def test_mail_from_the_school_that_nobody_has_read_makes_the_question_wait() -> None:
    ref = home_educated()
    day = at("2026-12-04")
    arrival, _ = ledger.keep_raw(email("Unread.\n", sender=BIRCHWOOD), day, day, "a")
    Arrival.objects.filter(pk=arrival.pk).update(
        sender=BIRCHWOOD, school=Case.objects.get(ref=ref).school
    )
    told = sweep(day)
    assert told["waiting"] >= 1
    assert "ehe_parental_letter" not in set(Asked.objects.values_list("rule", flat=True))
    assert not Letter.objects.filter(recipient=BIRCHWOOD, kind="ehe_letter").exists()
    Arrival.objects.filter(pk=arrival.pk).update(state="ignored")
    sweep(day)
    assert "ehe_parental_letter" in set(Asked.objects.values_list("rule", flat=True))


def test_an_address_that_sends_letters_back_is_a_task_and_no_letter() -> None:
    home_educated()
    mark_contact(BIRCHWOOD, now=NOW, bounced=True)
    sweep(at("2026-12-04"))
    assert not Letter.objects.filter(recipient=BIRCHWOOD, kind="ehe_letter").exists()
    assert Task.objects.filter(kind="address").exists()


def test_a_closed_case_is_not_chased_and_a_protected_one_is_the_officer_s() -> None:
    referred()
    case = Case.objects.get()
    case.child.protected = True
    case.child.save()
    assert "decided" not in chases.chase([case.pk], NOW)
    case.child.protected = False
    case.child.save()
    case_record.close(case, "DEC", by="officer", why="told", now=NOW)
    assert chases.chase([case.pk], NOW + timedelta(days=1)) == {}
    assert Asked.objects.count() == 0


def test_a_snoozed_rule_is_quiet_until_its_day() -> None:
    referred()
    case = Case.objects.get()
    case_record.snooze(
        case, "assign_ewo", date(2026, 11, 30), by="officer", why="on leave", now=NOW
    )
    sweep(NOW)
    assert asked("assign_ewo") == []
    sweep(at("2026-11-30"))
    assert asked("assign_ewo") != []


def test_no_more_than_one_reminder_a_day_goes_to_one_person() -> None:
    referred()
    sweep(NOW)
    later = NOW + timedelta(minutes=40)
    arrive(email(files=[("two.docx", form(OTHER))]), later)
    told = sweep(later)
    assert told.get("tomorrow")
    assert Letter.objects.filter(recipient="team.manager@wrenshire.example").count() == 1
    sweep(NOW + timedelta(days=1))
    assert Letter.objects.filter(recipient="team.manager@wrenshire.example").count() == 2


def test_looking_ahead_writes_nothing() -> None:
    referred()
    steps = chases.would_chase(NOW)
    assert {s.step.rule for s in steps} >= {"assign_ewo"}
    assert Asked.objects.count() == 0
    assert OFFICE in Letter.objects.get().recipient

"""Letters on their way out: each at most once, never faster than allowed, and stopped when too much would go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import OperationalError
from posthouse import PostHouse, servers
from stories import NOW, OFFICE, arrive, email, form

from cases import alarms, clock, health, outbox
from cases.commands import main
from cases.config import current
from cases.letter_facts import shared_facts
from cases.models import Case, Entry, Letter, Task
from cases.record import ledger, letters

pytestmark = [
    pytest.mark.usefixtures("council"),
    pytest.mark.skipif(not servers.have_dovecot(), reason="dovecot is not installed"),
]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[servers.Dovecot]:
    with servers.dovecot() as server:
        yield server


@pytest.fixture
def house(
    dovecot: servers.Dovecot, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostHouse]:
    with servers.bad_smtp() as smtp:
        made = PostHouse(dovecot, smtp, dovecot.account(), tmp_path / "config.yaml")
        made.configure()
        monkeypatch.setattr("cases.settings.CONFIG_FILE", made.file)
        monkeypatch.setattr("cases.alarms.FILE", tmp_path / "ALARM")
        monkeypatch.setenv("CME_MAILBOX_PASSWORD", servers.PASSWORD)
        ledger.remember("last_proved_poll", NOW.isoformat(), NOW)
        yield made


def write(
    number: int,
    now: datetime = NOW,
    to: str = "ok",
    kind: str = "unlock",
    domain: str = "alder.example",
) -> Letter:
    facts = shared_facts(now) | {
        "reference": f"CME-2026-{number:04d}",
        "initials": "A.T.",
        "kinds": ["refuge"],
    }
    made = letters.queue(
        f"test:{number}", kind, f"{to}@{domain}", facts, config=current(), now=now, mode="send"
    )
    assert made is not None
    return made


def send(now: datetime = NOW, pauses: list[float] | None = None) -> dict[str, int]:
    return outbox.send_ready(now, (pauses if pauses is not None else []).append)


def states() -> dict[int, str]:
    return dict(Letter.objects.values_list("pk", "state"))


def test_no_more_go_in_a_minute_than_allowed(house: PostHouse) -> None:
    house.configure(sending={"per_minute": 12})
    for n in range(4):
        write(n)
    pauses: list[float] = []
    assert send(pauses=pauses) == {"sent": 4}
    assert pauses == [5.0] * 4
    assert house.smtp.connections == 1
    for n in range(4, 60):
        write(n, NOW - timedelta(hours=1))
    assert (
        send(NOW)["sent"] == 48
    )  # as many as a run of four minutes may take; the rest with the next


def test_each_letter_goes_to_one_recipient_with_its_label_and_nothing_of_the_child(
    house: PostHouse,
) -> None:
    house.configure(sending={"labels": {"alder.example": "[SECURE]"}})
    write(1)
    write(2, domain="birchwood.example")
    send()
    told = {to: message_from_bytes(raw, policy=policy.default) for to, raw in house.smtp.taken}
    assert told["ok@alder.example"]["Subject"].startswith("[SECURE] [CME-2026-0001]")
    assert told["ok@birchwood.example"]["Subject"].startswith("[CME-2026-0002]")
    for to, message in told.items():
        assert (str(message["To"]), message["Cc"], message["Bcc"]) == (to, None, None)
        assert message["Auto-Submitted"] == "auto-generated"
    asked = [c.partition(":")[2] for c in house.smtp.commands if c.lower().startswith("rcpt")]
    assert asked == ["<ok@alder.example>", "<ok@birchwood.example>"]


def test_a_refused_recipient_is_a_task_and_stops_no_other(house: PostHouse) -> None:
    bad, good = write(1, to="550-rcpt"), write(2)
    assert send() == {"refused": 1, "sent": 1}
    assert states() == {bad.pk: "refused", good.pk: "sent"}
    assert Task.objects.get(kind="address").what.startswith("The mail server refused")
    assert send(NOW + timedelta(days=1)) == {}


def test_in_a_shadow_run_nothing_leaves_not_even_an_alarm(house: PostHouse) -> None:
    house.configure(sending={"shadow": True, "alarm_address": "ict@elsewhere.example"})
    write(1)
    assert send(NOW + timedelta(hours=3)) == {}
    assert (list(states().values()), house.smtp.connections) == (["shadow"], 0)
    assert alarms.FILE.exists()


def test_the_brake_holds_until_a_person_lets_go(house: PostHouse) -> None:
    house.configure(sending={"stop_when_queued": 5})
    rows = [write(n) for n in range(7)]
    duty = write(99, kind="duty_alert", to="duty")
    assert send() == {"held_back": 7, "sent": 1}
    assert states() == {**{r.pk: "held" for r in rows}, duty.pk: "sent"}
    assert Task.objects.filter(kind="sending_stopped").count() == 1
    later = NOW + timedelta(hours=2)
    assert send(later) == {}  # ten minutes later it does not let go by itself
    [told] = [c for c in health.post_checks(current(), later) if c.what == "post out"]
    assert (told.level, "7 are held back" in told.say) == ("bad", True)
    assert letters.approve([r.pk for r in rows], by="officer", now=later) == 7
    assert send(later) == {"sent": 7}
    assert Entry.objects.filter(act="letter held back").count() == 7


def test_letters_that_went_count_for_the_brake_as_well(house: PostHouse) -> None:
    house.configure(sending={"stop_when_queued": 5})
    for n in range(4):
        write(n)
    assert send() == {"sent": 4}
    for n in range(4, 8):
        write(n, NOW + timedelta(minutes=4))
    assert send(NOW + timedelta(minutes=5)) == {"held_back": 4}


def test_too_many_coming_back_stop_what_would_go_by_itself(house: PostHouse) -> None:
    for n in range(10):
        write(n, NOW - timedelta(hours=3))
    send(NOW - timedelta(hours=2))
    for row in Letter.objects.order_by("pk")[:3]:
        letters.mark_undelivered(row.message_id, "5.1.1", now=NOW - timedelta(hours=1))
    held = write(11)
    assert send() == {"held_back": 1}
    assert states()[held.pk] == "held"


def test_a_letter_whose_copy_is_filed_late_is_found_at_the_next_look(house: PostHouse) -> None:
    row = write(1, to="drop-after-dot")
    assert send() == {"uncertain": 1}
    house.deliver(house.smtp.taken[0][1], folder="Bin")  # not the Sent folder
    assert send(NOW + timedelta(minutes=5)) == {}
    house.dovecot.deliver(house.user, house.smtp.taken[0][1], "Sent Items")
    assert send(NOW + timedelta(minutes=10)) == {"found_sent": 1}
    assert (states()[row.pk], len(house.smtp.taken)) == ("sent", 1)


@pytest.mark.parametrize(
    ("handed", "copied", "told", "state"),
    [(False, False, {"requeued": 1, "sent": 1}, "sent"),
     (True, True, {"found_sent": 1}, "sent"),
     (True, False, {"uncertain": 1}, "uncertain")],
    ids=["before the last dot", "after it, and Sent has a copy", "after it, and nobody knows"],
)  # fmt: skip
def test_a_letter_left_in_sending_goes_again_only_if_it_was_never_handed_over(
    handed: bool, copied: bool, told: dict[str, int], state: str, house: PostHouse
) -> None:
    row = write(1)
    claimed = letters.claim(row.pk, NOW)
    assert claimed is not None
    if handed:
        letters.note_handed(claimed)  # and here the program dies
    if copied:
        house.dovecot.deliver(house.user, letters.exact_bytes(claimed), "Sent Items")
    assert send(NOW + timedelta(minutes=5)) == told
    assert states()[row.pk] == state
    assert len(house.smtp.taken) == (not handed)
    assert send(NOW + timedelta(days=1)) == {}


def test_a_book_that_cannot_be_written_before_the_last_dot_sends_nothing(
    house: PostHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write(1)

    def full(letter: Letter) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(letters, "note_handed", full)
        with pytest.raises(OperationalError):
            send()
    assert (states()[row.pk], house.smtp.taken) == ("sending", [])
    assert send() == {"requeued": 1, "sent": 1}
    assert len(house.smtp.taken) == 1


def test_a_person_settles_what_is_uncertain(house: PostHouse) -> None:
    row = write(1, to="drop-after-dot")
    send()
    letters.settle_uncertain(row.pk, arrived=True, by="officer", now=NOW)
    assert states()[row.pk] == "sent"
    again = write(2, to="drop-after-dot-untaken")
    send()
    letters.settle_uncertain(again.pk, arrived=False, by="officer", now=NOW)
    assert states()[again.pk] == "queued"


def test_a_server_that_is_away_loses_nothing_and_is_told(house: PostHouse) -> None:
    row = write(1)
    house.configure(sending={"port": servers.free_port()})
    assert send() == {"server_away": 1}
    assert "cannot be reached" in ledger.recall("last_send_trouble")
    house.configure()
    assert send(NOW + timedelta(minutes=1)) == {"sent": 1}
    assert states()[row.pk] == "sent"


def test_one_automatic_letter_a_day_to_one_person_about_one_case(house: PostHouse) -> None:
    arrive(email(files=[("a.docx", form())]), NOW)
    case = Case.objects.get()
    Letter.objects.all().delete()
    rows = [write(n) for n in range(5)]
    Letter.objects.filter(pk__in=[r.pk for r in rows[:4]]).update(case=case, recipient=OFFICE)
    Letter.objects.filter(pk=rows[3].pk).update(kind="duty_alert")
    assert send() == {"sent": 3, "tomorrow": 2}  # one, the duty alert, and the letter about no case
    assert send(NOW + timedelta(hours=5)) == {}
    assert {c.level for c in health.post_checks(current(), NOW + timedelta(minutes=20))} == {"ok"}
    assert letters.stuck(NOW + timedelta(hours=6)) == 0
    Letter.objects.filter(pk=rows[1].pk).update(approved_by="officer")
    assert send(NOW + timedelta(hours=6)) == {"sent": 1}  # a person wants it to go
    assert send(NOW + timedelta(days=1)) == {"sent": 1}
    assert set(states().values()) == {"sent"}


def alarm_letters(house: PostHouse) -> list[str]:
    return [
        message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
        for to, raw in house.smtp.taken if to == "ict@elsewhere.example"
    ]  # fmt: skip


def test_the_second_address_is_told_once_a_day_and_kind(house: PostHouse) -> None:
    house.configure(sending={"alarm_address": "ict@elsewhere.example"})
    assert alarms.sound(NOW + timedelta(minutes=5)) == []
    assert alarm_letters(house) == []
    for minutes in (40, 60, 80):
        assert [c.what for c in alarms.sound(NOW + timedelta(minutes=minutes))] == ["post in"]
    [first] = alarm_letters(house)
    assert "last proved poll 40 minutes ago" in first
    assert "40 minutes" not in alarms.FILE.read_text()  # the file tells the present state
    Letter.objects.filter(pk=write(1).pk).update(written_at=NOW - timedelta(hours=4))
    assert {c.what for c in alarms.sound(NOW + timedelta(minutes=90))} == {"post in", "post out"}
    [_, second] = alarm_letters(house)
    assert "post out" in second
    assert "post in" not in second
    alarms.sound(NOW + timedelta(days=1))
    assert len(alarm_letters(house)) == 3


def test_an_alarm_that_could_not_go_is_tried_again(house: PostHouse) -> None:
    house.configure(sending={"alarm_address": "ict@elsewhere.example", "port": servers.free_port()})
    late = NOW + timedelta(minutes=40)
    assert [c.what for c in alarms.sound(late)] == ["post in"]
    assert alarms.FILE.exists()
    house.configure(sending={"alarm_address": "ict@elsewhere.example"})
    alarms.sound(late)
    alarms.sound(late)
    assert len(alarm_letters(house)) == 1


def test_an_alarm_goes_past_an_outbox_that_stands_still(house: PostHouse) -> None:
    house.configure(sending={"alarm_address": "ict@elsewhere.example", "stop_when_queued": 2})
    for n in range(4):
        write(n)
    assert send() == {"held_back": 4}
    [told] = alarm_letters(house)
    assert "sending is stopped" in told
    assert "A.T." not in told


@pytest.mark.parametrize(
    ("kept", "looked", "level"),
    [("2026-11-20 15:00", "2026-11-24 16:00", "ok"),  # Friday to Tuesday: two working days
     ("2026-11-20 15:00", "2026-11-25 09:00", "bad"),
     ("2026-12-23 10:00", "2027-01-04 12:00", "ok"),  # Christmas, and the council's closed days
     ("2026-12-23 10:00", "2027-01-05 09:00", "bad")],
)  # fmt: skip
def test_an_email_unread_for_two_working_days_is_an_alarm(
    kept: str, looked: str, level: str, house: PostHouse
) -> None:
    then = datetime.fromisoformat(f"{kept}+00:00")
    ledger.keep_raw(email("Unread.\n"), then, then, "a")
    checks = health.post_checks(current(), datetime.fromisoformat(f"{looked}+00:00"))
    [told] = [c for c in checks if c.what == "review"]
    assert told.level == level


def test_a_clock_set_back_behind_the_last_proved_poll_is_no_green_light(house: PostHouse) -> None:
    first = next(iter(health.post_checks(current(), NOW - timedelta(days=1))))
    assert (first.level, first.what) == ("bad", "post in")


@pytest.mark.parametrize(
    "name", ["Ann\r\nBcc: evil@elsewhere.example", "Kellaway, Priya <x@elsewhere.example>", "<script>alert(1)</script>", "A\nSubject: free"]
)  # fmt: skip
def test_f24_a_name_off_a_form_never_becomes_a_header_or_a_recipient(
    name: str, house: PostHouse
) -> None:
    house.configure(letters={"acknowledgement": "send"})
    arrive(
        email(files=[("a.docx", form(**{"First_name(s)": name, "Surname": "Thornbury"}))]),
        clock.now(),
    )
    send(clock.now())
    for to, raw in house.smtp.taken:
        message = message_from_bytes(raw, policy=policy.default)
        assert to == OFFICE or to.startswith("duty@")
        assert (message["Bcc"], len(message.get_all("Subject")), str(message["To"])) == (
            None,
            1,
            to,
        )
        assert b"elsewhere.example" not in raw
        assert b"<script>" not in raw
    assert {to for to, _ in house.smtp.taken} >= {OFFICE}


@pytest.mark.parametrize("command", ["intake", "send", "reconcile"])
def test_a_password_that_nobody_has_put_in_place_is_one_line_and_no_traceback(
    house: PostHouse, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    write(1)
    monkeypatch.delenv("CME_MAILBOX_PASSWORD")
    monkeypatch.setattr("cases.commands.moving.prepare", lambda: None)
    monkeypatch.setattr("cases.commands.operating.prepare", lambda: None)
    assert main([command]) == 1
    told = capsys.readouterr().err
    assert "mailbox_password is not set" in told
    assert told.count("\n") == 1
    assert states() == {Letter.objects.get().pk: "queued"}
    if command == "intake":
        assert "mailbox_password" in ledger.recall("last_poll_trouble")

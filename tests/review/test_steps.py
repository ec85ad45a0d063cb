"""Everything that falls due can be dealt with from the pages, and Today leads there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from stories import NOW


def test_every_clock_of_the_configuration_can_be_stopped_from_the_pages() -> None:
    from cases import rules
    from cases.config import current
    from review.steps import step_of

    stuck = [r.name for r in rules.rules(current()) if step_of(r, "CME-2026-0001") is None]
    assert stuck == []


def test_a_step_leads_to_the_case_with_the_event_chosen(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    client.force_login(people["officer"])
    page = client.get("/").content.decode()
    where = f"/case/{record['ref']}/?record=care_first_checked#record"
    assert f'href="{where}"' in page
    case = client.get(where).content.decode()
    assert '<option value="care_first_checked" selected>' in case


def test_what_the_team_owes_without_a_case_is_recorded_on_today(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import CaseEvent
    from review import due

    client.force_login(people["officer"])
    today = client.get("/").wsgi_request.today
    before = [r for r in due.all_due(today) if r.rule == "s2s_weekly"]
    client.post(reverse("team-done"), {"kind": "s2s_read"})
    event = CaseEvent.objects.get(kind="s2s_read")
    assert (event.case, event.on, event.by) == (None, today, "officer")
    assert [r for r in due.all_due(today) if r.rule == "s2s_weekly"] != before
    again = client.post(reverse("team-done"), {"kind": "s2s_read"}, follow=True).content.decode()
    assert "recorded for today already" in again
    assert CaseEvent.objects.filter(kind="s2s_read").count() == 1
    assert "Read the messages on s2s" not in again
    client.post(reverse("team-done"), {"kind": "closed"})
    assert not CaseEvent.objects.filter(kind="closed").exists()


@pytest.mark.parametrize(
    ("typed", "held"), [("no", False), ("Yes", True), ("14/3/2026", None), ("maybe", None)]
)
def test_no_typed_for_a_flag_is_no(
    typed: str, held: bool | None, client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case

    client.force_login(people["officer"])
    case = Case.objects.get(ref=record["ref"])
    told = {
        "do": "field",
        "field": "child_protection_plan",
        "value": typed,
        "version": case.version,
    }
    client.post(reverse("case-act", args=[case.ref]), told)
    case.refresh_from_db()
    assert case.flags == (["child_protection_plan"] if held else [])
    values = list(case.values.filter(field="child_protection_plan").values_list("value", flat=True))
    assert values == ([] if held is None else [held])


def test_a_day_is_typed_as_people_write_it(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Case

    client.force_login(people["officer"])
    told = {"do": "field", "field": "last_attended", "value": "5/11/2026", "version": "0"}
    client.post(reverse("case-act", args=[record["ref"]]), told)
    assert Case.objects.get(ref=record["ref"]).last_attended.isoformat() == "2026-11-05"


def test_dfe_s_primary_reason_is_chosen_on_the_case_and_counted(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from datetime import date

    from cases import reports
    from cases.models import Case

    client.force_login(people["officer"])
    where = reverse("case-act", args=[record["ref"]])
    client.post(where, {"do": "dfe_reason", "value": "NO_SUCH_REASON", "version": "0"})
    assert Case.objects.get(ref=record["ref"]).dfe_reason == ""
    client.post(where, {"do": "dfe_reason", "value": "MOVED_ABROAD", "version": "0"})
    told = reports.census(date(2026, 11, 24)).by_reason
    assert told["Believed to have moved to another country"] == 1


def test_enter_in_a_box_chooses_nothing_and_loses_nothing(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    client.force_login(people["officer"])
    told = {"version": "0", "choice": "", "field_surname": "Typed so far"}
    page = client.post(reverse("decide", args=[record["reading_id"]]), told, follow=True)
    assert "Nothing was saved yet" in page.content.decode()
    assert 'value="Typed so far"' in page.content.decode()
    assert ReadingRow.objects.get(pk=record["reading_id"]).state == "waiting"


def test_another_form_of_the_page_brings_back_what_was_typed(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    client.force_login(people["officer"])
    told = {
        "do": "teach:1",
        "label_1": "DoB",
        "means_1": "",
        "field_surname": "Typed",
        "child": "1",
    }
    where = reverse("arrival-act", args=[record["arrival_id"]])
    page = client.post(where, told, follow=True).content.decode()
    assert "Choose what the label means" in page
    assert 'value="Typed"' in page


def test_a_box_of_lines_that_nobody_changed_is_no_correction(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    row = ReadingRow.objects.get(pk=record["reading_id"])
    row.fields["narrative"] = {"value": "One\nTwo", "raw": "One\nTwo", "place": "x", "sure": 0.99}
    row.save()
    client.force_login(people["officer"])
    told = {"version": "0", "choice": "new_case", "field_narrative": "One\r\nTwo"}
    client.post(reverse("decide", args=[row.pk]), told)
    row.refresh_from_db()
    assert (row.state, row.corrected) == ("decided", {})


def test_a_sender_is_asked_to_send_a_file_again(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Arrival, Hold, Letter, ReadingRow, Task

    ReadingRow.objects.filter(pk=record["reading_id"]).delete()
    Hold.objects.filter(pk=record["hold_id"]).update(reason="unreadable")
    client.force_login(people["officer"])
    page = client.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert "Ask the sender to send it again" in page
    assert "office@alder.example" in page
    where = reverse("arrival-act", args=[record["arrival_id"]])
    client.post(where, {"do": "ask_again"})
    letter = Letter.objects.get(kind="send_again")
    assert (letter.recipient, letter.state) == ("office@alder.example", "held")
    assert Arrival.objects.get(pk=record["arrival_id"]).state == "filed"
    assert Task.objects.get(kind="sent_again").due_on is not None


def test_an_email_that_is_filed_shows_answers_and_no_boxes(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    ReadingRow.objects.filter(pk=record["reading_id"]).update(state="decided")
    client.force_login(people["officer"])
    page = client.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert 'name="field_' not in page
    assert "Thornbury" in page


def test_every_action_beside_the_answers_takes_along_what_was_typed_without_scripts(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    client.force_login(people["officer"])
    row = ReadingRow.objects.get(pk=record["reading_id"])
    row.unread = [{"field": None, "label": "DoB", "raw": "x", "place": "y", "why": "z"}]
    row.save()
    page = client.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    main = page[page.index('id="decide"') : page.index('id="next-email"')]
    after = main[main.index("</form>") :]
    assert "<form" not in after
    acts = re.findall(r'<button[^>]* name="do" value="([^"]+)"([^>]*)>', after)
    assert {name.partition(":")[0] for name, _ in acts} >= {
        "ask",
        "teach",
        "type",
        "read_again",
        "set_aside",
        "settle",
    }
    where = reverse("arrival-act", args=[record["arrival_id"]])
    assert all(f'form="decide" formaction="{where}"' in rest for _, rest in acts)
    boxes = re.findall(r"<(?:input|select)[^>]*>", after)
    assert boxes
    assert all('form="decide"' in box for box in boxes)


def test_a_hold_of_another_email_is_not_settled(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Arrival, Hold

    other = Arrival.objects.create(content_key="b" * 64, state="held", received_at=NOW, kept_at=NOW)
    hold = Hold.objects.create(arrival=other, reason="incomplete", text="x", at=NOW)
    client.force_login(people["officer"])
    where = reverse("arrival-act", args=[record["arrival_id"]])
    assert client.post(where, {"do": f"settle:{hold.pk}"}).status_code == 404
    hold.refresh_from_db()
    assert hold.settled_at is None


def test_asking_for_what_is_missing_where_there_is_no_case_names_the_email_and_nobody(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import Letter, ReadingRow
    from cases.record.letters import exact_bytes

    ReadingRow.objects.filter(pk=record["reading_id"]).update(case=None, verdict="")
    client.force_login(people["officer"])
    where = reverse("arrival-act", args=[record["arrival_id"]])
    client.post(where, {"do": "ask", "missing": ["the child's forename"]})
    letter = Letter.objects.get(kind="ask_missing_email")
    assert (
        letter.subject
        == f"[CME-MAIL-{record['arrival_id']}] We need a little more about your email"
    )
    words = exact_bytes(letter).decode()
    assert "Tuesday 24 November 2026" in words
    assert "about ?" not in words


def test_an_answer_that_could_not_be_read_has_a_box_of_its_own(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    row = ReadingRow.objects.get(pk=record["reading_id"])
    row.unread = [{"field": "last_attended", "label": "Date last attended", "raw": "31/02/2026", "place": "row 9", "why": "not a date"}]  # fmt: skip
    row.save()
    client.force_login(people["officer"])
    page = client.get(reverse("arrival", args=[record["arrival_id"]])).content.decode()
    assert 'name="field_last_attended" value=""' in page
    assert "Could not be read: not a date." in page
    assert page.count("31/02/2026") == 1
    told = {"version": "0", "choice": "new_case", "field_last_attended": "28/02/2026"}
    client.post(reverse("decide", args=[row.pk]), told)
    row.refresh_from_db()
    assert row.corrected == {"last_attended": "2026-02-28"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([{"name": "Samira Thornbury", "relationship": "mother", "phone": "07700 900123"}], "Samira Thornbury (mother), 07700 900123"),
        ([{"action": "home_visit", "done": True, "date": "2026-11-21", "by": None, "outcome": "no answer"}], "Home visit, 21 November 2026: no answer"),
        ([{"action": "letter", "done": False}], "Letter, not done"),
        ({"letter": "f", "meaning": "left the area", "scheme": "2024"}, "Left the area (ground f of 2024)"),
        ({"one_thing": True}, "one thing: Yes"),
    ],
)  # fmt: skip
def test_people_and_enquiries_are_shown_as_people_write_them(value: object, words: str) -> None:
    from review.pages import shown

    assert shown(value) == words


def test_a_reading_or_decision_of_another_case_is_not_moved(
    client: Client, record: dict[str, Any], people: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    client.force_login(people["officer"])
    where = reverse("case-act", args=[record["other_ref"]])
    for told in (
        {"do": "split", "reading": record["reading_id"]},
        {"do": "undo", "decision": "999999"},
    ):
        assert client.post(where, told).status_code == 404
    assert client.post(where, {"do": "split", "reading": "x"}).status_code == 302
    assert client.post(where, {"do": "no such thing"}).status_code == 302
    assert ReadingRow.objects.get(pk=record["reading_id"]).case.ref == record["ref"]  # type: ignore[union-attr]

"""Nothing typed is lost when a session ends, and nobody else gets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

PASSWORD = "an invented password 7"


@pytest.fixture
def idle(client: Client, people: dict[str, Any], record: dict[str, Any]) -> Client:
    """A manager who has been away for more than half an hour."""
    from review import middleware

    for name in ("manager", "officer"):
        people[name].set_password(PASSWORD)
        people[name].save()
    client.force_login(people["manager"])
    client.get("/")
    session = client.session
    session["seen"] = session["seen"] - middleware.IDLE_SECONDS - 1
    session.save()
    return client


def kept_in(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: Client, kept: str, who: str = "manager", password: str = PASSWORD) -> Any:
    told = {"username": who, "password": password, "kept": kept}
    return client.post(reverse("sign-in"), told)


def test_what_was_typed_in_a_form_is_back_in_its_boxes(
    idle: Client, record: dict[str, Any]
) -> None:
    from cases.models import ReadingRow

    sent = {
        "version": "0",
        "choice": "new_case",
        "field_surname": "Typed <by> me",
        "why": "Rang them",
    }
    answer = idle.post(reverse("decide", args=[record["reading_id"]]), sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You were signed out" in page
    assert "Typed &lt;by&gt; me" in page
    wrong = sign_in(idle, kept_in(page), password="wrong").content.decode()
    back = sign_in(idle, kept_in(wrong))
    assert back["Location"].startswith(reverse("arrival", args=[record["arrival_id"]]))
    shown = idle.get(back["Location"]).content.decode()
    assert 'value="Typed &lt;by&gt; me"' in shown
    assert 'value="Rang them"' in shown
    assert "nothing was saved" in shown
    assert ReadingRow.objects.get(pk=record["reading_id"]).corrected == {}


def test_a_note_on_a_case_is_ready_to_be_sent(idle: Client, record: dict[str, Any]) -> None:
    from cases.models import CaseEvent

    where = reverse("case-act", args=[record["ref"]])
    sent = {
        "do": "event",
        "kind": "first_action",
        "on": "2026-11-23",
        "note": "Two lines\nof words",
    }
    page = idle.post(where, sent).content.decode()
    shown = sign_in(idle, kept_in(page)).content.decode()
    assert f'action="{where}"' in shown
    assert not CaseEvent.objects.filter(kind="first_action").exists()
    again = dict(re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', shown, re.S))
    assert again == sent
    idle.post(where, again)
    assert CaseEvent.objects.get(kind="first_action").note == sent["note"]


def test_another_person_does_not_get_it(idle: Client, record: dict[str, Any]) -> None:
    where = reverse("case-act", args=[record["ref"]])
    page = idle.post(where, {"do": "event", "note": "Mine alone"}).content.decode()
    answer = sign_in(idle, kept_in(page), who="officer")
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_a_forged_parcel_is_nothing(idle: Client, record: dict[str, Any]) -> None:
    assert sign_in(idle, "forged:parcel")["Location"] == "/"


def test_passwords_are_not_kept(idle: Client, record: dict[str, Any]) -> None:
    where = reverse("arrival-act", args=[record["arrival_id"]])
    answer = idle.post(where, {"do": "read_again", "password": "hunting owls"})
    assert answer.status_code == 302
    page = idle.post(reverse("password"), {"new": "hunting owls"})
    assert page.status_code == 302


def test_an_old_page_is_refused_and_its_words_are_shown(
    people: dict[str, Any], record: dict[str, Any]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["manager"])
    answer = client.post(
        reverse("decide", args=[record["reading_id"]]), {"field_surname": "Typed", "choice": "x"}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "<strong>Surname</strong><br>Typed" in page
    assert (
        "csrfmiddlewaretoken"
        not in page.partition("<strong>Surname")[2].partition("Go to Today")[0]
    )

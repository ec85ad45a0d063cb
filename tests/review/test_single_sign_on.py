"""Sign-in with a provider of the council: the whole road over HTTP, against a provider of our own and a real server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from review.screenshots import ROOT, _wait
from tests.review.oidc import CLIENT, SECRET, Provider

MAKE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import UTC, datetime
from cases.record import people
for role in ("manager", "officer"):
    people.add_person(role, role, by="test", now=datetime.now(UTC), password="an invented password 7")
print(people.make_link(datetime.now(UTC)))
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture(scope="module")
def door(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A site with sign-in by the provider and without passwords."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ, "CME_DATA": str(tmp_path_factory.mktemp("sso") / "data"), "CME_PORT": str(port), "CME_SSO_ISSUER": provider.issuer,
        "CME_SSO_CLIENT": CLIENT, "CME_SSO_SECRET": SECRET, "CME_PASSWORDS": "off", "DJANGO_SETTINGS_MODULE": "cases.settings",
        "CME_SSO_ROLES": "CME.Manager=manager CME.Officer=officer 0f3c-group=ewo",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-c", MAKE], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    server = subprocess.Popen([sys.executable, "-m", "review.serve"], cwd=ROOT, env=env)
    try:
        site = f"http://127.0.0.1:{port}"
        _wait(site + "/healthz", server)
        yield {"site": site, "link": made.stdout.split()[-1]}
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def manager(door: dict[str, str]) -> requests.Session:
    """The manager of the first day, who came by the one-time link: it stays when passwords are off."""
    browser = requests.Session()
    start = f"{door['site']}/start/{door['link']}/"
    assert post(browser, start, start).url == door["site"] + "/"
    return browser


def post(browser: requests.Session, page: str, where: str, **told: str) -> requests.Response:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
    assert found
    return browser.post(
        where, data={"csrfmiddlewaretoken": found[1], **told}, headers={"Referer": page}
    )


def sign_in(door: dict[str, str], browser: requests.Session | None = None) -> requests.Response:
    return (browser or requests.Session()).get(door["site"] + "/sign-in/microsoft/")


def let_in(door: dict[str, str], manager: requests.Session, oid: str) -> None:
    """Knock, and be let in by the manager."""
    assert "not let in yet" in sign_in(door).text
    page = door["site"] + "/people/"
    listed = manager.get(page).text
    key = re.search(
        rf'name="key" value="(\w+)"><span>{oid}@wrenshire.example \(CME Officer\)', listed
    )
    assert key
    done = post(manager, page, page, do="let_in", key=key[1], username=oid)
    assert f"{oid} is let in." in done.text


def test_somebody_unknown_waits_until_a_manager_lets_them_in(
    provider: Provider, door: dict[str, str], manager: requests.Session
) -> None:
    provider.person("rowan", ["CME.Officer"])
    assert sign_in(door).status_code == 403
    let_in(door, manager, "rowan")
    browser = requests.Session()
    assert sign_in(door, browser).url == door["site"] + "/"
    assert "Signed in as rowan (CME Officer)" in browser.get(door["site"] + "/").text


def test_a_role_follows_the_directory_at_every_sign_in(
    provider: Provider, door: dict[str, str], manager: requests.Session
) -> None:
    provider.person("maya", ["CME.Officer"])
    let_in(door, manager, "maya")
    provider.person("maya", ["Other.App"], groups=["0f3c-group"])
    assert "Signed in as maya (Education Welfare Officer)" in sign_in(door).text
    provider.person("maya", [])
    assert sign_in(door).status_code == 403


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({"aud": "another-app"}, 401),
        ({"iss": "http://127.0.0.1:1/other/v2.0"}, 401),
        ({"exp": int(time.time()) - 3600}, 401),
        ({"exp": None}, 401),
        ({"nonce": "of another sign-in"}, 401),
        ({"nonce": None}, 401),
        ({"oid": None}, 401),
        ({"tid": None}, 401),
        ({"roles": None}, 403),
        ({"roles": ["Some.Other.Role"]}, 403),
        ({"roles": "CME.Manager"}, 403),
    ],
    ids=lambda v: "-".join(f"{k}-{x}" for k, x in v.items()) if isinstance(v, dict) else str(v),
)
def test_a_token_that_does_not_hold_opens_nothing(
    what: dict[str, Any], status: int, provider: Provider, door: dict[str, str]
) -> None:
    provider.person("stranger", ["CME.Officer"])
    provider.change = what
    browser = requests.Session()
    assert sign_in(door, browser).status_code == status
    assert browser.get(door["site"] + "/cases/").url.startswith(door["site"] + "/sign-in/")


def test_a_token_signed_by_another_key_or_none_at_all_opens_nothing(
    provider: Provider, door: dict[str, str]
) -> None:
    provider.person("stranger", ["CME.Officer"])
    provider.foreign_key = True
    assert sign_in(door).status_code == 401
    provider.person("stranger", ["CME.Officer"])
    provider.no_token = True
    assert sign_in(door).status_code == 401


def test_an_answer_works_once_and_in_its_own_browser_only(
    provider: Provider, door: dict[str, str]
) -> None:
    provider.person("stranger", ["CME.Officer"])
    victim, thief = requests.Session(), requests.Session()
    away = victim.get(door["site"] + "/sign-in/microsoft/", allow_redirects=False)
    back = victim.get(away.headers["Location"], allow_redirects=False).headers["Location"]
    assert thief.get(back).status_code == 401
    assert victim.get(back).status_code == 403  # a good answer, of somebody who is not let in yet
    assert victim.get(back).status_code == 401


def test_another_person_of_the_same_name_is_somebody_else(
    provider: Provider, door: dict[str, str], manager: requests.Session
) -> None:
    provider.person("ivo", ["CME.Officer"])
    let_in(door, manager, "ivo")
    provider.person("ivo-2", ["CME.Officer"], preferred_username="ivo@wrenshire.example")
    assert sign_in(door).status_code == 403
    page = door["site"] + "/people/"
    key = re.search(r'name="key" value="(\w+)"><span>ivo@wrenshire', manager.get(page).text)
    assert key
    told = post(manager, page, page, do="let_in", key=key[1], username="ivo").text
    assert "belongs to somebody else" in told


def test_an_account_that_was_closed_stays_closed(
    provider: Provider, door: dict[str, str], manager: requests.Session
) -> None:
    provider.person("noor", ["CME.Officer"])
    let_in(door, manager, "noor")
    page = door["site"] + "/people/"
    post(manager, page, page, username="noor", role="officer", active="no")
    assert sign_in(door).status_code == 403


def test_passwords_are_off(door: dict[str, str]) -> None:
    browser = requests.Session()
    where = door["site"] + "/sign-in/"
    page = browser.get(where).text
    assert 'name="password"' not in page
    assert "/sign-in/microsoft/" in page
    told = {"username": "officer", "password": "an invented password 7"}
    assert browser.post(where, data=told).status_code == 403
    browser.get(door["site"] + "/sign-in/microsoft/", allow_redirects=False)
    token = browser.cookies.get("csrftoken", "")
    assert (
        browser.post(where, data=told | {"csrfmiddlewaretoken": token}, headers={"Referer": where})
    ).status_code == 403
    assert browser.get(door["site"] + "/cases/").url.startswith(where)


def test_what_was_typed_when_the_session_ended_comes_back_by_this_door_too(
    provider: Provider, door: dict[str, str], manager: requests.Session
) -> None:
    provider.person("wren", ["CME.Officer"])
    let_in(door, manager, "wren")
    browser = requests.Session()
    today = sign_in(door, browser).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', today)
    assert token
    for cookie in [c.name for c in browser.cookies if "session" in c.name.lower()]:
        browser.cookies.pop(cookie)  # the session has ended; the page stands open still
    told = {"do": "event", "note": "Rang the school twice", "csrfmiddlewaretoken": token[1]}
    where = door["site"] + "/case/CME-2026-0001/do/"
    answer = browser.post(where, data=told, headers={"Referer": where})
    assert "You were signed out" in answer.text
    back = sign_in(door, browser)
    assert "Rang the school twice" in back.text
    assert 'action="/case/CME-2026-0001/do/"' in back.text
    assert "Rang the school twice" not in sign_in(door, browser).text, "once"

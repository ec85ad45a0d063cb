"""The site as people use it: a real server, a real browser, an invented day.

An officer, an EWO on a telephone and a stranger each do their work; every page is held against WCAG 2.2 A and AA by axe,
with the keyboard alone, at 400 % zoom and without JavaScript.
"""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from review.screenshots import PAGES, address_of, sign_in

pytestmark = pytest.mark.xdist_group("browser")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


@pytest.fixture(scope="module")
def signed_in(browser: Any, site: str) -> Any:
    """A page for each person, signed in once."""
    made: dict[str, Any] = {}

    def of(who: str) -> Any:
        if who not in made:
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            page.on(
                "console",
                lambda m: (
                    made.setdefault("refused", []).append(m.text)
                    if "Content Security" in m.text
                    else None
                ),
            )
            if who:
                sign_in(page, site, who)
            made[who] = page
        return made[who]

    of.made = made  # type: ignore[attr-defined]
    return of


@pytest.mark.parametrize(("name", "who", "where"), [p[:3] for p in PAGES])
def test_axe_finds_nothing_and_the_policy_refuses_nothing(
    name: str, who: str, where: str, signed_in: Any, site: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = signed_in(who)
    page.goto(address_of(page, site, where))
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in found] == []
    assert signed_in.made.get("refused", []) == []


@pytest.mark.parametrize("name", ["today", "review", "case", "cases", "letters"])
def test_at_400_percent_nothing_needs_scrolling_sideways(
    name: str, browser: Any, site: str
) -> None:
    who, where = next((w, a) for n, w, a, _ in PAGES if n == name)
    page = browser.new_context(viewport={"width": 320, "height": 256}).new_page()
    sign_in(page, site, who)
    page.goto(address_of(page, site, where))
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{name} is {wide} wide"


def test_the_keyboard_reaches_every_control_in_order(signed_in: Any, site: str) -> None:
    page = signed_in("officer")
    page.goto(site + "/email/8/")
    wanted = page.evaluate("""() => [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary')]
        .filter(e => e.offsetParent !== null && !e.closest('details:not([open]) > :not(summary)')).length""")
    seen = set()
    for _ in range(wanted + 40):
        page.keyboard.press("Tab")
        told = page.evaluate("""() => { const e = document.activeElement; if (!e || !e.closest('main')) return null;
            const all = [...document.querySelectorAll('main *')]; return all.indexOf(e); }""")
        if told is not None:
            seen.add(told)
    assert len(seen) >= wanted


def test_focus_on_an_answer_lights_its_box_or_shows_its_place(signed_in: Any, site: str) -> None:
    page = signed_in("officer")
    page.goto(site + "/email/8/")
    page.focus("#f-surname")
    boxes = page.locator('.app-box[data-field="surname"]')
    if boxes.count():
        assert "is-lit" in str(boxes.first.get_attribute("class"))
    assert page.locator(".app-field:focus-within .app-place").first.is_visible()


def test_without_javascript_a_doubtful_form_is_decided(browser: Any, site: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "officer")
    page.goto(site + "/email/11/")  # an email with no form in it
    page.fill("#set-why", "A neighbour; telephoned back.")
    page.click("text=Set aside")
    assert "Set aside." in page.inner_text("main")


COUNT_KEYS = """document.addEventListener("keydown", () => sessionStorage.setItem("keys", String(1 + Number(sessionStorage.getItem("keys") || 0))), true)"""


def test_the_median_doubtful_form_takes_an_officer_six_keys(browser: Any, site: str) -> None:
    """An officer works through every child that waits with the keyboard alone: next doubt, look, accept, the next email.

    Every key that goes down counts, Ctrl and Alt too; a day that is none is typed over and counts by the digit.
    """
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    sign_in(page, site, "officer")
    page.add_init_script(COUNT_KEYS)
    page.goto(site + "/")
    waiting = page.locator("#held + .app-scroll a, #decisions + .app-scroll a:has-text('Decide')")
    addresses = [a.get_attribute("href") for a in waiting.all()]
    taken = []
    for address in addresses:
        page.goto(site + str(address))
        page.evaluate("sessionStorage.removeItem('keys')")
        if not page.locator("#accept").count():
            continue  # no child was read: there is nothing to accept
        doubts = page.locator(".app-field--doubt input:not([type=hidden])").count()
        if doubts:
            page.keyboard.press("Alt+ArrowDown")
            assert page.evaluate("document.activeElement.dataset.field")
        page.keyboard.press("Control+Enter")
        page.wait_for_load_state()
        page.wait_for_selector(".govuk-notification-banner")
        if page.locator(".govuk-notification-banner--success").count():
            taken.append(int(page.evaluate("sessionStorage.getItem('keys')")))
            assert "Filed on CME-" in page.inner_text("main")
    assert taken
    assert statistics.median(taken) <= 6, taken


def test_pages_grow_in_place_and_nothing_typed_is_lost(signed_in: Any, site: str) -> None:
    page = signed_in("officer")
    page.goto(site + "/email/8/")
    page.fill("#f-surname", "Typed before zooming")
    before = page.locator(".app-page").first.bounding_box()["width"]
    page.click("[data-zoom='2']")
    assert page.locator(".app-page").first.bounding_box()["width"] > 1.8 * before
    assert page.input_value("#f-surname") == "Typed before zooming"


def test_pages_grow_without_javascript(browser: Any, site: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "officer")
    page.goto(site + "/email/8/")
    before = page.locator(".app-page").first.bounding_box()["width"]
    page.click("[data-zoom='3']")
    assert page.locator(".app-page").first.bounding_box()["width"] > 2.7 * before


def test_an_alert_is_seen_to(signed_in: Any, site: str) -> None:
    page = signed_in("officer")
    page.goto(site + "/")
    before = page.locator(".app-alert").count()
    page.fill(".app-alert input[name=note] >> nth=0", "Rang the safeguarding lead.")
    page.click("text=Seen to >> nth=0")
    page.wait_for_load_state()
    assert page.locator(".app-alert").count() == before - 1


def test_an_ewo_records_a_visit_from_a_telephone(browser: Any, site: str) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    sign_in(page, site, "ewo.north")
    assert page.locator("nav a").count() == 1  # Today and nothing else
    page.click("text=Record a visit or report >> nth=0")
    page.check("input[value=home_visit_failed] >> nth=0")
    page.fill("textarea[name=note] >> nth=0", "Nobody in; card left.")
    page.click("button:has-text('Record') >> nth=0")
    page.wait_for_load_state()
    assert "Recorded" in page.inner_text("main")


def test_a_stranger_sees_nothing(browser: Any, site: str) -> None:
    page = browser.new_page()
    for where in ("/", "/cases/", "/email/1/", "/people/"):
        page.goto(site + where)
        assert "/sign-in/" in page.url
    page.fill("#i-username", "officer")
    page.fill("#i-password", "not it")
    page.click("main button")
    assert "There is a problem" in page.inner_text("main")

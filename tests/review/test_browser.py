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


@pytest.fixture(scope="module")
def narrow(browser: Any, site: str) -> Any:
    """A window of 320 by 256 points (1280 by 1024 at 400 %) for each person, signed in once."""
    made: dict[str, Any] = {}

    def of(who: str) -> Any:
        if who not in made:
            made[who] = browser.new_context(viewport={"width": 320, "height": 256}).new_page()
            if who:
                sign_in(made[who], site, who)
        return made[who]

    return of


@pytest.mark.parametrize(("name", "who", "where"), [p[:3] for p in PAGES])
def test_at_400_percent_nothing_needs_scrolling_sideways(
    name: str, who: str, where: str, narrow: Any, site: str
) -> None:
    page = narrow(who)
    page.goto(address_of(page, site, where))
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{name} is {wide} wide"


def test_the_keyboard_reaches_every_control_in_order(signed_in: Any, site: str) -> None:
    page = signed_in("officer")
    page.goto(site + "/email/8/")
    wanted = page.evaluate("""() => [...document.querySelectorAll('main a[href], main button, main input:not([type=hidden]):not([type=radio]:not(:checked)), main select, main textarea, main summary')]
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
    page.fill("#i-set_why", "A neighbour; telephoned back.")
    page.click("text=Set aside")
    assert "is set aside" in page.inner_text("main")


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


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_pages_grow_in_place_and_nothing_typed_is_lost(
    scripts: bool, browser: Any, site: str
) -> None:
    page = browser.new_context(java_script_enabled=scripts).new_page()
    sign_in(page, site, "officer")
    page.goto(site + "/email/8/")
    if not page.locator("#f-surname").count():
        pytest.skip("decided by an officer of another test")
    page.fill("#f-surname", "Typed before zooming")
    before = page.locator(".app-page").first.bounding_box()["width"]
    page.check("#zoom-3")
    assert page.locator(".app-page").first.bounding_box()["width"] > 2.7 * before
    assert page.input_value("#f-surname") == "Typed before zooming"


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


def clear(page: Any, site: str) -> bool:
    """Do the first thing that Today shows, by its own words; False when nothing waits any more."""
    page.goto(site + "/")
    if page.locator(".app-alert form").count():
        page.fill(".app-alert input[name=note] >> nth=0", "Rang the safeguarding lead.")
        page.click(".app-alert button:has-text('Seen to') >> nth=0")
    elif page.locator("#held + .app-scroll a:has-text('Review')").count():
        page.click("#held + .app-scroll a:has-text('Review') >> nth=0")
        decide_or_answer(page)
    elif page.locator("a:has-text('Decide')").count():
        page.click("a:has-text('Decide') >> nth=0")
        decide_or_answer(page)
    elif page.locator("button:has-text('Accept')").count():
        page.click("button:has-text('Accept') >> nth=0")
    elif (
        page.locator("a:has-text('to approve') >> text=/^(?!0 )/").count()
        and page.click("a:has-text('to approve')") is None
        and page.locator("text=/^Send all/").count()
    ):
        page.click("text=/^Send all/")
    elif page.goto(site + "/") and page.locator(".app-due .app-overdue").count():
        row = page.locator(".app-due tr:has(.app-overdue)").first
        row.locator(".app-do a, .app-do button").first.click()
        if "/case/" in page.url:
            opened = page.locator("details[open] button").first
            (opened if opened.count() else page.locator("button:has-text('Record')").first).click()
    elif page.locator("#tasks + .app-scroll button").count():
        page.click("#tasks + .app-scroll button >> nth=0")
    else:
        return False
    page.wait_for_load_state()
    return True


def decide_or_answer(page: Any) -> None:
    """Accept a child that was read, else have the form sent again, else say why nothing is to be done."""
    if page.locator("#accept").count():
        page.click("#accept")
        if page.locator(".govuk-notification-banner:has-text('a day is written')").count():
            page.fill(".app-field--doubt input >> nth=0", "")
            page.click("#accept")
    elif page.locator("button:has-text('Write the letter')").count():
        page.click("button:has-text('Write the letter')")
    else:
        page.fill("#i-set_why", "Answered by telephone.")
        page.click("button:has-text('Set aside')")


def test_a_newcomer_clears_the_whole_queue_with_nothing_but_the_pages(
    browser: Any, site: str
) -> None:
    """Each step is found by the words that the page itself shows; no address is typed but the first."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    sign_in(page, site, "officer")
    steps = 0
    while clear(page, site) and steps < 120:
        steps += 1
    page.goto(site + "/")
    told = page.inner_text("main")
    assert "Nothing waits for you." in told, (steps, told[:1500])

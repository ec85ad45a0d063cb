"""Half a minute a form: how long an officer needs for each form that waits, by the keystroke-level model.

An invented officer plays the day of `review.sample`, and seven more doubtful forms, in a real browser with the keyboard alone, as in tests/review: to the
next doubt, look, accept, the next email. What they do is counted and given the model's times (Card, Moran and Newell
1980): 0.28 s a key, 1.35 s for each decision; reading at 4 words a second, of what must be read to decide (the reason and
the words of each doubt, the differences of each candidate, what could not be read); and the server's answer as measured.
A model of a person is no person: it says whether the page asks for much, not how long somebody will take.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from review.screenshots import ARGUMENTS, CHROMIUM, running, sign_in

KEY, THINK, WORDS_A_SECOND, LIMIT = 0.28, 1.35, 4.0, 30.0
COUNT = 'document.addEventListener("keydown", () => sessionStorage.setItem("keys", String(1 + Number(sessionStorage.getItem("keys") || 0))), true)'
READ = """() => [...document.querySelectorAll('.app-why, .app-differs, .app-card h4, .app-field--doubt > p, .app-warn p')]
    .map(e => e.innerText).join(' ').split(/\\s+/).filter(Boolean).length"""


def play(page: Any, address: str) -> tuple[int, int, int, float] | None:
    """Decide one form; return keys, decisions, words and the server's seconds, or None when there is none to decide."""
    began = time.perf_counter()
    page.goto(address)
    waited = time.perf_counter() - began
    if not page.locator("#accept").count():
        return None
    page.evaluate("sessionStorage.removeItem('keys')")
    words = int(page.evaluate(READ))
    doubts = page.locator(".app-field--doubt input:not([type=hidden])").count()
    candidates = page.locator(".app-card").count()
    for _ in range(doubts):
        page.keyboard.press("Alt+ArrowDown")
    began = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state()
    page.wait_for_selector(".govuk-notification-banner")
    waited += time.perf_counter() - began
    keys = int(page.evaluate("Number(sessionStorage.getItem('keys') || 0)"))
    return keys, doubts + candidates + 1, words, waited


def main() -> int:
    """Print a line for each form; fail when the median is over half a minute."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data", "doubtful") as site,
        sync_playwright() as tool,
    ):
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        sign_in(page, site, "officer")
        page.add_init_script(COUNT)
        page.goto(site + "/")
        links = page.locator("#held + .app-scroll a, #decisions + .app-scroll a:has-text('Decide')")
        addresses = [str(a.get_attribute("href")) for a in links.all()]
        taken = []
        print(f"{'form':28}{'keys':>6}{'decisions':>11}{'words':>7}{'server s':>10}{'model s':>9}")
        for address in addresses:
            told = play(page, site + address)
            if told is None:
                print(f"{address:28}  no child was read; asked again or set aside by hand")
                continue
            keys, decisions, words, waited = told
            total = keys * KEY + decisions * THINK + words / WORDS_A_SECOND + waited
            taken.append(total)
            print(f"{address:28}{keys:6}{decisions:11}{words:7}{waited:10.1f}{total:9.1f}")
        browser.close()
    if not taken:
        print("no form waited")
        return 1
    print(f"median {statistics.median(taken):.1f} s, longest {max(taken):.1f} s (limit for the median {LIMIT:.0f} s)")  # fmt: skip
    return int(statistics.median(taken) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())

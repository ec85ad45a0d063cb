"""`python -m review.screenshots`: a picture of every page, from the running program over an invented day.

A data folder of its own, a free port, Debian's chromium; the pictures go to docs/pages/ and the list of
them to docs/pages.md. Look at them afterwards: that is what they are for.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from review.sample import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pages"
CHROMIUM = "/usr/bin/chromium"
# A picture shows no folder of the machine that made it.
PATHS = """(told) => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { for (const [from, to] of told) { walk.currentNode.data = walk.currentNode.data.split(from).join(to); } } }"""
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


@contextlib.contextmanager
def running(folder: Path, *more: str) -> Iterator[str]:
    """Fill a data folder with the sample (and what `more` asks of it) and serve it; give the site's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "CME_DATA": str(folder), "CME_PORT": str(port)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "-m", "review.sample", *more], cwd=ROOT, env=env, check=True)
    server = subprocess.Popen([sys.executable, "-m", "review.serve"], cwd=ROOT, env=env)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address + "/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("The site ended before it answered.")
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError("The site did not answer within a minute.")


def sign_in(page: Any, site: str, who: str) -> None:
    """Sign in as one of the sample's people."""
    page.goto(site + "/sign-in/")
    page.fill("#i-username", who)
    page.fill("#i-password", PASSWORD)
    page.click("main button")


# name, who, address, what it shows
PAGES = (
    ("sign-in", "", "/sign-in/", "Signing in"),
    ("today", "officer", "/", "Today: what matters now, safeguarding first"),
    ("emails", "officer", "/emails/", "Every email and what became of it"),
    ("review", "officer", "/email/8/", "A doubtful form beside its document, with the candidate child"),
    ("held", "officer", "/email/12/", "An email that waits: a locked file"),
    ("cases", "officer", "/cases/", "Cases: search, filters, saved views, export"),
    ("case", "officer", "case", "A case: what is due and why, what we know and where from, its timeline"),
    ("child", "officer", "child", "A child across episodes"),
    ("print", "officer", "print", "A case to print"),
    ("letters", "officer", "/letters/", "Letters: what waits, what went, what came back"),
    ("letter", "officer", "letter", "A letter, word for word, before it goes"),
    ("schools", "officer", "/schools/", "Schools and contacts"),
    ("school", "officer", "school", "One school: contacts, how soon it tells and answers, its cases"),
    ("figures", "officer", "/figures/", "Figures, and DfE's termly return"),
    ("behind", "officer", "/figures/behind/?by=total", "The children behind a number"),
    ("reports", "manager", "/reports/", "Reports, subject access, retention"),
    ("deletion", "manager", "/reports/deletion/", "What has had its time, for a manager to confirm"),
    ("rules", "officer", "/rules/", "Rules and words, with where each comes from"),
    ("status", "officer", "/status/", "Is the post working, and where is every email?"),
    ("people", "manager", "/people/", "People, roles, areas, away dates"),
    ("person", "manager", "/people/?change=ewo.north", "One person's account"),
    ("audit", "auditor", "/audit/", "The audit trail"),
    ("ewo", "ewo.north", "/", "An Education Welfare Officer's own page, on a telephone"),
    ("ewo-case", "ewo.north", "ewo-case", "A case as its Education Welfare Officer sees it"),
    ("password", "ewo.north", "/password/", "One's own password"),
    ("accessibility", "ewo.north", "/accessibility/", "The accessibility statement"),
)  # fmt: skip


def address_of(page: Any, site: str, told: str) -> str:
    """Return a page's address; a case, child or letter is the first that the lists show."""
    match told:
        case "case":
            page.goto(site + "/cases/?sort=ref")
            return site + str(page.get_attribute("main a[href^='/case/']", "href"))
        case "print":
            return address_of(page, site, "case") + "?print"
        case "ewo-case":
            page.goto(site + "/")
            return site + str(page.get_attribute("main a[href^='/case/']", "href"))
        case "school":
            page.goto(site + "/schools/")
            return site + str(page.get_attribute("main a[href^='/school/']", "href"))
        case "child":
            page.goto(address_of(page, site, "case"))
            return site + str(page.get_attribute("main a[href^='/child/']", "href"))
        case "letter":
            page.goto(site + "/letters/")
            return site + str(page.get_attribute("main a[href^='/letter/']", "href"))
    return site + told


def main() -> int:
    """Take the pictures; with names as arguments, only those."""
    from playwright.sync_api import sync_playwright

    wanted = set(sys.argv[1:])
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data") as site,
        sync_playwright() as tool,
    ):
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        _take(browser, site, wanted)
        browser.close()
    _list()
    return 0


def _take(browser: Any, site: str, wanted: set[str]) -> None:
    page, now_as = None, None
    for name, who, address, _ in PAGES:
        if wanted and name not in wanted:
            continue
        if page is None or who != now_as:
            phone = who.startswith("ewo")
            size = {"width": 412, "height": 915} if phone else {"width": 1440, "height": 900}
            page, now_as = browser.new_context(viewport=size, bypass_csp=True).new_page(), who
            if who:
                sign_in(page, site, who)
        page.goto(address_of(page, site, address))
        # What sticks to the window's edge would stand in the middle of a picture of the whole page.
        page.add_style_tag(
            content=".app-bar-decide, .app-document { position: static !important; max-height: none !important; }"
        )
        page.evaluate(PATHS, [[str(ROOT), "/opt/cme"], [tempfile.gettempdir(), "/var/lib"]])
        page.screenshot(path=TARGET / f"{name}.png", full_page=True)
        _shrink(TARGET / f"{name}.png")


def _shrink(path: Path) -> None:
    """Sixty-four colours are enough for a page, and a fifth of the bytes."""
    from PIL import Image

    with Image.open(path) as picture:
        small = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, 2600)))
        small.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def _list() -> None:
    lines = [
        "# The pages",
        "",
        "Made by `make screenshots` from the running program over an invented day.",
        "",
    ]
    for name, who, _, says in PAGES:
        if (TARGET / f"{name}.png").is_file():
            whose = re.sub(r"\..*", "", who) or "anybody"
            lines += [
                f"## {says}",
                "",
                f"Seen by: {whose}.",
                "",
                f"![{says}](pages/{name}.png)",
                "",
            ]
    (TARGET.parent / "pages.md").write_text("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())

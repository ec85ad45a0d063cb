"""What must not be in the tree: a real council, an address outside `.example`, a package nobody may ship.

The names of real councils are kept as hashes, so that the rule does not break itself.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {".png", ".ico", ".pdf", ".svg"}
ZIPPED = {".docx", ".docm", ".xlsx", ".odt", ".zip"}
# Others' words: notices of authors, names and hashes of packages.
OTHERS = {"NOTICE", "LICENSE", "requirements.lock", "requirements-test.lock"}
REAL = {
    "52fdaf64a84889c55cc04e53",
    "93849243cd50bb7c79b63088",
    "95201e51b35b2e653c035581",
    "f968b6a56647cf5b791f3c6d",
    "1be9ca1b097e956f54e89f68",
    "afce1d488f2bdff66624007b",
    "71be3b9635b8c45ea65075e9",
    "a519941944ff7ba12117b2e4",
    "eead06ac4c9f8c6f466ed41d",
    "8bfa9eafb14bdbf9f3c3dcc8",
    "213ef6db30ede29172ec27a4",
    "df10d50421556bdd58a97247",
    "34c4bd66a0b59064d7b008c3",
    "7b6424efb39336a93d3cec52",
    "cbda153692ccc5e473b2ea49",
    "cc1465712660e90f047080ae",
}
# Free mail and portals, named because the program must know them; no person stands before the @.
PUBLIC = {
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
}
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+) \\$", re.M)


def tracked() -> list[Path]:
    """The files that are in the repository; without one, those of an unpacked release."""
    git = shutil.which("git") or "false"
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0:
        names = [n for n in done.stdout.decode().split("\0") if n]
        return [ROOT / n for n in names if (ROOT / n).is_file()]
    rooms = (
        "flows",
        "mail",
        "parsers",
        "policy",
        "cases",
        "review",
        "templates",
        "tests",
        "docs",
        "benchmarks",
    )
    return [p for room in rooms for p in (ROOT / room).rglob("*") if p.is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Yield each file's name and its text; that of every part of a zipped document."""
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in ZIPPED:
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as parts:
                    for part in parts.namelist():
                        if (
                            part.endswith((".xml", ".rels"))
                            and parts.getinfo(part).file_size < 5_000_000
                        ):
                            try:
                                yield f"{name}/{part}", parts.read(part).decode("utf-8", "replace")
                            except (RuntimeError, zipfile.BadZipFile):
                                continue  # locked or torn on purpose
        elif path.suffix not in PICTURES:
            yield name, path.read_bytes().decode("utf-8", "replace")


def test_no_real_council_is_named() -> None:
    where: dict[str, str] = {}
    for name, text in texts():
        for word in set(re.findall(r"[a-z]{4,}", text.lower())):
            where.setdefault(word, name)
    found = {
        name
        for word, name in where.items()
        if hashlib.sha256(word.encode()).hexdigest()[:24] in REAL
    }
    assert found == set()


def test_every_address_is_invented() -> None:
    found = {
        f"{name}: {address[0]}"
        for name, text in texts()
        if name not in OTHERS and not name.startswith("review/static/govuk/")
        for address in ADDRESS.finditer(text)
        if not address[1].lower().endswith(".example")
        and not address[1].lower().startswith(("localhost", "127."))
        and not (address[1].lower() in PUBLIC and len(address[0].partition("@")[0]) == 1)
    }
    assert found == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_holds_names_versions_and_hashes_and_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    line = re.compile(r"[a-z0-9][a-z0-9._-]*==[\w.!+-]+ \\| {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    assert [told for told in lines if not line.fullmatch(told)] == []


def locked() -> dict[str, str]:
    return dict(LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")))


def test_the_locks_agree() -> None:
    tests = dict(LOCKED.findall((ROOT / "requirements-test.lock").read_text("utf-8")))
    ours = locked()
    assert {n: v for n, v in tests.items() if n in ours and ours[n] != v} == {}


@pytest.mark.parametrize("python", ["3.11.2", "3.12.3", "3.13.5"])
def test_the_lock_is_whole_on_every_python(python: str) -> None:
    """Debian 12 has 3.11.2: redis asks for a package there that 3.11.7 does not need."""
    ours = locked()
    short = python.rpartition(".")[0]
    missing = []
    for name in ours:
        for told in distribution(name).requires or ():
            wanted = Requirement(told)
            place = {"python_version": short, "python_full_version": python, "extra": ""}
            if wanted.marker and not wanted.marker.evaluate(place):
                continue
            version = ours.get(canonicalize_name(wanted.name))
            if version is None or not wanted.specifier.contains(version, prereleases=True):
                missing.append(f"{name} wants {told}, locked is {version}")
    assert missing == []


def test_one_opencv_is_locked_the_one_without_a_screen() -> None:
    assert [name for name in locked() if name.startswith("opencv")] == ["opencv-python-headless"]


# A licence that asks for no more than a notice, or for changes to its own files.
ALLOWED = (
    "mit", "bsd", "apache", "isc", "psf", "python software foundation", "mpl", "mozilla public license", "zpl",
    "zope public license", "0bsd", "zlib", "cc0", "cnri-python", "unlicense", "hpnd",
)  # fmt: skip
REASONED = {
    "psycopg": "LGPL-3.0: used as a library, unchanged, and can be replaced",
    "psycopg-binary": "LGPL-3.0: as psycopg",
    "tnefparse": "LGPL-3.0: used as a library, unchanged, and can be replaced",
    "text-unidecode": "Artistic or GPL, as one likes: taken under the Artistic License",
    "imapclient": "its metadata name none; its COPYING file is the 3-clause BSD licence",
}


def licence(name: str) -> str:
    told = metadata(name)
    trove = [
        c.split(" :: ")[-1] for c in told.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    free = (told.get("License") or "").strip().splitlines()
    return (told.get("License-Expression") or "; ".join(trove) or (free[0] if free else "")).lower()


def test_every_package_that_is_shipped_may_be() -> None:
    """No GPL and no AGPL; the lesser ones by name and with a reason."""
    refused = {}
    for name in locked():
        try:
            told = licence(name)
        except PackageNotFoundError:
            continue  # locked for another Python than this one
        copyleft = re.search(r"\b(a|l)?gpl|general public", told)
        if (copyleft or not any(word in told for word in ALLOWED)) and name not in REASONED:
            refused[name] = told
    assert refused == {}


def test_no_reason_is_kept_for_a_package_that_has_gone() -> None:
    assert set(REASONED) - set(locked()) == set()


def test_a_source_that_is_named_is_there() -> None:
    """A docstring that sends its reader to a section of docs/ must not send them nowhere."""
    missing = set()
    for name, text in texts():
        if not name.endswith(".py"):
            continue
        joined = " ".join(line.strip().lstrip("# ") for line in text.splitlines())
        for page, section in re.findall(r'(docs/[\w/-]+\.md), "([A-Z]?[^"{}]+)"', joined):
            told = (ROOT / page).read_text("utf-8") if (ROOT / page).is_file() else ""
            heads = [
                line.lstrip("#* ").lower() for line in told.splitlines() if line.startswith("#")
            ]
            heads += re.findall(r"\*\*([^*]+)\*\*", told.lower())
            if not any(head.strip("` ").startswith(section.lower()) for head in heads):
                missing.add(f"{name}: {page}, {section}")
    assert missing == set()

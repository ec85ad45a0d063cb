"""Letters: one text file each in templates/emails, its first line the subject; a letter with a gap is not sent.

Plain text is what the team writes; the HTML twin is made from it, so that they never differ. Templates may be edited by the
council, so they run in a sandbox. A letter carries a reference and initials, never a name, a date of birth or an address.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "emails"
LONGEST_SUBJECT = 150


class LetterRefused(Exception):
    """A letter cannot be written: something it needs is missing. The text names what, never whose."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as it will be read. The subject is one line."""

    subject: str
    text: str
    html: str


def render(name: str, facts: Mapping[str, Any], folder: Path = FOLDER) -> Rendered:
    """Return the letter `name` with these facts.

    Raises:
        LetterRefused: there is no such letter, or a fact that it uses is missing or empty.
    """
    try:
        told = _environment(folder).get_template(f"{name}.txt").render(facts)
    except TemplateNotFound:
        raise LetterRefused(f"there is no letter called {name}") from None
    except UndefinedError as error:
        gap = re.search(r"'([^']+)'", str(error))
        raise LetterRefused(f"{name}: {gap[1] if gap else 'a fact'} is missing") from None
    except (SecurityError, TemplateError, TypeError, ValueError) as error:
        raise LetterRefused(f"{name}: the template fails ({type(error).__name__})") from None
    first, _, body = told.partition("\n")
    if not first.startswith("Subject: ") or not first[9:].strip():
        raise LetterRefused(f"{name}: the first line must be the subject")
    subject = first[9:].strip()
    if re.search(r"[\r\n\x00-\x1f]", subject) or len(subject) > LONGEST_SUBJECT:
        raise LetterRefused(f"{name}: the subject is not one plain line")
    text = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
    return Rendered(subject, text, twin(text))


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all letters."""
    return sorted(p.stem for p in folder.glob("*.txt") if not p.stem.startswith("_"))


@lru_cache(maxsize=4)
def _environment(folder: Path) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder), undefined=_Strict, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    environment.filters["day"] = _day
    environment.finalize = _one_piece
    return environment


class _Strict(StrictUndefined):
    """A gap is a gap even where a template only asks whether it is there."""

    __slots__ = ()


def _one_piece(value: Any) -> Any:
    """Nothing that a letter prints may be empty or break out of its line."""
    if value is None or value == "":
        raise UndefinedError("'a fact' is empty")
    if isinstance(value, date):
        return _day(value)
    return re.sub(r"[\r\n\x00]+", " ", value) if isinstance(value, str) else value


def _day(value: Any) -> str:
    if not isinstance(value, date):
        raise UndefinedError("'a date' is missing")
    return f"{value:%A} {value.day} {value:%B %Y}"


def twin(text: str) -> str:
    """Return the HTML twin of a plain text: paragraphs and lists, everything escaped, no pictures, no links."""
    blocks = []
    for block in text.strip().split("\n\n"):
        lines = block.splitlines()
        items = [line[2:] for line in lines if line.startswith("- ")]
        head = [line for line in lines if not line.startswith("- ")]
        if head:
            blocks.append("<p>" + "<br>".join(html.escape(line) for line in head) + "</p>")
        if items:
            blocks.append("<ul>" + "".join(f"<li>{html.escape(i)}</li>" for i in items) + "</ul>")
    return (
        '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"></head>'
        '<body style="font-family:Arial,Helvetica,sans-serif;font-size:11pt">'
        + "".join(blocks) + "</body></html>\n"
    )  # fmt: skip

"""How pages are rendered: Jinja2 with the GOV.UK macros, autoescape on, a nonce for the one inline script."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from cases import clock
from cases.config import current
from cases.models import ArrivalState, LetterState
from mail.letters import FOLDER
from parsers.labels import FORMS, LABELS

# Their subjects name the first case and how many others.
DIGESTS = {
    "digest_school": "What we are waiting to hear from a school",
    "digest_ewo": "What we are waiting to hear from an EWO",
    "digest_team": "What is due in the team",
}


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment of all pages."""
    env = Environment(finalize=seen, **options)
    env.loader = ChoiceLoader(
        [
            env.loader,  # type: ignore[list-item]
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    env.globals.update(static=static, url=lambda name, *args: reverse(name, args=args))
    env.filters.update(
        day=day,
        moment=moment,
        who=who,
        label=label,
        letter=letter_name,
        cap=cap,
        bits=bits,
        shown=shown,
        typed=typed,
        form=lambda f: FORMS.get(f, f),
    )
    return env


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows."""
    return {
        "council": current().council,
        "demonstration": _demonstration(request),
        "person": getattr(request, "user", None) or AnonymousUser(),
        "CSP_NONCE": getattr(request, "csp_nonce", ""),
        "arrival_states": dict(ArrivalState.choices),
        "letter_states": dict(LetterState.choices),
    }


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def seen(value: Any) -> Any:
    """Return what a page prints without the marks that nobody sees and that turn the letters around them about.

    A name or a file's name comes from a sender; a right-to-left override in it would make one name look like another.
    """
    if type(value) is str and _UNSEEN.search(
        value
    ):  # not markup, nor a nonce that is made when it is printed
        return _UNSEEN.sub("", value)
    return value


_told: tuple[str, str | None] = ("", None)


def _demonstration(request: HttpRequest) -> str | None:
    """Return the sentence about the moved clock; the same for a minute."""
    global _told
    now = getattr(request, "now", None)
    if now is None or now - datetime.now(UTC) < timedelta(seconds=5):
        return None
    minute = f"{now:%Y-%m-%d %H:%M}"
    if _told[0] != minute:
        _told = (minute, clock.demonstration())
    return _told[1]


def day(value: Any) -> str:
    """Return a day as 3 March 2027."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return value
    if isinstance(value, datetime):
        value = value.astimezone(clock.UK).date()
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: datetime | None) -> str:
    """Return an instant as 3 March 2027, 14:05 (UK time)."""
    return f"{day(value)}, {value.astimezone(clock.UK):%H:%M}" if value else ""


def label(field: str) -> str:
    """Return a field's name in the team's words."""
    if field == "dfe_reason":  # the team's own answer; no form asks it
        return "Primary reason for DfE"
    return LABELS.get(field, field.replace("_", " ").capitalize())


def remembered(lessons: Iterable[Any]) -> str:
    """Return what was learned of a form's layout as a message says it; nothing was: an empty text."""
    told = [f"“{x.label}” answers “{label(x.field)}”" for x in lessons if x.field]
    if not told:
        return ""
    return f"Remembered for forms laid out like this one: {'; '.join(told)}. Undo it under Rules and words."


def who(role: str) -> str:
    """Return a role of the policy in words."""
    words = {"ewo": "EWO", "cme_officer": "CME officer", "senior_ewo": "Senior EWO"}
    return words.get(role, role.replace("_", " ").capitalize())


def cap(text: str) -> str:
    """Return a text with a capital at its start; the rest stays (an EWO is no ewo)."""
    return text[:1].upper() + text[1:]


@functools.lru_cache(maxsize=200)
def letter_name(kind: str) -> str:
    """Return what a kind of letter is called: its subject without the reference."""
    if kind in DIGESTS:
        return DIGESTS[kind]
    path = FOLDER / f"{kind}.txt"
    subject = path.read_text().splitlines()[0] if path.is_file() else ""
    told = subject.partition("] ")[2]
    return told if told and "{" not in told else kind.replace("_", " ").capitalize()


def typed(value: Any) -> str:
    """Return a value as it stands in a box to be typed over: days as 14/03/2015, yes or no."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return ""
        case str() if len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
            return f"{value[8:]}/{value[5:7]}/{value[:4]}"
        case _:
            return str(value)


def _person(name: str, rest: dict[str, Any]) -> str:
    """Return a parent, brother or sister as people write one: Samira Thornbury (mother), 07700 900123."""
    kin = rest.get("relationship")
    more = [shown(v) for k, v in rest.items() if k != "relationship" and v not in (None, "", [])]
    return ", ".join([f"{name} ({kin})" if kin else name, *more])


def _enquiry(action: str, rest: dict[str, Any]) -> str:
    """Return an enquiry as people write one: Home visit, 21 November 2026: no answer."""
    told = cap(action.replace("_", " "))
    told += ", not done" if rest.get("done") is False else ""
    told += f", {shown(rest['date'])}" if rest.get("date") else ""
    told += f", by {rest['by']}" if rest.get("by") else ""
    return told + (f": {rest['outcome']}" if rest.get("outcome") else "")


def bits(value: float) -> str:
    """Return a weight with its sign; what rounds to nothing has none."""
    near = round(value, 1)
    return f"{near:+.1f}" if near else "0.0"


def shown(value: Any) -> str:
    """Return a value as people read it."""
    match value:
        case True:
            return "Yes"
        case False:
            return "No"
        case None:
            return ""
        case list():
            return "; ".join(shown(v) for v in value)
        case {"name": str(), **rest}:
            return _person(str(value["name"]), rest)
        case {"meaning": str(said), "letter": said_by, **rest}:
            scheme = f" of {rest['scheme']}" if rest.get("scheme") else ""
            return cap(said) + (f" (ground {said_by}{scheme})" if said_by else "")
        case {"action": str(), **rest}:
            return _enquiry(str(value["action"]), rest)
        case dict():
            return ", ".join(
                f"{k.replace('_', ' ')}: {shown(v)}"
                for k, v in value.items()
                if v not in (None, "")
            )
        case str() if len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
            return day(value)
        case str() if "_" in value and value.replace("_", "").isalpha() and value.islower():
            return value.replace("_", " ")
        case _:
            return str(value)

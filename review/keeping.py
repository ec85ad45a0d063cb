"""What was typed on a page whose session had ended: carried through the sign-in, signed, and given back.

It stands in the sign-in page itself, signed with the site's secret and bound to the person who was signed out, and nowhere
on the server: a laptop left alone shows the words to whoever sits there, as the open page did before.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from parsers.labels import LABELS
from review.pages import label

SALT = "review.keeping"
LONGEST_SECONDS = 8 * 3600
# What a page sends besides what somebody typed.
MACHINERY = (
    "csrfmiddlewaretoken",
    "version",
    "next",
    "back",
    "do",
    "choice",
    "kept",
    "hold",
    "rule",
    "query",
)


def words(post: Any) -> list[tuple[str, str]]:
    """Return what a person typed or chose, by the names people know; never a password."""
    return [
        (label(name.removeprefix("field_")) if name.startswith("field_") or name in LABELS
         else name.replace("_", " ").capitalize(), value)
        for name, values in post.lists()
        for value in values
        if value.strip() and name not in MACHINERY and not secret(name)
    ]  # fmt: skip


def secret(name: str) -> bool:
    """Return True for boxes whose content is never shown again."""
    return "password" in name or name == "new"


def signed_out(request: HttpRequest) -> HttpResponse | None:
    """Return the sign-in page with what was typed in it; None when nothing was."""
    told = words(request.POST)
    if not told:
        return None
    kept = signing.dumps(
        {
            "who": getattr(request, "signed_out", None),
            "where": request.path,
            "post": [
                (name, values) for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken" and not secret(name)
            ],
        },
        salt=SALT,
        compress=True,
    )  # fmt: skip
    return render(
        request,
        "sign_in.html",
        {
            "kept": kept,
            "typed": told,
            "sso": bool(settings.SSO_ISSUER),
            "passwords": settings.PASSWORDS,
        },
        status=403,
    )


def opened(text: str, person_id: int) -> dict[str, Any] | None:
    """Return what was kept, unless it is nobody's, another person's, too old or does not lead to a page."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=SALT, max_age=LONGEST_SECONDS)
        told["match"] = resolve(told["where"])
    except (signing.BadSignature, Resolver404):
        return None
    return told if told["who"] in (None, person_id) else None

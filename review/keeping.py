"""What was typed on a page whose session had ended: carried through the sign-in, signed, and given back.

It stands in the sign-in page itself, signed with the site's secret and bound to the person who was signed out, and nowhere
on the server: a laptop left alone shows the words to whoever sits there, as the open page did before. Only on the way to
Microsoft's sign-in and back does it lie in the session, encrypted, and is gone with the first look.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from cases.models import ReadingRow
from cases.sealing import seal, unseal
from parsers.labels import LABELS
from review.pages import label

SALT = "review.keeping"
LONGEST_SECONDS = 8 * 3600
_STOWED = "typed_before_sso"
_IN_ITS_BOXES = "You were signed out, and nothing was saved. What you typed is in its boxes: look at it and send it again."
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
    if (
        settings.SSO_ISSUER
    ):  # a form that leads on to another site is refused by the browser: the session carries it
        request.session[_STOWED] = b64encode(seal(kept.encode(), SALT)).decode()
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


def give_back(request: HttpRequest, text: str) -> HttpResponse | None:
    """Return what was typed when the session ended: in its boxes, or ready to be sent; None when nothing was."""
    told = opened(text, request.user.pk) if text else None
    if told is None:
        return None
    post = dict(told["post"])
    if told["match"].url_name == "decide":
        reading = ReadingRow.objects.filter(pk=told["match"].kwargs["reading_id"]).first()
        if reading is not None:
            request.session["typed"] = boxes(reading.pk, {n: v[-1] for n, v in post.items()})
            messages.error(request, _IN_ITS_BOXES)
            return redirect(
                f"{reverse('arrival', args=[reading.arrival_id])}?child={reading.number}"
            )
    context = {"where": told["where"], "post": told["post"], "typed": words(_Lists(post))}
    return render(request, "resume.html", context)


class _Lists(dict[str, list[str]]):
    """Kept answers, asked like a request's."""

    def lists(self) -> Any:
        return self.items()


def stowed(request: HttpRequest) -> str:
    """Return what was put away, once."""
    told = request.session.pop(_STOWED, "")
    return unseal(b64decode(told), SALT).decode() if told else ""


def boxes(reading_id: int, post: Any) -> dict[str, Any]:
    """Return what was typed in a form's boxes, by the names that the page fills them with."""
    return (
        {k[6:]: v for k, v in post.items() if k.startswith("field_")}
        | {k: post.get(k, "") for k in ("why", "case_ref", "add_field", "add_value", "set_why")}
        | {"reading": reading_id}
    )

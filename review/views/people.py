"""People who sign in: who may, as what, and who waits to be let in; one's own password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cases.models import Person, Role
from cases.record import accounts, single_sign_on
from review.access import EVERYBODY, MANAGER, roles


@roles(MANAGER)
def people(request: HttpRequest) -> HttpResponse:
    """Who may sign in, and as what."""
    if request.method == "POST":
        try:
            messages.success(request, _do(request))
        except ValueError as error:
            messages.error(request, str(error))
        return redirect("people")
    rows = list(Person.objects.select_related("deputy").order_by("username"))
    chosen = next((p for p in rows if p.username == request.GET.get("change")), None)
    context = {
        "rows": rows, "alone": sum(p.role == Role.MANAGER and p.is_active for p in rows) < 2, "roles": Role.choices, "chosen": chosen, "asked": accounts.asked_protected(),
        "waiting": single_sign_on.waiting() if settings.SSO_ISSUER else [], "passwords": settings.PASSWORDS,
    }  # fmt: skip
    return render(request, "people.html", context)


def _do(request: HttpRequest) -> str:
    post, by, now = request.POST, request.user.username, request.now
    match post.get("do", "save"):
        case "let_in":
            person = single_sign_on.let_in(
                post.get("key", ""), post.get("username", ""), by=by, now=now
            )
            return f"{person.username} is let in."
        case "turn_away":
            single_sign_on.turn_away(post.get("key", ""), by=by, now=now)
            return "Turned away."
        case "grant":
            person = get_object_or_404(Person, username=post.get("username", ""))
            accounts.grant_protected(person, by=request.user, now=now)
            return f"{person.username} may see protected children."
        case "reset":
            person = get_object_or_404(Person, username=post.get("username", ""))
            if person.pk == request.user.pk or not settings.PASSWORDS:
                raise ValueError("Your own password is changed at the foot of the page.")
            made = accounts.reset_password(person, by=by, now=now)
            return f"A new first password for {person.username}, shown once: {made}"
        case _:
            made = accounts.save_person(
                post.get("username", ""), post.get("role", ""), email=post.get("email", ""), active=post.get("active") != "no",
                by=by, now=now, away_from=post.get("away_from", ""), away_until=post.get("away_until", ""),
                areas=post.get("areas", ""), deputy=post.get("deputy", ""), protected=post.get("protected") == "yes",
            )  # fmt: skip
    person = Person.objects.get(username=post["username"].strip())
    say = f"Saved. Their first password, shown once: {made}" if made else "Saved."
    if post.get("protected") == "yes" and not person.protected_cases:
        say += " A second manager must now agree that they see protected children."
    return say


@roles(*EVERYBODY)
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    if not settings.PASSWORDS:
        raise PermissionDenied
    knows = request.user.has_usable_password()  # whoever came by the one-time link has none yet
    if request.method == "POST":
        new, old = request.POST.get("new", ""), request.POST.get("password_now", "")
        try:
            if knows and not request.user.check_password(old):
                raise ValidationError("The password of now is not right.")
            if knows and new == old:
                raise ValidationError("Choose another password than the one of now.")
            validate_password(new, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            accounts.set_password(request.user, new, now=request.now)
            request.session.pop("must_change", None)
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed.")
            return redirect("today")
    return render(
        request, "password.html", {"knows": knows, "must": request.session.get("must_change")}
    )

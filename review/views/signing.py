"""Signing in and out."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from cases import clock
from cases.record import accounts
from cases.record.entries import entry
from cases.record.people import take_link
from review import keeping


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The sign-in page."""

    template_name = "sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form):  # type: ignore[no-untyped-def]
        """Sign in and write it down."""
        response = super().form_valid(form)
        entry("signed in", self.request.user.get_username(), now=clock.now())
        if accounts.must_change(self.request.user):
            self.request.session["must_change"] = True
        keeping.stowed(self.request)  # of the other way to sign in
        return keeping.give_back(self.request, self.request.POST.get("kept", "")) or response

    def get_context_data(self, **more):  # type: ignore[no-untyped-def]
        """A wrong password does not lose what was typed either."""
        kept = self.request.POST.get("kept", "")
        ours = {"kept": kept, "sso": bool(settings.SSO_ISSUER), "passwords": settings.PASSWORDS}
        return {**super().get_context_data(**more), **ours}

    def post(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
        """Where passwords are switched off, none is tried."""
        if not settings.PASSWORDS:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)


class SignOut(LogoutView):
    """Sign out (POST only)."""

    login_required = False


@login_not_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: a button, so that a mail scanner that follows links does not use it up."""
    if request.method == "GET":
        return render(request, "start.html", {"token": token})
    # The link runs by the real clock: the demonstration's leaps two weeks while somebody still reads the address.
    person = take_link(token, datetime.now(UTC), stamp=clock.now())
    if person is None:
        say = "A sign-in link works once, for a day. Start the program again for a new one."
        return render(
            request, "error.html", {"title": "This link is used up", "say": say}, status=410
        )
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("today")


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """For machines: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")

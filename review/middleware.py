"""Sessions that end (30 minutes idle, 8 hours at most), and pages that are closed unless they say to whom they are open."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cases import clock
from review import keeping

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 8 * 3600
_ahead: tuple[float, timedelta] = (float("-inf"), timedelta())


def _now() -> datetime:
    """Return the clock's instant, asking the database for the demonstration's shift every two seconds at most."""
    global _ahead
    if time.monotonic() - _ahead[0] > 2:
        _ahead = (time.monotonic(), clock.now() - datetime.now(UTC))
    shift = _ahead[1] if _ahead[1] > timedelta(seconds=1) else timedelta()
    return datetime.now(UTC) + shift


class SessionLimits:
    """Sign out whoever was idle for too long or signed in too long ago; forbid caching."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.time()
        session = request.session
        if session.get("_auth_user_id"):
            began, seen = session.get("began", now), session.get("seen", now)
            if now - seen > IDLE_SECONDS or now - began > LONGEST_SECONDS:
                request.signed_out = request.user.pk  # type: ignore[attr-defined]
                logout(request)
            else:
                if "began" not in session:  # else every page would write the session
                    session["began"] = began
                if now - seen > 60 or "seen" not in session:
                    session["seen"] = now
        request.now = _now()  # type: ignore[attr-defined]
        request.today = clock.uk_date(request.now)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Called by Django before each view, after the CSRF check: what somebody signed out had typed is kept."""
        if request.session.get("must_change") and request.user.is_authenticated:
            name = request.resolver_match.url_name if request.resolver_match else ""
            return None if name in ("password", "sign-out") else redirect("password")
        if request.method != "POST" or request.user.is_authenticated:
            return None
        if getattr(view, "login_required", True) is False:
            return None
        return keeping.signed_out(request)


class DefaultDeny:
    """Refuse every view that does not say which roles it is for (`roles`) and is not marked public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Called by Django before each view."""
        if getattr(view, "login_required", True) is False:
            return
        allowed = getattr(view, "roles", None)
        if allowed is None or getattr(request.user, "role", None) not in allowed:
            raise PermissionDenied

"""Pages for when something is refused or breaks: plain words, a number for the log, no details."""

from __future__ import annotations

import logging
import sys
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from review.keeping import words

log = logging.getLogger("cme.site")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the form was too old; what was typed is shown again so that it is not lost."""
    typed = words(request.POST)
    return render(request, "error.html", {"title": "This page was open for too long", "typed": typed,
        "say": "Go back, reload the page and send it again. What you typed is below, so that it is not lost."}, status=403)  # fmt: skip


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    say = "Your role does not open this page. Ask a manager if it should."
    return render(
        request, "error.html", {"title": "You cannot open this page", "say": say}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    say = "It does not exist, or you cannot see it."
    return render(request, "error.html", {"title": "Page not found", "say": say}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, with a number that stands in the log beside the error's kind and nothing of the page."""
    number = uuid.uuid4().hex[:8]
    kind, _, trace = sys.exc_info()
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    # The kind of error and the line of code; never its text, which may quote a child's details.
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("page failed %s: %s at %s", number, kind.__name__ if kind else "?", where)
    say = (
        f"Nothing that was saved before is lost. Tell the people who run this the number {number}."
    )
    return HttpResponse(
        f"<!DOCTYPE html><html lang='en-GB'><head><title>Something went wrong</title></head><body><h1>Something went wrong</h1><p>{say}</p></body></html>",
        status=500,
    )

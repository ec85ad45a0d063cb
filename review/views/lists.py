"""Rules and words, the audit trail, and the accessibility statement."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import yaml
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

import parsers
from cases import rules
from cases.config import current
from cases.models import (
    Entry,
    Layout,
    Word,
)
from cases.record.entries import entry, verify
from mail import letters
from parsers.labels import LABELS
from policy.deadlines import EVENTS
from review.access import AUDITOR, EVERYBODY, MANAGER, READERS, WORKERS, roles
from review.pages import label

# What an auditor looks for; everything else is found by person or case.
WATCHED = (
    "viewed", "downloaded", "searched", "exported", "signed in", "signed in by link", "person added", "person changed",
    "password reset", "let in", "protected", "protected children asked for", "protected children granted", "legal hold",
    "deleted by retention", "deleted from the mailbox", "letter approved", "letter sent", "field changed", "cases merged", "figures frozen",
)  # fmt: skip


@require_POST
@roles(*WORKERS)
def add_word(request: HttpRequest) -> HttpResponse:
    """Teach a label; emails that wait for it are read again."""
    from cases import filing

    told, field = request.POST.get("label", "").strip(), request.POST.get("field", "")
    if not told or field not in LABELS:
        messages.error(request, "Type the label and choose what it means.")
    else:
        count = filing.teach(told[:200], field, by=request.user.username, now=request.now)
        messages.success(request, f"Learned. {count} waiting emails were read again.")
    return redirect("rules")


@roles(*READERS)
def rules_page(request: HttpRequest) -> HttpResponse:
    """The deadlines, letters and taught words, with where each comes from."""
    config = current()
    context = {
        "rules": rules.rules(config), "letters": letters.names(), "words": Word.objects.order_by("field", "label"),
        "layouts": Layout.objects.select_related("school").prefetch_related("labels").order_by("id"),
        "codes": config.codes, "until": rules.known_until(config), "may": request.user.role in WORKERS, "fields": LABELS,
        "known": _known_labels(), "events": EVENTS, "default": config.letters.get("default", "hold"), "modes": config.letters,
    }  # fmt: skip
    return render(request, "rules.html", context)


@lru_cache(maxsize=1)
def _known_labels() -> list[tuple[str, list[str]]]:
    """Return the labels that the program itself knows, as its vocabulary lists them, by what they mean."""
    told = yaml.safe_load((Path(parsers.__file__).parent / "vocabulary.yaml").read_text("utf-8"))
    rows = [(label(field), sorted(map(str, words))) for field, words in told["fields"].items()]
    return sorted(rows)


@require_POST
@roles(*WORKERS)
def forget_word(request: HttpRequest, word_id: int) -> HttpResponse:
    """Forget a taught label."""
    from cases.record import officer_words

    officer_words.remove(word_id, by=request.user.username, now=request.now)
    return redirect("rules")


@require_POST
@roles(*WORKERS)
def forget_layout(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Forget what was learned of a layout."""
    from cases.record import layouts

    layouts.forget(lesson_id, by=request.user.username, now=request.now)
    messages.success(request, "Forgotten.")
    return redirect("rules")


@roles(MANAGER, AUDITOR)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what."""
    asked = {name: request.GET.get(name, "").strip() for name in ("by", "act", "ref")}
    rows = Entry.objects.select_related("case").order_by("-id")
    if asked["by"]:
        rows = rows.filter(by=asked["by"])
    if asked["act"]:
        rows = rows.filter(act=asked["act"])
    if asked["ref"]:
        rows = rows.filter(case__ref=asked["ref"].upper())
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    chain = verify() if "prove" in request.GET else None
    entry("viewed audit", request.user.username, now=request.now)
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {"page": page, "chain": chain, "acts": WATCHED, "query": query, **asked}
    return render(request, "audit.html", context)


@roles(*EVERYBODY)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "accessibility.html")

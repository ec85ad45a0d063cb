"""Schools and contacts, people, rules and words, figures, and the audit trail."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import clock, reports, rules
from cases.config import current
from cases.models import Arrival, Case, Entry, Person, Role, School, Word
from cases.record import officer
from cases.record.entries import entry, verify
from mail import letters
from review.access import AUDITOR, EVERYBODY, MANAGER, READERS, WORKERS, roles


@roles(*READERS)
def schools(request: HttpRequest) -> HttpResponse:
    """Schools with their domains and contacts."""
    words = request.GET.get("q", "").strip()
    rows = School.objects.prefetch_related("contacts").annotate(n=Count("case")).order_by("agency", "name")
    if words:
        rows = rows.filter(name__icontains=words)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "schools.html", {"page": page, "q": words, "may": request.user.role in WORKERS})


@require_POST
@roles(*WORKERS)
def school_act(request: HttpRequest, school_id: int) -> HttpResponse:
    """Add an address or a domain to a school's record."""
    school = get_object_or_404(School, pk=school_id)
    by, now, post = request.user.username, clock.now(), request.POST
    try:
        officer.change_school(school, address=post.get("address", ""), domain=post.get("domain", ""), by=by, now=now)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Kept on the record.")
    return redirect("schools")


@roles(MANAGER)
def people(request: HttpRequest) -> HttpResponse:
    """Who may sign in, and as what."""
    if request.method == "POST":
        post = request.POST
        try:
            password = officer.save_person(
                post.get("username", ""), post.get("role", ""), email=post.get("email", ""), active=post.get("active") != "no",
                by=request.user.username, now=clock.now(), away_from=post.get("away_from", ""), away_until=post.get("away_until", ""),
            )  # fmt: skip
        except ValueError as error:
            messages.error(request, str(error))
        else:
            say = f"Saved. Their first password, shown once: {password}" if password else "Saved."
            messages.success(request, say)
        return redirect("people")
    return render(request, "people.html", {"rows": Person.objects.order_by("username"), "roles": Role.choices})


@roles(*EVERYBODY)
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    from django.contrib.auth import update_session_auth_hash
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if request.method == "POST":
        new = request.POST.get("new", "")
        try:
            validate_password(new, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            officer.set_password(request.user, new, now=clock.now())
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed.")
            return redirect("today")
    return render(request, "password.html")


@roles(*READERS)
def rules_page(request: HttpRequest) -> HttpResponse:
    """The deadlines, letters and taught words, with where each comes from."""
    config = current()
    context = {
        "rules": rules.rules(config), "letters": letters.names(), "words": Word.objects.order_by("field", "label"),
        "codes": config.codes, "until": rules.known_until(config), "may": request.user.role in WORKERS,
        "default": config.letters.get("default", "hold"), "modes": config.letters,
    }  # fmt: skip
    return render(request, "rules.html", context)


@require_POST
@roles(*WORKERS)
def forget_word(request: HttpRequest, word_id: int) -> HttpResponse:
    """Forget a taught label."""
    from cases.record import officer_words

    officer_words.remove(word_id, by=request.user.username, now=clock.now())
    return redirect("rules")


@roles(*READERS)
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for the team and for DfE's termly return."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = clock.today()
    census = reports.census(day)
    by_verdict = dict(Arrival.objects.order_by().values_list("verdict").annotate(n=Count("id")).order_by("-n"))
    by_school = list(
        Case.objects.filter(closed_on=None, merged_into=None).order_by().values_list("school__name").annotate(n=Count("id")).order_by("-n")[:15]
    )
    tables = [("How long missing", census.by_duration), ("Year group", census.by_year_group), ("Sex", census.by_sex),
              ("Primary reason", census.by_reason), ("Open cases by school", {s or "Not known": n for s, n in by_school}),
              ("Emails by what became of them", {(v or "unread").replace("_", " "): n for v, n in by_verdict.items()})]  # fmt: skip
    return render(request, "figures.html", {"census": census, "tables": tables, "day": day, "pack": reports.text("review-pack", day) if "pack" in request.GET else ""})


@roles(MANAGER, AUDITOR)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what."""
    rows = Entry.objects.select_related("case").order_by("-id")
    if by := request.GET.get("by"):
        rows = rows.filter(by=by)
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    chain = verify() if "prove" in request.GET else None
    entry("viewed audit", request.user.username, now=clock.now())
    return render(request, "audit.html", {"page": page, "chain": chain, "by": by or ""})


@roles(*EVERYBODY)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "accessibility.html")

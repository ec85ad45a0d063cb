"""Letters: what waits, what went, what came back; the exact bytes before anybody lets them go."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases.models import Entry, Letter
from cases.record import letters as record
from cases.record import rewriting
from cases.record.entries import entry
from mail.letters import LetterRefused
from review.access import READERS, WORKERS, open_to, roles, visible


@roles(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The outbox by state."""
    state = request.GET.get("state", "held")
    counts = dict(Letter.objects.order_by().values_list("state").annotate(n=Count("id")))
    rows = (
        open_to(request.user, Letter.objects.filter(state=state))
        .select_related("case")
        .order_by("-id")
    )
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "letters.html", {"page": page, "state": state, "counts": counts})


@roles(*READERS)
def show(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter: as it reads, and its bytes as they go over the wire."""
    letter = get_object_or_404(
        open_to(request.user, Letter.objects.select_related("case", "raw")), pk=letter_id
    )
    raw = record.exact_bytes(letter)
    entry(
        "viewed",
        request.user.username,
        now=request.now,
        case=letter.case,
        data={"letter": letter.pk},
    )
    return render(
        request,
        "letter.html",
        {
            "letter": letter, "about": _about(request, letter), "text": rewriting.words_of(letter), "raw": raw.decode("utf-8", "replace"),
            "others": open_to(request.user, Letter.objects.filter(state="held")).exclude(pk=letter.pk).count(),
            "rewritten": Entry.objects.filter(act="letter rewritten", data__letter=letter.pk).order_by("id"),
        },
    )  # fmt: skip


def _about(request: HttpRequest, letter: Letter) -> list[str]:
    """Return the references of the cases that one letter gathers, as far as the person may see them."""
    ids = {part.get("case") for part in letter.covers or []} - {None}
    if len(ids) < 2:
        return []
    return list(
        visible(request.user).filter(pk__in=ids).order_by("ref").values_list("ref", flat=True)
    )


@require_POST
@roles(*WORKERS)
def rewrite(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The officer's own words in a letter that waits for approval."""
    get_object_or_404(open_to(request.user, Letter.objects.all()), pk=letter_id)
    told, by = request.POST, request.user.username
    try:
        rewriting.rewrite(
            letter_id, told.get("text", ""), seen=told.get("seen", ""), by=by,
            why=told.get("why", ""), now=request.now,
        )  # fmt: skip
    except LetterRefused as refusal:
        messages.error(request, f"{refusal} The letter is as it was.")
    except rewriting.Gone:
        messages.error(
            request, "The letter has gone or was changed since you opened it. Nothing was saved."
        )
    else:
        messages.success(request, "Your words are in the letter. Look at it once more.")
    return redirect("letter", letter_id)


@require_POST
@roles(*WORKERS)
def act(request: HttpRequest) -> HttpResponse:
    """Approve, cancel, or settle what is uncertain."""
    by, now, post = request.user.username, request.now, request.POST
    # Letters about protected children are let go by those who may see them.
    mine = open_to(request.user, Letter.objects.all())
    ids = list(
        mine.filter(pk__in=[i for i in post.getlist("letter") if i.isdigit()]).values_list(
            "pk", flat=True
        )
    )
    match post.get("do"):
        case "approve" if "seen" in post and not mine.filter(pk__in=ids, raw=post["seen"]).exists():
            messages.error(
                request, "The letter was changed since you opened it. Look at it once more."
            )
            return redirect("letter", *ids[:1]) if ids else redirect("letters")
        case "approve" | "approve_all" as which:
            if which == "approve_all":
                ids = list(mine.filter(state="held").values_list("pk", flat=True))
            count = record.approve(ids, by=by, now=now)
            say = "1 letter will" if count == 1 else f"{count} letters will"
            messages.success(request, f"{say} go with the next run.")
        case "cancel":
            for letter_id in ids:
                record.cancel(letter_id, by=by, why=post.get("why", "not wanted")[:300], now=now)
            messages.success(request, "Not sent.")
        case "arrived" | "again":
            for letter_id in ids:
                record.settle_uncertain(letter_id, post["do"] == "arrived", by=by, now=now)
            messages.success(request, "Noted.")
    following = mine.filter(state="held").order_by("id").first()
    return redirect("letter", following.pk) if "next" in post and following else redirect("letters")

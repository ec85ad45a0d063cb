"""What stands beside a document on the review page: its pages with boxes, the answers, the candidates, what is missing."""

from __future__ import annotations

import functools
import io
from typing import Any

from cases.models import Arrival, Case, Document, LayoutLabel, PageImage, Person, ReadingRow
from cases.record import ledger
from parsers.labels import LABELS
from policy import referral
from review.answers import LISTS
from review.pages import label

ORDER = list(LABELS)
BY_HAND = ("surname", "forenames", "date_of_birth", "sex", "upn", "year_group", "address", "postcode", "school_name",
           "last_attended", "off_roll_date", "destination_school", "destination_address", "reason", "narrative")  # fmt: skip


def document_of(arrival: Arrival, reading: ReadingRow | None, holds: list[Any]) -> Document | None:
    """The document to show: the one that was read, else the held one, else the first."""
    if reading and reading.document:
        return reading.document
    held = next((h.document for h in holds if h.document), None)
    return held or arrival.documents.exclude(decision="ignored").order_by("-id").first()


def pages(document: Document | None, reading: ReadingRow | None) -> list[dict[str, Any]]:
    if document is None:
        return []
    boxes: dict[int, list[dict[str, Any]]] = {}
    told = (
        [
            *reading.fields.items(),
            *((u["field"], {**u, "sure": 0.0}) for u in unread_fields(reading)),
        ]
        if reading
        else []
    )
    for name, cell in told:
        if cell.get("box") and cell.get("page"):
            left, top, right, bottom = cell["box"]
            boxes.setdefault(int(cell["page"]), []).append(
                {"field": name, "x": left - 2, "y": top - 2, "w": right - left + 4, "h": bottom - top + 4,
                 "doubt": cell["sure"] < 0.95}
            )  # fmt: skip
    return [
        {
            "image": page,
            "boxes": boxes.get(page.number, []),
            "view": _ink(page.pk, page.width, page.height) if page.number <= 3 else _whole(page),
        }
        for page in document.pages.order_by("number")
    ]


def _whole(page: PageImage) -> str:
    return f"0 0 {page.width} {page.height}"


@functools.lru_cache(maxsize=2000)
def _ink(page_id: int, width: float, height: float) -> str:
    """Return the part of a page that has ink on it, with a margin, so that the words are large enough to read."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(
            io.BytesIO(
                ledger.open_bytes(PageImage.objects.select_related("png").get(pk=page_id).png)
            )
        ) as picture:
            small = picture.convert("L").reduce(4)
            found = ImageOps.invert(small).point(lambda p: 255 * (p > 40)).getbbox()
            size = small.size
    except (UnidentifiedImageError, OSError):
        found = None
    if found is None:
        return f"0 0 {width} {height}"
    left, top, right, bottom = (
        v * width / size[0] if n % 2 == 0 else v * height / size[1] for n, v in enumerate(found)
    )
    x, y = max(0.0, left - 14), max(0.0, top - 14)
    return f"{x:.0f} {y:.0f} {min(width, right + 14) - x:.0f} {min(height, bottom + 14) - y:.0f}"


def unread_fields(reading: ReadingRow) -> list[dict[str, Any]]:
    """Return what stood under a known label and was not understood: asked for in a box of its own."""
    return [u for u in reading.unread if u.get("field") in LABELS and u["field"] not in LISTS]


def rows(reading: ReadingRow | None) -> list[dict[str, Any]]:
    """The fields, doubtful ones first with the reason, then in the form's usual order."""
    if reading is None:
        return []
    doubts = {
        d.field: d.why
        for d in referral.doubts(
            {n: c["value"] for n, c in reading.fields.items()}, reading.arrival.received_at.date()
        )
    }
    lessons = _lessons(reading)
    found = []
    names = [
        *[n for n in ORDER if n in reading.fields],
        *[n for n in reading.fields if n not in ORDER],
    ]
    for name in names:
        cell = reading.fields[name]
        value = reading.corrected.get(name, cell["value"])
        why = doubts.get(name, "")
        if name in lessons and name not in reading.corrected:
            why = f"Read from “{lessons[name]}”, as it was put right on a form of this layout."
        if not why and cell["sure"] < 0.95 and name not in reading.corrected:
            why = f"We are {int(100 * cell['sure'])}% sure of this."
        found.append({"name": name, "value": value, "raw": cell["raw"], "place": cell["place"], "why": why,
                     "list": isinstance(value, list | dict), "bool": isinstance(value, bool), "box": bool(cell.get("box"))})  # fmt: skip
    for name, value in reading.corrected.items():
        if name not in reading.fields:
            found.append({"name": name, "value": value, "raw": "", "place": "typed by the officer", "why": "",
                         "list": isinstance(value, list | dict), "bool": isinstance(value, bool), "box": False})  # fmt: skip
    have = {r["name"] for r in found}
    for u in unread_fields(reading):
        if u["field"] not in have:
            have.add(u["field"])
            found.append({"name": u["field"], "value": "", "raw": u["raw"], "place": u["place"], "why": f"Could not be read: {u['why']}.",
                          "list": False, "bool": False, "box": bool(u.get("box"))})  # fmt: skip
    if not reading.fields and reading.state == "waiting":
        found += [{"name": n, "value": "", "raw": "", "place": "to type in", "why": "", "list": False, "bool": False, "box": False}
                 for n in BY_HAND if n not in have]  # fmt: skip
    return sorted(found, key=lambda r: not r["why"])


def _lessons(reading: ReadingRow) -> dict[str, str]:
    """Return the fields that were read by what was learned of the layout and not yet proved, with their labels."""
    used = (reading.document.layout.get("used") or {}) if reading.document else {}
    if not used:
        return {}
    rows = LayoutLabel.objects.filter(pk__in=used.values(), stood=0)
    labels = dict(rows.values_list("pk", "label"))
    return {field: labels[pk] for field, pk in used.items() if pk in labels}


def layout(reading: ReadingRow | None) -> str:
    """Say that this is another version of a layout that was corrected, and what it means for its answers."""
    told = reading.document.layout if reading and reading.document else {}
    if not told.get("changed"):
        return ""
    used = ", ".join(label(f) for f in told.get("used") or {})
    say = "This form is laid out like one that was put right before, but not quite: it is another version of it."
    if used:
        say += f" {used}: read as it was put right then; look at it."
    if told.get("lost"):
        say += " A label that was put right then is not on it any more."
    return say


def as_filed(rows: list[dict[str, Any]], reading: ReadingRow | None) -> list[dict[str, Any]]:
    """Return the answers as they are read, not typed: in the form's order, a doubt that was settled left out."""
    if reading is None:
        return []
    settled = reading.state != "waiting"
    rows = [r for r in rows if r["name"] in reading.corrected or r["name"] in reading.fields]
    told = [
        {**r, "value": reading.corrected.get(r["name"], reading.fields.get(r["name"], {}).get("value")),
         "why": "" if settled and r["name"] in reading.corrected else r["why"]} for r in rows
    ]  # fmt: skip
    return sorted(told, key=lambda r: ORDER.index(r["name"]) if r["name"] in ORDER else len(ORDER))


def candidates(reading: ReadingRow | None, person: Person) -> list[dict[str, Any]]:
    """Candidates side by side with what came in; only differences are marked."""
    if reading is None:
        return []
    told = {n: c["value"] for n, c in reading.fields.items()}
    found = []
    ids = [int(c["case"]) for c in reading.candidates if c.get("case")]
    cases = Case.objects.select_related("child", "school").in_bulk(ids)
    for shown in reading.candidates:
        case = cases.get(int(shown["case"])) if shown.get("case") else None
        if case is None or (case.child.protected and not person.protected_cases):
            continue
        child = case.child
        theirs = {
            "surname": child.surname, "forenames": child.forenames, "date_of_birth": child.date_of_birth,
            "sex": child.sex, "upn": child.upn, "address": child.address, "postcode": child.postcode,
            "school_name": case.school.name if case.school else case.school_name,
        }  # fmt: skip
        rows = [
            {
                "name": n,
                "here": told.get(n),
                "there": str(v or ""),
                "differs": not _alike(told.get(n), v),
            }
            for n, v in theirs.items()
            if told.get(n) or v
        ]
        found.append(
            {"case": case, "rows": rows, **{k: shown[k] for k in ("bits", "fields", "guards")}}
        )
    return found


def _alike(a: Any, b: Any) -> bool:
    bare = [str(v or "").lower().replace(" ", "") for v in (a, b)]
    return bare[0] == bare[1] or not bare[0] or not bare[1]


def missing(reading: ReadingRow | None) -> list[str]:
    if reading is None:
        return []
    fields = {n: c["value"] for n, c in reading.fields.items()} | reading.corrected
    return [
        m.why for m in referral.missing(reading.form, fields, reading.arrival.received_at.date())
    ]

"""One child's reading: its own answers and the shared ones, brought together.

Source: docs/contract.md, `cme read`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from parsers import fields, grounds, phones
from parsers.documents.model import Place
from parsers.fields import Got
from parsers.forms import enquiries, people, signed
from parsers.forms.answers import value
from parsers.forms.certainty import certainty
from parsers.forms.checks import Row
from parsers.forms.people import Told
from parsers.forms.placed import DONE, IDENTITY, PARENT, SIBLING, Form, Placed, unread_of, value_of
from parsers.forms.taking import Taking
from parsers.forms.tidy import tidy
from parsers.reading import Reading, Unread, Value
from parsers.words import is_no_value, is_not_known, squash, tokens

_RELATIVE = re.compile(
    r"\W*(?:details of (?:the )?)?(mother|father|mum|dad|grandmother|grandfather|step-?mother|step-?father)(?:'s)?(?: details)?\W*",
    re.I,
)
_REACHED = ("parent_phone", "parent_email")
_SIGNS = re.compile(r"\W*(?:signed|signature)\b", re.I)


def reading(
    form: Form,
    own: list[Placed],
    shared: list[Placed],
    rows: list[Row],
) -> tuple[Reading | None, bool]:
    """Return what a form says of one child, and whether it says two things about who it is."""
    taking = Taking(form)
    values, unread = taking.values, taking.unread
    ambiguous = False
    mine = {p.field for p in own if p.picked.words}
    pairs = own + [
        p for p in shared if p.field not in mine or p.field in PARENT or p.field in SIBLING
    ]
    current_school = any(
        p.field == "school_name" and "previous" not in tokens(p.pair.label) and p.picked.words
        for p in pairs
    )
    for p in pairs:
        if p.field is None or p.field == "outside":
            item = _left_over(form, p)
            if item:
                unread.append(item)
            continue
        if p.field in PARENT or p.field in SIBLING or p.field == "school_contact":
            continue
        if (
            p.field == "school_name"
            and current_school
            and "previous" in tokens(p.pair.label)
            and "current" not in p.pair.label.casefold()
        ):
            if p.picked.words:
                unread.append(unread_of(p, None, "a previous school"))
            continue
        ambiguous |= taking.take(p)
    _movements(form, pairs, values, unread)
    _families(form, pairs, values, unread)
    _signature(form, pairs, taking)
    _sign_off(form, values)
    for name, told in taking.beside.items():
        values.setdefault(name, told)
    contact = next((p for p in pairs if p.field == "school_contact" and p.picked.words), None)
    if contact and "referrer_name" not in values:
        named = value("referrer_name", contact.picked.words, form.asking)
        if isinstance(named, Got):
            values["referrer_name"] = value_of(Got(named.value, 0.85), contact)
    _codes(values, pairs)
    tidy(form, values)
    taken = _taken(form, pairs)
    made = [row for row, _, _ in rows] + taken
    if made:
        first = (
            rows[0][1]
            if rows
            else next(p.pair.place for p in pairs if p.field in DONE and p.picked.words)
        )
        values["enquiries"] = Value(
            made, "; ".join(raw for _, _, raw in rows)[:2000], first, 0.95 if rows else 0.85
        )
    if not values:
        return None, False
    values = {k: replace(v, sure=certainty(k, v.sure)) for k, v in values.items()}
    if form.document.ocr:
        values = {
            k: replace(v, sure=round(min(v.sure, 0.9) - (0.02 if k in IDENTITY else 0), 3))
            for k, v in values.items()
        }
    return Reading(form.path, "unknown", values, tuple(unread)), ambiguous


def _signature(form: Form, pairs: list[Placed], taking: Taking) -> None:
    """Take who signed for the referrer where no other question asks who that is."""
    if "referrer_name" in taking.values:
        return
    for p in pairs:
        if (
            p.field in (None, "outside")
            and _SIGNS.match(p.pair.label)
            and _signs_for_school(p, taking)
        ):
            parts = signed.apart(p.picked.words, form.on)
            if parts.name:
                taking.take(replace(p, field="referrer_name", sure=0.9))
                taking.unread[:] = [u for u in taking.unread if u.place != p.pair.place]
                return


def _sign_off(form: Form, values: dict[str, Value]) -> None:
    """Take a message's sign-off for the referrer where the typed form does not ask who that is."""
    if form.path not in ("body", "forwarded") or "referrer_name" in values:
        return
    parts = signed.sign_off(form.text, form.on)
    if parts is None:
        return
    place = Place("the message's end")
    told = {"referrer_name": parts.name, **parts.beside}
    for name, words in told.items():
        if words:
            values.setdefault(name, Value(words, words, place, 0.85))


def _signs_for_school(p: Placed, taking: Taking) -> bool:
    """Say whether a signature is not a parent's: a post stands with it, or a heading says whose it is."""
    if re.search(r"parent|carer|mother|father|guardian", f"{p.pair.label} {p.pair.heading}", re.I):
        return False
    return "referrer_role" in taking.values or p.pair.section in ("referrer", "school")


def _left_over(form: Form, p: Placed) -> Unread | None:
    if not p.picked.words or len(p.picked.words) > 3000:
        return None
    if id(p.pair) in form.used:
        return None
    if p.pair.section == "enquiries" and form.words.action(p.pair.label):
        return None
    if p.pair.match is None and len(p.pair.label) < 2:
        return None
    return unread_of(
        p, None, "the label is not known" if p.field is None else "not a field of the case"
    )


def _taken(form: Form, pairs: list[Placed]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for p in pairs:
        if p.field in DONE and p.picked.words:
            found = enquiries.from_words(p.picked.words, form.words, form.on)
            if not found and p.field == "visit_outcome":
                found = [
                    {
                        "action": "home_visit",
                        "done": True,
                        "date": enquiries.day_in(p.picked.words, form.on),
                        "by": None,
                        "outcome": squash(p.picked.words),
                    }
                ]
            made.extend(found)
    return made


_EITHER_WAY = re.compile(r"\bfrom\b.*\bto\b|\bto\b.*\bfrom\b", re.I)


def _movements(
    form: Form, pairs: list[Placed], values: dict[str, Value], unread: list[Unread]
) -> None:
    """Read "L, 14/03/2026" as an off-roll date and "S, ..." as an admission."""
    dated = next((p for p in pairs if p.field == "movement_date" and p.picked.words), None)
    which = next((p for p in pairs if p.field == "joining_or_leaving" and p.picked.words), None)
    if dated is None:
        if not {"off_roll_date", "last_attended"} & set(values):
            for p in (p for p in pairs if _EITHER_WAY.search(p.pair.label)):
                if p.field == "destination_school" and p.field in values:
                    del values[p.field]
                    unread.append(unread_of(p, None, "from which school or to which is not told"))
        return
    text = squash(which.picked.words if which else dated.pair.heading).casefold()
    leaves = re.match(r"l\b|leav|left|off|remov", text) or re.search(r"leaver", text)
    starts = re.match(r"s\b|start|join|admi|on\b|enter|a\b|j\b", text) or re.search(
        r"starter|joiner", text
    )
    if bool(leaves) == bool(starts):
        return
    if starts:  # in "School moved to / from" a joiner's is where they came from
        for p in pairs:
            if p.field == "destination_school" and re.search(
                r"\bfrom\b|previous", p.pair.label, re.I
            ):
                values.pop("destination_school", None)
                unread.append(unread_of(p, None, "a previous school"))
    got = value("off_roll_date", dated.picked.words, form.asking)
    if isinstance(got, Got):
        values.setdefault("off_roll_date" if leaves else "admission_date", value_of(got, dated))


def _families(
    form: Form, pairs: list[Placed], values: dict[str, Value], unread: list[Unread]
) -> None:
    parents = [_told(p, PARENT[p.field]) for p in pairs if p.field in PARENT and p.picked.words]
    if parents:
        made = people.parents(parents)
        if made:
            values["parents"] = made
    for p in pairs:
        words = p.picked.words
        if p.field == "parent_name" and fields.is_remark(squash(words)):
            unread.append(unread_of(p, "parents", "not a name"))
        if p.field not in _REACHED or is_no_value(words) or is_not_known(words):
            continue
        if phones.read(words) is None and fields.url_email(words) is None:
            unread.append(
                unread_of(p, "parents", "neither a telephone number nor an email address")
            )
    kin = [_told(p, SIBLING[p.field]) for p in pairs if p.field in SIBLING and p.picked.words]
    kin = [
        replace(k, detail="name") if k.detail == "free" and " row " in k.group else k for k in kin
    ]
    if kin:
        made = people.siblings(kin, form.on)
        if made:
            values["siblings"] = made
        else:
            unread.extend(unread_of(p, "siblings", "names could not be told apart") for p in pairs
                          if p.field == "siblings" and len(p.picked.words) > 4)  # fmt: skip


def _codes(values: dict[str, Value], pairs: list[Placed]) -> None:
    reason = values.get("reason")
    if reason:
        code = grounds.reason_code(str(reason.value))
        if code:
            values["reason_code"] = replace(
                reason, value=code.value, sure=min(code.sure, reason.sure)
            )
    source = next((p for p in pairs if p.field == "source" and p.picked.words), None)
    if source:
        code = grounds.source_code(source.picked.words)
        if code:
            values["source_code"] = value_of(code, source)


def _told(p: Placed, detail: str) -> Told:
    relative = _RELATIVE.fullmatch(p.pair.heading)
    label = (
        f"{relative[1]} {p.pair.label}" if relative and p.pair.section == "parent" else p.pair.label
    )
    return Told(
        detail, label, p.picked.words, p.pair.place, p.pair.group, min(p.sure, p.picked.sure)
    )

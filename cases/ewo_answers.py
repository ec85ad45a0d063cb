"""What Education Welfare Officers answer by email: each case's part of it, the visit it tells of, proposed on the case.

One answer to a letter about several cases is enough: what stands after each reference is about that case. It is proposed, and
stops a clock when the officer accepts it; if the council so configures it, a verified answer from the case's own EWO does at once.
A school's word that it visited is no EWO's visit and stops nothing here.

Source: policy 10.1; Appendix 3, steps 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from cases.clock import uk_date
from cases.config import Config, current
from cases.models import Arrival, Case
from cases.record import cases as record
from cases.visits import visit

VISITS = ("home_visit", "home_visit_failed")
_BEGUN = re.compile(
    r"\b(?:rang|phoned|telephoned|called|spoke|spoken|emailed|wrote|texted|contacted|checked|asked|looked|enquir\w+|"
    r"visited|messaged|tried|been in touch|in contact|left a (?:message|voicemail)|made (?:a )?(?:call|enquir))",
    re.I,
)
_NOT_YET = re.compile(
    r"\b(?:will|shall|going to|not yet|have(?: not|n'?t)|has(?: not|n'?t)|unable to|please|can you|could you)\b[^.;\n]{0,40}$",
    re.I,
)


def read(arrival: Arrival, now: datetime) -> None:
    """Propose what an EWO's email says on every case that it names, by reference or by thread."""
    if arrival.machine or arrival.trust == "failed" or not _is_ewo(arrival.sender, current()):
        return
    refs = [str(ref) for ref in arrival.case_refs or []]
    by_ref = list(Case.objects.filter(ref__in=refs, closed_on=None))
    ids = [str(i) for i in arrival.thread_ids or []]
    cases = by_ref or list(
        Case.objects.filter(messages__message_id__in=ids, closed_on=None).distinct()
    )
    for case, part in _parts(arrival.new_text, cases):
        if propose(case, arrival, part, now=now) and len(cases) > 1:
            record.add_message(case, arrival.message_id, arrival)


def _is_ewo(sender: str, config: Config) -> bool:
    people = config.people
    known = {
        people.senior_ewo.email,
        *(e.email for e in people.ewos),
        *(e.deputy for e in people.ewos),
    }
    return bool(sender) and (
        sender in known - {""} or Case.objects.filter(ewo_address=sender).exists()
    )


def _parts(text: str, cases: Iterable[Case]) -> Iterator[tuple[Case, str]]:
    """Yield each case with the words about it: all of them for one case, else what follows its reference."""
    every = list(cases)
    if len(every) == 1:
        yield every[0], text
        return
    found = sorted(
        (
            (match.start(), match.end(), case)
            for case in every
            for match in re.finditer(_loose(case.ref), text, re.I)
        ),
        key=lambda place: place[:2],
    )
    words: dict[str, str] = {}
    for i, (_, end, case) in enumerate(found):
        until = found[i + 1][0] if i + 1 < len(found) else len(text)
        words[case.ref] = f"{words.get(case.ref, '')} {text[end:until]}".strip(" \n\t:,-–()")
    for case in every:
        if case.ref in words:
            yield case, words[case.ref]


def _loose(ref: str) -> str:
    """A reference as people write it: CME 2026/7 for CME-2026-0007."""
    prefix, _, rest = ref.partition("-")
    year, _, number = rest.partition("-")
    return rf"\b{re.escape(prefix)}\W{{0,3}}{re.escape(year)}\W{{0,3}}0*{re.escape(number.lstrip('0'))}\b"


def propose(case: Case, arrival: Arrival, text: str, *, now: datetime) -> bool:
    """Note what an EWO's words say about one case, once an email; return whether they said anything."""
    on = uk_date(arrival.received_at)
    made = visit(text, on)
    if made is not None:
        found = ", ".join(made.results)
        note = f"{found}: {made.words}" if found else made.words
        return _note(case, arrival, made.event, made.on or on, note, now)
    begun = _BEGUN.search(text)
    if begun and not _NOT_YET.search(text[: begun.start()]):
        return _note(case, arrival, "first_action", on, text[:500], now)
    return False


def _note(case: Case, arrival: Arrival, kind: str, on: date, note: str, now: datetime) -> bool:
    same = VISITS if kind in VISITS else (kind,)
    if case.events.filter(arrival=arrival, kind__in=same).exists():
        return True
    own = arrival.trust == "verified" and arrival.sender == case.ewo_address
    record.note_event(
        case, kind, on, by="system: intake", now=now, note=note, arrival=arrival,
        proposed=not (own and bool(current().letters.get("accept_ewo_replies"))),
    )  # fmt: skip
    return True

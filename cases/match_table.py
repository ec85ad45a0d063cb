"""`cme match`: the intake's own decisions on two tables, for a trial or to find doubles in an import.

Empty cells mean unknown, unknown columns are ignored, a missing one is an error that names it. Rows of INCOMING are
decided in order, and each is known to those after it.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cases.tables import day
from policy.blocking import keys
from policy.known import completed
from policy.matching import (
    AskOfficer,
    Attached,
    Candidate,
    Duplicate,
    FamilyLink,
    Incoming,
    Known,
    NewChild,
    Person,
    ReReferral,
    Resend,
    Update,
    Verdict,
    decide,
)  # fmt: skip
from policy.names import tokens

CHILD = (
    "surname", "forename", "middle_names", "known_as", "dob", "gender", "upn", "address", "postcode",
    "parent1", "parent2", "school_name", "school_urn", "school_laestab", "last_attended",
)  # fmt: skip
KNOWN = ("case_id", "child_id", "case_ref", "status", "opened_on", "closed_on", *CHILD, "message_id", "sender")  # fmt: skip
INCOMING = ("incoming_id", "received_on", "message_id", "in_reply_to", "subject", "sender", "note", *CHILD)  # fmt: skip
OUT = ("incoming_id", "decision", "matched_id", "candidates", "changed_fields")
DATES = ("opened_on", "closed_on", "received_on", "dob", "last_attended")
COMMON_KEY = 400
MOST_CANDIDATES = 80


class TableRefused(Exception):
    """A table cannot be used; the text names the file and the column or row."""


@dataclass
class Index:
    """The children known so far, by key. One `Known` a case; rows of one child_id share its versions."""

    known: dict[str, Known] = field(default_factory=dict)  # by the id that OUT names
    by_key: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_message: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_ref: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, known: Known) -> None:
        """Know a case, or a newer version of one."""
        old = self.known.get(name)
        if old is not None:
            known = _joined(old, known)
        self.known[name] = known
        for key in {k for p in known.persons for k in keys(p)}:
            if name not in self.by_key[key]:
                self.by_key[key].append(name)
        for message in known.message_ids:
            if name not in self.by_message[message]:
                self.by_message[message].append(name)
        if known.case_ref:
            self.by_ref[case_ref(known.case_ref)] = name

    def pointed(self, incoming: Incoming) -> Incoming:
        """Return it with references written as the table writes them, an older case's as its newest's."""
        refs = {case_ref(r) for r in incoming.case_refs}
        names = {self.by_ref[r] for r in refs if r in self.by_ref}
        return replace(incoming, case_refs=tuple(sorted(self.known[n].case_ref for n in names)))

    def candidates(self, incoming: Incoming) -> list[Known]:
        """Return the few that share a key with the incoming child, or are named by its email."""
        votes: dict[str, float] = defaultdict(float)
        for key in keys(incoming.person):
            names = self.by_key.get(key, ())
            if len(names) <= COMMON_KEY:
                for name in names:
                    votes[name] += 1 / len(names)
        for message in (incoming.message_id, *incoming.in_reply_to):
            for name in self.by_message.get(message, ()) if message else ():
                votes[name] += 10
        for ref in incoming.case_refs:
            if case_ref(ref) in self.by_ref:
                votes[self.by_ref[case_ref(ref)]] += 10
        best = sorted(votes, key=lambda n: (-votes[n], n))[:MOST_CANDIDATES]
        return [self.known[n] for n in best]


def _joined(old: Known, new: Known) -> Known:
    fresh = new.persons[0] not in old.persons
    persons = completed((*old.persons, *new.persons)) if fresh else old.persons
    return replace(old, persons=persons, message_ids=old.message_ids | new.message_ids)


def match_tables(known: Path, incoming: Path, out: Path, explain: bool) -> int:
    """Decide each row and write OUT; return the exit code."""
    try:
        index = _index(_rows(known, KNOWN, need=("case_id", "surname", "forename")))
        rows = list(_rows(incoming, INCOMING, need=("incoming_id", "surname", "forename")))
    except TableRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(OUT)
        for row in rows:
            told = index.pointed(incoming_of(row))
            verdict = _noted(told, decide(told, index.candidates(told)))
            writer.writerow(_out(row, verdict))
            if explain:
                print(_explained(row, verdict))
            _learn(index, row["incoming_id"], told, verdict)
    return 0


def _rows(file: Path, columns: tuple[str, ...], need: tuple[str, ...]) -> Iterable[dict[str, str]]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = file.read_text(encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise TableRefused(f"{file.name} is neither UTF-8 nor Windows text.")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    have = [c.strip() for c in reader.fieldnames or ()]
    missing = [c for c in need if c not in have]
    absent = [c for c in columns if c not in have]
    if missing or absent:
        raise TableRefused(f"{file.name} has no column {', '.join(missing or absent)}.")
    for number, told in enumerate(reader, 2):
        row = {str(k).strip(): (v or "").strip() for k, v in told.items() if k is not None}
        for column in DATES:
            if row.get(column) and _day(row[column]) is None:
                print(
                    f"{file.name} row {number}: {column} is not a date; taken as unknown.",
                    file=sys.stderr,
                )
        yield row


def _index(rows: Iterable[dict[str, str]]) -> Index:
    """Every version of a child is known under each of its cases, and the newest case speaks."""
    index = Index()
    by_child: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_child[row.get("child_id") or row["case_id"]].append(row)
    for child, told in by_child.items():
        told.sort(key=lambda r: (_is_open(r), r.get("opened_on") or "", r["case_id"]))
        newest = told[-1]
        persons = completed(dict.fromkeys(person_of(r) for r in told))
        closings = [(r["case_id"], _day(r.get("closed_on", ""))) for r in told[:-1]]
        opened = _day(newest.get("opened_on", ""))
        messages = frozenset(m for r in told for m in r.get("message_id", "").split())
        index.add(
            newest["case_id"] or child,
            Known(
                child_id=child, case_id=newest["case_id"], case_ref=newest.get("case_ref", ""),
                status="open" if _is_open(newest) else "closed",
                opened_on=opened,
                closed_on=_day(newest.get("closed_on", "")), persons=persons, message_ids=messages,
                protected=newest.get("protected", "").lower() in ("1", "true", "yes"),
                earlier=tuple((c, on) for c, on in closings if c and on and opened and on <= opened),
            ),
        )  # fmt: skip
        for row in told[:-1]:
            if row.get("case_ref"):
                index.by_ref.setdefault(case_ref(row["case_ref"]), newest["case_id"] or child)
    return index


def _is_open(row: dict[str, str]) -> bool:
    status = row.get("status", "").lower()
    return status not in ("closed", "c") and not (not status and row.get("closed_on"))


def person_of(row: dict[str, str]) -> Person:
    """Return the child columns of a row."""
    return Person(
        surname=row.get("surname", ""), forename=row.get("forename", ""),
        middle_names=row.get("middle_names", ""), known_as=row.get("known_as", ""),
        dob=_day(row.get("dob", "")), gender=row.get("gender", ""), upn=row.get("upn", ""),
        address=row.get("address", ""), postcode=row.get("postcode", ""),
        parents=tuple(p for p in (row.get("parent1", ""), row.get("parent2", "")) if p),
        school_name=row.get("school_name", ""), school_urn=row.get("school_urn", ""),
        school_laestab=row.get("school_laestab", ""), last_attended=_day(row.get("last_attended", "")),
    )  # fmt: skip


_REF = re.compile(r"\b([A-Za-z]{2,6})[-\s/]?(20\d\d)[-\s/]?(\d{1,5})\b")


def case_ref(text: str) -> str:
    """Return a case reference in one spelling: cme/2026/142 is CME-2026-0142."""
    found = _REF.search(text)
    if found is None:
        return text.strip().upper()
    return f"{found[1].upper()}-{found[2]}-{int(found[3]):04d}"


_SAID = (
    ("address", re.compile(r"\b(address|now at \d|living at|lives at|moved to|moved house)\b", re.I)),
    ("school_name", re.compile(r"\b(enrolled|on roll at|started at|new school|now attend\w*|admitted to)\b", re.I)),
    ("last_attended", re.compile(r"\b(last attended|last day|last seen in school)\b", re.I)),
    ("known_as", re.compile(r"\bknown as\b", re.I)),
)  # fmt: skip
_NEWS = re.compile(
    r"\b(update\w*|further information|found|returned|moved|abroad|correct\w*|now)\b", re.I
)


def _noted(told: Incoming, verdict: Verdict) -> Verdict:
    """A note that brings news makes of a form that adds nothing an update."""
    if not isinstance(verdict, Duplicate) or not told.note:
        return verdict
    changed = tuple(name for name, said in _SAID if said.search(told.note))
    if not changed and not _NEWS.search(told.note):
        return verdict
    return Update(verdict.case_id, verdict.child_id, changed, (), verdict.candidate)


def incoming_of(row: dict[str, str]) -> Incoming:
    """Return a row of INCOMING as the intake would see it."""
    words = f"{row.get('subject', '')} {row.get('note', '')}"
    refs = dict.fromkeys(case_ref("-".join(found)) for found in _REF.findall(words))
    note, thread = row.get("note", ""), row.get("in_reply_to", "")
    return Incoming(
        person=person_of(row),
        received_on=_day(row.get("received_on", "")) or date.max,
        message_id=row.get("message_id", ""),
        in_reply_to=tuple(thread.split()),
        subject=row.get("subject", ""),
        sender=row.get("sender", ""),
        note=note,
        case_refs=tuple(refs),
        is_form=not (note and (thread or refs)),
    )


def _day(text: str) -> date | None:
    """A date, or None when the cell is blank or none (`_rows` has said so)."""
    try:
        return day(text)
    except ValueError:
        return None


def _name(candidate: Candidate) -> str:
    return candidate.case_id or candidate.child_id


def _columns(row: dict[str, str], verdict: Update) -> list[str]:
    """Return the changed columns by the table's names: a parent's is the column that holds the new one."""
    had = {frozenset(tokens(q)) for p in verdict.candidate.known.persons for q in p.parents}
    named: list[str] = []
    for name in (*verdict.changed, *verdict.proposed):
        if name != "parents":
            named.append(name)
            continue
        parents = ("parent1", "parent2")
        named += [p for p in parents if row[p] and frozenset(tokens(row[p])) not in had]
    return named


def _out(row: dict[str, str], verdict: Verdict) -> list[str]:
    incoming_id = row["incoming_id"]
    match verdict:
        case NewChild():
            return [incoming_id, "new_child", "", "", ""]
        case Duplicate(case_id=case):
            return [incoming_id, "duplicate", case, case, ""]
        case Resend(case_id=case):
            return [incoming_id, "duplicate", case, case, ""]
        case Attached(case_id=case):
            return [incoming_id, "duplicate", case, case, ""]
        case Update(case_id=case):
            return [incoming_id, "update", case, case, ";".join(_columns(row, verdict))]
        case ReReferral(case_id=case, child_id=child):
            return [incoming_id, "re_referral", case or child, case or child, ""]
        case AskOfficer(candidates=candidates):
            return [incoming_id, "ask_officer", "", ";".join(map(_name, candidates)), ""]


_IN_WORDS = {
    NewChild: "a new child", Duplicate: "a known child, nothing new", Update: "a known child, with news",
    ReReferral: "a known child, missing again", Attached: "a known child, an old form late",
    Resend: "the same message again", AskOfficer: "a person must decide",
}  # fmt: skip


def _explained(row: dict[str, str], verdict: Verdict) -> str:
    """Say what was decided and why, for a reader of the terminal; ids only."""
    told = [f"{row['incoming_id']}: {_IN_WORDS[type(verdict)]}"]
    if isinstance(verdict, AskOfficer):
        told.append(f"  because: {verdict.why}")
        candidates: tuple[Candidate, ...] = verdict.candidates
    else:
        one = getattr(verdict, "candidate", None)
        candidates = (one,) if one else ()
    if isinstance(verdict, Attached):
        told.append(f"  because: {verdict.why}")
    if isinstance(verdict, Update):
        told.append(f"  it fills or changes: {', '.join(_columns(row, verdict))}")
        if verdict.proposed:
            told.append(f"  for a person to accept: {', '.join(verdict.proposed)}")
    for c in candidates:
        told.append(
            f"  {_name(c)}: {c.bits:+.1f} bits for the same child; each bit doubles the odds"
        )
        for f in sorted(c.fields, key=lambda f: -abs(f.bits)):
            field, level = f.field.replace("_", " "), f.level.replace("_", " ")
            told.append(f"    {field:16}{level:18}{f.bits:+5.1f}")
        told += [f"    not without a person: {g}" for g in c.guards]
    family: tuple[FamilyLink, ...] = getattr(verdict, "family", ())
    told += [f"  perhaps brother or sister of {link.child_id}: {link.why}" for link in family]
    if len(told) == 1 and isinstance(verdict, NewChild):
        told.append("  nobody on file comes near")
    return "\n".join(told)


def _learn(index: Index, incoming_id: str, told: Incoming, verdict: Verdict) -> None:
    """Know the row from now on: as a new version of the child it was linked to, or as its own."""
    messages = frozenset((told.message_id,)) - {""}
    match verdict:
        case Attached(candidate=candidate):
            _version(index, _name(candidate), told.person, messages)
        case Duplicate() | Update() | Resend():
            _version(index, verdict.case_id, told.person, messages)
        case ReReferral(case_id=case, child_id=child):
            name = case or child
            index.known[name] = replace(
                index.known[name],
                case_id=name,
                status="open",
                opened_on=told.received_on,
                closed_on=None,
            )
            _version(index, name, told.person, messages)
        case NewChild() | AskOfficer():
            index.add(
                incoming_id,
                Known(incoming_id, incoming_id, "", "open", told.received_on, None, (told.person,), messages),
            )  # fmt: skip


def _version(index: Index, case: str, person: Person, messages: frozenset[str]) -> None:
    index.add(case, replace(index.known[case], persons=(person,), message_ids=messages))

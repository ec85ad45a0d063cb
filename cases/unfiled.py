"""What lies in the mailbox or before the officer and is not on file yet: it may hold the answer that is about to be asked for.

A stranger would look at held emails only. An email that was kept and not yet read has no sender on its row: its first
header lines are looked at. A form that waits for the officer's word whether it is a known child's names the cases it may
belong to. And when the mailbox itself has not been readable for longer than the alarm allows, anything may lie there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser

from django.utils.dateparse import parse_datetime

from cases.config import Config
from cases.models import Arrival, ArrivalState, Case, Contact, ReadingRow, School
from cases.record import ledger
from mail import headers

_HEAD = 64_000  # bytes: no header that we look at stands behind them
MAILBOX_AWAY = "the mailbox cannot be read; their answer may lie there"


@dataclass(frozen=True, slots=True)
class Unfiled:
    """Who wrote something that is not filed, from which schools, and which cases it may be about."""

    senders: frozenset[str]
    schools: frozenset[int]
    refs: frozenset[str]
    cases: frozenset[int]

    def concerns(
        self, case: Case | None, addresses: Collection[str], schools: Collection[int]
    ) -> bool:
        """Return True when something unfiled is from these people, or about this case."""
        if self.senders & {a.lower() for a in addresses} or self.schools & set(schools):
            return True
        return case is not None and (case.ref in self.refs or case.pk in self.cases)


def look(config: Config) -> Unfiled:
    """Return what is not filed; a few queries, however many cases there are."""
    senders: set[str] = set()
    schools: set[int] = set()
    refs: set[str] = set()
    by_domain = {
        domain: pk
        for pk, domains in School.objects.filter(agency=False).values_list("pk", "domains")
        for domain in domains
    }
    waiting = Arrival.objects.filter(state__in=[ArrivalState.KEPT, ArrivalState.HELD])
    for arrival in waiting.select_related("raw"):
        sender, told = arrival.sender, [str(r) for r in arrival.case_refs or []]
        if not sender and arrival.raw is not None:
            sender, told = _first_lines(arrival, config.council.reference)
        senders.add(sender.lower())
        refs.update(told)
        if arrival.school_id is not None:
            schools.add(arrival.school_id)
        elif (school := by_domain.get(sender.partition("@")[2].lower())) is not None:
            schools.add(school)
    contacts = Contact.objects.filter(address__in=senders - {""}, school__agency=False)
    schools.update(contacts.values_list("school_id", flat=True))
    return Unfiled(frozenset(senders - {""}), frozenset(schools), frozenset(refs), _undecided())


def _first_lines(arrival: Arrival, prefix: str) -> tuple[str, list[str]]:
    """Return an unread email's sender and the case references of its subject."""
    assert arrival.raw is not None
    message = BytesHeaderParser().parsebytes(ledger.open_bytes(arrival.raw)[:_HEAD])
    found = headers.addresses(message, "From")
    subject = headers.first(message, "Subject")
    refs = re.findall(rf"\b{re.escape(prefix)}-\d{{4}}-\d{{1,6}}\b", subject.upper())
    return (found[0].address if found else ""), refs


def _undecided() -> frozenset[int]:
    """Cases to which a form may belong that waits for the officer's word."""
    rows = ReadingRow.objects.filter(state="waiting", verdict="provisional")
    told = {
        int(candidate["case"])
        for candidates in rows.values_list("candidates", flat=True)
        for candidate in candidates
        if str(candidate.get("case", "")).isdigit()
    }
    return frozenset(told)


def mailbox_away(config: Config, now: datetime) -> bool:
    """Return True when the mailbox has been readable before, and not for longer than the alarm allows."""
    proved = parse_datetime(str(ledger.recall("last_proved_poll") or ""))
    return proved is not None and now - proved > config.mailbox.alarm_after

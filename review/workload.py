"""Which EWO to choose for a case: those of the school's area first, then whoever has the fewest open cases.

The case's page asks first what is due; see `remembered.counts`.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count

from cases.config import current
from cases.models import Case, Person
from review import remembered


def _workload(today: date) -> tuple[dict[str, int], dict[str, date | None]]:
    """Return how many open cases each EWO has, and who is away until when."""
    load = dict(
        Case.objects.filter(closed_on=None, merged_into=None)
        .exclude(ewo_address="")
        .order_by()
        .values_list("ewo_address")
        .annotate(n=Count("id"))
    )
    away = {
        p.email: p.away_until
        for p in Person.objects.filter(role="ewo", away_from__lte=today).exclude(email="")
        if p.away_until is None or p.away_until >= today
    }
    return load, away


def ewos(case: Case, today: date) -> list[tuple[str, str]]:
    """Return the EWOs to choose from: those of the school's area first, then whoever has the fewest open cases."""
    load, away = remembered.counts(("ewos", today), lambda: _workload(today), looked=True)
    area = case.school.area.casefold() if case.school else ""
    rows = []
    for ewo in current().people.ewos:
        count, near = load.get(ewo.email.lower(), 0), area and area in map(str.casefold, ewo.areas)
        says = [", ".join(ewo.areas), f"{count} open case" + ("" if count == 1 else "s")]
        if ewo.email in away:
            until = away[ewo.email]
            says.append(f"away until {until:%-d %B}" if until else "away")
        name = f"{ewo.name} ({'; '.join(s for s in says if s)})"
        rows.append((not near, ewo.email in away, count, ewo.email, name))
    return [(email, name) for *_, email, name in sorted(rows)]

"""From the reader's score to a probability: how often values with such a score were right.

The score is the least of three: how the label was found, the shape of the value, how it was chosen. It puts
values in order and promises nothing. What it is worth was counted on forms of other hands at their first reading
(benchmarks/calibration.py, `--fit`), for each family of fields, and stands in `calibrated.yaml` with its
day. Between two counted scores the lower one's probability holds; a count lowers a score and never raises it,
since a split name or a failed check letter must stay flagged however often it was right.

Source: docs/reading.md, "sure"; docs/contract.md: of values at 0.95 or more, 99 in 100 are right.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

import yaml

_FAMILIES = {
    "identity": "surname forenames known_as date_of_birth upn sex year_group",
    "dates": "last_attended off_roll_date admission_date move_date referral_date",
    "places": "address postcode destination_address destination_country destination_school school_name school_urn school_laestab",
    "people": "parents siblings referrer_name referrer_role referrer_phone referrer_email social_worker enquiries",
}
FAMILY = {field: family for family, fields in _FAMILIES.items() for field in fields.split()}


def family(field: str) -> str:
    """Return the family whose count a field shares."""
    return FAMILY.get(field, "other")


def certainty(field: str, score: float) -> float:
    """Return how probable it is that a value with this score is right."""
    table = tables().get(family(field))
    if not table:
        return round(score, 3)
    at = max(0, bisect_right(table, (score + 1e-9, 2.0)) - 1)
    return round(min(score, table[at][1]), 3)


@lru_cache(maxsize=1)
def tables() -> dict[str, list[tuple[float, float]]]:
    """Return the counted probabilities of each family, from the lowest score up."""
    raw = yaml.safe_load((Path(__file__).parent / "calibrated.yaml").read_text("utf-8"))
    return {
        name: [(float(a), float(b)) for a, b in rows]
        for name, rows in (raw.get("families") or {}).items()
    }

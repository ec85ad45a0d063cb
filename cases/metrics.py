"""Counts for a monitor, in Prometheus's format: `cme metrics`, and on loopback at CME_METRICS_PORT beside the site.

Numbers, states and reasons only; nothing here names a child, a school or an address. They are asked of the
database when somebody looks, so that they are right whichever process did the work. The port is never the site's: the
proxy in front would show them to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connections
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cases import clock, health
from cases.config import current
from cases.models import Arrival, Case, Hold, Letter, ReadAhead
from cases.record import ledger


class Counts(Collector):
    """Everything that is told, asked anew each time."""

    def collect(self) -> Iterator[Metric]:
        """Yield the counts of this moment."""
        now = clock.now()
        yield _by(
            "cme_arrivals",
            "Emails, by the state they are in and the verdict.",
            Arrival,
            "state",
            "verdict",
        )
        yield _by("cme_letters", "Letters, by state.", Letter, "state")
        yield _by("cme_cases", "Cases, by status.", Case, "status")
        yield _by(
            "cme_held", "What waits for the officer, by reason.", Hold, "reason", settled_at=None
        )
        yield GaugeMetricFamily("cme_read_ahead", "Emails that workers read or have read for the poll.", ReadAhead.objects.count())  # fmt: skip
        deaths = int(ledger.recall("worker_deaths", 0))
        yield CounterMetricFamily("cme_worker_deaths", "Reading workers that a document killed or held up.", deaths)  # fmt: skip
        first = Hold.objects.filter(settled_at=None).aggregate(first=Min("at"))["first"]
        yield from _age(
            "cme_oldest_held", "The oldest email that waits for the officer", first, now
        )
        for name, key, what in (
            ("cme_last_proved_poll", "last_proved_poll", "The last poll that reached the mailbox"),
            ("cme_last_backup", "last_backup", "The last backup"),
        ):
            yield from _age(name, what, health.instant(ledger.recall(key)), now)
        yield _bad(now)


def _by(name: str, what: str, model: type[object], *labels: str, **only: object) -> Metric:
    told = GaugeMetricFamily(name, what, labels=labels)
    rows = model._default_manager.filter(**only).order_by()  # type: ignore[attr-defined]
    for row in rows.values(*labels).annotate(count=Count("pk")):
        told.add_metric([str(row[label]) for label in labels], row["count"])
    return told


def _age(name: str, what: str, at: datetime | None, now: datetime) -> Iterator[Metric]:
    """An age in seconds; nothing at all when there has been none, so that a rule on its absence can be written."""
    if at is not None:
        age = (now - at).total_seconds()
        yield GaugeMetricFamily(f"{name}_age_seconds", f"{what}: how long ago.", age)


def _bad(now: datetime) -> Metric:
    told = GaugeMetricFamily("cme_check_bad", "1 for what `cme check` calls bad, else 0.", labels=["what"])  # fmt: skip
    worst: dict[str, bool] = {}
    for check in health.checks(current(), now, deep=False):
        worst[check.what] = worst.get(check.what, False) or check.level == "bad"
    for what, bad in worst.items():
        told.add_metric([what], int(bad))
    return told


class _Closing(Collector):
    """The counts for a thread of the monitor's, whose database connection is given back."""

    def collect(self) -> Iterator[Metric]:
        try:
            yield from Counts().collect()
        finally:
            connections.close_all()


def text() -> str:
    """Return the counts as a monitor reads them."""
    return generate_latest(_registry(Counts())).decode()


def _registry(counts: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(counts)
    return registry


def start(port: int) -> None:
    """Answer a monitor of this machine at `port` from a thread; 0 is off."""
    if port:
        start_http_server(port, addr="127.0.0.1", registry=_registry(_Closing()))

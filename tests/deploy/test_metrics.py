"""What a monitor reads: right numbers, in the format, on loopback only, and nobody's name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from stories import DETAILS, NOW, email, form, referred

from benchmarks.machines import free_port
from cases import clock, metrics, road
from cases.record import ledger
from tests.deploy.conftest import ROOT, environment
from tests.deploy.house import wait


def told(text: str) -> dict[tuple[str, ...], float]:
    return {
        (s.name, *s.labels.values()): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


@pytest.mark.django_db
def test_the_counts_are_those_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.config import current
    from cases.record.people import seed

    seed(current(), NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=2))
    referred()
    held = email("See attached.\n", [("Thornbury.pdf", b"%PDF-1.7\nbroken")])
    arrival, _ = ledger.keep_raw(held, NOW, NOW, "cme@wrenshire.example")
    road.file_one(arrival.pk, NOW)
    ledger.keep_raw(email(files=[("f.docx", form())]), NOW, NOW, "cme@wrenshire.example")
    ledger.remember("last_proved_poll", (NOW + timedelta(hours=1)).isoformat(), NOW)
    text = metrics.text()
    counts = told(text)
    assert counts["cme_arrivals", "filed", "new_case"] == 1
    assert counts["cme_arrivals", "held", "held"] == 1
    assert counts["cme_arrivals", "kept", ""] == 1
    assert sum(v for k, v in counts.items() if k[0] == "cme_arrivals") == 3
    assert counts["cme_held", arrival.holds.get().reason] == 1
    assert counts["cme_cases", "open"] == 1
    assert sum(v for k, v in counts.items() if k[0] == "cme_letters") == 1
    assert counts["cme_oldest_held_age_seconds",] == 7200
    assert counts["cme_last_proved_poll_age_seconds",] == 3600
    assert ("cme_last_backup_age_seconds",) not in counts, (
        "none was made, and 0 would look like one"
    )
    assert counts["cme_check_bad", "post in"] == 1
    assert [word for word in (*DETAILS, "alder", "office@") if word in text.lower()] == []


@pytest.mark.django_db
def test_a_reader_that_died_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    pool = road.pool()
    raw = email(files=[("f.docx", form())])
    pool.examine("m.eml", raw, on=NOW.date())
    pool.deaths()
    os.kill(pool._idle[-1].process.pid, signal.SIGKILL)
    arrival, _ = ledger.keep_raw(raw, NOW, NOW, "cme@wrenshire.example")
    road.file_batch([arrival.pk])
    assert told(metrics.text())["cme_worker_deaths_total",] == 1
    road.file_batch([arrival.pk])
    assert told(metrics.text())["cme_worker_deaths_total",] == 1


def test_the_port_is_on_loopback_and_apart_from_the_site(tmp_path: Path) -> None:
    port, site = free_port(), free_port()
    env = environment(tmp_path, CME_PORT=str(site), CME_METRICS_PORT=str(port))
    subprocess.run([sys.executable, "-m", "cases.commands", "upgrade"], cwd=ROOT, env=env, check=False,
                   capture_output=True)  # fmt: skip
    running = subprocess.Popen([sys.executable, "-m", "review.serve"], cwd=ROOT, env=env)
    try:

        def listens() -> set[str]:
            found = psutil.Process(running.pid).net_connections("tcp")
            return {c.laddr.ip for c in found if c.status == "LISTEN" and c.laddr.port == port}

        wait("the counts are served", lambda: bool(listens()))
        assert listens() == {"127.0.0.1"}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            assert "cme_check_bad" in answer.read().decode()
        wait(
            "the site",
            lambda: any(
                c.laddr.port == site for c in psutil.Process(running.pid).net_connections("tcp")
            ),
        )
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{site}/metrics", timeout=20)
    finally:
        running.terminate()
        running.wait(20)

"""The same mail of one council on 1, 2 and 4 machines: how much sooner it is filed, and that nothing is lost or doubled.

    python -m benchmarks.spread [--emails 90] [--machines 1,2,4] [--waiting SECONDS] [--fault machine|database|prefect]

A third of the emails are scans, every tenth is a second form about the child before it. A plain loop without Prefect files
them first; then each number of machines (processes held to one core each) on a fresh database, on PostgreSQL, through
the real deployments; sending and chasing stand still. The processor time told is that of all processes, the Prefect server's
and the workers' own included, less what they use idle. What is on file must be the same every time. `--waiting 0.4` lets a scan take that long waiting
instead of seconds reckoning, so that many machines can be shown on few cores.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.growth_fill import fields
from benchmarks.machines import CORES, ROOT, Cluster, Machines, clear, kill_machine, until
from benchmarks.orchestration import house_of, spent

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PASSWORD = "invented-embedded"
IDLE_SECONDS = 20
WAIT = '''
import importlib.abc, sys, time
class Slow(importlib.abc.MetaPathFinder):
    """After the module that looks at pictures is imported, looking is waiting."""
    def find_spec(self, name, path=None, target=None):
        if name != "parsers.documents.picture":
            return None
        sys.meta_path.remove(self)
        import importlib.util
        spec = importlib.util.find_spec(name)
        real = spec.loader.exec_module
        def run(module):
            real(module)
            module._recognised = lambda grey: time.sleep(SECONDS) or []
        spec.loader.exec_module = run
        return spec
sys.meta_path.insert(0, Slow())
'''


def rows(number: int) -> list[tuple[str, str]]:
    """Return an invented child's form."""
    told = fields(number)
    year, month, day = told["date_of_birth"].split("-")
    return [
        ("Child's details", ""), ("Surname", told["surname"].upper()), ("First name(s)", told["forenames"]),
        ("Date of birth", f"{day}/{month}/{year}"), ("Home address", f"{told['address']} {told['postcode']}"),
        ("Parent/carer name", told["parent_name"]), ("Current/previous school", "Alder Grove Primary School"),
        ("Date last attended", "03/11/2026"), ("Reason for referral", "Not seen since half term."),
    ]  # fmt: skip


def scan(told: list[tuple[str, str]]) -> bytes:
    """Return a form as a scanner gives it: a PDF that is one picture."""
    import pypdfium2
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(50, 790, "Children Missing Education Referral Form")
    canvas.setFont("Helvetica", 12)
    for n, (label, answer) in enumerate(told):
        top = 740 - 34 * n
        canvas.rect(50, top - 12, 200, 34)
        canvas.rect(250, top - 12, 295, 34)
        canvas.drawString(56, top, label)
        canvas.drawString(256, top, answer)
    canvas.save()
    page = pypdfium2.PdfDocument(out.getvalue())[0].render(scale=2, grayscale=True).to_pil()
    made = io.BytesIO()
    page.save(made, "PDF", resolution=144)
    return made.getvalue()


def emails(count: int) -> Iterator[bytes]:
    """Yield the mail: each third a scan, each tenth a second form about the child before."""
    import django

    django.setup()
    from cases.demonstration import word_form

    for number in range(count):
        told = rows(number - 1 if number % 10 == 9 else number)
        if number % 10 == 9:
            told[4] = ("Home address", "9 Tannery Walk, Wrenford W2 2AB")
        scanned = number % 3 == 1
        data = (
            scan(told) if scanned else word_form("Children Missing Education Referral Form", told)
        )
        message = EmailMessage()
        message["Authentication-Results"] = (
            "mx.wrenshire.example; dmarc=pass header.from=alder.example"
        )
        message["From"], message["To"] = "Office <office@alder.example>", "cme@wrenshire.example"
        message["Subject"], message["Date"] = (
            "CME referral",
            format_datetime(NOW + timedelta(seconds=number)),
        )
        message["Message-ID"] = f"<spread{number}@alder.example>"
        message.set_content("Dear team,\n\nPlease find attached a referral.\n")
        kind = "pdf" if scanned else "vnd.openxmlformats-officedocument.wordprocessingml.document"
        message.add_attachment(data, maintype="application", subtype=kind,
                               filename="scan.pdf" if scanned else "form.docx")  # fmt: skip
        yield message.as_bytes()


def step(what: str, *rest: str) -> None:
    """Do one thing as the council, in a process of its own, and print what came of it as JSON."""
    from cases.commands.moving import prepare

    prepare()
    from cases import road
    from cases.record import ledger

    now = datetime.now(UTC)
    match what:
        case "keep":
            ledger.remember("embedded_post", {"imap": int(rest[1]), "smtp": int(rest[2])}, now)
            for file in sorted(Path(rest[0]).glob("*.eml")):
                ledger.keep_raw(file.read_bytes(), now, now, "cme@wrenshire.example")
        case "plain":
            while ids := road.waiting():
                road.file_batch(ids)
            road.pool().close()
            users = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            print(json.dumps(sum(sum(resource.getrusage(who)[:2]) for who in users)))
        case _:
            print(json.dumps(on_file(), default=str))


def on_file() -> dict[str, Any]:
    """Return what the council's database holds, and how long the filing took from its first to its last."""
    from cases.models import Arrival, Case, Entry, ReadAhead
    from cases.record.entries import verify

    filed = Entry.objects.filter(act__in=("arrival filed", "arrival held", "arrival ignored"))
    times = list(filed.order_by("id").values_list("at", flat=True))
    return {
        "verdicts": list(Arrival.objects.order_by("id").values_list("state", "verdict")),
        "cases": list(Case.objects.order_by("id").values_list("child__surname", "child__date_of_birth")),
        "filed": len(times), "arrivals": filed.values("arrival").distinct().count(),
        "left": ReadAhead.objects.count(), "broken": verify().broken_at,
        "took": (times[-1] - times[0]).total_seconds() if times else 0,
    }  # fmt: skip


class Council:
    """The mail of one council, kept on a database of its own, and the machines that are to file it."""

    def __init__(
        self, folder: Path, cluster: Cluster, mail: Path, post: Any, *, waiting: float, every: str
    ) -> None:
        text = (ROOT / "config.yaml").read_text()
        # The demonstration's quick intervals are for eyes.
        text = "\n".join(
            n for n in text.splitlines() if not n.strip().startswith("demonstration: {")
        )
        text = text.replace("  intake: 2 minutes", f"  intake: {every}")
        text = text.replace("  send: 5 minutes", "  send: 12 hours").replace(
            "  chase: 15 m", "  chase: 720 m"
        )
        self.machines = Machines(folder, cluster, text)
        (folder / "secrets").mkdir(mode=0o700)
        (folder / "secrets" / "embedded_password").write_text(PASSWORD)
        (folder / "secrets" / "embedded_password").chmod(0o600)
        if waiting:
            (folder / "slow").mkdir()
            (folder / "slow" / "sitecustomize.py").write_text(f"SECONDS = {waiting}\n{WAIT}")
            self.machines.shared["PYTHONPATH"] = str(folder / "slow")
        self.step("keep", str(mail), str(post.imap_port), str(post.smtp_port))

    def step(self, *words: str, core: int | None = None) -> Any:
        """Do one step in a process of the council's own and return what it told."""
        pin = ["taskset", "-c", str(core)] if core is not None else []
        done = subprocess.run(
            [*pin, sys.executable, "-m", "benchmarks.spread", "--step", *words], cwd=ROOT, check=False,
            env={**self.machines.shared, **self.machines.council}, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout) if done.stdout.strip() else None

    def unread(self) -> int:
        """Return how many emails are not filed yet."""
        told = subprocess.run(
            ["psql", "-At", self.machines.url, "-c", "SELECT count(*) FROM cases_arrival WHERE state = 'kept'"],
            capture_output=True, text=True, check=False,
        ).stdout.strip()  # fmt: skip
        return int(told) if told else -1


def spread(council: Council, count: int, fault: str = "", limit: float = 3600) -> dict[str, Any]:
    """Let `count` machines file the council's mail, with a fault after a third of it; return what is on file."""
    machines, total = council.machines, council.unread()
    machines.start_server()
    machines.deploy(max(1, count - 1))
    for _ in range(count):
        machines.start_worker()
    machines.poll()
    parts = [p for p in (*machines.workers, machines.server) if p]
    watched = [psutil.Process(p.pid) for p in parts]
    before, began = sum(spent(house_of(p)) for p in watched), time.monotonic()
    until("the first third", lambda: 0 <= council.unread() < total * 2 / 3, limit)
    inflict(council, fault)
    until("all of it", lambda: council.unread() == 0, limit)
    until("the poll's end", lambda: not council.step("told")["left"], 60)
    used = 0.0 if fault else _without_idling(watched, before, began)
    machines.stop()
    return {**council.step("told"), "used": used}


def _without_idling(watched: list[psutil.Process], before: float, began: float) -> float:
    """Return the processor time since `before`, less what the same processes use in as long while nothing happens."""
    used, busy = sum(spent(house_of(p)) for p in watched) - before, time.monotonic() - began
    at_rest, began = sum(spent(house_of(p)) for p in watched), time.monotonic()
    time.sleep(IDLE_SECONDS)
    rate = (sum(spent(house_of(p)) for p in watched) - at_rest) / (time.monotonic() - began)
    return used - rate * busy


def inflict(council: Council, fault: str) -> None:
    """Let one thing break, and come back as its service manager or administrator would bring it."""
    machines = council.machines
    match fault:
        case "machine":
            kill_machine(machines.workers.pop(0))  # the one that polls, since it was first
            machines.start_worker()
        case "database":
            machines.cluster.control("restart", "-m", "fast")
        case "prefect":
            assert machines.server
            kill_machine(machines.server)
            time.sleep(5)
            machines.start_server()


def whole(told: dict[str, Any], plain: dict[str, Any]) -> list[str]:
    """Return what differs from the plain loop's result: nothing, when nothing was lost or doubled."""
    found = [k for k in ("verdicts", "cases", "filed", "arrivals") if told[k] != plain[k]]
    found += ["an arrival was filed twice"] if told["filed"] != told["arrivals"] else []
    return found + ([f"the timeline is broken at {told['broken']}"] if told["broken"] else [])


def main() -> int:
    """Make the mail, file it in each way, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--emails", type=int, default=90)
    parser.add_argument("--machines", default="1,2,4")
    parser.add_argument("--waiting", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--fault", choices=["machine", "database", "prefect"], default="")
    arguments = parser.parse_args()
    if arguments.step:
        step(*arguments.step)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="cme-spread-"))
    folder.chmod(0o755)
    os.environ |= {"CME_DATA": f"{folder}/own", "DJANGO_SETTINGS_MODULE": "cases.settings"}
    from mail import demo_post

    (folder / "mail").mkdir()
    for number, raw in enumerate(emails(arguments.emails)):
        (folder / "mail" / f"{number:05}.eml").write_bytes(raw)
    cluster = Cluster(folder / "postgresql")
    post = demo_post.start(folder / "post", folder / "sent", password=PASSWORD)
    failed = False
    try:

        def council(name: str) -> Council:
            return Council(
                folder / name, cluster, folder / "mail", post,
                waiting=arguments.waiting, every="10 seconds" if arguments.fault else "12 hours",
            )  # fmt: skip

        alone = council("plain")
        used = alone.step("plain", core=CORES[0])
        plain = alone.step("told")
        print(
            f"{arguments.emails} emails, {len(plain['cases'])} cases, {len(CORES)} cores, load {os.getloadavg()[0]:.1f}"
        )
        print(
            f"{'a plain loop, no Prefect, one core':42}{plain['took']:8.1f} s   processor {used:8.1f} s",
            flush=True,
        )
        for count in map(int, arguments.machines.split(",")):
            told = spread(council(f"on{count}"), count, arguments.fault)
            differs = whole(told, plain)
            failed |= bool(differs)
            fault = f", fault: {arguments.fault}" if arguments.fault else ""
            print(f"{f'{count} machines of one core{fault}':42}{told['took']:8.1f} s   processor {told['used']:8.1f} s"
                  f"   {plain['took'] / told['took']:5.2f} x   load {os.getloadavg()[0]:.1f}   "
                  f"{'differs: ' + ', '.join(differs) if differs else 'the same on file'}", flush=True)  # fmt: skip
    finally:
        post.stop()
        cluster.control("stop", "-m", "immediate")
        clear(folder)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

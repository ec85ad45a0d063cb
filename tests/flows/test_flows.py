"""The flows themselves, over real servers and Prefect's own: what they do, and what they never write down."""

from __future__ import annotations

import ast
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from stories import DETAILS, OTHER, email, form

from mail import demo_post

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "examples" / "files"
PASSWORD = "invented-embedded"
KINDS = (
    "cme_one_table",
    "cme_two_columns",
    "admission_one_table",
    "alert_one_table",
    "removal_one_table",
    "ehe_one_table",
)
pytestmark = pytest.mark.xdist_group("prefect")


def examples() -> list[Path]:
    """One example of each kind, as the school would attach it."""
    return [p for kind in KINDS for p in sorted(EXAMPLES.glob(f"{kind}*.docx"))[:1]]


def personal(path: Path) -> set[str]:
    """The names, addresses and birthdays that an example's reading gives."""
    read = json.loads(path.with_name(path.name + ".json").read_text())
    rows = read["readings"] if isinstance(read, dict) else read
    wanted = ("surname", "forenames", "address", "upn", "date_of_birth")
    cells = [r.get("fields", r).get(name) for r in rows for name in wanted]
    found = [c.get("value") if isinstance(c, dict) else c for c in cells]
    return {str(v).lower() for v in found if v and len(str(v)) > 4}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Intake, chase and send, run over a mailbox with examples in it; what they told and wrote."""
    folder = tmp_path_factory.mktemp("flows")
    post = demo_post.start(folder / "post", folder / "sent", password=PASSWORD)
    names = set(DETAILS) | {"mwangi", "zawadi", "fennel court"}
    try:
        raw = email(
            "About Ayaan Thornbury.\n", [("Thornbury.docx", form())], subject="Ayaan Thornbury"
        )
        for one in (raw, raw, email(files=[("two.docx", form(OTHER))])):
            post.deliver(one)
        for path in examples():
            post.deliver(email(files=[(path.name, path.read_bytes())], subject=path.stem))
            names |= personal(path)
        env = {
            **os.environ, "CME_DATA": str(folder / "data"), "CME_SECRETS": str(folder / "secrets"),
            "CME_EMBEDDED_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(folder / "prefect"),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("flow_run.py")), str(post.imap_port), str(post.smtp_port), str(folder / "copy.db")],
            cwd=ROOT, env=env, capture_output=True, check=False, timeout=300,
        )  # fmt: skip
    finally:
        post.stop()
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return {
        **json.loads((folder / "copy.json").read_text()), "names": names, "output": done.stdout + done.stderr,
        "database": folder / "copy.db", "sent_files": list((folder / "sent").glob("*.eml")),
    }  # fmt: skip


def test_the_flows_take_in_chase_and_send(ran: dict[str, Any]) -> None:
    emails = 3 + len(examples())
    assert ran["intake"]["fetched"] == emails - 1  # the same email twice is one row
    assert ran["intake"]["moved"] == emails
    assert ran["arrivals"] == emails - 1
    assert ran["states"]["kept"] == 0
    assert ran["cases"] >= 2
    assert ran["sent"] == len(ran["sent_files"]) >= 2
    assert ran["send"]["sent"] == ran["sent"]


def test_running_again_does_nothing_again(ran: dict[str, Any]) -> None:
    assert (ran["again"]["fetched"], ran["again"]["moved"]) == (0, 0)
    assert not ran["chase_again"].get("decided")
    assert not ran["chase_again"].get("letters")


def test_a_failure_is_a_code_and_the_next_run_goes_on(ran: dict[str, Any]) -> None:
    assert ran["failed"] == "intake: RuntimeError"
    assert ran["after"]["fetched"] == 0


def test_prefect_never_learns_a_child_s_details(ran: dict[str, Any]) -> None:
    assert len(ran["names"]) > 12
    cells, rows = [], 0
    with closing(sqlite3.connect(ran["database"])) as database:
        tables = [
            t for (t,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                rows += 1
                cells += [
                    c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for c in row
                ]
        assert database.execute("SELECT count(*) FROM flow_run").fetchone()[0] >= 6
    told = "\n".join(cells).lower()
    assert rows > 20
    assert [name for name in (*ran["names"], "planted", "thornbury-marker") if name in told] == []


def test_nothing_that_the_flows_print_bears_a_child_s_details(ran: dict[str, Any]) -> None:
    told = ran["output"].decode("utf-8", "replace").lower()
    assert [name for name in (*ran["names"], "planted", "thornbury-marker") if name in told] == []


def test_the_flows_are_plain_functions() -> None:
    files = sorted((ROOT / "flows").glob("*.py"))
    assert len(files) > 4
    found = [
        n.name
        for f in files
        for n in ast.walk(ast.parse(f.read_text()))
        if isinstance(n, ast.AsyncFunctionDef)
    ]
    assert found == []


def test_a_flow_is_short_and_decides_nothing() -> None:
    for file in (ROOT / "flows").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno <= 32, f"{file.name}: {node.name}"
        assert "import policy" not in file.read_text()
        assert "from parsers" not in file.read_text()

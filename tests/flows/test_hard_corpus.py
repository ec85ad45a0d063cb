"""The seven invariants on every mail of the hard corpus, through `cme intake` on a real Dovecot.

(1) one ledger row, one end state; (2) the bytes kept are the bytes served; (3) a second run changes nothing;
(4) the other mails of the batch are unaffected: plain referrals stand among the hard ones; (5) no letter to a machine,
to ourselves, or to an address that only the mail told; (6) time and memory bounded; (7) every leaf part has a decision.

Source: docs/sources.md, "Post".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from stories import OTHER, THORNBURY, email, form

sys.path.insert(0, str(Path(__file__).parents[1] / "mail"))

import corpus
import servers

from mail.message import read_email

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("corpus_run.py")


def hard() -> dict[str, bytes]:
    """The corpus but for what varies words alone (tests/mail reads those); wrappings of one form told apart.

    Mails that differ in their wrapping only would be one mail rendered anew, and filed once.
    """
    words = {*corpus._replies(), *corpus._references(), *corpus._charsets(), "f31 only a body"}
    seen: set[str] = set()
    out = {}
    for number, (name, sample) in enumerate(corpus.messages().items()):
        raw = sample.raw.replace(b"\0", b"")
        if not raw or name in words:
            continue
        if read_email(raw).content_key in seen:
            date = f"Thu, 22 Oct 2026 10:{number // 60:02d}:{number % 60:02d} +0100"
            raw = raw.replace(corpus.DATE.encode(), date.encode())
            raw = raw.replace(b"Message-ID: <", b"Message-ID: <%d." % number, 1)
        seen.add(read_email(raw).content_key)
        out[name] = raw
    return out


PLAIN = {
    "plain 1": email(files=[("a.docx", form())]),
    "plain 2": email(files=[("b.docx", form(OTHER))]),
    "plain 3": email(files=[("c.docx", form({**THORNBURY, "Surname": "QUILL", "First name(s)": "Odette", "UPN": "",
                                            "Date of birth": "02/09/2013", "Home address": "9 Larch Row, Saltmere SM2 6QQ",
                                            "Parent/carer name": "Ines Quill", "Parent telephone": "07700 900789"}))]),
}  # fmt: skip
DECISIONS = {"read", "kept", "ignored", "held"}


def settings(folder: Path, server: servers.Dovecot, user: str) -> dict[str, str]:
    """A configuration of a council whose mailbox is on this server, and the environment that names it."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["mailbox"] |= {
        "kind": "imap", "host": "127.0.0.1", "port": server.port, "user": user, "sent": "Sent Items",
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return {
        **os.environ, "CME_DATA": str(folder / "data"), "CME_SECRETS": str(folder / "secrets"),
        "CME_CONFIG": str(folder / "config.yaml"), "CME_MAILBOX_PASSWORD": servers.PASSWORD,
        "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cases.settings",
    }  # fmt: skip


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The corpus with plain referrals at its start, middle and end, taken in twice."""
    if not servers.have_dovecot():
        pytest.skip("dovecot is not installed (apt-get install dovecot-imapd dovecot-lmtpd)")
    folder = tmp_path_factory.mktemp("corpus")
    mails, plain = list(hard().items()), list(PLAIN.items())
    order = [plain[0], *mails[:60], plain[1], *mails[60:], plain[2]]
    with servers.dovecot() as server:
        user = server.account()
        client = server.client(user)
        for _, raw in order:
            client.append("INBOX", raw)
        client.select_folder("INBOX", readonly=True)
        served = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(folder / "out.json")], cwd=ROOT,
            env=settings(folder, server, user), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        lies = {}
        for name in ("INBOX", "Processed", "Exceptions"):
            client.select_folder(name, readonly=True)
            lies[name] = len(client.search("ALL"))
        client.logout()
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads((folder / "out.json").read_text())
    names = dict(enumerate((name for name, _ in order), 1))
    arrived = {uid: row for f, _, uid, row, _ in told["rows"]["seen"] if f == "INBOX"}
    return {
        **told, "lies": lies, "names": names,
        "served": {names[uid]: row[b"BODY[]"] for uid, row in served.items()},
        "by_name": {names[uid]: told["rows"]["arrivals"][str(row)] for uid, row in arrived.items()},
        "ids": {str(row): names[uid] for uid, row in arrived.items()},
    }  # fmt: skip


def test_there_are_more_than_a_hundred(taken: dict[str, Any]) -> None:
    assert len(taken["names"]) >= 120


def test_1_each_mail_is_one_row_in_one_end_state(taken: dict[str, Any]) -> None:
    assert set(taken["by_name"]) == set(taken["names"].values())
    assert len(taken["rows"]["arrivals"]) == len(taken["names"]) == len(taken["ids"])
    assert {a["state"] for a in taken["by_name"].values()} <= {"filed", "held", "ignored"}
    assert [n for n, a in taken["by_name"].items() if a["same_as"]] == []
    for name, arrival in taken["by_name"].items():
        assert (arrival["state"] == "held") == bool(arrival["held"]), name
    assert len(taken["first"]) >= len(taken["names"]) - 1  # the stub was never ours to read


def test_2_the_bytes_kept_are_the_bytes_served(taken: dict[str, Any]) -> None:
    for name, arrival in taken["by_name"].items():
        served = taken["served"][name]
        if name == "exchange stub":
            assert (arrival["size"], arrival["held"]) == (0, ["server_stub"])
        elif arrival["raw"]:
            assert bytes.fromhex(arrival["raw"]) == served, name
        else:
            assert arrival["size"] == len(served), name


def test_3_a_second_run_changes_nothing(taken: dict[str, Any]) -> None:
    assert taken["second"] == []
    assert taken["rows_after"] == taken["rows"]
    moved = Counter(a["move_to"] for a in taken["by_name"].values())
    moved["INBOX"] = moved.pop("")  # the stub: it is asked for again where it lies
    assert {k: v for k, v in taken["lies"].items() if v} == dict(moved)


def test_4_the_plain_referrals_among_them_are_filed(taken: dict[str, Any]) -> None:
    for name in PLAIN:
        assert (taken["by_name"][name]["verdict"], taken["by_name"][name]["held"]) == (
            "new_case",
            [],
        )


def test_5_no_letter_to_a_machine_to_us_or_to_an_address_that_the_mail_told(
    taken: dict[str, Any],
) -> None:
    roles = yaml.safe_load((ROOT / "config.yaml").read_text())["people"]
    known = set(taken["rows"]["contacts"]) | {
        r["email"] for r in roles.values() if isinstance(r, dict)
    }
    letters = taken["rows"]["letters"]
    assert {kind for _, kind, _ in letters} >= {"acknowledgement"}
    for arrival, kind, recipient in letters:
        assert recipient in known, kind
        assert recipient != "cme@wrenshire.example"
        if taken["rows"]["arrivals"][str(arrival)]["machine"]:
            assert kind == "duty_alert", taken["ids"][str(arrival)]


def test_6_time_and_memory_are_bounded(taken: dict[str, Any]) -> None:
    """The run had 1.5 GB and three minutes of processor; its readers have their own cage."""
    assert taken["peak_mb"] < 700


def test_7_every_leaf_part_has_a_decision(taken: dict[str, Any]) -> None:
    for name, arrival in taken["by_name"].items():
        decided = [path for path, _, _ in arrival["documents"]]
        assert {d for _, d, _ in arrival["documents"]} <= DECISIONS, name
        assert len(decided) == len(set(decided)), name
        if name != "exchange stub":
            leaves = {leaf.path for leaf in read_email(taken["served"][name]).leaves}
            assert leaves <= set(decided), name

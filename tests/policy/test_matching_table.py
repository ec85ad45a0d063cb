"""`cme match` on two small tables: the contract's columns, the rows in order, the earlier rows known."""

import csv

import pytest

from cases.match_table import INCOMING, KNOWN, match_tables

CHILD = {
    "surname": "Thornbury", "forename": "Matilda", "dob": "2015-03-09", "gender": "F", "upn": "",
    "address": "12 Alder Road, Wexbury, IP4 1AB", "postcode": "IP4 1AB", "parent1": "Imogen Thornbury",
    "school_name": "Alder Primary School",
}  # fmt: skip
ON_FILE = CHILD | {
    "case_id": "17", "child_id": "9", "case_ref": "CME-2026-0017", "status": "open", "opened_on": "2026-09-21",
    "message_id": "<m1@alder.example>",
}  # fmt: skip


def decide(folder, known, incoming, explain=False):
    """Write both tables, decide, and return OUT's rows."""
    for name, columns, rows in (("k.csv", KNOWN, known), ("i.csv", INCOMING, incoming)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    assert match_tables(folder / "k.csv", folder / "i.csv", folder / "o.csv", explain) == 0
    with (folder / "o.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def row(name, **changes):
    return (
        CHILD
        | {"incoming_id": name, "received_on": "2026-11-09", "message_id": f"<{name}@a.example>"}
        | changes
    )


STRANGER = {"surname": "Nowak", "forename": "Iga", "dob": "2012-01-04", "address": "3 Mill Street, IP9 2CD",
            "postcode": "IP9 2CD", "parent1": "Kinga Nowak"}  # fmt: skip


@pytest.mark.parametrize(("incoming", "decision", "matched", "changed"), [
    (row("a"), "duplicate", "17", ""),
    (row("a", address="3 Mill Street, IP9 2CD", postcode="IP9 2CD"), "update", "17", "address;postcode"),
    (row("a", parent2="Toby Thornbury"), "update", "17", "parent2"),
    (row("a", **STRANGER), "new_child", "", ""),
    (row("a", note="Update: the family is now at 3 Mill Street", in_reply_to="<m1@alder.example>"), "update", "17", "address"),
    ({"incoming_id": "a", "note": "Update: enrolled at Brook Academy", "subject": "RE: cme/2026/17"}, "update", "17", "school_name"),
    (row("a", forename="Matilde"), "ask_officer", "", ""),
])  # fmt: skip
def test_each_row_gets_its_decision(tmp_path, incoming, decision, matched, changed):
    (out,) = decide(tmp_path, [ON_FILE], [incoming])
    assert (out["decision"], out["matched_id"], out["changed_fields"]) == (
        decision,
        matched,
        changed,
    )
    assert bool(out["candidates"]) == (decision != "new_child")


def test_an_earlier_row_is_known_to_later_ones(tmp_path):
    out = decide(tmp_path, [], [row("a"), row("b"), row("c", **STRANGER)])
    assert [r["decision"] for r in out] == ["new_child", "duplicate", "new_child"]
    assert out[1]["matched_id"] == "a"


def test_a_closed_case_whose_child_attended_since_is_a_new_episode(tmp_path):
    closed = ON_FILE | {"status": "closed", "closed_on": "2026-10-01"}
    out = decide(
        tmp_path,
        [closed],
        [row("a", last_attended="2026-11-02"), row("b", last_attended="2026-11-02")],
    )
    assert [r["decision"] for r in out] == ["re_referral", "duplicate"]


def test_a_child_on_file_without_a_case_is_found(tmp_path):
    out = decide(tmp_path, [ON_FILE | {"case_id": ""}], [row("a"), row("b")])
    assert [r["decision"] for r in out] == ["re_referral", "duplicate"]
    assert out[0]["matched_id"] == "9"


def test_the_explanation_gives_bits_by_field(tmp_path, capsys):
    decide(tmp_path, [ON_FILE], [row("a")], explain=True)
    told = capsys.readouterr().out
    assert "bits for the same child" in told
    assert "date of birth" in told


def test_a_missing_column_is_named(tmp_path, capsys):
    (tmp_path / "k.csv").write_text("case_id,surname\n")
    (tmp_path / "i.csv").write_text("incoming_id\n")
    assert match_tables(tmp_path / "k.csv", tmp_path / "i.csv", tmp_path / "o.csv", False) == 1
    assert "k.csv has no column forename" in capsys.readouterr().err


def test_a_date_that_is_none_is_told_by_row_and_column_and_taken_as_unknown(tmp_path, capsys):
    (out,) = decide(tmp_path, [ON_FILE], [row("a", last_attended="31/02/2026")])
    assert out["decision"] == "duplicate"
    told = capsys.readouterr().err
    assert told == "i.csv row 2: last_attended is not a date; taken as unknown.\n"


def test_a_late_form_of_an_earlier_episode_stays_with_it(tmp_path):
    old = ON_FILE | {"case_id": "11", "case_ref": "CME-2025-0011", "status": "closed", "opened_on": "2025-03-03",
                     "closed_on": "2025-06-30", "last_attended": "2025-02-27"}  # fmt: skip
    new = ON_FILE | {"last_attended": "2026-09-18"}
    out = decide(
        tmp_path,
        [old, new],
        [row("a", last_attended="2025-02-27"), row("b", last_attended="2026-09-18")],
    )
    assert [(r["decision"], r["matched_id"]) for r in out] == [
        ("duplicate", "11"),
        ("duplicate", "17"),
    ]

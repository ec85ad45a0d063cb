"""The glossary: the team's words, the names of fields, and the events that a rule may start or stop on.

The fields are those of `cme read` (docs/contract.md) with the words that the pages show for them; they are taken
from the code, so that neither can be renamed without this page.
"""

from __future__ import annotations

import ast
from pathlib import Path

from policy.deadlines import EVENTS, WHEN

ROOT = Path(__file__).resolve().parent.parent

OURS = {
    "arrival": "one email as it reached us, with its bytes",
    "case": "the council's file on one child's episode, from referral to closure",
    "chase": "a letter asking for what is due or overdue",
    "deadline": "something open on a case and the day by which it is owed; nothing is stored, it is counted each time",
    "document": "one attached or embedded file, in the neutral form that `parsers/documents` gives",
    "due, overdue": "the day by which something must be done; after it",
    "duplicate": "a second form for an open case's child that adds nothing, or states it again with changes (policy 9.5)",
    "held": "waiting for the officer, with a reason: what could not be read, or not be decided safely",
    "officer, manager, EWO": "the people of the policy; SEWO is the senior Education Welfare Officer",
    "off roll, on roll": "on a school's admission register, or not",
    "outcome": "what became of the child (Appendix 4); S2S is an outcome and closes nothing",
    "reading": "what was found in a document about one child, with its places",
    "referral": "what a school or agency says about one child on one form",
    "resend": "the same bytes again",
    "rule, step": "one line of the deadlines table; one letter in its sequence, counted in working days from the due day",
    "signal": "something the words of an email say: found, enrolled, returned, at risk",
    "status": "where the case stands (Appendix 3), apart from its outcome",
    "update": "an email that adds to an open case (policy 9.5)",
    "wait": "a step that is due and is not sent, with the reason",
}
THEIRS = {
    "Care First, EMS": "the council's social care and education records",
    "CME": "children missing education: of compulsory school age, on no roll and not otherwise educated",
    "CTF": "Common Transfer File; XXXXXXX: destination not known; MMMMMMM: outside the maintained system",
    "EHE": "elective home education",
    "EWO": "Education Welfare Officer",
    "LAESTAB, URN": "a school's numbers: of its authority and itself; in the national register",
    "NCME1": "the EWO's notification of a child missing education",
    "s2s": "the Department for Education's school to school service",
    "UPN": "unique pupil number",
}
HEAD = """# Glossary

Made from the code; `make docs` writes it anew.
"""


def labels() -> dict[str, str]:
    """Return each field with the pages' words for it, read from `parsers/labels.py` and not run."""
    for node in ast.parse((ROOT / "parsers" / "labels.py").read_text("utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="LABELS")], value=told):
                found: dict[str, str] = ast.literal_eval(told)
                return found
            case _:
                pass
    raise LookupError("parsers/labels.py has no LABELS")


def glossary() -> str:
    """Return the glossary."""
    parts = [HEAD, "## Our words", ""]
    parts += [f"- **{word}**: {told}" for word, told in OURS.items()]
    parts += ["", "## The team's words", ""]
    parts += [f"- **{word}**: {told}" for word, told in THEIRS.items()]
    parts += ["", "## Fields", "", "| name | on the pages |", "|---|---|"]
    parts += [f"| `{name}` | {told} |" for name, told in labels().items()]
    parts += ["", "## Events", "", "What a rule in `config.yaml` may start or stop on.", ""]
    parts += [f"- `{kind}`: {told}" for kind, told in EVENTS.items()]
    parts += ["", "## Conditions", "", "What a rule's `when` may ask for.", ""]
    parts += [f"- `{name}`: {told}" for name, told in WHEN.items()]
    return "\n".join([*parts, ""])

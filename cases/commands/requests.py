"""`cme subject-access`: everything held on one child; `cme add-manager`: the second person that some decisions need."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from cases.commands import NeedsPerson, command
from cases.commands.moving import prepare


def add(commands: Any) -> None:
    """Add the commands."""
    access = command(
        commands, "subject-access", "Write everything held on one child into a ZIP: for a subject access request.",
        "cme subject-access CME-2026-0142 --to /secure/request-7.zip", run_subject_access,
    )  # fmt: skip
    access.add_argument("child", metavar="CHILD", help="the reference of one of the child's cases")
    access.add_argument("--to", type=Path, required=True, metavar="FILE")
    another = command(
        commands, "add-manager", "Add a manager: the second one, where a council has only one and two must agree.",
        "cme add-manager head.of.service", run_add_manager,
    )  # fmt: skip
    another.add_argument("username", metavar="USERNAME")


def run_add_manager(arguments: argparse.Namespace) -> int:
    """Make a manager's account and print its first password, once.

    An account that a manager made on the page People cannot agree to what that manager asks for; this one can.
    """
    prepare()
    from cases import clock
    from cases.models import Person, Role
    from cases.record import accounts

    if Person.objects.filter(username=arguments.username).exists():
        raise NeedsPerson(
            f"{arguments.username} is there already; change the account under People."
        )
    try:
        first = accounts.save_person(
            arguments.username,
            Role.MANAGER,
            email="",
            active=True,
            by="system: command",
            now=clock.now(),
        )
    except ValueError as error:
        raise NeedsPerson(str(error)) from None
    print(f"First password, shown once and changed at the first sign-in: {first}")
    return 0


def run_subject_access(arguments: argparse.Namespace) -> int:
    """Gather, write a file that only its owner reads, and say it in the timeline."""
    prepare()
    from cases import clock
    from cases.models import Case
    from cases.record.entries import entry
    from cases.subject_access import gather

    ref, target = arguments.child.strip().upper(), arguments.to
    case = Case.objects.select_related("child", "merged_into__child").filter(ref=ref).first()
    if case is None:
        raise NeedsPerson(f"There is no case {ref}.")
    case = case.merged_into or case
    child = case.child.merged_into or case.child
    now = clock.now()
    data = gather(child, now)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NeedsPerson(f"{target} is there already; nothing was written over.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    entry(
        "exported",
        "system: command",
        now=now,
        case=case,
        data={"everything": True, "reason": "access"},
    )
    print(f"{target} is written. Its README.txt says what names other people.", file=sys.stderr)
    if child.protected:
        print("This is a protected child.", file=sys.stderr)
    return 0

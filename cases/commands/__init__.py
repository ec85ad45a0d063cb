"""`cme`: the commands that people script against (docs/contract.md).

Exit codes: 0 it did its job, 1 something needs a person (said in one line), 2 wrong usage. Errors are
plain words, naming file, field and place, never a child's details.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from cases.config import ConfigError


class NeedsPerson(Exception):
    """Something that a person must put right; the text is printed as it is, exit code 1."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ConfigError as error:
        print(f"{error.file} cannot be used:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 1
    except NeedsPerson as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"There is no file {error.filename}.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        return 130


def run() -> None:
    """Console entry point."""
    sys.exit(main())


def django() -> None:
    """Set Django up for commands that need the database, and bring its tables up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.settings")
    import django as _django
    from django.conf import settings

    if not settings.configured:
        _django.setup()


def _parser() -> argparse.ArgumentParser:
    from cases.commands import looking, moving, operating, requests, running

    parser = argparse.ArgumentParser(
        prog="cme", description="Children Missing Education: from the mailbox to the case and back."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (running, looking, moving, operating, requests):
        module.add(commands)
    return parser


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help: str,
    example: str,
    run: object,
) -> argparse.ArgumentParser:
    """Add one command with its help and an example, and return its parser."""
    parser = commands.add_parser(
        name,
        help=help,
        description=help,
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    run()

"""The house rules, held by tests: who imports whom, who writes, what a flow may be, what must not be in the tree.

Code is read here, not run, but for the checkers, which run once each in a process of their own.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("flows", "mail", "parsers", "policy", "cases", "review")

ALWAYS_A_WRITE = {
    "save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "adelete", "acreate", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
}  # fmt: skip
QUERYSET = ("objects", ".filter(", ".all()", ".exclude(", ".select_related(")
# Calls of these names that are no rows of ours: where, and what.
NO_ROWS = {
    ("cases/demonstration.py", "document.save"),  # a Word document
    ("review/screenshots.py", "small.quantize(64, dither=Image.Dither.NONE).save"),  # a picture
    ("flows/automations.py", "new.create"),  # an automation of Prefect's
}
READS_THE_ENVIRONMENT = {
    "cases/settings.py": "the one place",
    "flows/workers.py": "puts one council's settings in the place of those that a shared worker was started with",
    "parsers/documents/legacy.py": "PATH alone, handed to the converter; parsers may not know the settings",
    "review/screenshots.py": "hands its own environment to the server that it pictures",
}
OPENS_SOCKETS = {
    "flows/environment.py": "binds port 0 of this machine to find one that is free",
    "flows/server.py": "asks whether the port of the server before it is free",
    "review/screenshots.py": "as flows/environment.py, for the server that it pictures",
}
NETWORK = {"socket", "smtplib", "imaplib", "poplib", "ftplib", "http.client", "urllib.request", "requests", "imapclient", "httpx"}  # fmt: skip


def run(*command: str, data: Path) -> None:
    settings = {**os.environ, "CME_DATA": str(data), "DJANGO_SETTINGS_MODULE": "cases.settings"}
    done = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=ROOT, env=settings, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, (
        f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    )


@pytest.mark.parametrize(
    "command",
    ["ruff check .", "ruff format --check .", "mypy", "lint-imports"],
)
def test_the_checkers_have_nothing_to_say(command: str, tmp_path: Path) -> None:
    run(*command.split(), data=tmp_path)


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (n.name for n in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case _:
                pass


def test_a_flow_is_under_thirty_lines() -> None:
    long = [
        f"{name}: {f.name}, {lines} lines"
        for name, tree in modules("flows")
        for f in functions(tree)
        if (lines := (f.end_lineno or f.lineno) - f.lineno + 1) > 30
    ]
    assert long == []


def test_no_flow_is_async() -> None:
    """Django's database cannot be used from one, and Prefect would not say so before the first row."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules("flows")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor)
    ]
    assert found == []


def of_the_record(tree: ast.AST) -> set[str]:
    """Return the names by which a module knows modules of the record: their functions may be called."""
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "cases.record"
        for name in node.names
    }


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each call that changes a row: its line and what is called."""
    ours = of_the_record(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in ours:
                continue
            case ast.Call(func=ast.Attribute(value=receiver, attr=name) as called):
                told = ast.unparse(receiver)
                if name in ALWAYS_A_WRITE or (
                    name in ("update", "aupdate") and any(sign in told for sign in QUERYSET)
                ):
                    yield node.lineno, ast.unparse(called)
            case ast.Constant(value=str(text)) if (
                text.lstrip().upper().startswith(("INSERT INTO ", "DELETE FROM ", "UPDATE CASES_"))
            ):
                yield node.lineno, text[:30]
            case _:
                pass


def test_only_the_record_writes() -> None:
    found = [
        f"{name}:{line} {called}"
        for name, tree in modules("cases", "review", "flows")
        if not name.startswith(("cases/record/", "cases/migrations/"))
        for line, called in writes(tree)
        if (name, called) not in NO_ROWS
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("case.save()", 1), ("Case.objects.filter(pk=1).update(ref='')", 1), ("case.documents.create()", 1),
        ("Case.objects.bulk_create(rows)", 1), ("found.update(other)", 0), ("Case.objects.get(pk=1)", 0),
        ("cursor.execute('DELETE FROM cases_case')", 1), ("cursor.execute('SELECT 1')", 0),
        ("from cases.record import people as p\np.create(1)", 0),
    ],
)  # fmt: skip
def test_the_search_for_writers_knows_a_write(code: str, count: int) -> None:
    assert len(list(writes(ast.parse(code)))) == count


def environment_reads(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that read the environment. `setdefault` and `update` write it, and a bare import is nothing."""
    writing = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("setdefault", "update")
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
                if id(node) not in writing:
                    yield node.lineno
            case ast.ImportFrom(module="os", names=names):
                if any(n.name in ("environ", "getenv") for n in names):
                    yield node.lineno
            case _:
                pass


def test_only_the_settings_read_the_environment() -> None:
    readers = {name for name, tree in modules() if any(environment_reads(tree))}
    assert readers == set(READS_THE_ENVIRONMENT)


def test_only_one_module_opens_the_configuration() -> None:
    """The path has one name, and one module beside the settings uses it; nobody else spells the file out."""
    users = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name | ast.alias) and getattr(node, "id", getattr(node, "name", "")) == "CONFIG_FILE")
        or (isinstance(node, ast.Attribute) and node.attr == "CONFIG_FILE")
        or (isinstance(node, ast.Constant) and node.value == "config.yaml")
    }  # fmt: skip
    assert users == {"cases/config.py", "cases/settings.py"}


def test_only_the_post_reaches_the_network() -> None:
    found = {
        name
        for name, tree in modules()
        if not name.startswith("mail/") and NETWORK & set(imported(tree))
    }
    assert found == set(OPENS_SOCKETS)


def test_every_package_is_built() -> None:
    import tomllib

    built = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
            "packages"
        ]
    )
    wanted = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert built == wanted


def test_the_drawings_say_what_the_code_says(tmp_path: Path) -> None:
    run("python", "-m", "docs.draw", "--check", data=tmp_path)

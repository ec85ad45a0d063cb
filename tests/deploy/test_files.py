"""What is in deploy/: systemd's own judgement of the units, and that everything they and the containers start is there."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cases.commands import _parser
from tests.deploy.conftest import ROOT

DEPLOY = ROOT / "deploy"
SERVICES = sorted(p.name for p in DEPLOY.glob("*.service"))
HOME = "/opt/cme-intake/.venv/bin/"
NEEDS_SYSTEMD = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


def installed(folder: Path) -> list[str]:
    """Copies of the units that name this Python, since systemd looks whether the program is there."""
    made = []
    for unit in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = unit.read_text().replace(HOME, f"{Path(sys.executable).parent}/")
        (folder / unit.name).write_text(text)
        made.append(str(folder / unit.name))
    return made


@NEEDS_SYSTEMD
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *installed(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in told.stderr.splitlines() if "cme-" in line]
    assert told.returncode == 0, told.stderr
    assert ours == []


@NEEDS_SYSTEMD
@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_is_exposed_little(unit: str) -> None:
    """Of 10; an unhardened service has 9.6."""
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(DEPLOY / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout.splitlines()[-1:]


def starts(command: str) -> None:
    """Assert that a command line of a unit or container could start: its module is there, its `cme` command is known."""
    words = shlex.split(command)
    match words:
        case [program, *rest] if program.endswith("/cme"):
            _parser().parse_args(rest)
        case [program, "-m", "cases.commands", *rest] if "python" in program:
            _parser().parse_args(rest)
        case [program, "-m", module, *_] if "python" in program:
            assert importlib.util.find_spec(module), module
        case _:
            raise AssertionError(f"nobody knows what this starts: {command}")


@pytest.mark.parametrize("unit", SERVICES)
def test_what_a_unit_starts_is_there(unit: str) -> None:
    text = (DEPLOY / unit).read_text()
    commands = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert len(commands) == 1
    starts(commands[0])
    assert "User=cme" in text


@pytest.mark.parametrize("unit", SERVICES)
def test_a_secret_that_a_council_has_not_got_stops_no_unit(unit: str) -> None:
    """systemd refuses to start a unit whose credential has no file, unless there is another to fall back on."""
    text = (DEPLOY / unit).read_text()
    loaded = re.findall(r"^LoadCredential=(\w+):/etc/cme/credentials/\1$", text, re.MULTILINE)
    assert len(loaded) == text.count("LoadCredential=")
    assert loaded == re.findall(r"^SetCredential=(\w+):\\x20$", text, re.MULTILINE)


def test_an_empty_credential_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases.settings import SecretMissing, secret

    (tmp_path / "mailbox_password").write_text(" ")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("CME_MAILBOX_PASSWORD", raising=False)
    with pytest.raises(SecretMissing):
        secret("mailbox_password")
    (tmp_path / "mailbox_password").write_text("told\n")
    assert secret("mailbox_password") == "told"


def test_the_script_for_people_has_the_units_environment(tmp_path: Path) -> None:
    (tmp_path / "etc" / "cme" / "credentials").mkdir(parents=True)
    (tmp_path / "etc" / "cme" / "credentials" / "mailbox_password").write_text("told\n")
    (tmp_path / "etc" / "cme" / "environment").write_text("CME_HOSTS=cme.wrenshire.example\n")
    program = tmp_path / "opt" / "cme-intake" / ".venv" / "bin" / "cme"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho $*\nenv\n")
    program.chmod(0o755)
    done = subprocess.run([DEPLOY / "cme", "check", "--json"], env={"PREFIX": str(tmp_path), "PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True, check=True)  # fmt: skip
    first, *told = done.stdout.splitlines()
    assert first == "check --json"
    units = re.findall(r"(CME_\w+=/\S+)", (DEPLOY / "cme-flows.service").read_text())
    assert {u.replace("=", f"={tmp_path}", 1) for u in units} <= set(told)
    assert {"CME_MAILBOX_PASSWORD=told", "CME_HOSTS=cme.wrenshire.example"} <= set(told)


def test_every_timer_has_its_service_and_every_oneshot_its_timer() -> None:
    oneshots = {p.stem for p in DEPLOY.glob("*.service") if "Type=oneshot" in p.read_text()}
    assert {p.stem for p in DEPLOY.glob("*.timer")} == oneshots


def test_the_container_file_copies_what_is_there_and_starts_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    assert re.search(r"^USER cme$", text, re.MULTILINE)
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    (entry,) = re.findall(r"^ENTRYPOINT (\[.+\])$", text, re.MULTILINE)
    (words,) = re.findall(r"^CMD (\[.+\])$", text, re.MULTILINE)
    starts(shlex.join(yaml.safe_load(entry) + yaml.safe_load(words)))
    # The user is last: nothing after it writes where it may not.
    assert text.rindex("\nRUN ") < text.rindex("\nUSER cme")


def test_what_is_copied_into_the_image_leaves_data_and_secrets_out() -> None:
    """Podman and Docker look for a file of another name each; the host's .venv over the image's would break it."""
    left = (DEPLOY / "Containerfile.containerignore").read_text()
    assert {".git", ".venv", "var"} <= set(left.split())
    assert (DEPLOY / "Containerfile.dockerignore").read_text() == left


def test_compose_starts_the_parts_of_the_units() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    parts = {n: s for n, s in told["services"].items() if n != "database"}
    for name, part in parts.items():
        starts(shlex.join(["python", "-m", *part["command"]]))
        assert part["read_only"], name
        assert part["cap_drop"] == ["ALL"], name
        assert part.get("network_mode", "service:flows") == "service:flows", name
    running = {p.stem for p in DEPLOY.glob("*.service")} - {
        "cme-backup",
        "cme-verify",
        "cme-watch",
        "cme-worker",
        "cme-prefect-shared",
    }
    assert running == {f"cme-{n}" for n in parts}
    assert not re.search(r"PASSWORD: (?!\"?\$)", (DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize(
    "command",
    [
        "cases.commands",
        "flows.server",
        "flows.serving",
        "flows.workers",
        "flows.deploying",
        "review.serve",
    ],
)
def test_a_module_that_is_started_can_be_imported_alone(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import importlib; importlib.import_module('{command}')"], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_shared_settings_are_those_of_one_machine() -> None:
    """Telemetry off, batches, retention: what differs is only where things are."""
    from flows.environment import settings

    shared = dict(
        line.split("=", 1) for line in (DEPLOY / "shared.environment").read_text().splitlines()
        if line and not line.startswith("#")
    )  # fmt: skip
    places = {
        "PREFECT_HOME", "PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_SERVER_API_HOST",
        "PREFECT_SERVER_API_PORT", "PREFECT_SERVER_ENCRYPTION_KEY", "PREFECT_SERVER_CORS_ALLOWED_ORIGINS",
    }  # fmt: skip
    alone = settings(1, Path("/x"), "a", "f")
    assert {k: v for k, v in alone.items() if k not in places}.items() <= shared.items()
    assert "AUTH_STRING" not in "".join(shared), (
        "a secret does not stand in a file that is handed round"
    )

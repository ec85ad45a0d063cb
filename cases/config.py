"""config.yaml, read once into a frozen object; the only module that opens the file.

Every unknown key, missing key and impossible value is reported at once, each with its place in
the file. A secret in the file is refused: it belongs in the environment, a systemd credential or a
file of mode 0600 (cases/settings.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from cases import sections
from policy.periods import parse_period

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SECRET_KEYS = re.compile(r"(?i)^(pass(word|wd)?|secret|client_secret|token|api_?key|private_key)$")


class ConfigError(Exception):
    """The configuration cannot be used. `problems` has a line for each fault, with its place."""

    def __init__(self, file: Path, problems: list[str]) -> None:
        self.file, self.problems = file, problems
        super().__init__(f"{file.name}: " + "; ".join(problems))


def duration(value: object) -> timedelta:
    """Return "2 minutes" as a timedelta."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"\s*(\d+)\s*(second|minute|hour|day|week)s?\s*", str(value))
    if not found:
        raise ValueError('write it as a number and a unit, like "2 minutes"')
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def size(value: object) -> int:
    """Return "60 MB" in bytes."""
    if isinstance(value, int):
        return value
    found = re.fullmatch(r"\s*(\d+)\s*(kB|KB|MB|GB)\s*", str(value))
    if not found:
        raise ValueError('write it as a number and a unit, like "60 MB"')
    return int(found[1]) * {"k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}[found[2][0]]


def hours(value: object) -> tuple[time, time]:
    """Return "08:30-17:00" as two times."""
    if isinstance(value, tuple):
        return value
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", str(value))
    if not found:
        raise ValueError('write it as "08:30-17:00"')
    a, b, c, d = (int(part) for part in found.groups())
    first, last = time(a, b), time(23, 59, 59) if (c, d) == (24, 0) else time(c, d)
    if last <= first:
        raise ValueError("ends before it begins")
    return first, last


def _period(words: str) -> str:
    parse_period(words)
    return words


def _address(value: object) -> str:
    text = str(value or "").strip().lower()
    if text and not re.fullmatch(r"[^@\s,;<>\"]+@[a-z0-9.-]+", text):
        raise ValueError("is not an email address")
    return text


Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]
Hours = Annotated[tuple[time, time], BeforeValidator(hours)]
Address = Annotated[str, BeforeValidator(_address)]
Share = Annotated[int, Field(ge=0, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Council(_Part):
    name: str
    team: str
    reference: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    telephone: str
    answer_within: str
    lost_child_urgent: str


class OAuth(_Part):
    tenant: str = ""
    client_id: str = ""
    authority: str = ""


class MailboxPart(_Part):
    kind: Literal["embedded", "imap", "graph"]
    account: Address
    host: str = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    user: str = ""
    sign_in: Literal["password", "oauth"] = "password"
    oauth: OAuth = OAuth()
    processed: str = ""
    exceptions: str = ""
    sent: str = "Sent"
    skip_folders: list[str] = []
    batch: Annotated[int, Field(ge=1, le=100)] = 10
    largest_message: Size = 60_000_000
    trusted_server: str = ""
    alarm_after: Duration

    @model_validator(mode="after")
    def _needs(self) -> MailboxPart:
        if self.kind == "imap" and not (self.host and self.port):
            raise ValueError("kind imap needs host and port")
        if self.tls == "none" and self.host not in ("127.0.0.1", "localhost", "::1", ""):
            raise ValueError("tls: none is for this machine only; use implicit or starttls")
        if self.sign_in == "oauth" and not (self.oauth.tenant and self.oauth.client_id):
            raise ValueError("sign_in oauth needs oauth.tenant and oauth.client_id")
        return self


class SendingPart(_Part):
    host: str = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    tls: Literal["implicit", "starttls", "none"] = "starttls"
    user: str = ""
    sign_in: Literal["password", "oauth", "none"] = "password"
    from_name: str
    from_address: Address
    per_minute: Annotated[int, Field(ge=1, le=600)] = 20
    shadow: bool = False
    labels: dict[str, str] = {}
    stop_when_queued: Annotated[int, Field(ge=1)] = 30
    stop_when_bounced: Share = 20
    alarm_address: Address = ""

    @model_validator(mode="after")
    def _needs(self) -> SendingPart:
        if self.tls == "none" and self.host not in ("127.0.0.1", "localhost", "::1", ""):
            raise ValueError("tls: none is for this machine only; use implicit or starttls")
        return self


class RolePart(_Part):
    name: str
    email: Address


class EwoPart(RolePart):
    areas: list[str] = []
    deputy: Address = ""


class People(_Part):
    cme_officer: RolePart
    manager: RolePart
    integrated_team_manager: RolePart
    senior_ewo: RolePart
    lead_attendance_officer: RolePart
    admissions: RolePart
    duty: RolePart
    ewos: list[EwoPart] = []


class SchoolPart(_Part):
    name: str
    urn: str = ""
    laestab: str = ""
    domains: list[str] = []
    contact: Address = ""
    area: str = ""
    type: str = "maintained"
    ages: tuple[int, int] | None = None


class AgencyPart(_Part):
    name: str
    domains: list[str]
    source: str = ""
    contact: Address = ""


class IntakePart(_Part):
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    workers: Annotated[int, Field(ge=1, le=16)] = 2
    oldest_unread_alarm: Annotated[str, AfterValidator(_period)] = "2 working days"


class Quicker(_Part):
    """The demonstration's own intervals."""

    intake: Duration
    send: Duration
    chase: Duration


class FlowsPart(_Part):
    intake: Duration
    send: Duration
    chase: Duration
    housekeeping: Annotated[str, Field(pattern=r"^\d\d:\d\d$")]
    working_hours: Hours
    demonstration: Quicker | None = None


class Keep(_Part):
    years: Annotated[int, Field(ge=0, le=100)] | None = None
    until_age: Annotated[int, Field(ge=18, le=110)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Keep:
        if (self.years is None) == (self.until_age is None):
            raise ValueError("say either years or until_age")
        return self


def _years_only(keep: Keep) -> Keep:
    if keep.years is None:
        raise ValueError(
            "say years: it can be about several children, so that no age can be counted"
        )
    return keep


# For what belongs to no one person: an age would never fall due.
KeepYears = Annotated[Keep, AfterValidator(_years_only)]


class Retention(_Part):
    raw_email: KeepYears
    documents: KeepYears
    case: Keep
    case_with_ehcp: Keep
    case_looked_after: Keep
    audit: KeepYears


class Config(_Part):
    """The whole file. `calendar`, `codes`, `deadlines` and `letters` are plain mappings here, which
    `cases/sections.py` checks and `cases/rules.py` reads."""

    council: Council
    mailbox: MailboxPart
    sending: SendingPart
    people: People
    schools: list[SchoolPart] = []
    agencies: list[AgencyPart] = []
    intake: IntakePart = IntakePart()
    flows: FlowsPart
    retention: Retention
    calendar: dict[str, Any] = {}
    codes: dict[str, Any] = {}
    deadlines: dict[str, Any] = {}
    letters: dict[str, Any] = {}
    file: str = ""


class _Twice(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping: YAML would silently drop the first."""


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, which also refuses a key that stands twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if key.value in seen:
            raise _Twice(None, None, key.value, key.start_mark)
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(file: Path) -> Config:
    """Return the configuration in `file`.

    Raises:
        ConfigError: with every fault found and its place.
    """
    try:
        tree = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise ConfigError(file, [f"there is no file {file}"]) from None
    except _Twice as twice:
        at = twice.problem_mark
        where = f"line {at.line + 1}, column {at.column + 1}" if at else "somewhere"
        raise ConfigError(file, [f"{where}: {twice.problem} stands here a second time"]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise ConfigError(file, [f"{where}: is not YAML"]) from None
    if not isinstance(tree, dict):
        raise ConfigError(file, ["must be a mapping of sections"])
    problems = [*_secrets(tree), *sections.problems(tree)]
    try:
        config = Config.model_validate({**tree, "file": str(file)})
    except ValidationError as error:
        problems += [_told(fault) for fault in error.errors()]
    if problems:
        raise ConfigError(file, problems)
    return config


@lru_cache(maxsize=4)
def _load_cached(file: Path, changed_ns: int) -> Config:
    return load(file)


def current() -> Config:
    """Return the configuration named by CME_CONFIG, read again when the file has changed."""
    from cases.settings import CONFIG_FILE

    try:
        changed = CONFIG_FILE.stat().st_mtime_ns
    except FileNotFoundError:
        raise ConfigError(CONFIG_FILE, [f"there is no file {CONFIG_FILE}"]) from None
    return _load_cached(CONFIG_FILE, changed)


def as_lines(config: Config) -> Iterator[str]:
    """Yield the configuration as people read it, a line a value (for `cme check`)."""
    yield from _lines(config.model_dump(), "")


def _lines(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _lines(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value, 1):
            yield from _lines(inner, f"{path}[{number}]")
    else:
        yield f"{path}: {_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_plain(v) for v in value) or "none"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "none" if value in ("", None, {}) else str(value)


def _told(fault: Any) -> str:
    place = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in fault["loc"])
    what = {
        "extra_forbidden": "there is no such setting",
        "missing": "is missing",
    }.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f"{place}: {what}"


def _secrets(tree: object, path: str = "") -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            here = f"{path}.{key}" if path else str(key)
            if _SECRET_KEYS.match(str(key)) and value:
                yield f"{here}: a secret must not stand in this file; see README, Secrets"
            yield from _secrets(value, here)
    elif isinstance(tree, list):
        for number, value in enumerate(tree, 1):
            yield from _secrets(value, f"{path}.{number}")

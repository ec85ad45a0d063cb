"""How pages are rendered: Jinja2 with the GOV.UK macros, autoescape on, a nonce for the one inline script."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from cases import clock
from cases.config import current
from cases.models import ArrivalState, LetterState

LABELS = {
    "surname": "Surname", "forenames": "Forenames", "known_as": "Known as", "date_of_birth": "Date of birth",
    "sex": "Sex", "upn": "UPN", "year_group": "Year group", "ethnicity": "Ethnicity",
    "first_language": "First language", "address": "Address", "postcode": "Postcode", "parents": "Parents or carers",
    "siblings": "Brothers and sisters", "school_name": "School", "school_urn": "School's URN",
    "school_laestab": "School's LAESTAB", "referrer_name": "Referred by", "referrer_role": "Referrer's role",
    "referrer_phone": "Referrer's telephone", "referrer_email": "Referrer's email", "referral_date": "Date of the form",
    "last_attended": "Last attended", "off_roll_date": "Taken off roll", "admission_date": "Admitted", "reason": "Reason",
    "reason_code": "Reason code", "source_code": "Source code", "ground": "Ground for deletion",
    "destination_school": "Next school", "destination_address": "New address", "destination_country": "Country moved to",
    "move_date": "Date of the move", "narrative": "What happened", "child_protection_plan": "Child protection plan",
    "child_in_need": "Child in need", "looked_after": "Looked after", "ehcp": "EHC plan", "sen_support": "SEN support",
    "young_carer": "Young carer", "eal": "English as an additional language", "private_fostering": "Private fostering",
    "traveller": "Traveller", "social_worker": "Social worker", "safeguarding_concern": "Safeguarding concern",
    "enquiries": "Enquiries made", "ctf_sent": "CTF sent", "parental_letter": "Parents' letter",
}  # fmt: skip
FORMS = {
    "cme": "CME referral", "removal": "Removal from roll", "ehe": "Elective home education",
    "admission": "Pupil admitted", "starters_leavers": "Starters and leavers",
    "ewo_notification": "EWO's notification (NCME1)", "checklist": "Check list of enquiries",
    "update": "Update by email", "unknown": "Form of unknown kind",
}  # fmt: skip


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment of all pages."""
    env = Environment(**options)
    env.loader = ChoiceLoader(
        [
            env.loader,  # type: ignore[list-item]
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    env.globals.update(static=static, url=lambda name, *args: reverse(name, args=args))
    env.filters.update(
        day=day,
        moment=moment,
        who=who,
        label=label,
        shown=shown,
        typed=typed,
        form=lambda f: FORMS.get(f, f),
    )
    return env


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows."""
    return {
        "council": current().council,
        "demonstration": _demonstration(request),
        "person": getattr(request, "user", None) or AnonymousUser(),
        "CSP_NONCE": getattr(request, "csp_nonce", ""),
        "arrival_states": dict(ArrivalState.choices),
        "letter_states": dict(LetterState.choices),
    }


_told: tuple[str, str | None] = ("", None)


def _demonstration(request: HttpRequest) -> str | None:
    """Return the sentence about the moved clock; the same for a minute."""
    global _told
    now = getattr(request, "now", None)
    if now is None or now - datetime.now(UTC) < timedelta(seconds=5):
        return None
    minute = f"{now:%Y-%m-%d %H:%M}"
    if _told[0] != minute:
        _told = (minute, clock.demonstration())
    return _told[1]


def day(value: Any) -> str:
    """Return a day as 3 March 2027."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return value
    if isinstance(value, datetime):
        value = value.astimezone(clock.UK).date()
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: datetime | None) -> str:
    """Return an instant as 3 March 2027, 14:05 (UK time)."""
    return f"{day(value)}, {value.astimezone(clock.UK):%H:%M}" if value else ""


def label(field: str) -> str:
    """Return a field's name in the team's words."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


def who(role: str) -> str:
    """Return a role of the policy in words."""
    words = {"ewo": "EWO", "cme_officer": "CME officer", "senior_ewo": "Senior EWO"}
    return words.get(role, role.replace("_", " ").capitalize())


def typed(value: Any) -> str:
    """Return a value as it stands in a box to be typed over: days as 14/03/2015, yes or no."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return ""
        case str() if len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
            return f"{value[8:]}/{value[5:7]}/{value[:4]}"
        case _:
            return str(value)


def shown(value: Any) -> str:
    """Return a value as people read it."""
    match value:
        case True:
            return "Yes"
        case False:
            return "No"
        case None:
            return ""
        case list():
            return "; ".join(shown(v) for v in value)
        case dict():
            return ", ".join(
                f"{k.replace('_', ' ')}: {shown(v)}"
                for k, v in value.items()
                if v not in (None, "")
            )
        case str() if len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
            return day(value)
        case str() if "_" in value and value.replace("_", "").isalpha() and value.islower():
            return value.replace("_", " ")
        case _:
            return str(value)

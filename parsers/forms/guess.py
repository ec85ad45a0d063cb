"""A label that no vocabulary knows, understood by a telling word and the shape of its answer.

Both must agree: "Final day physically in class" tells of a last day and 02/10/2026 is a date. One of
them alone is never enough, and a value found this way is never surer than 0.93.

Source: docs/reading.md, "unknown labels".
"""

from __future__ import annotations

import re

from parsers import countries, dates, fields, grounds, phones
from parsers.fields import Got
from parsers.forms.answers import Asking
from parsers.pairs import Pair
from parsers.words import is_no_value, squash

_DATES = (
    ("date_of_birth", r"\bbirth|\bborn\b"),
    (
        "last_attended",
        r"(?:last|final)\b.*\b(?:day|date|attend|present|seen|class|lesson|mark|school|session|here|in)\b"
        r"|(?:last|final|most recent|latest)\b.*\b(?:attend|present|seen|session|mark|day|sighting)"
        r"|(?:not|n.t) been (?:in|seen|at school|to school)\b|ceased (?:to attend|attending)|stopped (?:attending|coming)",
    ),
    (
        "off_roll_date",
        r"(?:off|remov|taken|delet|left|leav|struck|came|come|withdr).*\b(?:roll|regist|books|school)|off.?roll"
        r"|roll end|(?:name|pupil|date of|day of|child) (?:was |is )?(?:delet|remov|struck)|de-?regist|ceased to be (?:on|a) ",
    ),
    ("move_date", r"\bmov(?:e|ed|ing)\b|depart|travel|flight|left the|emigrat|relocat|\barriv"),
    (
        "admission_date",
        r"admi(?:t|s)|\bstart|\bjoin|enrol|\bentry|\bon.?roll (?:from|since)|(?:placed|added|put|came) on(?: to)?\b.*\broll|first day at (?:that|the|new)",
    ),
    ("referral_date", r"complet|raised|signed|report(?:ed)? on|refer|submit|notif|form"),
)
_OTHER_DATES = re.compile(
    r"\b(?:letter|visit|mash|meeting|review|check|call|phone|contact(?:ed)?|sibling|plan|police|exclu|absen|social|"
    r"receiv|report\b|into|history|appl(?:y|ied)|offer|decision|uk|ctf|fte|ehcp?|email|leave of|return|due)", re.I)  # fmt: skip
_YES_NO = (
    ("looked_after", r"\bin care\b|care of|looked after|\blac\b|\bcla\b"),
    ("ehcp", r"\behc|education,? health"),
    ("child_protection_plan", r"child protection"),
    ("child_in_need", r"in need\b|\bcin\b"),
    ("private_fostering", r"private(?:ly)? foster"),
    ("young_carer", r"young carer|caring for"),
    ("traveller", r"travell?er|gypsy|\broma\b"),
    ("ctf_sent", r"^(?!.*\breceived).*(?:common transfer|\bctf\b)"),
    (
        "parental_letter",
        r"(?:parent|family).*(?:letter|written|notice)|(?:letter|written|notice).*(?:parent|family)",
    ),
    ("sen_support", r"\bsend?\b.*(?:support|register)|special educational"),
)
_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Mx|Rev)\.? )?(?:(?:[A-Z][\w'’.-]*|de|la|van|von|bin|al|el|da|dos|ap|ab) ?){1,5}"
)
_SENDER = re.compile(
    r"\b(?:filled (?:in|out)|complet\w*|submitted|made|sent|requested|prepared|returned|reported|notified|referred|raised|"
    r"written|carried out|compiled|provided|supplied|entered|verified) by\b|^notifier\b|^from$|"
    r"\b(?:person|professional|staff|colleague|member of staff|officer|individual)(?:'s|s)?\b.*\b(?:name|complet\w+|mak\w+|submitt\w+|fill\w+|"
    r"return\w*|notif\w+|refer\w+|report\w+|send\w+|rais\w+)\b|\b(?:lead|contact) (?:professional|person)\b|\b(?:attendance|admissions|pastoral|inclusion) (?:lead|officer|manager)\b"
    r"|^name of (?:referr|notif|submit|sender)|^sender\b", re.I)  # fmt: skip
_ELDER = re.compile(r"\b(?:parents?|parental|carers?|guardians?|mother|father|mum|dad|grandparents?|adult|household|family member)(?:'s|s)?\b|"
                    r"\bresponsib\w+ for (?:the )?(?:child|pupil)|\bp\.?r\.?\b", re.I)  # fmt: skip
_NO_ELDER = re.compile(r"address|signature|signed|employ|language|landlord|friend|siblin|worker|teacher|new partner|other professional|spoke|interpreter|completed by", re.I)  # fmt: skip
_CALL = re.compile(r"phone|\bline\b|number|\bno\b|contact|\btel\b|mobile|\bcall|\bcell", re.I)
_WHY = re.compile(
    r"^(?!.*\b(?:late|delay\w*|not sent|not known|without)\b).*\b(?:reason|trigger|why|category|cause)\b.*\b(?:refer|leav|miss|concern|left|remov|notif|withdr|chos|ehe|home.?educ|not attend|absen|off.?roll)", re.I)  # fmt: skip
_SCHOOL = re.compile(r"\b(?:school|academy|college|primary|infants?|juniors?|high|grammar)\b", re.I)
_NEW = re.compile(
    r"\b(?:new|onward|next|receiving|destination|future|moving|moved|forward(?:ing)?|going|gone|relocat\w*|abroad|overseas|"
    r"transferr?\w*|now (?:attend|enrol|liv|at|on)\w*|intended|proposed|after leaving)\b",
    re.I,
)


def field(pair: Pair, words: str, owner: str | None, asking: Asking) -> tuple[str, float] | None:
    """Return the field that an unknown label asks for, and how surely; None when in doubt."""
    label = squash(pair.label).casefold()
    text = squash(words)
    section = pair.section
    if (
        section in ("office", "guidance", "sibling", "enquiries", "other")
        or not 1 < len(label) <= 120
        or re.search(
            r"\b(?:siblings?|brothers?|sisters?|friend|gp|doctor|landlord|police)\b", label
        )
        or is_no_value(text)
    ):
        return None
    upn = fields.upn(text)
    if isinstance(upn, Got) and upn.sure > 0.9 and len(text) < 25:
        return "upn", 0.93
    if re.fullmatch(r"\W*(?:yes|no|y|n)\b.{0,40}", text, re.I):
        if re.search(
            r"\b(?:history|previous\w*|ever|formerly|past|date|liaison|team|service|involved)\b",
            label,
        ):
            return None
        hits = [name for name, pattern in _YES_NO if re.search(pattern, label)]
        return (hits[0], 0.9) if len(hits) == 1 else None
    kind: dates.Kind = "birth" if re.search(r"\bbirth|\bborn\b", label) else "event"
    if not isinstance(dates.read(text, on=asking.on, kind=kind, sheet=asking.sheet), str):
        if section in ("parent", "social_worker", "school") and kind == "birth":
            return None
        found = next((name for name, pattern in _DATES if re.search(pattern, label)), None)
        if found is None or (found != "date_of_birth" and _OTHER_DATES.search(label)):
            return None
        if found == "referral_date" and section in ("new_school", "parent"):
            return None
        return found, 0.9
    return _by_words(label, text, section, owner, asking)


def _by_words(
    label: str, text: str, section: str | None, owner: str | None, asking: Asking
) -> tuple[str, float] | None:
    whose = (
        section
        if section in ("parent", "referrer")
        else owner
        if owner in ("parent", "referrer")
        else None
    )
    if re.fullmatch(r"(?:male|female|m|f|boy|girl)", text, re.I) and section not in ("parent", "school", "referrer") and (
        re.search(r"\b(?:sex|gender|male|boy|child is|pupil is|student is)\b", label)):  # fmt: skip
        return "sex", 0.93
    if re.fullmatch(r"\d{3} ?/ ?\d{4}", text) and re.search(
        r"\b(?:dfe|dfes|estab|est|lea|la|number|no|code)\b", label
    ):
        return "school_laestab", 0.93
    if re.fullmatch(r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}", text) and section in (None, "child") and (
        re.search(r"\bp(?:ost)?[ /.-]?code\b|\bpost(?:al)?\b", label) and not _NEW.search(label)
        and not re.search(r"school|parent|carer|work|office", label)):  # fmt: skip
        return "postcode", 0.93
    if isinstance(fields.postcode(text), Got) and len(text) > 12:
        if section in ("referrer", "school") or re.search(
            r"school|setting|academy|work|office|agency|gp\b|parent|carer", label
        ):
            return None
        if re.search(r"address|live|living|resid|\bhome\b|postal|whereabouts|accommodation", label):
            return (
                "destination_address"
                if _NEW.search(label) or section == "new_school"
                else "address"
            ), 0.88
        return None
    if (
        re.search(r"\byear\b|\bcurr\b|\byr\b|\bncy\b", label)
        and len(text) < 25
        and isinstance(fields.year_group(text), Got)
    ):
        return "year_group", 0.9
    if re.search(r"ground|regulation|legal|statutory|lawful", label) and isinstance(
        grounds.ground(text, asking.scheme), Got
    ):
        return "ground", 0.9
    if (
        _SCHOOL.search(text)
        and re.search(r"school|setting|academy|provision|provider|establish", label)
        and len(text) < 90
    ):
        return (
            "destination_school" if _NEW.search(label) or section == "new_school" else "school_name"
        ), 0.88
    if (
        phones.read(text)
        and re.search(r"phone|line|number|contact|tel|mobile|call", label)
        and whose
    ):
        return f"{whose}_phone", 0.88
    if fields.url_email(text) == text.casefold() and whose:
        return f"{whose}_email", 0.9
    named = 2 <= len(text.split()) <= 5 and len(text) < 50 and bool(fields.adult(text)) and not _SCHOOL.search(text) and _NAME.fullmatch(text)  # fmt: skip
    if (
        named
        and _SENDER.search(label)
        and not re.search(r"\bvisit|\bla\b|council|office use|\bspoke", label)
    ):
        return "referrer_name", 0.9
    if (
        named
        and section not in ("referrer", "school", "social_worker")
        and _ELDER.search(label)
        and not _NO_ELDER.search(label)
    ):
        return "parent_name", 0.88
    if phones.read(text) and len(text) < 60 and _CALL.search(label):
        if _ELDER.search(label) or re.search(r"\b(?:emergency|home|family)\b", label):
            return "parent_phone", 0.88
        if re.search(
            r"\b(?:you|your|school|office|staff|referrer|submitt|complet|profession)", label
        ):
            return "referrer_phone", 0.88
    if fields.url_email(text) == text.casefold() and whose is None:
        if _ELDER.search(label):
            return "parent_email", 0.88
        if re.search(
            r"\b(?:you|your|school|office|staff|referrer|submitt|complet|profession)", label
        ):
            return "referrer_email", 0.88
    if re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){1,4}", text) and re.search(
        r"\b(?:name|who)\b.*\b(?:child|pupil|student|learner|young person)\b|^(?:child|pupil|student|learner)\b.*\bname\b", label) and not re.search(
        r"parent|carer|school|worker|teacher|sibling|brother|sister|by\b|referr|friend|\blives?\b|complet|return", label):  # fmt: skip
        return (
            ("full_name", 0.88)
            if section in (None, "child", "event") and _NAME.fullmatch(text)
            else None
        )
    if re.search(r"\b(?:role|job|post|position|profession|capacity|designation)\b", label) and not re.search(r"parent|carer", label) and (
        len(text) < 50 and not re.search(r"[\d@]", text) and (whose == "referrer" or section is None or re.search(r"submitt|complet|staff|your|lead|referr", label))):  # fmt: skip
        return "referrer_role", 0.88
    if text.casefold().strip(" .") in countries.NAMES and re.search(r"\bcountry\b", label) and not re.search(
        r"birth|origin|national|from", label):  # fmt: skip
        return "destination_country", 0.9
    if re.search(r"\blanguage\b", label) and re.fullmatch(
        r"[A-Z][a-z]+(?:[ /,&]+[A-Z]?[a-z]+){0,3}", text
    ):
        return "first_language", 0.9
    if re.search(r"\bethnic", label) and len(text) < 50:
        return "ethnicity", 0.9
    if whose == "referrer" and len(text) < 50:
        if re.search(r"\b(?:post|role|job|position|capacity|title)\b", label):
            return "referrer_role", 0.88
        if re.search(r"\b(?:name|staff|by|person|who|member)\b", label) and fields.adult(text):
            return "referrer_name", 0.88
    if whose == "parent" and len(text) < 50:
        if re.search(r"relation|connection|link", label):
            return "parent_relationship", 0.88
        if re.search(r"\b(?:name|adult|who|person|responsible)\b", label) and fields.adult(text):
            return "parent_name", 0.88
    if (
        2 <= len(text.split()) <= 25
        and _WHY.search(label)
        and section not in ("enquiries", "needs")
    ):
        return "reason", 0.88
    if len(text) > 25 and text.count(" ") > 4 and re.search(
        r"worr|\bwhy\b|event|know|situation|happen|story|circumstanc|concern|summar|background|explain|describe|tell us|inform|detail|account", label):  # fmt: skip
        return "narrative", 0.85
    return None

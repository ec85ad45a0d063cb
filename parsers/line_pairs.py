"""One line of words taken apart into its questions and their answers.

"Surname: Nkemelu   Born 12.12.2012", leaders, dashes, bold labels, wide spaces, several on a line.

Source: docs/reading.md, "layouts".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.documents.model import Text
from parsers.pairs import VALUEISH, Strong
from parsers.vocabulary import Match, Vocabulary
from parsers.words import squash, without_leaders

_YES_NO = re.compile(r"(?P<label>.+?)[\s:]+(?P<answer>yes|no|y|n)", re.I)
_YEAR = re.compile(r"(?:y(?:ea)?r? ?)?\d{1,2}|R|reception|nursery|N[12]", re.I)
_TITLED = re.compile(r"\s(?:mr|mrs|ms|miss|mx|dr|rev|sr)\b", re.I)  # the name has begun
DASH = re.compile(r"\s+[-–—]\s+|\s*[-–—]\s+(?=\S)")


class LinePairs:
    """Takes lines apart; `dashed` says that this form parts its questions from its answers by dashes."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.dashed = False

    def of(self, texts: list[Text], whole: str) -> list[tuple[str, Match | None, str]]:
        """Return the questions on a line with their answers; none if it is not such a line."""
        if len(texts) > 1 and "bold" in texts[0].styles and "bold" not in texts[1].styles:
            label = texts[0].text.strip()
            match = self.words.match(label)
            value = squash(" ".join(t.text for t in texts[1:]))
            if (match or label.endswith(":")) and ":" not in value.replace("://", ""):
                return [(label, match, value.lstrip(" :-–").strip())]
        segments = [s for s in re.split(r"\t+|\s{3,}|\s[|]\s", whole) if s.strip()]
        flags = self._flags(segments)
        if flags:
            return flags
        if len(segments) > 1 and ":" not in whole:
            return self._prefixes(segments) or self._spaced(segments)
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            made = self.colons(segment)
            if not made and pairs and not pairs[-1][2]:
                pairs[-1] = (pairs[-1][0], pairs[-1][1], segment.strip())
            elif not made and pairs and self._begins(segment):
                pairs.append((segment.strip(), self.words.match(segment), ""))
            elif not made and pairs:
                pairs[-1] = (pairs[-1][0], pairs[-1][1], pairs[-1][2] + " " + segment.strip())
            elif not made and len(segments) > 1:
                match = self.words.match(segment)
                if match is None:
                    return []
                pairs.append((segment.strip(), match, ""))
            else:
                pairs.extend(made)
        return pairs

    def _flags(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        """Read "Is the pupil: CLA N   CP N   EHCP Y": short questions with their yes or no."""
        found = [_YES_NO.fullmatch(s.strip()) for s in segments]
        if len(segments) < 3 or sum(f is not None for f in found) < len(segments) - 1:
            return []
        pairs: list[tuple[str, Match | None, str]] = []
        for one in found:
            label = one["label"].rpartition(":")[2].strip() if one else ""
            match = self.words.match(label)
            if one and match is not None:
                pairs.append((label, match, one["answer"]))
        return pairs if len(pairs) >= 2 else []

    def _prefixes(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        """Read "Surname Nkemelu    Forename Ada    Born 12.12.2012"."""
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            found = self.prefixed(segment.strip(), short=True)
            if found is None:
                continue
            pairs.append((found[0], found[1], found[2]))
        return pairs if len(pairs) >= max(2, 0.6 * len(segments)) else []

    def prefixed(self, whole: str, short: bool = False) -> tuple[str, Match, str] | None:
        """Cut "Date of birth 14 March 2015" where its label ends; sentences are left alone."""
        words = whole.split()
        if not 2 <= len(words) <= 14 or whole.endswith((".", "!", "?", ":")) or len(whole) > 90:
            return None
        for size in range(min(6, len(words) - 1), 0, -1):
            label, value = " ".join(words[:size]), " ".join(words[size:])
            match = self.words.match(label)
            if (
                match is None
                or match.how not in ("exact", "grammar")
                or match.field == "outside"
                or _TITLED.search(label)
                or not re.match(r"[^\W_a-z]|[(+]", value)
            ):
                continue
            dated = match.field in (
                "date_of_birth",
                "last_attended",
                "off_roll_date",
                "phone",
                "upn",
                "parent_phone",
                "move_date",
            )
            if dated and not re.search(r"\d", value):
                return None
            pair = (
                match.field == "parent_name"
                and "/" in label
                and re.fullmatch(r"(?:[A-Z][\w'’-]+\s?){2,4}", value)
            )
            if (
                size == 1
                and not short
                and not dated
                and not pair
                and not (match.field == "year_group" and _YEAR.fullmatch(value))
                and match.field
                not in ("surname", "forenames", "sex", "postcode", "school_name", "ethnicity")
            ):
                return None
            if match.field == "school_name" and not re.search(
                r"school|academy|college|primary|high|infant|junior", value, re.I
            ):
                return None
            return label, replace(match, sure=0.88), value
        return None

    def _begins(self, segment: str) -> bool:
        """Say whether a stretch of a line is another label that has no colon."""
        match = self.words.match(segment)
        return match is not None and match.how in Strong and not VALUEISH.fullmatch(segment.strip())

    def _spaced(self, segments: list[str]) -> list[tuple[str, Match | None, str]]:
        pairs: list[tuple[str, Match | None, str]] = []
        for segment in segments:
            match = self.words.match(segment)
            if match and match.how in Strong and not (pairs and not pairs[-1][2]):
                pairs.append((segment.strip(), match, ""))
            elif pairs:
                label, known, value = pairs[-1]
                pairs[-1] = (label, known, (value + " " + segment).strip())
            else:
                return []
        return pairs

    def colons(self, text: str) -> list[tuple[str, Match | None, str]]:
        if len(text) > 3000 or text.count(":") > 40:
            return []
        if ":" not in text and "?" not in text and "=" not in text:
            return self._dashed(text)
        parts = re.split(r"(?<!\d):(?!//)|(?<=\d):(?!\d|//)|(?<=[A-Za-z)])\?(?=\s|$)|\s?=\s", text)
        if len(parts) < 2:
            return self._dashed(text)
        label = parts[0].strip()
        if (
            not label
            or len(label) > 160
            or (len(label.split()) > 9 and self.words.match(label) is None)
        ):
            return []
        if re.search(r"[.!;]\s", label) and self.words.match(label) is None and len(label) > 40:
            return []
        pairs: list[tuple[str, Match | None, str]] = []
        for index in range(1, len(parts)):
            part = parts[index]
            last = index == len(parts) - 1
            value, following = (part, None) if last else self._tail(part)
            if following is None and not last:
                parts[index + 1] = part + ": " + parts[index + 1]
                continue
            pairs.append((label, self.words.match(label), without_leaders(value).strip(" ,;:")))
            label = following or ""
        return pairs

    def _dashed(self, text: str) -> list[tuple[str, Match | None, str]]:
        if " - " not in text and " – " not in text:
            return []
        label, *rest = DASH.split(text, maxsplit=1)
        if not rest or len(label) > 40 or not label:
            return []
        match = self.words.match(label)
        known = match is not None and (
            match.how == "exact" or (self.dashed and match.how in Strong)
        )
        if known or (self.dashed and len(label.split()) <= 6 and label[:1].isupper()):
            return [(label.strip(), match, rest[0].strip())]
        return []

    def _tail(self, part: str) -> tuple[str, str | None]:
        """Cut "14/03/2015 Gender" into the answer before and the label that follows it."""
        words = part.split()
        for size in range(min(7, len(words)), 0, -1):
            tail = " ".join(words[-size:])
            match = self.words.match(tail)
            if (
                words[-size] in ("School", "Academy", "College", "Primary")
                and size < len(words)
                and words[-size - 1][:1].isupper()
            ):
                continue
            if (match and match.how in Strong and match.how != "parts") or (
                match and size > 1 and match.how == "parts"
            ):
                return " ".join(words[:-size]), tail
        return part, None

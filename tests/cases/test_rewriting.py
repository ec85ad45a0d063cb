"""The officer's own words in a letter that waits: checked, made into the same letter again, and told in the timeline."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta

import pytest
from stories import NOW, OTHER, arrive, form, referred
from stories import email as post

from cases import chases
from cases.models import Entry, Letter, StoredBytes
from cases.record import letters, rewriting
from mail.letters import LetterRefused

pytestmark = pytest.mark.usefixtures("council")
LATER = NOW + timedelta(hours=1)
WORDS = "Dear colleague,\n\nplease name an officer for {ref} today.\n\nKind regards\nThe team\n"


def waiting() -> Letter:
    """Return the letter that asks for an EWO."""
    referred()
    chases.sweep(NOW)
    return Letter.objects.get(recipient="team.manager@wrenshire.example")


def rewrite(letter: Letter, text: str, why: str = "warmer") -> Letter:
    return rewriting.rewrite(letter.pk, text, seen=letter.raw_id, by="officer", why=why, now=LATER)


def test_the_words_are_the_officer_s_and_the_letter_is_the_same_letter() -> None:
    letter = waiting()
    assert letter.case is not None
    before = email.message_from_bytes(letters.exact_bytes(letter), policy=email.policy.default)
    words = WORDS.format(ref=letter.case.ref)
    changed = rewrite(letter, words.replace("\n", "\r\n"))
    after = email.message_from_bytes(letters.exact_bytes(changed), policy=email.policy.default)
    assert rewriting.words_of(changed) == words
    for name in ("From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted"):
        assert after[name] == before[name]
    twin = after.get_body(("html",))
    assert twin is not None
    assert "please name an officer" in twin.get_content()
    assert sorted(after.keys()) == sorted(before.keys())
    assert (changed.state, changed.message_id) == ("held", letter.message_id)


def test_who_when_and_why_are_kept_and_the_old_bytes_are_not() -> None:
    letter = waiting()
    assert letter.case is not None
    old = letter.raw_id
    changed = rewrite(letter, WORDS.format(ref=letter.case.ref))
    told = Entry.objects.get(act="letter rewritten")
    assert (told.by, told.at, told.why, told.case) == ("officer", LATER, "warmer", letter.case)
    assert told.data == {
        "letter": letter.pk, "kind": "assign_ewo", "before": old, "after": changed.raw_id,
    }  # fmt: skip
    assert not StoredBytes.objects.filter(pk=old).exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no words"), ("\n \n", "no words"), ("x" * 10_001, "too long"),
        ("About {ref}: please ring {{{{ name }}}}.", "gap"), ("About {ref}: due on ______.", "gap"),
        ("About {ref}: dear [name], please answer.", "gap"),
        ("Please name an officer.", "must stay"),
        ("About {ref}: Ayaan has no officer.", "name"), ("About {ref}: the THORNBURY child.", "name"),
        ("About {ref}, born 14/03/2015.", "date of birth"), ("About {ref}, born 14 March 2015.", "date of birth"),
        ("About {ref}, UPN V935211314250.", "UPN"), ("About {ref}, of WP1 4ZZ.", "postcode"),
        ("About {ref}, of WP14ZZ.", "postcode"), ("About {ref}, of 12 Quayside Row.", "address"),
    ],
)  # fmt: skip
def test_words_that_cannot_go_are_refused_and_change_nothing(text: str, why: str) -> None:
    letter = waiting()
    assert letter.case is not None
    with pytest.raises(LetterRefused, match=why):
        rewrite(letter, text.format(ref=letter.case.ref))
    letter.refresh_from_db()
    assert rewriting.words_of(letter).startswith("The case ")
    assert not Entry.objects.filter(act="letter rewritten").exists()


@pytest.mark.parametrize(
    "evil",
    [
        "Subject: x\r\nBcc: a@b.example\r\n\r\n{ref}", "{ref}\r\n.\r\nMAIL FROM:<a@b.example>\r\n",
        "{ref}\nBcc: a@b.example", "{ref}\x00\x0b\u2028Bcc: a@b.example", "--=_out\r\nContent-Type: text/html\r\n\r\n{ref}",
    ],
)  # fmt: skip
def test_nothing_typed_becomes_a_header_or_a_part(evil: str) -> None:
    letter = waiting()
    assert letter.case is not None
    before = email.message_from_bytes(letters.exact_bytes(letter), policy=email.policy.default)
    changed = rewrite(letter, evil.format(ref=letter.case.ref))
    after = email.message_from_bytes(letters.exact_bytes(changed), policy=email.policy.default)
    assert sorted(after.keys()) == sorted(before.keys())
    assert after["Bcc"] is None
    assert [p.get_content_type() for p in after.walk()] == [
        p.get_content_type() for p in before.walk()
    ]


def test_a_letter_that_has_gone_or_changed_is_left_alone() -> None:
    letter = waiting()
    assert letter.case is not None
    words = WORDS.format(ref=letter.case.ref)
    rewrite(letter, words)
    with pytest.raises(rewriting.Gone):
        rewrite(letter, words + "More.\n")  # somebody else's page still shows the first words
    letter.refresh_from_db()
    letters.approve([letter.pk], by="officer", now=LATER)
    with pytest.raises(rewriting.Gone):
        rewrite(letter, words + "More.\n")


def test_every_question_of_a_letter_about_several_stays_in_it() -> None:
    referred()
    arrive(post(files=[("two.docx", form(OTHER))]))
    chases.sweep(NOW)
    letter = Letter.objects.get(recipient="team.manager@wrenshire.example")
    first, second = sorted(rewriting._references(rewriting.words_of(letter)))
    with pytest.raises(LetterRefused, match=second):
        rewrite(letter, f"About {first} only.")
    with pytest.raises(LetterRefused, match="name"):
        rewrite(letter, f"About {first} and {second}, Zawadi.")
    assert "by return" in rewriting.words_of(rewrite(letter, f"{first} and {second}, by return."))

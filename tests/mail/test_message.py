"""Reading: every mail of the hard corpus, every trap met, and whatever bytes chance brings."""

from __future__ import annotations

import random
from functools import cache
from hashlib import sha256

import corpus
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mail import headers, replies
from mail.message import is_email, is_msg, read_email, read_msg, unpack
from mail.values import Email
from mail.words import better

SAMPLES = corpus.messages()


@cache
def read(name: str) -> Email:
    return read_email(SAMPLES[name].raw)


def test_the_corpus_is_large_enough() -> None:
    assert len(SAMPLES) >= 100


def _look(email: Email, path: str) -> object:
    if path == "html":
        return bool(email.html)
    if path == "notes.several_senders":
        return "several_senders" in email.notes
    if path.startswith("notes."):
        return email.notes.get(path.removeprefix("notes."))
    found: object = email
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_each_hard_mail_says_what_it_says(name: str) -> None:
    sample = SAMPLES[name]
    email = read(name)
    paths = [leaf.path for leaf in email.leaves]
    assert len(paths) == len(set(paths))  # every leaf can be told apart, so each has one decision
    if sample.leaves is not None:
        assert sorted(paths) == sorted(sample.leaves)
    for words in sample.new:
        assert words in email.new_text
    for words in sample.not_new:
        assert words not in email.new_text
    assert email.machine == sample.machine
    if sample.refs:
        assert email.case_refs == sample.refs
    assert (email.problem[0] if email.problem else None) == sample.problem
    problems = {leaf.path: leaf.problem[0] for leaf in email.leaves if leaf.problem}
    if sample.leaves is not None:
        assert problems == sample.problems
    for path, expected in sample.more.items():
        assert _look(email, path) == expected, path
    for text in (email.text, email.new_text, email.subject, email.sender.name, email.message_id):
        text.encode("utf-8")
        assert "\0" not in text
    assert not set("\r\n") & set(email.subject + email.sender.name + email.sender.address)


def test_a_reference_that_is_none_is_not_found() -> None:
    for name in (
        "a date is no reference",
        "a number of pupils is no reference",
        "another word is no reference",
    ):
        assert read_email(SAMPLES[name].raw).case_refs == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert read_email(SAMPLES[name].raw) == read(name)


def test_the_form_comes_out_of_every_wrapping_unchanged() -> None:
    for name in SAMPLES:
        for leaf in read(name).leaves:
            mac = "__MACOSX" in leaf.path  # listed, never opened
            if leaf.path.endswith("Form 1.docx") and not leaf.problem and not mac:
                assert leaf.data == corpus.FORM, name


def test_a_locked_zip_opens_with_its_password_and_no_other() -> None:
    raw = SAMPLES["zip locked"].raw
    [leaf] = read_email(raw, ["wrong", "alder"]).leaves
    assert leaf.path == "f.zip/Form 1.docx"
    assert leaf.data == corpus.FORM
    assert leaf.problem is None
    [leaf] = read_email(raw, ["wrong"]).leaves
    assert leaf.problem is not None
    assert leaf.problem[0] == "locked"
    assert read_email(raw).content_key == read_email(raw, ["alder"]).content_key


# --- identity -------------------------------------------------------------------------------------


def test_a_mail_rendered_anew_is_the_same_mail() -> None:
    raw = SAMPLES["plain attachment"].raw
    boundary = raw.partition(b'boundary="')[2].partition(b'"')[0]
    anew = b"Received: from a by b; Thu, 22 Oct 2026 10:00:00 +0100\r\n" + raw.replace(
        boundary, b"other-boundary"
    )
    anew = anew.replace(
        b"Date: Thu, 22 Oct 2026 09:14:00 +0100", b"Date: Thu, 22 Oct 2026 08:14:00 +0000"
    )
    assert read_email(anew).content_key == read_email(raw).content_key
    assert read_email(raw.replace(b"\r\n", b"\n")).content_key == read_email(raw).content_key


def test_f11_the_same_id_with_another_attachment_is_another_mail() -> None:
    a = corpus.attached("same", ("f.docx", corpus.FORM))
    b = corpus.attached("same", ("f.docx", corpus.FORM + b"x"))
    assert read_email(a).message_id == read_email(b).message_id
    assert read_email(a).content_key != read_email(b).content_key


@pytest.mark.parametrize("drop", [("Message-ID",), ("Message-ID", "Date")])
def test_f10_two_mails_of_one_second_without_id_are_two(drop: tuple[str, ...]) -> None:
    a = corpus.headed(drop=drop, body="about one child\r\n")
    b = corpus.headed(drop=drop, body="about another child\r\n")
    assert read_email(a).content_key != read_email(b).content_key


def test_no_two_mails_of_the_corpus_are_taken_for_one() -> None:
    by_key: dict[str, str] = {}
    for name in SAMPLES:
        key = read(name).content_key
        other = by_key.setdefault(key, name)
        if other != name:
            a, b = read(name), read(other)
            # They may share a key only when sender, time, subject, words and files are all the same.
            assert (a.sender.address, a.date, a.subject, a.text.split()) == (
                b.sender.address,
                b.date,
                b.subject,
                b.text.split(),
            )
            assert [x.data for x in a.leaves] == [x.data for x in b.leaves], (name, other)


# --- bare files -----------------------------------------------------------------------------------


def test_a_bare_file_is_itself_or_what_it_holds() -> None:
    assert [x.path for x in unpack("dir/Form 1.docx", corpus.FORM)] == ["Form 1.docx"]
    forms = unpack("forms.zip", corpus.zipped({"a.docx": corpus.FORM, "b.pdf": corpus.PDF}))
    assert [x.path for x in forms] == ["forms.zip/a.docx", "forms.zip/b.pdf"]
    [locked] = unpack("f.zip", corpus.locked_zip("a.pdf", corpus.PDF, b"pw"))
    assert locked.problem
    assert locked.problem[0] == "locked"
    [opened] = unpack("f.zip", corpus.locked_zip("a.pdf", corpus.PDF, b"pw"), ["pw"])
    assert opened.data == corpus.PDF


def test_an_email_is_known_by_its_content() -> None:
    known = [
        n for n, s in SAMPLES.items() if not n.startswith(("f31", "slow")) and not is_email(s.raw)
    ]
    assert known == []
    for data in (
        b"",
        corpus.FORM,
        corpus.PDF,
        b"Surname: Thornbury\nFrom: 2 March\n",
        b"Dear team,\n\nFrom: x\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ):
        assert not is_email(data)
        assert not is_msg(data)


@pytest.mark.parametrize(
    "damage",
    [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000],
)
def test_a_damaged_outlook_file_is_held_not_lost(damage: bytes) -> None:
    [leaf] = read_msg(damage).leaves
    assert leaf.problem
    assert leaf.problem[0] == "unreadable"


def test_many_zips_in_one_mail_share_one_limit() -> None:
    bomb = corpus.zipped({"b.txt": b"\0" * 30_000_000})
    email = read_email(corpus.attached("x", ("a.zip", bomb), ("b.zip", bomb), ("c.zip", bomb)))
    assert sum(len(leaf.data) for leaf in email.leaves if not leaf.problem) <= 50_000_000
    assert [leaf.problem[0] for leaf in email.leaves if leaf.problem] == ["refused", "refused"]


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(corpus.zipped({"b.txt": b"\0" * 60_000_000}))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    email = read_email(corpus.attached("x", ("a.zip", bytes(data))))
    assert all(leaf.problem for leaf in email.leaves)
    assert sum(len(leaf.data) for leaf in email.leaves) < 1_000_000


def test_every_problem_is_a_reason_of_the_contract_with_a_sentence() -> None:
    reasons = {"locked", "unreadable", "refused", "encrypted_message", "portal_link", "server_stub"}
    for name in SAMPLES:
        email = read(name)
        for reason, words in [leaf.problem for leaf in email.leaves if leaf.problem] + (
            [email.problem] if email.problem else []
        ):
            assert reason in reasons
            assert words.endswith(".")
            assert len(words) > 20


# --- chance ---------------------------------------------------------------------------------------

QUICK = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck)
)


@QUICK
@given(st.binary(max_size=3000))
def test_read_email_never_raises_whatever_the_bytes(raw: bytes) -> None:
    email = read_email(raw)
    assert isinstance(email, Email)
    assert "broken" not in email.notes


@QUICK
@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 2**32))
def test_read_email_never_raises_on_mutated_mail(name: str, seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(SAMPLES[name].raw[:20_000])
    for _ in range(chance.randint(1, 12)):
        if not raw:
            break
        at = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                raw[at] = chance.randrange(256)
            case 1:
                del raw[at : at + chance.randint(1, 40)]
            case 2:
                raw[at:at] = chance.choice(
                    [
                        b'"',
                        b"(",
                        b"<",
                        b"=?",
                        b"?=",
                        b"\r\n",
                        b";",
                        b"*",
                        b"\0",
                        b"\xff",
                        b":",
                        b"--b\r\n",
                    ]
                )
            case _:
                raw[at:at] = raw[max(0, at - 30) : at]
    assert "broken" not in read_email(bytes(raw)).notes


@QUICK
@given(
    st.sampled_from(["From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To",
                     "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Authentication-Results", "Return-Path"]),
    st.binary(max_size=400),
)  # fmt: skip
def test_f31_no_header_hides_the_attachment(name: str, value: bytes) -> None:
    flat = value.replace(b"\r", b" ").replace(b"\n", b" ")
    raw = SAMPLES["plain attachment"].raw
    if not name.startswith("Content-"):
        lines = [
            line
            for line in raw.split(b"\n")
            if not line.lower().startswith(name.lower().encode() + b":")
        ]
        email = read_email(name.encode() + b": " + flat + b"\n" + b"\n".join(lines))
        assert [leaf.data for leaf in email.leaves] == [corpus.FORM]
    else:
        assert "broken" not in read_email(name.encode() + b": " + flat + b"\n" + raw).notes


def test_a_fault_in_the_reader_holds_the_bytes_and_loses_nothing(monkeypatch) -> None:
    monkeypatch.setattr(replies, "split", lambda text: 1 / 0)
    raw = SAMPLES["plain attachment"].raw
    email = read_email(raw)
    assert [(leaf.data, leaf.problem and leaf.problem[0]) for leaf in email.leaves] == [
        (raw, "unreadable")
    ]
    assert email.content_key == sha256(raw).hexdigest()


@QUICK
@given(st.text(max_size=600))
def test_nothing_of_the_text_is_lost_between_new_and_quoted(text: str) -> None:
    new, quoted = replies.split(text)
    assert sorted("".join(text.split())) == sorted("".join((new + quoted).split()))


@QUICK
@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=20)))
def test_any_bytes_become_words_that_can_be_stored(data: bytes, charset: str | None) -> None:
    text = headers.decode_bytes(data, charset)
    text.encode("utf-8")
    assert "\0" not in text


@QUICK
@given(
    st.binary(max_size=1500),
    st.sampled_from(["x.zip", "winmail.dat", "x.msg", "x.eml", "x"]),
    st.integers(0, 4),
)
def test_unpacking_never_raises(data: bytes, name: str, start: int) -> None:
    magic = [
        b"",
        b"PK\x03\x04",
        b"\x78\x9f\x3e\x22",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        corpus.tnef({"a": b"b"}),
    ][start]
    assert unpack(name, magic + data)


def test_zip_members_keep_their_bytes() -> None:
    data = bytes(range(256)) * 10
    [leaf] = unpack("a.zip", corpus.zipped({"Zoë.bin": data}))
    assert sha256(leaf.data).digest() == sha256(data).digest()
    assert leaf.name == "Zoë.bin"


def test_a_quoted_head_without_addresses_is_known_by_its_sent_line():
    text = "Bo has been found.\n\nFrom: CME\nSent: 20 October 2026\nTo: Office\n\nSurname: Finch\nForename: Ivy"
    new, quoted = replies.split(text)
    assert new == "Bo has been found."
    assert "Ivy" in quoted
    transfer = "From: Dale Primary\nDate: 20 October 2026\nTo: Lake Primary\n\nSurname: Finch"
    assert replies.split(transfer) == (transfer, "")


def test_a_table_that_only_the_html_has_is_read():
    page = "<p>Leavers:</p><table><tr><td>Al Ash</td><td>01/02/2014</td></tr><tr><td>Bea Birch</td><td>02/03/2015</td></tr></table>"
    assert "Al Ash" in better("see table", [page])
    assert better("see below", ["<p>See below, thanks</p>"]) == "see below"


def test_a_charset_that_fails_while_decoding_breaks_nothing():
    raw = (
        b"From: a@alder.example\r\nContent-Type: text/plain; charset=punycode\r\n"
        b"Content-Transfer-Enco\xf0ing: 8bit\r\n\r\nwords"
    )
    email = read_email(raw)
    assert "broken" not in email.notes
    assert "words" in email.new_text

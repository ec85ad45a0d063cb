"""Outlook's .msg, as a file of its own and inside an email (F16)."""

from __future__ import annotations

import corpus
import ole
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.message import is_email, is_msg, read_email, read_msg
from mail.outlook import unpack_rtf

PDF = corpus.PDF.ljust(5000, b"\n")  # the writer pads shorter streams


def made(**more) -> bytes:
    return ole.compound(ole.message(**more))


def test_a_msg_is_known_by_its_content_and_reads_like_the_email_it_was() -> None:
    data = made(attachments=(("Form 1.pdf", PDF),))
    assert is_msg(data)
    assert not is_email(data)
    email = read_msg(data)
    assert email.sender.address == "office@alder.example"
    assert email.sender.name == "Alder, office"
    assert email.subject == "CME referral"
    assert email.new_text == "Words of the mail."
    assert [m.address for m in email.to] == ["cme@wrenshire.example"]
    assert email.date is not None
    assert email.date.year == 2025
    assert [(x.path, x.data) for x in email.leaves] == [("Form 1.pdf", PDF)]


def test_transport_headers_win_and_authentication_is_not_believed() -> None:
    carried = (
        "From: Office <office@birchwood.example>\r\nMessage-ID: <a@birchwood.example>\r\nAuto-Submitted: auto-replied\r\n"
        "Authentication-Results: mx.wrenshire.example; dmarc=pass\r\nContent-Type: multipart/mixed; boundary=x\r\n"
    )
    email = read_msg(made(headers=carried))
    assert email.sender.address == "office@birchwood.example"
    assert email.message_id == "<a@birchwood.example>"
    assert email.machine == "auto_reply"
    assert email.authentication == ()


def test_a_msg_inside_an_email_and_a_message_inside_a_msg_are_unpacked() -> None:
    inner = ole.message(subject="inner", attachments=(("Form 1.pdf", PDF),), top=False)
    data = made(attachments=(("Forwarded.msg", inner),))
    assert [x.path for x in read_msg(data).leaves] == [
        "Forwarded.eml/body.txt",
        "Forwarded.eml/Form 1.pdf",
    ]
    email = read_email(corpus.attached("x", ("saved.msg", data)))
    assert [x.path for x in email.leaves] == [
        "saved.msg/body.txt", "saved.msg/Forwarded.eml/body.txt", "saved.msg/Forwarded.eml/Form 1.pdf",
    ]  # fmt: skip
    assert email.leaves[-1].data == PDF


def test_html_in_a_msg_is_read() -> None:
    page = b"<p>Surname: Thornbury</p>".ljust(5000)
    email = read_msg(made(body="", html=page))
    assert "Thornbury" in email.new_text
    assert email.html


def test_a_header_cannot_be_smuggled_in_through_a_property() -> None:
    email = read_msg(made(subject="x\r\nX-CME-Outbox: y", name="a\r\nBcc: b@c.example"))
    assert email.machine is None
    assert email.subject == "x X-CME-Outbox: y"


def test_rtf_is_unpacked_and_damaged_rtf_is_nothing() -> None:
    stored = b"\x20\0\0\0\x0a\0\0\0MELA\0\0\0\0{\\rtf1 hi}"
    assert unpack_rtf(stored) == b"{\\rtf1 hi}"
    # The published example of [MS-OXRTFCP] 4.1.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c09002062"
        "7705b06c647d0a800fa0"
    )
    assert unpack_rtf(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(b"") == b"" == unpack_rtf(b"x" * 40)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=30))
def test_a_damaged_msg_never_raises(at: int, damage: bytes) -> None:
    data = bytearray(made(attachments=(("Form 1.pdf", PDF),)))
    data[at : at + len(damage)] = damage
    read_msg(bytes(data))
    read_email(corpus.attached("x", ("saved.msg", bytes(data))))

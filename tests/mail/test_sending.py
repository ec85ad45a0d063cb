"""Sending: the answer is honest whatever the server does, and the bytes are the stored ones."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from servers import BadSmtp, bad_smtp, deliver, free_port, make_certificate

from mail import headers, sending
from mail.compose import BadAddress, Draft, compose, new_message_id
from mail.errors import TryLater
from mail.message import read_email
from mail.sending import Accepted, Refused, SendingSettings, TryAgain, Uncertain
from mail.values import Mailbox

NOW = datetime(2026, 10, 22, 9, 14, tzinfo=UTC)
OURS = Mailbox("Children Missing Education, Wrenshire", "cme@wrenshire.example")


def draft(**changes: object) -> Draft:
    base = Draft(
        subject="Your referral CME-2026-0142", text="Dear colleague,\n\n.dots stay\n",
        html="<p>Dear colleague,</p>", sender=OURS, reply_to=Mailbox("", OURS.address),
        recipient="office@alder.example", date=NOW,
        message_id="<out.0123456789abcdef01234567.CME-2026-0142@wrenshire.example>",
    )  # fmt: skip
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def settings(port: int, **more: object) -> SendingSettings:
    base = SendingSettings("127.0.0.1", port, OURS, tls="none", timeout=2)
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def test_the_stored_bytes_go_over_the_wire_unchanged(smtp: BadSmtp) -> None:
    raw = compose(draft(text=".\n..\n.leading dots\nend without newline"))
    assert isinstance(deliver(settings(smtp.port), raw, "ok@alder.example"), Accepted)
    assert smtp.taken == [("ok@alder.example", raw)]


@pytest.mark.parametrize(
    ("order", "expected", "taken"),
    [
        ("ok", Accepted, 1),
        ("550-rcpt", Refused, 0),
        ("450-rcpt", TryAgain, 0),
        ("421-rcpt", TryAgain, 0),
        ("554-data", Refused, 0),
        ("452-data", TryAgain, 0),
        ("drop-at-rcpt", TryAgain, 0),
        ("drop-after-dot", Uncertain, 1),  # F23
        ("drop-after-dot-untaken", Uncertain, 0),
        ("slow-answer", Uncertain, 1),
    ],
)
def test_f23_each_side_of_the_last_dot_is_told_apart(
    smtp: BadSmtp, order: str, expected: type, taken: int
) -> None:
    outcome = deliver(settings(smtp.port, timeout=1), compose(draft()), f"{order}@alder.example")
    assert isinstance(outcome, expected), outcome
    assert len(smtp.taken) == taken


def test_a_line_that_breaks_inside_the_letter_is_never_called_accepted(smtp: BadSmtp) -> None:
    raw = compose(draft(text="line\n" * 400_000))
    outcome = deliver(settings(smtp.port), raw, "drop-in-data@alder.example")
    assert isinstance(outcome, TryAgain | Uncertain)
    assert smtp.taken == []


def test_f24_a_bad_letter_does_not_stop_the_next_on_the_same_wire(smtp: BadSmtp) -> None:
    orders = ["ok", "550-rcpt", "drop-at-rcpt", "ok", "452-data", "drop-after-dot", "ok"]
    with sending.Wire(settings(smtp.port)) as wire:
        told = [type(wire.deliver(compose(draft()), f"{o}@alder.example")).__name__ for o in orders]
    assert told == [
        "Accepted",
        "Refused",
        "TryAgain",
        "Accepted",
        "TryAgain",
        "Uncertain",
        "Accepted",
    ]
    assert [r for r, _ in smtp.taken].count("ok@alder.example") == 3


def test_one_connection_carries_several_letters(smtp: BadSmtp) -> None:
    with sending.Wire(settings(smtp.port)) as wire:
        for _ in range(5):
            assert isinstance(wire.deliver(compose(draft()), "ok@alder.example"), Accepted)
    assert smtp.connections == 1


def test_a_server_that_is_away_is_tried_later() -> None:
    away = settings(free_port())
    with pytest.raises(TryLater), sending.Wire(away):
        pass
    assert isinstance(deliver(away, b"x", "a@alder.example"), TryAgain)
    assert sending.check(away)


def test_a_greeting_that_refuses_is_tried_later(smtp: BadSmtp) -> None:
    smtp.greeting = "554 no"
    assert isinstance(deliver(settings(smtp.port), b"x", "ok@alder.example"), TryAgain)


def test_a_refused_login_is_told_in_plain_words(smtp: BadSmtp) -> None:
    smtp.auth = lambda mechanism, data: data == b"\0cme\0right"
    good = settings(smtp.port, user="cme", password="right")
    assert sending.check(good) == []
    with (
        pytest.raises(TryLater) as trouble,
        sending.Wire(dataclasses.replace(good, password="wrong")),
    ):
        pass
    assert trouble.value.kind == "login"
    assert "refuses" in str(trouble.value)


def test_starttls_is_required_when_it_is_asked_for(smtp: BadSmtp, tmp_path) -> None:
    with pytest.raises(TryLater), sending.Wire(settings(smtp.port, tls="starttls")):
        pass
    certificate = make_certificate(tmp_path)
    with bad_smtp(certificate) as secure:
        good = settings(secure.port, host="localhost", tls="starttls", ca_file=str(certificate[0]))
        assert isinstance(deliver(good, compose(draft()), "ok@alder.example"), Accepted)
        with (
            pytest.raises(TryLater) as trouble,
            sending.Wire(dataclasses.replace(good, ca_file="")),
        ):
            pass
        assert trouble.value.kind == "certificate"


def test_a_plain_line_to_another_machine_is_refused() -> None:
    with (
        pytest.raises(ValueError, match="this machine only"),
        sending.Wire(settings(25, host="mx.alder.example")),
    ):
        pass


@pytest.mark.parametrize(
    "recipient", ["", "a@b.example\r\nRCPT TO:<c@d.example>", "<a@b.example>", "a b@c.example"]
)
def test_an_address_that_is_not_one_plain_address_never_reaches_the_server(
    smtp: BadSmtp, recipient: str
) -> None:
    assert isinstance(deliver(settings(smtp.port), b"x\r\n", recipient), Refused)
    assert not any(c.upper().startswith("RCPT") for c in smtp.commands)


def test_labels_go_by_the_recipients_exact_domain() -> None:
    labelled = settings(1, labels=(("alder.example", "[SECURE]"),))
    assert labelled.label("x@ALDER.example") == "[SECURE]"
    assert labelled.label("x@sub.alder.example") == "" == labelled.label("x@notalder.example")


# --- writing -------------------------------------------------------------------------------------


def test_a_letter_has_the_headers_that_thread_and_silence_machines() -> None:
    exchange = "<AM0PR04MB" + "A" * 60 + "@AM0PR04MB1234.eurprd04.prod.outlook.example>"
    raw = compose(
        draft(
            in_reply_to=exchange, references=("<first@alder.example>", exchange), label="[SECURE]"
        )
    )
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "[SECURE] Your referral CME-2026-0142"
    assert f"In-Reply-To: {exchange}\r\n".encode() in raw  # F20: never encoded
    assert b"References: <first@alder.example>\r\n " + exchange.encode() in raw
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply, RN, NRN"
    assert message["Reply-To"] == "cme@wrenshire.example"
    assert message["To"] == "office@alder.example"
    assert message["X-CME-Outbox"]
    assert message["Message-ID"] == draft().message_id
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert not list(message.iter_attachments())
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    assert raw.isascii()


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(draft()) == compose(draft())


@pytest.mark.parametrize(
    "recipient",
    ["a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "a", "", "a@b@c.example", "A <a@b.example>",
     "a@b.example>", "undisclosed:;", "a..b@c.example"],
)  # fmt: skip
def test_f24_exactly_one_plain_recipient(recipient: str) -> None:
    with pytest.raises(BadAddress):
        compose(draft(recipient=recipient))


@pytest.mark.parametrize("subject", ["a\nBcc: x@y.example", "a\r\n\r\nbody", "a\x00b", "a\u2028b"])
def test_f24_no_line_break_enters_the_subject(subject: str) -> None:
    with pytest.raises(ValueError):
        compose(draft(subject=subject))


@pytest.mark.parametrize(
    "name", ["Zoë, <a href=x>O'Neil</a>", 'A "quoted" name', "x\r\nBcc: evil@x.example", "名前"]
)
def test_f24_a_name_with_markup_commas_or_line_breaks_stays_a_name(name: str) -> None:
    raw = compose(draft(sender=Mailbox(name, OURS.address)))
    message = message_from_bytes(raw, policy=policy.default)
    assert [a.addr_spec for a in message["From"].addresses] == [OURS.address]
    assert "Bcc" not in message
    assert b"<a href" not in raw.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("bad", ["no-brackets@x", "<a b@x>", "<a@b>\r\nBcc: c@d.example", ""])
def test_an_id_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        compose(draft(message_id=bad))


def test_a_long_thread_keeps_its_first_and_latest_ids() -> None:
    chain = tuple(f"<m{n}@alder.example>" for n in range(60))
    raw = compose(draft(references=(*chain, "not an id"), in_reply_to=chain[-1]))
    kept = headers.ids(message_from_bytes(raw), "References")
    assert kept[0] == chain[0]
    assert kept[-1] == chain[-1]
    assert len(kept) == 20


def test_ids_are_fresh_carry_the_case_and_are_known_when_they_come_back() -> None:
    ids = {new_message_id("CME-2026-0142", "wrenshire.example") for _ in range(50)}
    assert len(ids) == 50
    assert all("CME-2026-0142@wrenshire.example>" in i for i in ids)
    assert (
        new_message_id("CME", "wrenshire.example", "aa" * 12)
        == f"<out.{'aa' * 12}.CME@wrenshire.example>"
    )


def test_f21_our_own_letter_coming_back_is_ours() -> None:
    raw = compose(draft(message_id=new_message_id("CME-2026-0142", "wrenshire.example")))
    assert read_email(raw).machine == "ours"
    without = raw.replace(b"X-CME-Outbox", b"X-Other")
    assert read_email(without).machine == "ours"


@trying(deadline=None)  # a busy machine takes its time
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=300))
def test_whatever_was_read_off_a_form_a_letter_has_one_recipient_or_is_not_made(
    name, subject, text
) -> None:
    try:
        raw = compose(draft(sender=Mailbox(name, OURS.address), subject=subject, text=text))
    except (ValueError, UnicodeError):
        return
    message = message_from_bytes(raw)
    assert headers.addresses(message, "To") == (Mailbox("", "office@alder.example"),)
    assert headers.addresses(message, "From")[0].address == OURS.address
    assert not {"bcc", "cc"} & {k.lower() for k in message}


@pytest.mark.parametrize(
    ("order", "told"),
    [("ok", True), ("drop-after-dot", True), ("550-data", True), ("550-rcpt", False), ("drop-at-rcpt", False)],
)  # fmt: skip
def test_the_book_is_kept_before_the_last_dot_and_never_for_a_letter_that_stops_earlier(
    order: str, told: bool, smtp: BadSmtp
) -> None:
    kept: list[int] = []
    with sending.Wire(settings(smtp.port)) as wire:
        wire.deliver(
            compose(draft()), f"{order}@alder.example", lambda: kept.append(len(smtp.taken))
        )
    assert kept == ([0] if told else [])

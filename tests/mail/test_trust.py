"""Trust: only the border server's word and the officers' list, and no name fools anybody (F28)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.trust import Directory, look_alike, read_results, trust
from mail.values import Mailbox

MX = "mx.wrenshire.example"
KNOWN = Directory(
    domains=frozenset({"alder.example", "birchwood.example", "socialcare.wrenshire.example"}),
    addresses=frozenset({"head@cedar-school.example"}),
    names=(("Alder Grove Primary School", "alder.example"),),
    own=frozenset({"wrenshire.example"}),
)


@dataclass(frozen=True)
class Claims:
    sender: Mailbox
    authentication: tuple[str, ...] = ()
    reply_to: Mailbox | None = None
    notes: dict[str, str] = field(default_factory=dict)


def judged(
    address: str, *results: str, name: str = "", reply_to: str = "", anchor: str = MX, **notes: str
):
    claims = Claims(
        Mailbox(name, address), results, Mailbox("", reply_to) if reply_to else None, notes
    )
    return trust(claims, anchor, KNOWN)


def passed(domain: str) -> str:
    return f"{MX}; dmarc=pass header.from={domain}; spf=pass smtp.mailfrom=x@{domain}; dkim=pass header.d={domain}"


EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=alder.example; dkim=pass (signature was verified)"
    " header.d=alder.example;dmarc=pass action=none header.from=alder.example;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("address", "results", "level"),
    [
        ("office@alder.example", (passed("alder.example"),), "verified"),
        ("head@cedar-school.example", (passed("cedar-school.example"),), "verified"),  # a listed address
        ("other@cedar-school.example", (passed("cedar-school.example"),), "unverified"),
        ("office@stranger.example", (passed("stranger.example"),), "unverified"),
        ("office@notalder.example", (passed("notalder.example"),), "unverified"),
        ("office@alder.example.evil.example", (passed("alder.example.evil.example"),), "unverified"),
        ("office@sub.alder.example", (passed("sub.alder.example"),), "unverified"),  # subdomains are listed one by one
        ("office@alder.example", (f"{MX}; dmarc=fail header.from=alder.example",), "failed"),
        ("office@alder.example", (f"{MX}; spf=fail smtp.mailfrom=alder.example",), "failed"),
        ("office@alder.example", (f"{MX}; dmarc=none; spf=pass smtp.mailfrom=alder.example",), "verified"),
        ("office@alder.example", (f"{MX}; dmarc=none; spf=pass smtp.mailfrom=evil.example",), "unverified"),
        ("office@alder.example", (f"{MX}; dkim=pass header.d=evil.example",), "unverified"),
        ("office@alder.example", (f"{MX}; dkim=pass header.i=@alder.example",), "verified"),
        ("office@alder.example", (f"{MX}; dkim=fail header.d=alder.example; spf=pass smtp.mailfrom=x@alder.example",), "verified"),
        ("office@alder.example", (f"{MX}; dkim=none; spf=none",), "unverified"),
        ("office@alder.example", (f"{MX}; dmarc=pass header.from=other.example",), "unverified"),
        ("office@alder.example", ("evil.example; dmarc=pass header.from=alder.example",), "unverified"),
        ("office@alder.example", (), "unverified"),
        ("", (passed("alder.example"),), "unverified"),
        # A forged header below the border server's own says nothing.
        ("office@alder.example", (f"{MX}; dmarc=fail", passed("alder.example")), "failed"),
        # A relay inside the council may stand above the border server.
        ("office@alder.example", ("inner.wrenshire.example; none", passed("alder.example")), "verified"),
        # Words in a comment are no results.
        ("office@alder.example", (f"{MX}; dmarc=fail (was dmarc=pass ; dmarc=pass) header.from=alder.example",), "failed"),
        ("office@alder.example", (f"{MX} 1; dmarc=pass header.from=alder.example",), "verified"),
        ("office@alder.example", (f'{MX}; dmarc=pass header.from="alder.example"',), "verified"),
        ("office@alder.example", ("MX.Wrenshire.Example; DMARC=Pass header.from=alder.example",), "verified"),
    ],
)  # fmt: skip
def test_who_is_believed(address: str, results: tuple[str, ...], level: str) -> None:
    assert judged(address, *results).level == level


def test_exchange_online_names_no_server_and_only_the_topmost_counts() -> None:
    assert judged("office@alder.example", EXCHANGE, anchor="topmost").level == "verified"
    forged = (EXCHANGE.replace("dmarc=pass", "dmarc=fail"), EXCHANGE)
    assert judged("office@alder.example", *forged, anchor="topmost").level == "failed"
    assert (
        judged("office@alder.example", passed("alder.example"), anchor="topmost").level
        == "unverified"
    )
    assert judged("office@alder.example", EXCHANGE, anchor="").level == "unverified"


def test_two_senders_are_never_verified() -> None:
    assert (
        judged("office@alder.example", passed("alder.example"), several_senders="x").level
        == "unverified"
    )


def test_a_known_address_that_is_forged_is_a_red_flag() -> None:
    found = judged("office@alder.example", f"{MX}; dmarc=fail")
    assert any("ring" in flag for flag in found.flags)


@pytest.mark.parametrize(
    "domain",
    ["a1der.example", "aIder.example".lower(), "alderr.example", "adler.example", "aldеr.example", "alder-example.example",
     "alder.example.co.example", "birchvvood.example", "blrchwood.example", "birch-wood.example", "alder.exarnple",
     "secure-alder.example", "alder.other-example", "xn--aldr-qdd.example", "birchwood.school.example"],
)  # fmt: skip
def test_a_domain_that_imitates_a_known_one_is_flagged(domain: str) -> None:
    found = judged(f"office@{domain}", passed(domain))
    assert found.level == "unverified", domain
    assert found.flags, domain


@pytest.mark.parametrize(
    "domain", ["elmfield.example", "oakwood-primary.example", "police.example", "nhs.example"]
)
def test_another_honest_domain_is_not_flagged(domain: str) -> None:
    assert look_alike(domain, KNOWN) is None
    assert judged(f"office@{domain}", passed(domain)).flags == ()


def test_tricks_with_names_are_flagged_and_never_believed() -> None:
    shown = judged("x@evil.example", passed("evil.example"), name="office@alder.example")
    assert shown.level == "unverified"
    assert any("another address" in f for f in shown.flags)
    borrowed = judged("x@gmail.com", passed("gmail.com"), name="ALDER GROVE Primary School")
    assert any("Alder Grove" in f for f in borrowed.flags)
    assert any("private mailbox" in f for f in borrowed.flags)
    elsewhere = judged("office@alder.example", passed("alder.example"), reply_to="x@evil.example")
    assert elsewhere.level == "verified"
    assert any("another domain" in f for f in elsewhere.flags)


def test_an_honest_mail_has_no_flags() -> None:
    assert (
        judged(
            "office@alder.example", passed("alder.example"), name="Alder Grove Primary School"
        ).flags
        == ()
    )


@given(st.text(max_size=300))
def test_any_header_is_read_without_trouble(value: str) -> None:
    read_results(value)
    assert judged("office@alder.example", value, anchor="topmost").level in (
        "verified",
        "unverified",
        "failed",
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_sender_is_judged_without_trouble(name: str, address: str) -> None:
    assert judged(
        address, passed("alder.example"), name=name
    ).level != "verified" or address.endswith("@alder.example")

"""Portal notices by what they are, whatever the portal's host; and what people write about portals is none."""

from __future__ import annotations

import corpus
import pytest

from mail.message import read_email

NOTICES = {
    "an unlisted host": (
        "You have a new secure message",
        "Alder Grove Primary School has sent you a secure message.\n\nTo read your message, click the link below:\n"
        "https://inbox.safepost.example/r/Zk81\n\nThis message will expire in 14 days. Please do not reply to this email.\n",
    ),
    "first use needs a registration": (
        "Priya Kellaway sent you an encrypted email",
        "Priya Kellaway (office@alder.example) has sent you an encrypted email.\nOpen message: https://mail.lockedbox.example/open?id=7\n"
        "If this is the first time that you receive one, you will need to register and create a password.\n",
    ),
    "files in a transfer": (
        "Secure file transfer from Birchwood Academy",
        "Birchwood Academy has shared with you 2 confidential documents.\nSign in to download the files: https://drop.council-share.example/d/9f\n"
        "You will be asked for a one-time passcode. The files are available until 30 November 2026.\n",
    ),
    "a code by telephone": (
        "Message from Wrenshire Children's Social Care",
        "You've received a protected email.\nClick here to view your message https://reader.shield.example/m/1 and enter the access code that we sent to your phone.\n"
        "Having trouble viewing it? Powered by Shield.\n",
    ),
    "waiting on a server": (
        "Secure mail notification",
        "A message is waiting for you on our secure mail server.\nVisit https://webmail.trust.example/secure to collect it. It expires on 4 December 2026.\nAutomatically generated.\n",
    ),
    "in Welsh": (
        "Neges ddiogel",
        "Mae neges ddiogel yn aros amdanoch. Cliciwch yma: https://diogel.ysgol.example/n/3\nPeidiwch ag ateb: do not reply. Mae'r ddolen yn dod i ben.\nA secure message for you.\n",
    ),
    "a file that lies in somebody's cloud": (
        'Bryony Teal shared "CME referral form.docx" with you',
        "Bryony Teal shared a file with you\n\nHere's the document that Bryony Teal shared with you.\n\nCME referral form.docx\n\n"
        "Open: https://onecloud.example/s/abcDEF123\n\nThis link only works for the direct recipients of this message.\n",
    ),
    "a known portal needs less": (
        "Secure email",
        "Alder office has sent you a secure email using Egress.\nRead message: https://switch.egress.com/ui/read/abc\n",
    ),
}  # fmt: skip
PEOPLE = {
    "a person shared a file": (
        "Re: CME-2026-0142",
        "I shared a file with you on Monday, https://onecloud.example/s/abc, with the dates of our visits. The family has moved to Leeds.\n\nBryony\n",
    ),
    "somebody asks whether it came": (
        "Form for Zawadi M",
        "Dear team,\n\nI sent you a secure email with the form on Tuesday. Did you get it? If not I can post it.\n\nPriya Kellaway\nhttps://www.alder.example\n",
    ),
    "an update with a school's footer": (
        "CME-2026-0142",
        "The child was found on Monday and is at her aunt's.\n\nP Kellaway\nAlder Grove uses SafePost to send secure email: https://www.safepost.example/help. Please do not reply with personal data.\n",
    ),
    "a question about signing in": (
        "Portal",
        "I cannot log in to the portal to send you the secure form, the link https://portal.wrenshire.example says that my account will expire. Please ring me.\n",
    ),
    "a link to a policy": (
        "Reply",
        "Please see our policy at https://www.alder.example/attendance. To read it you need no account.\n",
    ),
    "absence told in plain words": (
        "Absence",
        "Surname: Thornbury\nForename: Ayaan\nDate of birth: 14/03/2015\nLast attended: 03/11/2026\nNotes: sent you the confidential file last week\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_told_by_what_it_is(name: str) -> None:
    subject, text = NOTICES[name]
    email = read_email(corpus.built("n", text, Subject=subject).as_bytes())
    assert (email.problem or ("none",))[0] == "portal_link"


def test_a_notice_whose_link_is_a_button_only() -> None:
    page = (
        "<h1>Secure message</h1><p>Alder Grove has sent you a secure message.</p>"
        "<a href='https://inbox.safepost.example/r/1'>Read message</a><p>The message expires in 7 days.</p>"
    )
    email = read_email(corpus.built("n", "\n", page, Subject="Secure message").as_bytes())
    assert (email.problem or ("none",))[0] == "portal_link"


@pytest.mark.parametrize("name", PEOPLE)
def test_what_people_write_about_portals_is_no_notice(name: str) -> None:
    subject, text = PEOPLE[name]
    assert read_email(corpus.built("n", text, Subject=subject).as_bytes()).problem is None


@pytest.mark.parametrize("name", NOTICES)
def test_a_form_attached_makes_it_an_ordinary_mail(name: str) -> None:
    subject, text = NOTICES[name]
    raw = corpus.attached("n", ("Form 1.docx", corpus.FORM), text=text, Subject=subject)
    assert read_email(raw).problem is None


@pytest.mark.parametrize("name", ["signed", "signed in one block"])
def test_a_signed_mail_is_read_and_says_that_nobody_checked(name: str) -> None:
    email = read_email(corpus.messages()[name].raw)
    assert "not checked" in email.notes["signed"]
    assert email.problem is None

"""Emails as a stranger to the program would write them, each out of a conversation: what a mail room sees in a term."""

from __future__ import annotations

from email.message import EmailMessage

from corpus_making import DATE, FORM, PDF, Sample, attached, built, headed, simple, tnef, zipped

REF = "CME-2026-0142"


def fresh() -> dict[str, Sample]:
    return {**_conversations(), **_by_machines(), **_wrapped()}


def _plain(name: str, text: str, **headers: str) -> bytes:
    return built(name, text, **headers).as_bytes()


def _conversations() -> dict[str, Sample]:
    ours = f"From: CME team <cme@wrenshire.example>\nSent: 16 November 2026 09:01\nTo: Office <office@alder.example>\nSubject: [{REF}] Your referral\n\nold words\n"
    long_quote = (
        "On Thu, 19 Nov 2026 at 09:40, CME <cme@wrenshire.example> wrote:\n"
        + "> old words\n" * 6000
    )
    return {
        "fresh: an update above our own letter": Sample(
            _plain("q1", f"Mum's sister came in. They are at 3 Kiln Terrace now.\n\nBryony\n\n{'_' * 32}\n{ours}", Subject=f"RE: [{REF}] Your referral"),
            (), ("Kiln Terrace", "Bryony"), ("old words",), refs=(REF,)),
        "fresh: is there any news": Sample(_plain("q2", f"Morning, is there any news on {REF}? The head is asking.\n"), (), ("any news",), refs=(REF,)),
        "fresh: six thousand quoted lines": Sample(_plain("q3", f"Aunt rang: they flew on 14 November.\n\n{long_quote}"), (), ("Aunt rang",), ("old words",)),
        "fresh: two references in one subject": Sample(
            _plain("q4", "He has been seen at his aunt's.\n", Subject=f"Update on {REF} and CME-2026-0007"), (), refs=(REF, "CME-2026-0007")),
        "fresh: a reference of another year": Sample(_plain("q5", "Any news?\n", Subject="CME-2019-0999"), (), refs=("CME-2019-0999",)),
        "fresh: thanks and nothing else": Sample(_plain("q6", "Thank you for your help!\n", Subject=f"Re: [{REF}]"), (), ("Thank you",), refs=(REF,)),
        "fresh: a letter's whole thread by id only": Sample(
            _plain("q7", "She is back.\n", In_Reply_To="<out.0123456789abcdef01234567.CME-2026-0142@wrenshire.example>"), (), ("She is back",)),
        "fresh: the sender's own mail system is named in the signature": Sample(
            _plain("q8", "Left on 6 November.\n\nAttendance\nBirchwood Academy\nThis message was scanned by MailGuard. https://mailguard.example/help\n"), (), ("Left on 6",)),
    }  # fmt: skip


def _by_machines() -> dict[str, Sample]:
    recall = headed(
        "Subject: Recall: CME referral",
        drop=("Subject",),
        body='Alder office would like to recall the message, "CME referral".\r\n',
    )
    shared = "Bryony Teal shared a file with you\n\nCME referral form.docx\n\nOpen: https://onecloud.example/s/abc\n\nThis link only works for the direct recipients of this message.\n"
    return {
        "fresh: polish auto reply": Sample(
            _plain("w1", "Dziękuję za wiadomość. Jestem poza biurem do 30 listopada 2026. Pilne sprawy: head@alder.example.\n", Auto_Submitted="auto-replied",
                   Subject="Automatyczna odpowiedź: potwierdzenie"), (), machine="auto_reply", more={"notes.back_on": "2026-11-30"}),
        "fresh: polish auto reply by its subject": Sample(
            _plain("w2", "Wracam 7 grudnia 2026.\n", Subject="Automatyczna odpowiedź: potwierdzenie"), (), machine="auto_reply", more={"notes.back_on": "2026-12-07"}),
        "fresh: welsh auto reply until a day": Sample(
            _plain("w3", "Rwyf allan o'r swyddfa tan 1 Rhagfyr 2026.\n", Subject="Ateb awtomatig: Eich neges"), (), machine="auto_reply", more={"notes.back_on": "2026-12-01"}),
        "fresh: no longer works here": Sample(
            _plain("w4", "Bryony Teal no longer works at Alder Grove Primary School. Please contact admin@alder.example.\n", Auto_Submitted="auto-replied"), (),
            machine="auto_reply", more={"notes.left": "yes", "notes.instead": "admin@alder.example"}),
        "fresh: a file that lies in somebody's cloud": Sample(_plain("w5", shared), (), problem="portal_link"),
        "fresh: a school's system sends the form": Sample(
            attached("w6", ("export.docx", FORM), Auto_Submitted="auto-generated"), ("export.docx",), machine=None, more={"notes.never_answer": "auto-generated"}),
        "fresh: a message is recalled": Sample(recall, (), machine=None),
        "fresh: a delay that is none of ours": Sample(
            simple("w7", "--z\r\nContent-Type: text/plain\r\n\r\nWe will keep trying.\r\n--z\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
                   "Final-Recipient: rfc822; office@cedar.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n--z--\r\n",
                   "Content-Type: multipart/report; report-type=delivery-status; boundary=z\r\n"), None, machine="bounce_delayed"),
    }  # fmt: skip


def _wrapped() -> dict[str, Sample]:
    sent_on = EmailMessage()
    for name, value in (
        ("From", "EWO North <ewo.north@wrenshire.example>"), ("To", "cme@wrenshire.example"), ("Subject", "Fwd: Missing pupil"),
        ("Date", DATE), ("Message-ID", "<e1@wrenshire.example>"),
    ):  # fmt: skip
        sent_on[name] = value
    sent_on.set_content("For you - the school sent this to me by mistake.\n")
    inner = built("e2", "Please see the form.\n", Subject="Missing pupil")
    inner.add_attachment(FORM, maintype="application", subtype="octet-stream", filename="KW.docx")
    sent_on.add_attachment(inner)
    forms = zipped(
        {
            "Removal RA.docx": FORM,
            "Removal EQ.docx": FORM + b"2",
            "__MACOSX/._Removal RA.docx": b"x",
        }
    )
    utf16 = "Children missing education referral\r\nName of child: Renée d’Arcy\r\n".encode(
        "utf-16"
    )
    return {
        "fresh: an officer sends the school's mail on as a file": Sample(
            sent_on.as_bytes(), None, ("by mistake",), machine=None, more={"sender.address": "ewo.north@wrenshire.example"}),
        "fresh: a form without an ending": Sample(attached("e3", ("CME form PG", FORM)), ("CME form PG",)),
        "fresh: a form and the parents' letter": Sample(attached("e4", ("EHE.docx", FORM), ("Letter from parent.pdf", PDF)), ("EHE.docx", "Letter from parent.pdf")),
        "fresh: two forms in a zip from a Mac": Sample(attached("e5", ("forms.zip", forms)), None),
        "fresh: winmail with one form": Sample(attached("e6", ("winmail.dat", tnef({"Form IB.docx": FORM}))), None),
        "fresh: the display name is another's address": Sample(
            headed("From: \"office@alder.example\" <someone@freemail.example>", drop=("From",)), (), more={"sender.address": "someone@freemail.example"}),
        "fresh: answers go elsewhere": Sample(headed("Reply-To: collector@harvest.example"), (), more={"reply_to.address": "collector@harvest.example"}),
        "fresh: words in utf-16": Sample(
            headed("Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: base64", body=_base64(utf16)), (), ("Renée d’Arcy",)),
        "f31 nothing but a subject": Sample(b"Subject: hello\r\n\r\n\r\n", ()),
    }  # fmt: skip


def _base64(data: bytes) -> str:
    import base64

    return base64.encodebytes(data).decode().replace("\n", "\r\n")

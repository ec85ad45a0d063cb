"""What machines write, what is sealed or signed, and what is made to keep a careless pattern busy for hours."""

from __future__ import annotations

import base64

from corpus_making import (
    DOCX,
    FORM,
    Sample,
    attached,
    built,
    der,
    headed,
    simple,
)


def _machines() -> dict[str, Sample]:
    ours = "<out.0123456789abcdef01234567.CME-2026-0142@wrenshire.example>"
    status = (
        "--r\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.alder.example\r\n\r\nFinal-Recipient: rfc822; office@alder.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 no such user\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nFrom: cme@wrenshire.example\r\nMessage-ID: {ours}\r\nSubject: x\r\n\r\nold\r\n--r--\r\n"
    )
    report = 'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n'
    ics = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    return {
        "auto reply by header": Sample(headed("Auto-Submitted: auto-replied", body="I am back on 2 November 2026.\r\n"), (), machine="auto_reply", more={"notes.back_on": "2026-11-02"}),
        "auto reply by subject": Sample(headed("Subject: Automatic reply: your letter", drop=("Subject",), body="I am away until Monday 2nd November.\r\n"), (), machine="auto_reply", more={"notes.back_on": "2026-11-02"}),
        "auto reply welsh": Sample(headed("Subject: Ateb awtomatig: eich llythyr", drop=("Subject",), body="Byddaf yn ôl ar 2 Tachwedd 2026.\r\n"), (), machine="auto_reply", more={"notes.back_on": "2026-11-02"}),
        "auto reply, left": Sample(headed("Auto-Submitted: auto-replied", body="Mrs Kellaway has left the school. Please contact head@alder.example.\r\n"), (), machine="auto_reply", more={"notes.left": "yes", "notes.instead": "head@alder.example"}),
        "auto reply, figures": Sample(headed("X-Autoreply: yes", body="Returning 05/11/26.\r\n"), (), machine="auto_reply", more={"notes.back_on": "2026-11-05"}),
        "reply to an auto reply is a person's": Sample(headed("Subject: Re: Automatic reply: your letter", drop=("Subject",)), (), machine=None),
        "f22 human mail with the suppress header": Sample(attached("h1", ("Form 1.docx", FORM), **{"X_Auto_Response_Suppress": "All"}), ("Form 1.docx",), machine=None),
        "f22 a list's mail with a form is a person's": Sample(attached("h2", ("Form 1.docx", FORM), **{"Precedence": "list", "List_Id": "<office.alder.example>"}), ("Form 1.docx",), machine=None, more={"notes.never_answer": "list"}),
        "f22 a rule's forward with a form is a person's": Sample(attached("h3", ("Form 1.docx", FORM), **{"Auto_Submitted": "auto-generated"}), ("Form 1.docx",), machine=None, more={"notes.never_answer": "auto-generated"}),
        "auto-submitted no": Sample(headed("Auto-Submitted: no"), (), machine=None),
        "newsletter": Sample(headed("List-Unsubscribe: <mailto:x@news.example>", "Precedence: bulk"), (), machine="newsletter"),
        "bounce": Sample(simple("n1", status.format(action="failed", status="5.1.1"), report), None, machine="bounce",
                         more={"notes.recipient": "office@alder.example", "notes.original_message_id": ours, "notes.status": "5.1.1 smtp; 550 no such user"}),
        "bounce delayed": Sample(simple("n2", status.format(action="delayed", status="4.4.1"), report), None, machine="bounce_delayed"),
        "bounce in words": Sample(
            headed("From: Mail Delivery System <mailer-daemon@alder.example>", "Subject: Undeliverable: your letter", "Return-Path: <>", drop=("From", "Subject"),
                   body=f"The message to old.office@alder.example failed.\r\nMessage-ID: {ours}\r\n"), (), machine="bounce",
            more={"notes.recipient": "old.office@alder.example", "notes.original_message_id": ours}),
        "a person who writes undeliverable": Sample(headed("Subject: Undeliverable letter to the family", drop=("Subject",)), (), machine=None),
        "receipt": Sample(simple("n3", "--r\r\nContent-Type: text/plain\r\n\r\nread\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--r--\r\n",
                                 'Content-Type: multipart/report; report-type=disposition-notification; boundary="r"\r\n'), None, machine="receipt"),
        "receipt in words": Sample(headed("Subject: Read: your letter", drop=("Subject",), body="Your message was read on Thursday.\r\n"), (), machine="receipt"),
        "calendar": Sample(simple("n4", ics, "Content-Type: text/calendar; method=REQUEST\r\n"), None, machine="calendar"),
        "invitation with a form is a person's": Sample(_invitation(ics), ("part 4.ics", "Form 1.docx"), machine=None),
        "ours by header": Sample(headed("X-CME-Outbox: out.x"), (), machine="ours"),
        "ours by id": Sample(headed(f"Message-ID: {ours}", drop=("Message-ID",)), (), machine="ours"),
        "empty return path": Sample(headed("Return-Path: <>"), (), machine="auto_reply"),
        "external tag before the subject": Sample(headed("Subject: [EXTERNAL] Out of Office: x", drop=("Subject",)), (), machine="auto_reply"),
        "out of office with a form is a person's": Sample(attached("h4", ("Form 1.docx", FORM), Subject="Out of Office - form attached"), ("Form 1.docx",), machine=None),
    }  # fmt: skip


def _invitation(ics: str) -> bytes:
    data = base64.encodebytes(FORM).decode().replace("\n", "\r\n")
    return simple(
        "inv", "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nMeeting.\r\n--c\r\n"
        f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{ics}--c--\r\n--b\r\nContent-Type: {DOCX}; name=\"Form 1.docx\"\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{data}--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n")  # fmt: skip


def _secrets() -> dict[str, Sample]:
    footer = "\nThis council uses Egress to send secure email: https://www.egress.com/help\n"
    return {
        "encrypted s/mime": Sample(simple("s1", base64.encodebytes(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + b"\0" * 30).decode(),
                                          'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n'), None, problem="encrypted_message"),
        "encrypted pgp": Sample(simple("s2", "--p\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--p\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--p--\r\n",
                                       'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=p\r\n'), None, problem="encrypted_message"),
        "signed": Sample(_signed(), ("Form 1.pdf", "smime.p7s"), ("Signed words",)),
        "signed in one block": Sample(_opaque(), (), ("Opaque words",)),
        "office 365 encryption": Sample(attached("s3", ("message_v4.rpmsg", b"\x76\xe8\x04\x60" + b"\0" * 20), text="You have received a protected message. Read the message at https://outlook.office365.com/Encryption/x\n"), None, problem="portal_link"),
        "egress notice": Sample(built("s4", "Alder office has sent you a secure email using Egress.\nRead message: https://switch.egress.com/ui/read/abc\n").as_bytes(), (), problem="portal_link"),
        "zivver notice": Sample(built("s5", "You have received a Zivver message. View the message: https://app.zivver.com/abc\n").as_bytes(), (), problem="portal_link"),
        "mimecast notice": Sample(built("s6", "You have received a secure message. Read message https://secure.mimecast.com/portal/abc\n").as_bytes(), (), problem="portal_link"),
        "cisco envelope": Sample(attached("s7", ("securedoc_2026.html", b"<html>x</html>"), text="You have received a secure message. Open the attachment.\n"), None, problem="portal_link"),
        "a footer about the portal is no notice": Sample(attached("s8", ("Form 1.docx", FORM), text="Form attached." + footer), ("Form 1.docx",)),
        "a plain mail with the footer is no notice": Sample(built("s9", "The child was found on Monday." + footer).as_bytes(), ()),
        "exchange stub": Sample(headed("From: Microsoft Exchange Server", "Subject: Retrieval using the IMAP4 protocol failed for the following message: 7", drop=("From", "Subject")), (), problem="server_stub"),
    }  # fmt: skip


def _signed() -> bytes:
    return simple(
        "sg", "--s\r\nContent-Type: multipart/mixed; boundary=t\r\n\r\n--t\r\nContent-Type: text/plain\r\n\r\nSigned words.\r\n--t\r\nContent-Type: application/pdf; name=\"Form 1.pdf\"\r\n\r\n%PDF-1.4\r\n--t--\r\n"
        "--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--s--\r\n",
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s\r\n')  # fmt: skip


def _opaque() -> bytes:
    content = b"Content-Type: text/plain\r\n\r\nOpaque words.\r\n"
    data_oid, signed_oid = (
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    )
    inner = der(0x30, data_oid + der(0xA0, der(0x04, content)))
    signed = der(0x30, b"\x02\x01\x01" + der(0x31, b"") + inner + der(0x31, b""))
    whole = der(0x30, signed_oid + der(0xA0, signed))
    return simple(
        "op",
        base64.encodebytes(whole).decode(),
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n',
    )


def _slow() -> dict[str, Sample]:
    """Mails made to keep a careless pattern busy for hours."""
    big = 400_000
    return {
        "slow: one line of dashes": Sample(built("x1", "-" * big + "\n").as_bytes(), ()),
        "slow: one line of underscores and stars": Sample(built("x2", "_*" * (big // 2) + "\n").as_bytes(), ()),
        "slow: one word of letters in a bounce": Sample(
            headed("From: mailer-daemon@alder.example", "Subject: Undeliverable: x", drop=("From", "Subject"), body="a" * big + "\r\n"), (), machine="bounce"),
        "slow: contact without an address": Sample(headed("Auto-Submitted: auto-replied", body="contact " * 20_000 + "a" * big + "\r\n"), (), machine="auto_reply"),
        "slow: a hundred thousand links": Sample(simple("x3", "http://" * 100_000 + " read the message\r\n"), ()),
        "slow: a thousand To lines": Sample(headed(*(["To: " + "a" * 8000] * 1000)), ()),
        "slow: a hundred thousand headers": Sample(headed(*[f"X-{n}: y" for n in range(100_000)]), ()),
        "slow: a page of open tables": Sample(simple("x4", "<table><tr><td>" * 5000, "Content-Type: text/html\r\n"), None),
        "slow: begin after begin": Sample(simple("x5", "begin 644 A\r\n" + "M" * 60 + "\r\n" * 50_000 + "end of it\r\n"), ()),
        "slow: field after field": Sample(built("x6", "From: a\nTo: b\n\n" * 20_000).as_bytes(), ()),
        "slow: tags in the subject": Sample(headed("Subject: " + "[a] " * 2000 + "*" * 2000, drop=("Subject",)), ()),
        "slow: spaces": Sample(built("x7", (" " * 70 + "\n") * 5000 + "CME" + " " * 5000 + "2026\n").as_bytes(), ()),
    }  # fmt: skip

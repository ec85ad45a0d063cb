"""A hard corpus: more than two hundred emails as they come, or as somebody makes them to do harm.

Each has what must be found in it. All names and addresses are invented.
"""

from __future__ import annotations

import base64
from typing import Any

from corpus_fresh import fresh
from corpus_machines import _machines, _secrets, _slow
from corpus_making import (
    DATE,
    DOCX,
    FORM,
    HEAD,
    PDF,
    PNG,
    QUOTED,
    Sample,
    attached,
    built,
    der,
    headed,
    locked_zip,
    part,
    simple,
    tnef,
    zipped,
)

__all__ = [
    "DATE", "FORM", "PDF", "attached", "built", "der", "headed", "locked_zip", "messages", "tnef", "zipped",
]  # fmt: skip


def _replies() -> dict[str, Sample]:
    def reply(
        name: str,
        body: str,
        new: tuple[str, ...],
        not_new: tuple[str, ...] = ("old words",),
        **more: Any,
    ) -> Sample:
        return Sample(built(name, body).as_bytes(), (), new, not_new, **more)

    ref = {"refs": ("CME-2026-0142",)}
    return {
        "outlook desktop reply": reply("r1", "New words.\n\n" + QUOTED, ("New words",), **ref),
        "outlook web reply": reply("r2", "New words.\n\n________________________________\n" + QUOTED, ("New words",), **ref),
        "outlook bold reply": reply(
            "r3", "New words.\n\n*From:* CME <cme@wrenshire.example>\n*Sent:* 21 October 2026\n*To:* office\n*Subject:* x\n\nold words\n",
            ("New words",)),
        "original message rule": reply("r4", "New words.\n\n-----Original Message-----\n" + QUOTED, ("New words",), **ref),
        "welsh outlook": reply(
            "r5", "Geiriau newydd.\n\nOddi wrth: CME <cme@wrenshire.example>\nAnfonwyd: 21 Hydref 2026 10:00\nAt: Swyddfa\nPwnc: CME\n\nold words\n",
            ("Geiriau newydd",)),
        "welsh gmail": reply("r6", "Geiriau newydd.\n\nAr Iau, 22 Hyd 2026 am 09:14, CME <cme@wrenshire.example> ysgrifennodd:\n> old words\n", ("Geiriau newydd",)),
        "gmail": reply("r7", "New words.\n\nOn Thu, 22 Oct 2026 at 09:14, CME <cme@wrenshire.example> wrote:\n\n> old words\n", ("New words",)),
        "gmail wrapped": reply(
            "r8", "New words.\n\nOn Thu, 22 Oct 2026 at 09:14, Children Missing Education\n<cme@wrenshire.example> wrote:\n\n> old words\n",
            ("New words",)),
        "apple mail": reply("r9", "New words.\n\n> On 22 Oct 2026, at 09:14, CME <cme@wrenshire.example> wrote:\n> \n> old words\n", ("New words",)),
        "iphone": reply("r10", "New words.\n\nSent from my iPhone\n\n> On 22 Oct 2026, at 09:14, CME <cme@wrenshire.example> wrote:\n> old words\n", ("New words", "iPhone")),
        "bottom reply": reply("r11", "On Thu, 22 Oct 2026 at 09:14, CME <cme@wrenshire.example> wrote:\n> old words\n\nNew words below.\n", ("New words below",)),
        "inline answers": reply(
            "r12", "On Thu, 22 Oct 2026 at 09:14, CME <cme@wrenshire.example> wrote:\n> old words one\nFirst answer.\n> old words two\nSecond answer.\n",
            ("First answer", "Second answer"), ("old words one", "old words two")),
        "forward with nothing new": reply("r13", "---------- Forwarded message ---------\n" + QUOTED, ("old words",), (), **ref),
        "begin forwarded": reply("r14", "See below.\n\nBegin forwarded message:\n\n" + QUOTED, ("See below",), **ref),
        "absence dates are no quoted header": reply(
            "r15", "Absence\nFrom: 2 March 2026\nTo: 6 March 2026\nSubject: Maths\nReason: unknown\n", ("6 March 2026", "Reason"), ()),
        "absence dates with a date line": reply("r16", "From: 02/03/2026\nTo: 06/03/2026\nDate: 09/03/2026\nSigned: head\n", ("06/03/2026", "Signed"), ()),
        "a sentence that ends in wrote": reply("r17", "On 3 March the school wrote:\nthe child has left.\n", ("the child has left",), ()),
        "a sentence with a time of day": reply(
            "r25", "We visited again.\nOn Monday we rang at 10:30 and the neighbour wrote:\nthe family has left.\n", ("the family has left",), ()),
        "a transfer form is no quoted header": reply(
            "r26", "Transfer note\nFrom: Alder Primary School\nTo: Birchwood Academy\nSubject: transfer of a child\nReason: moved\n", ("Reason: moved",), ()),
        "quoted header without addresses": reply(
            "r27", "New words.\n\nFrom: CME team\nSent: 21 October 2026 10:00\nTo: Alder office\nSubject: x\n\nold words\n", ("New words",)),
        "signature after two dashes": reply("r18", "New words.\n\n-- \nP Kellaway\nold words of a motto\n", ("New words",)),
        "a long part after two dashes stays": reply("r19", "New words.\n\n-- \n" + "line of a form\n" * 30, ("line of a form",), ()),
        "only a quote": reply("r20", "> old words\n", ("old words",), ()),
        "empty body": reply("r21", "\n", (), ()),
        "old gmail": reply("r22", "New words.\n\n2026-10-22 9:14 GMT+01:00 CME <cme@wrenshire.example>:\n\n> old words\n", ("New words",)),
        "appointment": reply("r23", "New words.\n\n-----Original Appointment-----\n" + QUOTED, ("New words",), **ref),
        "long recipients in the quoted header": reply(
            "r24", "New words.\n\nFrom: CME <cme@wrenshire.example>\nSent: 21 October 2026 10:00\nTo: A <a@alder.example>;\n B <b@alder.example>\nCc: C <c@alder.example>\nSubject: x\n\nold words\n",
            ("New words",)),
    }  # fmt: skip


def _references() -> dict[str, Sample]:
    def subject(name: str, text: str, *refs: str) -> Sample:
        return Sample(built(name, Subject=text).as_bytes(), (), refs=refs)

    return {
        "reference in brackets": subject("c1", "Re: Your referral [CME-2026-0142]", "CME-2026-0142"),
        "loose reference": subject("c2", "re cme 2026 142", "CME-2026-0142"),
        "slashes": subject("c3", "CME/2026/0142", "CME-2026-0142"),
        "no separators": subject("c4", "CME20260142", "CME-2026-0142"),
        "en dashes": subject("c5", "CME\u20132026\u20130142", "CME-2026-0142"),
        "unpadded": subject("c6", "CME-2026-7", "CME-2026-0007"),
        "two": subject("c7", "CME-2026-0001 and CME-2026-0002", "CME-2026-0001", "CME-2026-0002"),
        "a date is no reference": subject("c8", "CME 2026-10-12 meeting"),
        "a number of pupils is no reference": subject("c9", "CME 2026 12 pupils"),
        "another word is no reference": subject("c10", "ACME-2026-0142"),
        "plus address": Sample(built("c11", To="cme+2026-0142@wrenshire.example").as_bytes(), (), refs=("CME-2026-0142",)),
        "reference in the body": Sample(built("c12", "About CME-2026-0142: found.\n").as_bytes(), (), refs=("CME-2026-0142",)),
        "quoted reference counts when there is no other": Sample(built("c13", "Found.\n\n" + QUOTED).as_bytes(), (), refs=("CME-2026-0142",)),
        "own reference beats the quoted": Sample(
            built("c14", "Found.\n\n" + QUOTED, Subject="CME-2026-0009").as_bytes(), (), refs=("CME-2026-0009",)),
    }  # fmt: skip


def _parts() -> dict[str, Sample]:
    named = 'Content-Disposition: attachment; filename="Form 1.docx"\r\n'
    one = ("Form 1.docx",)
    inner = attached("inner", ("Form 1.docx", FORM))
    nested = zipped({"a.zip": zipped({"b.zip": zipped({"Form 1.docx": FORM})})})
    too_deep = zipped(
        {"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"Form 1.docx": FORM})})})}
    )
    out = {
        "plain attachment": Sample(attached("p1", ("Form 1.docx", FORM)), one, ("Please see",)),
        "f15 inline form": Sample(part('Content-Disposition: inline; filename="Form 1.docx"\r\n'), one),
        "f15 no disposition": Sample(part("", kind=f'{DOCX}; name="Form 1.docx"'), one),
        "f15 octet stream": Sample(part(named, kind="application/octet-stream"), one),
        "f15 no name": Sample(part("Content-Disposition: attachment\r\n"), ("part 3.docx",)),
        "f15 no type": Sample(part(named, kind=""), one),
        "f15 broken type": Sample(part(named, kind="foo"), one),
        "unquoted name with spaces": Sample(part("Content-Disposition: attachment; filename=CME form Zoe.docx\r\n"), ("CME form Zoe.docx",)),
        "rfc2231 name": Sample(part("Content-Disposition: attachment; filename*=utf-8''Zo%C3%AB%20form.docx\r\n"), ("Zoë form.docx",)),
        "rfc2231 in pieces": Sample(
            part("Content-Disposition: attachment;\r\n filename*0*=utf-8''Zo%C3%AB;\r\n filename*1=\" long name.docx\"\r\n"), ("Zoë long name.docx",)),
        "encoded word name": Sample(part('Content-Disposition: attachment; filename="=?utf-8?q?Zo=C3=AB_form=2Edocx?="\r\n'), ("Zoë form.docx",)),
        "name star without value": Sample(part("Content-Disposition: attachment; filename*\r\n"), ("part 3.docx",)),
        "path in the name": Sample(part('Content-Disposition: attachment; filename="C:\\\\temp\\\\..\\\\Form 1.docx"\r\n'), one),
        "direction mark in the name": Sample(part("Content-Disposition: attachment; filename*=utf-8''form%E2%80%AExcod.exe\r\n"), ("formxcod.exe",)),
        "raw eight bit name": Sample(part('Content-Disposition: attachment; filename="Zo\udcc3\udcab.docx"\r\n'), ("Zoë.docx",)),
        "two of one name": Sample(attached("p2", ("f.docx", FORM), ("f.docx", FORM + b"x")), ("f.docx", "f (2).docx")),
        "many attachments": Sample(attached("p3", *[(f"f{n}.docx", FORM) for n in range(60)]), tuple(f"f{n}.docx" for n in range(60))),
        "f16 zip": Sample(attached("z1", ("forms.zip", zipped({"Form 1.docx": FORM, "sub/Form 2.docx": FORM}))), ("forms.zip/Form 1.docx", "forms.zip/sub/Form 2.docx")),
        "f16 zip without its ending": Sample(attached("z2", ("forms.dat", zipped({"Form 1.docx": FORM}))), ("forms.dat/Form 1.docx",)),
        "f16 nested thrice": Sample(attached("z3", ("x.zip", nested)), ("x.zip/a.zip/b.zip/Form 1.docx",)),
        "f16 nested deeper is told": Sample(attached("z4", ("x.zip", too_deep)), ("x.zip/a.zip/b.zip/c.zip",), problems={"x.zip/a.zip/b.zip/c.zip": "refused"}),
        "zip of mac files": Sample(attached("z5", ("f.zip", zipped({"Form 1.docx": FORM, "__MACOSX/._Form 1.docx": b"x", ".DS_Store": b"x"}))), ("f.zip/Form 1.docx", "f.zip/__MACOSX/._Form 1.docx", "f.zip/.DS_Store")),
        "zip that leads out": Sample(attached("z6", ("f.zip", zipped({"../../etc/Form 1.docx": FORM}))), ("f.zip/etc/Form 1.docx",)),
        "zip of too many": Sample(attached("z7", ("f.zip", zipped({f"{n}.txt": b"x" for n in range(80)}))), ("f.zip",), problems={"f.zip": "refused"}),
        "zip bomb": Sample(attached("z8", ("f.zip", zipped({"b.txt": b"\0" * 60_000_000}))), ("f.zip",), problems={"f.zip": "refused"}),
        "zip locked": Sample(attached("z9", ("f.zip", locked_zip("Form 1.docx", FORM, b"alder"))), ("f.zip",), problems={"f.zip": "locked"}),
        "zip damaged": Sample(attached("z10", ("f.zip", zipped({"Form 1.docx": FORM})[:60])), ("f.zip",), problems={"f.zip": "unreadable"}),
        "zip empty": Sample(attached("z11", ("f.zip", zipped({}))), ("f.zip",), problems={"f.zip": "unreadable"}),
        "seven zip": Sample(attached("z12", ("f.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 40)), ("f.7z",), problems={"f.7z": "unreadable"}),
        "f16 winmail": Sample(attached("w1", ("winmail.dat", tnef({"Form 1.docx": FORM}))), ("winmail.dat/Form 1.docx",)),
        "f16 winmail damaged": Sample(attached("w2", ("winmail.dat", tnef({"Form 1.docx": FORM})[:40])), None),
        "f16 mail in mail": Sample(_with_mail(inner), ("CME referral.eml/body.txt", "CME referral.eml/Form 1.docx")),
        "f16 mail as a file": Sample(attached("m2", ("fwd.eml", inner)), ("fwd.eml/body.txt", "fwd.eml/Form 1.docx")),
        "mail in mail encoded": Sample(_with_encoded_mail(inner), ("CME referral.eml/body.txt", "CME referral.eml/Form 1.docx")),
        "mail in mail in mail": Sample(_with_mail(_with_mail(inner)), (
            "CME referral.eml/body.txt", "CME referral.eml/CME referral.eml/body.txt", "CME referral.eml/CME referral.eml/Form 1.docx")),
        "zip in mail in mail": Sample(
            _with_mail(attached("q", ("f.zip", zipped({"Form 1.docx": FORM})))), ("CME referral.eml/body.txt", "CME referral.eml/f.zip/Form 1.docx")),
        "uuencoded": Sample(simple("u1", "Form below.\r\n\r\nbegin 644 Form 1.pdf\r\n" + _uu(PDF) + "`\r\nend\r\n"), ("Form 1.pdf",), ("Form below",), ("begin 644",)),
        "base64 with junk in it": Sample(simple(
            "b1", "--b\r\nContent-Type: application/pdf; name=f.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.b64encode(PDF).decode().replace("A", "A!\r\n", 1) + "\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n"), ("f.pdf",)),
        "boundary never closed": Sample(simple("b2", "--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b\r\nContent-Type: application/pdf; name=f.pdf\r\n\r\n%PDF-1.4\r\n", "Content-Type: multipart/mixed; boundary=b\r\n"), ("f.pdf",), ("words",)),
        "boundary missing": Sample(simple("b3", "words of the body\r\n", "Content-Type: multipart/mixed\r\n"), None),
        "nested a thousand deep": Sample(_nested(1000), None),
        "nested a hundred deep": Sample(_nested(100), None),
        "two thousand parts": Sample(_many_parts(2000), None),
        "external body": Sample(simple("e1", "--b\r\nContent-Type: message/external-body; access-type=URL\r\n\r\nx\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n"), None),
        "picture in the page": Sample(_related(), ("image001.png",), ("Hello",), more={"html": True}),
        "text, file, text": Sample(simple(
            "t1", "--b\r\nContent-Type: text/plain\r\n\r\nfirst words\r\n--b\r\nContent-Type: application/pdf; name=f.pdf\r\n\r\n%PDF-1.4\r\n--b\r\nContent-Type: text/plain\r\n\r\nlast words\r\n--b--\r\n",
            "Content-Type: multipart/mixed; boundary=b\r\n"), ("f.pdf",), ("first words", "last words")),
        "body with a name": Sample(simple("t2", "--b\r\nContent-Type: text/plain; name=message.txt\r\n\r\nthe words\r\n--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n"), ("message.txt",), ("the words",)),
    }  # fmt: skip
    return out


def _uu(data: bytes) -> str:
    import binascii

    return "".join(
        binascii.b2a_uu(data[n : n + 45]).decode().replace("\n", "\r\n")
        for n in range(0, len(data), 45)
    )


def _with_mail(inner: bytes) -> bytes:
    return simple("outer", "--o\r\nContent-Type: text/plain\r\n\r\nForwarded.\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n", 'Content-Type: multipart/mixed; boundary="o"\r\n').replace(
        b'boundary="o"', b'boundary="o%d"' % len(inner)).replace(b"--o\r\n", b"--o%d\r\n" % len(inner)) + inner + b"\r\n--o%d--\r\n" % len(inner)  # fmt: skip


def _with_encoded_mail(inner: bytes) -> bytes:
    return simple(
        "outer", "--o\r\nContent-Type: text/plain\r\n\r\nForwarded.\r\n--o\r\nContent-Type: message/rfc822; name=\"CME referral.eml\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inner).decode().replace("\n", "\r\n") + "--o--\r\n",
        'Content-Type: multipart/mixed; boundary="o"\r\n')  # fmt: skip


def _nested(depth: int) -> bytes:
    out = [HEAD.format(id="deep")]
    out += [f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)]
    return ("".join(out) + "Content-Type: text/plain\r\n\r\nwords\r\n").encode()


def _many_parts(count: int) -> bytes:
    return simple(
        "many",
        "--b\r\nContent-Type: text/csv; name=x.csv\r\n\r\nx\r\n" * count + "--b--\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n",
    )


def _related() -> bytes:
    message = built("rel", "Hello\n", '<p>Hello <img src="cid:image001"></p>')
    page = message.get_payload()[1]
    page.add_related(
        PNG, maintype="image", subtype="png", cid="<image001>", filename="image001.png"
    )
    return message.as_bytes()


def _headers() -> dict[str, Sample]:
    sender = {"sender.address": "office@alder.example"}
    none = ("From", "To", "Subject", "Date", "Message-ID")
    return {
        "f31 bracketed id": Sample(headed("Message-ID: <[b378abcd@prod.example]>", drop=("Message-ID",)), (), more={"message_id": "<[b378abcd@prod.example]>"}),
        "f31 smtpin added": Sample(headed("Message-ID: <[..]SMTPIN_ADDED_[..]>", drop=("Message-ID",)), ()),
        "f31 no id": Sample(headed(drop=("Message-ID",)), (), more={"message_id": ""}),
        "f31 no date": Sample(headed(drop=("Date",)), (), more={"date": None}),
        "f31 bad date": Sample(headed("Date: Thu, 99 Foo 2026 25:61:61 +9999", drop=("Date",)), (), more={"date": None}),
        "f31 date of year nought": Sample(headed("Date: Thu, 22 Oct 0000 09:14:00 +0000", drop=("Date",)), ()),
        "f31 huge zone": Sample(headed("Date: Thu, 22 Oct 2026 09:14:00 +999999999999", drop=("Date",)), ()),
        "f31 empty from": Sample(headed("From: ", drop=("From",)), (), more={"sender.address": ""}),
        "f31 no from": Sample(headed(drop=("From",)), (), more={"sender.address": ""}),
        "f31 quote in to": Sample(headed('To: "', drop=("To",)), (), more=sender),
        "f31 comment in to": Sample(headed("To: (c):", drop=("To",)), (), more=sender),
        "f31 group": Sample(headed("To: undisclosed-recipients:;", drop=("To",)), (), more=sender),
        "f31 group with one": Sample(headed("Cc: (x): a@b.example;"), (), more=sender),
        "f31 name star": Sample(headed("Content-Type: text/plain; name*"), (), ("words",), more=sender),
        "f31 nothing at all": Sample(b"", ()),
        "f31 only a body": Sample(b"\r\n\r\njust words\r\n", (), ("just words",)),
        "f31 only headers": Sample(HEAD.format(id="x").encode(), (), more=sender),
        "f31 no colon": Sample(b"garbage without colon\r\n" + headed(), None),
        "f31 unix from line": Sample(b"From office@alder.example Thu Oct 22 09:14:00 2026\r\n" + headed(), (), more=sender),
        "f31 nul bytes": Sample(headed(body="wor\0ds\r\n"), (), ("words",)),
        "f31 ten thousand encoded words": Sample(headed("Subject: " + "=?utf-8?q?a?= " * 10_000, drop=("Subject",)), (), more=sender),
        "f31 eight thousand addresses": Sample(headed("To: " + ", ".join(f"a{n}@b.example" for n in range(8000)), drop=("To",)), (), more=sender),
        "f31 five hundred brackets": Sample(headed("To: " + "(" * 500, drop=("To",)), (), more=sender),
        "f31 two megabyte header": Sample(headed("X-Long: " + "x" * 2_000_000), (), more=sender),
        "f31 line break in an encoded word": Sample(headed("Subject: =?utf-8?Q?a=0D=0ABcc:_evil@x.example?=", drop=("Subject",)), (), more={"subject": "a Bcc: evil@x.example"}),
        "f31 split in a character": Sample(headed("Subject: =?utf-8?b?Wm/D?= =?utf-8?b?qw==?=", drop=("Subject",)), (), more={"subject": "Zoë"}),
        "f31 unknown charset in subject": Sample(headed("Subject: =?x-unknown?q?caf=E9?=", drop=("Subject",)), (), more={"subject": "café"}),
        "f31 raw utf8 subject": Sample(headed("Subject: Zoë's form", drop=("Subject",)), (), more={"subject": "Zoë's form"}),
        "f31 raw latin subject": Sample(headed("Subject: caf\udce9", drop=("Subject",)), (), more={"subject": "café"}),
        "encoded name holds an address": Sample(
            headed("From: =?utf-8?q?office=40alder=2Eexample=2C?= <evil@elsewhere.example>", drop=("From",)), (),
            more={"sender.address": "evil@elsewhere.example", "sender.name": "office@alder.example,"}),
        "quoted name holds an address": Sample(
            headed('From: "Office <office@alder.example>" <evil@elsewhere.example>', drop=("From",)), (), more={"sender.address": "evil@elsewhere.example"}),
        "address with a comment": Sample(headed("From: office@alder.example (Alder office)", drop=("From",)), (), more={**sender, "sender.name": "Alder office"}),
        "two senders": Sample(headed("From: office@alder.example, evil@elsewhere.example", drop=("From",)), (), more={"notes.several_senders": True}),
        "two from headers": Sample(headed("From: evil@elsewhere.example"), (), more={"notes.several_senders": True}),
        "nothing but a subject": Sample(headed("Subject: hello", drop=none), ()),
        "in reply to in words": Sample(headed("In-Reply-To: Your message of Thursday <a@wrenshire.example>"), (), more={"in_reply_to": ("<a@wrenshire.example>",)}),
        "in reply to encoded": Sample(headed("In-Reply-To: =?utf-8?q?=3Ca=40wrenshire=2Eexample=3E?="), (), more={"in_reply_to": ("<a@wrenshire.example>",)}),
        "folded references": Sample(headed("References: <a@b.example>\r\n\t<c@d.example>\r\n <e@f.example>"), (), more={"references": ("<a@b.example>", "<c@d.example>", "<e@f.example>")}),
    }  # fmt: skip


def _charsets() -> dict[str, Sample]:
    def body(name: str, data: bytes, kind: str, encoding: str = "8bit") -> bytes:
        return (
            simple(name, "", f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n")
            + data
        )

    return {
        "utf-8": Sample(body("k1", "Zoë – £5".encode(), "text/plain; charset=utf-8"), (), ("Zoë – £5",)),
        "windows as latin": Sample(body("k2", b"\x93Zo\xeb\x94 \x96 ok", "text/plain; charset=iso-8859-1"), (), ("“Zoë” – ok",)),
        "utf-8 declared wrongly": Sample(body("k3", b"Zo\xeb", "text/plain; charset=utf-8"), (), ("Zoë",)),
        "unknown charset": Sample(body("k4", "Zoë".encode(), "text/plain; charset=x-foo"), (), ("Zoë",)),
        "a codec that is none": Sample(body("k5", b"words", "text/plain; charset=rot13"), (), ("words",)),
        "punycode": Sample(body("k6", b"words", "text/plain; charset=punycode"), (), ("words",)),
        "utf-16": Sample(body("k7", base64.b64encode("Zoë".encode("utf-16")), "text/plain; charset=utf-16", "base64"), (), ("Zoë",)),
        "utf-7": Sample(body("k8", b"Zo+AOs-", "text/plain; charset=utf-7"), (), ("Zoë",)),
        "quoted printable broken": Sample(body("k9", b"50=A3 =ZZ= \r\nmore", "text/plain; charset=cp1252", "quoted-printable"), (), ("50£", "more")),
        "flowed": Sample(body("k10", b"one long \r\nline\r\n", "text/plain; charset=utf-8; format=flowed"), (), ("one long line",)),
        "html only": Sample(body("k11", b"<html><body><table><tr><td>Surname</td><td>Thornbury</td></tr></table></body></html>", "text/html; charset=utf-8"), (), ("Surname", "Thornbury"), more={"html": True}),
        "hidden html": Sample(body("k12", b"<p>shown</p><p style='display:none'>hid words</p><script>bad()</script>", "text/html"), (), ("shown",), ("hid words", "bad()")),
        "html nested deep": Sample(body("k13", b"<div>" * 20_000 + b"words" + b"</div>" * 20_000, "text/html"), (), ("words",)),
        "plain says look at the page": Sample(built("k14", "Please view in HTML.\n", "<p>" + "Surname Thornbury left the school today. " * 8 + "</p>").as_bytes(), (), ("Thornbury",)),
        "plain is empty": Sample(built("k15", "\n", "<p>The words</p>").as_bytes(), (), ("The words",)),
        "f28 script in the page": Sample(built("k16", "\n", "<script>alert(1)</script><p onclick=x>Hi</p>").as_bytes(), (), ("Hi",), ("alert",)),
        "xml declaration": Sample(body("k17", b"<?xml version='1.0' encoding='utf-8'?><html><body><p>words</p></body></html>", "text/html"), (), ("words",)),
    }  # fmt: skip


def messages() -> dict[str, Sample]:
    """Every sample, by the name of what it shows."""
    found: dict[str, Sample] = {}
    for group in (
        _replies,
        _references,
        _parts,
        _headers,
        _charsets,
        _machines,
        _secrets,
        _slow,
        fresh,
    ):
        found |= group()
    return found

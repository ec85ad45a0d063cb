"""A hard corpus: more than a hundred emails as they come, or as somebody makes them to do harm.

Each has what must be found in it. All names and addresses are invented.
"""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

DATE = "Thu, 22 Oct 2026 09:14:00 +0100"
HEAD = (
    "From: Alder office <office@alder.example>\r\nTo: cme@wrenshire.example\r\nSubject: CME referral\r\n"
    f"Date: {DATE}\r\nMessage-ID: <{{id}}@alder.example>\r\nMIME-Version: 1.0\r\n"
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Sample:
    """`leaves` are the paths that must be listed (None: not looked at); `problems` by path."""

    raw: bytes
    leaves: tuple[str, ...] | None = None
    new: tuple[str, ...] = ()  # words that must be in the new text
    not_new: tuple[str, ...] = ()
    machine: str | None = None
    refs: tuple[str, ...] = ()
    problem: str | None = None
    problems: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # Email attributes


def docx() -> bytes:
    """A zip that is a Word file by its contents, small enough to be repeated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", "<w:document/>"),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


FORM = docx()
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def locked_zip(name: str, data: bytes, password: bytes) -> bytes:
    """A zip with the old (ZipCrypto) lock, which the standard library reads but cannot write."""
    keys = [0x12345678, 0x23456789, 0x34567890]
    table = [_crc_entry(n) for n in range(256)]

    def crc(old: int, byte: int) -> int:
        return (old >> 8) ^ table[(old ^ byte) & 0xFF]

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    check = zlib.crc32(data)
    out = bytearray()
    for byte in b"\0" * 11 + bytes([check >> 24]) + data:
        temp = keys[2] | 2
        out.append(byte ^ (((temp * (temp ^ 1)) >> 8) & 0xFF))
        update(byte)
    encoded = name.encode()
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, 1, 0, 0, 33, check, len(out), len(data), len(encoded), 0
    )
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        20,
        20,
        1,
        0,
        0,
        33,
        check,
        len(out),
        len(data),
        len(encoded),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    start = len(local) + len(encoded) + len(out)
    directory = entry + encoded
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(directory), start, 0)
    return local + encoded + bytes(out) + directory + end


def _crc_entry(number: int) -> int:
    for _ in range(8):
        number = (number >> 1) ^ 0xEDB88320 if number & 1 else number >> 1
    return number


def tnef(files: dict[str, bytes]) -> bytes:
    """A winmail.dat with attachments."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        return (
            struct.pack("<BII", level, kind, len(data))
            + data
            + struct.pack("<H", sum(data) & 0xFFFF)
        )

    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(
        1, 0x00089006, struct.pack("<I", 0x00010000)
    )
    for name, data in files.items():
        out += attribute(2, 0x00069002, struct.pack("<HIHHII", 1, 0, 0, 0, 0, 0)[:14])
        out += attribute(2, 0x00018010, name.encode() + b"\0")
        out += attribute(2, 0x0006800F, data)
    return out


def simple(name: str, body: str, head: str = "") -> bytes:
    return (HEAD.format(id=name) + head + "\r\n" + body).encode("utf-8", "surrogateescape")


def built(
    name: str, text: str = "Please see attached.\n", html: str = "", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    base = {
        "From": "Alder office <office@alder.example>", "To": "cme@wrenshire.example", "Subject": "CME referral",
        "Date": DATE, "Message-ID": f"<{name}@alder.example>",
    }  # fmt: skip
    for key, value in {**base, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        if value:
            message[key] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def attached(
    name: str, *files: tuple[str, bytes], text: str = "Please see attached.\n", **headers: str
) -> bytes:
    message = built(name, text, **headers)
    for title, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=title)
    return message.as_bytes()


def part(disposition: str, data: bytes = FORM, kind: str = DOCX) -> bytes:
    """A mail whose one attachment has the given header lines."""
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    lines = f"Content-Type: {kind}\r\n" if kind else ""
    return simple(
        "part",
        f"--b\r\nContent-Type: text/plain\r\n\r\nPlease see attached.\r\n--b\r\n{lines}{disposition}"
        f"Content-Transfer-Encoding: base64\r\n\r\n{body}--b--\r\n",
        'Content-Type: multipart/mixed; boundary="b"\r\n',
    )


def headed(*lines: str, body: str = "words\r\n", drop: tuple[str, ...] = ()) -> bytes:
    """A plain mail with more header lines, and without some of the usual."""
    kept = [
        line
        for line in HEAD.format(id="headed").split("\r\n")
        if line.partition(":")[0] not in drop
    ]
    return ("\r\n".join([*lines, *kept]) + "\r\n" + body).encode("utf-8", "surrogateescape")


QUOTED = "From: CME team <cme@wrenshire.example>\nSent: 21 October 2026 10:00\nTo: Alder office <office@alder.example>\nSubject: Your referral CME-2026-0142\n\nold words\n"


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


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


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


def messages() -> dict[str, Sample]:
    """Every sample, by the name of what it shows."""
    found: dict[str, Sample] = {}
    for group in (_replies, _references, _parts, _headers, _charsets, _machines, _secrets, _slow):
        found |= group()
    return found

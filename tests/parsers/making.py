"""Makes the test documents: small packages of raw XML, so that a test shows what it is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from parsers.documents.model import Block, Document, Field, Mark, Table, Text, walk

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_SPACES = (
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def package(parts: dict[str, bytes | str]) -> bytes:
    """Return a zip of the parts, in order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return stream.getvalue()


def relations(links: Iterable[tuple[str, str, str]], base: str = RELATIONS) -> str:
    items = "".join(
        f'<Relationship Id="{identity}" Type="{base}/{kind}" Target="{target}"/>'
        for identity, kind, target in links
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{items}</Relationships>"
    )


def word_xml(body: str, root: str = "document", space: str = W, related: str = RELATIONS) -> str:
    inner = f"<w:body>{body}</w:body>" if root == "document" else body
    return f'<w:{root} xmlns:w="{space}" xmlns:r="{related}" {_SPACES}>{inner}</w:{root}>'


def docx(
    body: str,
    *,
    styles: str | None = None,
    parts: dict[str, bytes | str] | None = None,
    links: Iterable[tuple[str, str, str]] = (),
    main: str = "word/document.xml",
    main_type: str = _MAIN,
    strict: bool = False,
) -> bytes:
    """Return a .docx with this body; `parts` and `links` add headers, notes, pictures."""
    space, related = (STRICT, STRICT_RELATIONS) if strict else (W, RELATIONS)
    folder, _, name = main.rpartition("/")
    found = list(links)
    made: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/{main}" ContentType="{main_type}"/></Types>',
        "_rels/.rels": relations([("r1", "officeDocument", main)], related),
        main: word_xml(body, space=space, related=related),
    }
    if styles is not None:
        made[f"{folder}/styles.xml"] = f'<w:styles xmlns:w="{space}">{styles}</w:styles>'
        found.append(("rS", "styles", "styles.xml"))
    made[f"{folder}/_rels/{name}.rels"] = relations(found, related)
    return package(made | (parts or {}))


def r(text: str, properties: str = "") -> str:
    """Return a run."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str, style: str = "") -> str:
    """Return a paragraph; a plain string without tags becomes a run."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{''.join(run if run.startswith('<') else r(run) for run in runs)}</w:p>"


def tc(content: str = "", properties: str = "") -> str:
    inner = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    inner = "".join(cell if cell.startswith("<") else tc(cell) for cell in cells)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inner}</w:tr>"


def tbl(*rows: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def sdt(kind: str, content: str) -> str:
    """Return a content control around runs, paragraphs, a cell or rows."""
    return f"<w:sdt><w:sdtPr>{kind}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def legacy(code: str, data: str, shown: str = "") -> str:
    """Return the runs of a legacy form field."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        f"<w:r><w:instrText> {code} </w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(shown) if shown else ""}'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def sketch(blocks: Iterable[Block]) -> list[object]:
    """Return blocks as short words: text, [value], on/off marks, tables as rows of cells."""
    found: list[object] = []
    for block in blocks:
        match block:
            case Text(text=words):
                found.append(words)
            case Field(value=value):
                found.append([value])
            case Mark(on=on):
                found.append(on)
            case Table():
                rows: list[list[object]] = [[] for _ in range(block.rows)]
                for cell in block.cells:
                    rows[cell.row].append(sketch(cell.items))
                found.append(tuple(rows))
    return found


def places(document: Document) -> list[str]:
    """Return where each thing stood, tables' insides included."""
    return [block.place.words for block in walk(document.blocks)]

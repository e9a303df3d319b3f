"""Files made to hurt whoever reads them, a few of every kind, generated when they are needed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import docx

WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LAUGHS = '<!ENTITY a0 "lol">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
)
OUTSIDE = '<!ENTITY x SYSTEM "file:///etc/passwd">'


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileFile:
    """A file's name, what it tries, and how to make it."""

    source: str
    attempt: str
    make: Callable[[], bytes]


def hostile_files() -> Iterator[HostileFile]:
    """Yield every file; none is made before ``make`` is called."""
    for family in (_word, _pdf, _html, _markdown, _rest, _tables, _json_lines, _text, _disguised):
        for (suffix, attempt), make in family().items():
            yield HostileFile(
                source=f"{attempt.replace(' ', '-')}{suffix}", attempt=attempt, make=make
            )


Family = Mapping[tuple[str, str], Callable[[], bytes]]


def _word() -> Family:
    paragraph = b"<w:p><w:r><w:t>text</w:t></w:r></w:p>"
    cell = b"<w:tc>" + paragraph + b"</w:tc>"
    deep = b"<w:smartTag>" * 50_000 + b"</w:smartTag>" * 50_000
    tables = b"<w:tbl><w:tr><w:tc>" * 2000 + paragraph + b"</w:tc></w:tr></w:tbl>" * 2000
    return {
        (".docx", "zip bomb of spaces"): lambda: docx_with(b" " * (400 << 20)),
        (".docx", "zip bomb of text"): lambda: docx_with(
            b"<w:p><w:r><w:t>" + b"lorem ipsum " * (20 << 20) + b"</w:t></w:r></w:p>"
        ),
        (".docx", "million paragraphs"): lambda: docx_with(paragraph * 1_000_000),
        (".docx", "deep tags"): lambda: docx_with(b"<w:p>" + deep + b"</w:p>"),
        (".docx", "tables in tables"): lambda: docx_with(tables),
        (".docx", "giant table"): lambda: docx_with(
            b"<w:tbl>" + (b"<w:tr>" + cell * 300 + b"</w:tr>") * 1000 + b"</w:tbl>"
        ),
        (".docx", "billion laughs"): lambda: docx_with(
            b"<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", entities=LAUGHS
        ),
        (".docx", "outside entity"): lambda: docx_with(
            b"<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", entities=OUTSIDE
        ),
        (".docx", "hundred thousand parts"): _many_parts,
        (".docx", "second bomb in a picture"): lambda: docx_with(
            paragraph, extra={"word/media/image1.png": b"\0" * (300 << 20)}
        ),
        (".docx", "names that climb"): lambda: docx_with(
            paragraph, extra={"../../../../tmp/marv-was-here": b"x", "/etc/marv": b"x"}
        ),
        (".docx", "cut in half"): lambda: (whole := docx_with(paragraph))[: len(whole) // 2],
        (".docx", "zip in zip in zip"): lambda: _nested_zip(40),
        (".docx", "claims of a small size"): _lying_zip,
    }


def _pdf() -> Family:
    return {
        (".pdf", "stream bomb"): lambda: pdf_of(content=_packed(b"0 " * (100 << 20))),
        (".pdf", "stream bomb in three layers"): lambda: pdf_of(
            content=_layers(b"0" * (400 << 20), 3)
        ),
        (".pdf", "million operators"): lambda: pdf_of(
            content=_packed(b"BT /F1 9 Tf (x) Tj ET\n" * 1_000_000)
        ),
        (".pdf", "page tree that bites its tail"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"
        ),
        (".pdf", "page tree ten thousand deep"): _deep_pages,
        (".pdf", "claims of a billion pages"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1000000000>>",
            b"<</Type/Page/Parent 2 0 R>>",
        ),
        (".pdf", "one page a hundred thousand times"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 100000/Kids[" + b"3 0 R " * 100_000 + b"]>>",
            b"<</Type/Page/Parent 2 0 R>>",
        ),
        (".pdf", "nested arrays"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages " + b"[" * 200_000 + b"]" * 200_000 + b">>"
        ),
        (".pdf", "nested dictionaries"): lambda: pdf_objects(b"<</A " * 100_000 + b">>" * 100_000),
        (".pdf", "outline in a circle"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R>>",
            b"<</First 5 0 R/Last 5 0 R/Count 1>>",
            b"<</Title(x)/Parent 4 0 R/Next 5 0 R/First 5 0 R/Dest[3 0 R/Fit]>>",
        ),
        (".pdf", "form inside itself"): _form_in_itself,
        (".pdf", "object stream bomb"): _object_stream_bomb,
        (".pdf", "length of itself"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
            b"<</Length 4 0 R>>stream\nx\nendstream",
        ),
        (".pdf", "table that points at itself"): lambda: pdf_objects(
            b"<</Type/Catalog/Pages 2 0 R>>", trailer=b"/Prev 9"
        ),
        (".pdf", "font map of four billion"): _font_map,
        (".pdf", "brackets and nothing else"): lambda: b"%PDF-1.7\n" + b"<<" * 5_000_000,
        (".pdf", "objects without end"): lambda: (
            b"%PDF-1.7\n" + b"1 0 obj\n<<>>\nendobj\n" * 500_000
        ),
    }


def _html() -> Family:
    return {
        (".html", "hundred thousand nested tags"): lambda: b"<div>" * 100_000 + b"deep",
        (".html", "nested lists"): lambda: b"<ul><li>" * 100_000 + b"deep",
        (".html", "nested tables"): lambda: b"<table><tr><td>" * 100_000 + b"deep",
        (".html", "million cells"): lambda: b"<table>" + b"<tr>" + b"<td>x" * 3_000_000,
        (".html", "million attributes"): lambda: b"<p " + b"a=1 " * 2_000_000 + b">x",
        (".html", "open quotation mark"): lambda: b'<a href="' * 500_000,
        (".html", "half comments"): lambda: b"<!-- -" * 1_000_000,
        (".html", "half declarations"): lambda: b"<![CDATA[" * 500_000 + b"<!" * 500_000,
        (".html", "half entities"): lambda: b"&#x" * 3_000_000 + b"&" * 3_000_000,
        (".html", "half tags"): lambda: b"<a" * 4_000_000,
        (".html", "script without end"): lambda: b"<script>" + b"</scrip" * 3_000_000,
        (".html", "billion laughs"): lambda: f"<!DOCTYPE html [{LAUGHS}]><p>&a11;".encode(),
        (".html", "code blocks of fences"): lambda: b"<pre>" + b"`" * 5_000_000,
    }


def _markdown() -> Family:
    return {
        (".md", "quotes in quotes"): lambda: b"> " * 100_000 + b"deep",
        (".md", "lists in lists"): lambda: b"\n".join(b" " * n + b"- x" for n in range(3000)),
        (".md", "open brackets"): lambda: b"[" * 500_000,
        (".md", "links in links"): lambda: b"[a](" * 200_000,
        (".md", "stars"): lambda: b"*a_ " * 300_000,
        (".md", "ticks of every length"): lambda: b" ".join(b"`" * n for n in range(3000)),
        (".md", "table of ten thousand columns"): lambda: (
            b"|" + b"a|" * 10_000 + b"\n|" + b"-|" * 10_000 + b"\n" + b"|x" * 100_000
        ),
        (".md", "million references"): lambda: b"".join(
            b"[r%d]: http://a.example.com\n" % n for n in range(300_000)
        ),
        (".md", "half tags"): lambda: b"<a " * 500_000,
    }


def _rest() -> Family:
    return {
        (".rst", "lists in lists"): lambda: b"\n".join(b" " * n + b"- x" for n in range(2000)),
        (".rst", "includes of other files"): lambda: (
            b"Title\n=====\n\n.. include:: /etc/passwd\n\n.. raw:: html\n   :file: /etc/passwd\n\n"
            b".. csv-table:: x\n   :file: /etc/passwd\n\n.. csv-table:: y\n"
            b"   :url: http://127.0.0.1/\n"
        ),
        (".rst", "replacements in a circle"): lambda: (
            b"|a|\n\n.. |a| replace:: |b|\n.. |b| replace:: |a|\n"
        ),
        (".rst", "replacements that grow"): lambda: (
            b"|a0|\n\n"
            + b"".join(
                b".. |a%d| replace:: %b\n" % (n, b" ".join([b"|a%d|" % (n + 1)] * 10))
                for n in range(12)
            )
        ),
        (".rst", "stars"): lambda: b"*a **b `c " * 100_000,
        (".rst", "grid table without end"): lambda: (b"+" + b"-+" * 2000 + b"\n") * 1000,
    }


def _tables() -> Family:
    return {
        (".csv", "million columns"): lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000,
        (".csv", "million rows"): lambda: b"name,value\n" + b"x,1\n" * 2_000_000,
        (".csv", "one endless field"): lambda: b'a\n"' + b"x" * (20 << 20),
        (".csv", "quotation marks"): lambda: b'"' * 10_000_001,
        (".csv", "zeros"): lambda: b"a,b\n" + b"\0,\0\n" * 100_000,
        (".tsv", "wide head and long body"): lambda: (
            b"\t".join(b"column%d" % n for n in range(5000))
            + b"\n"
            + (b"v\t" * 5000 + b"\n") * 1000
        ),
    }


def _json_lines() -> Family:
    return {
        (".jsonl", "deep lists"): lambda: (
            b'{"text": "a", "x": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
        ),
        (".jsonl", "deep objects"): lambda: b'{"text":' * 500_000,
        (".jsonl", "number of a million digits"): lambda: (
            b'{"text": "a", "id": ' + b"9" * 1_000_000 + b"}"
        ),
        (".jsonl", "million keys"): lambda: (
            b'{"text": "a"' + b"".join(b', "k%d": 1' % n for n in range(1_000_000)) + b"}"
        ),
        (".jsonl", "half characters"): lambda: b'{"text": "\\ud800\\udc00 \\ud800 \\udfff"}\n' * 9,
        (".jsonl", "million lines"): lambda: b'{"text": "a"}\n' * 1_000_000,
        (".jsonl", "numbers that are none"): lambda: b'{"text": NaN, "id": -Infinity}\n' * 100,
    }


def _text() -> Family:
    return {
        (".txt", "broken utf-8"): lambda: b"\xc3\x28\xa0\xa1\xe2\x28\xa1\xf0\x28\x8c\xbc" * 100_000,
        (".txt", "overlong utf-8"): lambda: b"\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80" * 100_000,
        (".txt", "half of utf-16"): lambda: b"\xff\xfe" + b"\x00\xd8" * 1_000_001 + b"a",
        (".txt", "utf-32 beyond unicode"): lambda: b"\xff\xfe\0\0" + b"\xff\xff\xff\x7f" * 100_000,
        (".txt", "one word of twenty megabytes"): lambda: b"x" * (20 << 20),
        (".txt", "commas without a full stop"): lambda: b"word, " * 4_000_000,
        (".txt", "marks on marks"): lambda: ("a" + "\u0301" * 2_000_000).encode(),
        (".txt", "ligatures that swell"): lambda: ("\ufdfa" * 2_000_000).encode(),
        (".txt", "text that runs backwards"): lambda: ("\u202e\u2066abc" * 500_000).encode(),
        (".txt", "empty lines"): lambda: b"\n" * (20 << 20),
        (".txt", "escapes of iso-2022"): lambda: b"\x1b$B" * 1_000_000,
        (".txt", "full stops"): lambda: b". " * 5_000_000,
    }


def _disguised() -> Family:
    return {
        (".pdf", "a program"): lambda: b"\x7fELF" + bytes(range(256)) * 10_000,
        (".docx", "a page"): lambda: b"<!doctype html><p>hello",
        (".docx", "an archive of nothing"): lambda: b"PK\x05\x06" + b"\0" * 18,
        (".md", "a program"): lambda: b"MZ" + bytes(range(256)) * 10_000,
        (".xml", "billion laughs"): lambda: f"<!DOCTYPE x [{LAUGHS}]><x>&a11;</x>".encode(),
        (".html", "a paper"): lambda: pdf_of(content=_packed(b"BT (x) Tj ET")),
        (".exe", "a program"): lambda: b"MZ" + b"\0" * 1000,
        (".txt", "nothing"): lambda: b"",
    }


def docx_with(
    body: bytes, *, entities: str = "", extra: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a Word file with this body, these entities and these extra parts."""
    plain, packed = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "word/document.xml":
                head = f"<!DOCTYPE w:document [{entities}]>" if entities else ""
                root = f'<w:document xmlns:w="{WORD_NAMESPACE}"><w:body>'
                opening = f'<?xml version="1.0"?>{head}{root}'.encode()
                content = opening + body + b"</w:body></w:document>"
            target.writestr(part.filename, content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return packed.getvalue()


def _many_parts() -> bytes:
    return docx_with(b"<w:p/>", extra={f"word/part{n}.xml": b"<x/>" for n in range(100_000)})


def _nested_zip(depth: int) -> bytes:
    content = b"0" * 1_000_000
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", content)
        content = buffer.getvalue()
    return content


def _lying_zip() -> bytes:
    """Return a Word file whose directory says that its 200 MB document has a kilobyte."""
    whole = docx_with(b" " * (200 << 20))
    size = zipfile.ZipFile(io.BytesIO(whole)).getinfo("word/document.xml").file_size
    return whole.replace(size.to_bytes(4, "little"), (1024).to_bytes(4, "little"))


def pdf_objects(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, the first one its catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    parts = [content]
    length = len(content)
    for number, body in enumerate(objects, start=1):
        offsets.append(length)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        length += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts.extend(b"%010d 00000 n \n" % offset for offset in offsets)
    parts.append(
        b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, trailer, length)
    )
    return b"".join(parts)


def pdf_of(*, content: bytes, resources: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """Return a PDF of one page with this content stream."""
    return pdf_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]/Resources<<%b>>>>" % resources,
        content,
        *more,
    )


def _packed(content: bytes) -> bytes:
    return _stream(zlib.compress(content, 9), b"/Filter/FlateDecode")


def _layers(content: bytes, depth: int) -> bytes:
    for _ in range(depth):
        content = zlib.compress(content, 9)
    return _stream(content, b"/Filter[" + b"/FlateDecode" * depth + b"]")


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def _deep_pages(depth: int = 10_000) -> bytes:
    nodes = [
        b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, depth + 2)
    ]
    return pdf_objects(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page>>")


def _form_in_itself() -> bytes:
    form = _stream(b"/X Do " * 100, b"/Type/XObject/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>")
    return pdf_of(content=_packed(b"/X Do " * 100), resources=b"/XObject<</X 5 0 R>>", more=(form,))


def _object_stream_bomb() -> bytes:
    body = zlib.compress(b"10 0 " + b" " * (300 << 20), 9)
    packed = _stream(body, b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode")
    table = b"\x01\x00\x00\x00" + b"\x02\x00\x02\x00" * 9 + b"\x02\x00\x02\x00"
    head = b"%PDF-1.7\n"
    first = b"2 0 obj\n%b\nendobj\n" % packed
    start = len(head) + len(first)
    entries = b"/Type/XRef/Size 11/W[1 2 1]/Root 10 0 R"
    table = b"".join(
        b"\x01" + (len(head)).to_bytes(2, "big") + b"\x00" if number == 2 else b"\x02\x00\x02\x00"
        for number in range(11)
    )
    return (
        head
        + first
        + b"3 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF"
        % (
            _stream(table, entries),
            start,
        )
    )


def _font_map() -> bytes:
    cmap = (
        b"begincmap 1 begincodespacerange <00000000> <ffffffff> endcodespacerange\n"
        b"1 beginbfrange <00000000> <ffffffff> <0000> endbfrange endcmap"
    )
    font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R>>"
    return pdf_of(
        content=_packed(b"BT /F1 9 Tf <00410042> Tj ET"),
        resources=b"/Font<</F1 5 0 R>>",
        more=(font, _packed(cmap)),
    )

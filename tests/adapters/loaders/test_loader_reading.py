"""Choosing a loader, corpora, binary formats, and the refusals that need no child."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from bot.adapters.loaders.reading import read
from bot.adapters.tokens import ToktokCounter
from bot.models import Language, ParsedDocument
from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason


def parsed(content: bytes, source: str) -> list[ParsedDocument]:
    return list(read(content, source, ToktokCounter()))


def refusal(content: bytes, source: str) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        parsed(content, source)
    return caught.value


def pdf(*pages: Callable[[canvas.Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer)
    for page in pages:
        page(drawing)
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def word(write: Callable[[docx.document.Document], None]) -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    write(document)
    document.save(buffer)
    return buffer.getvalue()


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/") + ".xml", content)
    return buffer.getvalue()


def test_pdf_reads_a_page_a_section_below_its_outline() -> None:
    def first(page: canvas.Canvas) -> None:
        page.bookmarkPage("one")
        page.addOutlineEntry("Opening", "one")
        page.drawString(72, 720, "Marv is a bot. " + "It answers from documents. " * 2)

    def second(page: canvas.Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
        page.setFont("HeiseiMin-W3", 12)
        page.drawString(72, 720, "二ページ目は日本語です。" * 3)

    [document] = parsed(pdf(first, second), "docs/the_manual.pdf")

    assert document.title == "The manual"
    texts = [chunk.text for chunk in document.chunks]
    assert "Marv is a bot." in texts[0]
    assert "二ページ目は日本語です。" in texts[-1]
    assert {chunk.heading[0] for chunk in document.chunks} == {"Opening"}


def test_pdf_without_text_is_refused() -> None:
    def picture(page: canvas.Canvas) -> None:
        page.rect(10, 10, 100, 100)

    assert refusal(pdf(picture), "scan.pdf").reason is RefusalReason.NO_TEXT


@pytest.mark.parametrize("algorithm", ["RC4-128", None])
def test_pdf_with_a_password_is_refused(algorithm: str | None) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(lambda p: p.drawString(9, 9, "x")))))
    writer.encrypt("secret", algorithm=algorithm or "RC4-40")
    buffer = io.BytesIO()
    writer.write(buffer)

    assert refusal(buffer.getvalue(), "x.pdf").reason is RefusalReason.ENCRYPTED


def test_docx_keeps_headings_lists_and_tables() -> None:
    def write(document: docx.document.Document) -> None:
        document.add_heading("社内ルール", level=1)
        document.add_paragraph("はじめに読むこと。")
        document.add_heading("Details", level=2)
        document.add_paragraph("first", style="List Bullet")
        document.add_paragraph("second", style="List Bullet")
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"

    [document] = parsed(word(write), "rules.docx")

    assert document.title == "社内ルール"
    assert [(chunk.heading, chunk.text) for chunk in document.chunks] == [
        ((), "はじめに読むこと。"),
        (("Details",), "- first\n- second\n\na | b"),
    ]


def test_json_lines_are_one_document_each_with_their_ids() -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "title": "梅雨", "text": "雨が降る。"},
        {"_id": 7, "text": "No title."},
        {"id": "blank", "text": " "},
        {"title": "T", "text": "No id, a \u2028 separator and \ud800 half a pair."},
    ]
    lines = "\n\n".join(json.dumps(row, ensure_ascii=row.get("title") != "梅雨") for row in rows)

    documents = parsed(lines.encode(), "my_corpus.jsonl")

    assert [(document.source, document.title) for document in documents] == [
        ("a", "梅雨"),
        ("7", "My corpus 3"),
        ("my_corpus.jsonl#7", "T"),
    ]
    assert documents[0].chunks[0].text == "雨が降る。"
    "".join(chunk.text for chunk in documents[2].chunks).encode("utf-8")


def test_a_record_without_text_is_read_as_its_fields() -> None:
    record = '{"id": "q1", "question_en": "Who?", "answer_en": "Nobody.", "answer_ja": "誰も。"}'

    [document] = parsed(record.encode(), "faq.jsonl")

    assert document.source == "q1"
    assert document.chunks[0].text == (
        "question_en: Who?\n\nanswer_en: Nobody.\n\nanswer_ja: 誰も。"
    )


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (
            '{"text": "a"}\n{"count": 2, "id": "x"}',
            "line 2: no field holds text, its keys are: count, id",
        ),
        ('{"text": "a"}\nnonsense', "line 2: not JSON"),
        ("[1]", "line 1: not a JSON object"),
        ('{"text": 5}', "line 1: no field holds text, its keys are: text"),
        ('{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}', "line 2: its id is taken"),
        ("9" * 5000, "line 1: not JSON"),
    ],
)
def test_a_bad_line_is_named(content: str, detail: str) -> None:
    refused = refusal(content.encode(), "x.jsonl")

    assert refused.reason is RefusalReason.BAD_LINE
    assert refused.detail.startswith(detail)


def test_an_edit_changes_the_hash_and_the_source_does_not() -> None:
    [one], [other], [edited] = (
        parsed(b"# T\n\na", "a.md"),
        parsed(b"# T\n\na", "b.md"),
        parsed(b"# T\n\nb", "a.md"),
    )

    assert one.content_hash == other.content_hash
    assert one.content_hash != edited.content_hash


@pytest.mark.parametrize(
    ("content", "source", "reason"),
    [
        (b"", "a.md", RefusalReason.EMPTY),
        (b" \n ", "a.txt", RefusalReason.EMPTY),
        (b"<script>only()</script>", "a.html", RefusalReason.EMPTY),
        (b"x" * (MAX_FILE_BYTES + 1), "a.txt", RefusalReason.TOO_LARGE),
        (b'msgid ""', "a.po", RefusalReason.UNKNOWN_KIND),
        (b"MZ", "a.exe", RefusalReason.UNKNOWN_KIND),
        (b"\x7fELF\x00\x00", "a.txt", RefusalReason.BROKEN),
        (b"%PDF-1.7 and no more", "a.pdf", RefusalReason.BROKEN),
        (b"not a pdf at all", "a.pdf", RefusalReason.BROKEN),
        (b"PK\x03\x04 and no more", "a.docx", RefusalReason.BROKEN),
        (archive(word__document=b"<a/>"), "a.docx", RefusalReason.BROKEN),
        (archive(word__document=b" " * 2**21), "a.docx", RefusalReason.HOSTILE),
        (
            archive(a=b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'),
            "a.docx",
            RefusalReason.HOSTILE,
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Word", "a.docx", RefusalReason.BROKEN),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.docx",
            RefusalReason.ENCRYPTED,
        ),
        (b'a,b\n"' + b"x" * 1_000_001, "a.csv", RefusalReason.BAD_LINE),
    ],
)
def test_each_fault_has_its_reason(content: bytes, source: str, reason: RefusalReason) -> None:
    assert refusal(content, source).reason is reason


@pytest.mark.parametrize(
    ("source", "content", "title"),
    [
        ("LICENSE", b"MIT", "LICENSE"),
        ("https://example.com", b"<!-- hi --><html><title>Home</title>x", "Home"),
        ("https://example.com/page.php?a=b.pdf", b"<!DOCTYPE HTML><h1>Page</h1>x", "Page"),
        ("https://example.com/my%20notes.md", b"just *notes*", "My notes"),
    ],
)
def test_a_name_without_a_suffix_is_read_for_what_it_holds(
    source: str, content: bytes, title: str
) -> None:
    [document] = parsed(content, source)

    assert document.title == title


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_can_be_told_in_both_languages(reason: RefusalReason) -> None:
    refused = DocumentRefused("a.md", reason, "line 3")

    english, japanese = (refused.user_message(language) for language in Language)

    assert english.startswith("I can't take a.md: ")
    assert english.endswith("(line 3)")
    assert japanese.startswith("a.md は追加できません。")
    assert japanese.endswith("（line 3）")

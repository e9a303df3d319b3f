"""The child process: what breaks it, and that Marv does not notice."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import docx
import psutil
import pytest

from bot.adapters.loaders.reading import SUFFIXES
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.refusals import DocumentRefused, RefusalReason
from tests.hostile import hostile_files

SMALL = b"# Hello\n\nThis is a small file.\n"


@pytest.fixture
async def parser() -> AsyncIterator[SandboxedParser]:
    parser = SandboxedParser()
    yield parser
    await parser.close()


async def refusal(
    parser: SandboxedParser, content: bytes, source: str
) -> tuple[RefusalReason, str]:
    with pytest.raises(DocumentRefused) as caught:
        await parser.parse(content, source=source)
    return caught.value.reason, caught.value.detail


async def assert_usable(parser: SandboxedParser) -> None:
    [document] = await parser.parse(SMALL, source="small.md")
    assert document.title == "Hello"
    assert document.chunks[0].text == "This is a small file."


EARLIER: set[psutil.Process] = set()  # children of other tests' fixtures: the run's Chroma


@pytest.fixture(autouse=True)
def _remember_earlier_children() -> None:
    EARLIER.clear()
    EARLIER.update(psutil.Process().children(recursive=True))


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if each not in EARLIER]


def pdf_bomb() -> bytes:
    stream = zlib.compress(b"0" * 200 * 2**20, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]/Resources<<>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(stream), stream),
    ]
    file, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        file
        + b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Size 5/Root 1 0 R>>\n" % table
        + (b"startxref\n%d\n%%%%EOF" % len(file))
    )


def deep_docx() -> bytes:
    buffer, plain = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(buffer, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "word/document.xml":
                deep = b"<w:smartTag>" * 50_000 + b"</w:smartTag>" * 50_000
                content = content.replace(b"<w:body>", b"<w:body><w:p>" + deep + b"</w:p>")
            target.writestr(part.filename, content)
    return buffer.getvalue()


async def test_a_warm_child_is_reused(parser: SandboxedParser) -> None:
    await assert_usable(parser)
    [child] = children()
    for _ in range(10):
        await assert_usable(parser)

    assert children() == [child]


async def test_files_may_come_at_once(parser: SandboxedParser) -> None:
    found = await asyncio.gather(
        *(parser.parse(b"# T%d\n\nx" % n, source=f"{n}.md") for n in range(10))
    )

    assert [document.title for [document] in found] == [f"T{n}" for n in range(10)]


async def test_the_event_loop_is_not_held_up(parser: SandboxedParser) -> None:
    await assert_usable(parser)
    turns = 0

    async def watch() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    rows = b"".join(b'{"text": "Line %d is about something or other."}\n' % n for n in range(15000))
    documents = await parser.parse(rows, source="corpus.jsonl")
    possible = (time.perf_counter() - started) / 0.005
    watching.cancel()

    assert len(documents) == 15000
    assert turns > possible / 10, "others had their turns all along"


async def test_a_page_is_what_its_site_says_not_what_its_address_looks_like(
    parser: SandboxedParser,
) -> None:
    page = b"<p>A &amp; B</p>"

    [as_page] = await parser.parse(page, source="https://a.example.com/x.md", suffix=".html")
    [as_text] = await parser.parse(page, source="https://a.example.com/x.txt")

    assert as_page.chunks[0].text == "A & B"
    assert as_text.chunks[0].text == "<p>A &amp; B</p>"


async def test_refusals_come_through_the_child(parser: SandboxedParser) -> None:
    assert await refusal(parser, b"", "a.md") == (RefusalReason.EMPTY, "")
    assert await refusal(parser, b"[]", "a.jsonl") == (
        RefusalReason.BAD_LINE,
        "line 1: not a JSON object",
    )
    await assert_usable(parser)


async def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    parser = SandboxedParser(time_limit_seconds=4.0)

    async with asyncio.timeout(30):  # the file by itself takes a minute
        reason, _ = await refusal(parser, b"word, " * 4_000_000, "long.md")

    assert reason is RefusalReason.TOO_SLOW
    await assert_usable(parser)
    await parser.close()


async def test_a_child_that_is_killed_refuses_its_file_only(parser: SandboxedParser) -> None:
    await assert_usable(parser)
    [child] = children()
    reading = asyncio.create_task(parser.parse(b"word, " * 4_000_000, source="long.md"))
    await asyncio.sleep(0.3)
    child.kill()

    with pytest.raises(DocumentRefused) as caught:
        await reading
    assert caught.value.reason is RefusalReason.BROKEN
    await assert_usable(parser)


async def test_a_caller_that_gives_up_leaves_the_parser_usable(parser: SandboxedParser) -> None:
    reading = asyncio.create_task(parser.parse(b"word, " * 4_000_000, source="long.md"))
    await asyncio.sleep(0.5)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    await assert_usable(parser)


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(3)",
        "import sys; sys.stdin.buffer.read(40); sys.exit(0)",
        "import sys; print('x' * 100, flush=True); sys.stdin.read()",
        "import sys; sys.stdout.buffer.write(bytes(7) + b'\\x02[]'); sys.stdout.flush(); input()",
        "import sys; sys.stdout.buffer.write(bytes(7) + b'\\x0d{\"chunks\":[]}'); input()",
        "import sys\nwhile True: sys.stdout.buffer.write(bytes(7) + b'\\x0f{\"document\":{}}')",
    ],
)
async def test_a_child_that_talks_nonsense_is_not_believed(program: str) -> None:
    parser = SandboxedParser(worker=(sys.executable, "-c", program), time_limit_seconds=10)

    reason, _ = await refusal(parser, SMALL, "a.md")

    assert reason is RefusalReason.BROKEN
    await parser.close()


async def test_the_child_keeps_its_own_time_when_ours_stands_still() -> None:
    program = "import signal,sys,time; signal.alarm(1); time.sleep(60)"
    parser = SandboxedParser(worker=(sys.executable, "-c", program))

    reason, _ = await refusal(parser, SMALL, "a.md")

    assert reason is RefusalReason.TOO_SLOW
    await parser.close()


async def test_hostile_html_is_read_or_refused(parser: SandboxedParser) -> None:
    nested = b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000
    lists = b"<ul><li>" * 100_000 + b"deep"

    [one] = await parser.parse(nested, source="nested.html")
    [other] = await parser.parse(lists, source="lists.html")

    assert one.chunks[0].text == "deep"
    assert other.chunks[0].text.strip(" -") == "deep"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b'{"text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep.jsonl"),
        (pdf_bomb(), "bomb.pdf"),
        (deep_docx(), "deep.docx"),
        (b"> " * 50_000 + b"deep", "quotes.md"),
        (b"\n".join(b" " * n + b"- x" for n in range(2000)), "lists.rst"),
        (b"*" * 200_000, "stars.md"),
        (b"[" * 200_000, "brackets.md"),
        (b"<!--" * 100_000, "comments.html"),
        (b"&" * 500_000 + b"<a " * 100_000, "tags.html"),
    ],
)
async def test_hostile_files_end_soon_and_harm_nothing(content: bytes, source: str) -> None:
    parser = SandboxedParser(time_limit_seconds=2.5)
    started = time.perf_counter()

    try:
        await parser.parse(content, source=source)
    except DocumentRefused as refused:
        assert refused.reason in {  # noqa: PT017
            RefusalReason.HOSTILE,
            RefusalReason.TOO_SLOW,
            RefusalReason.TOO_LARGE,
            RefusalReason.NO_TEXT,
            RefusalReason.EMPTY,
        }
    assert time.perf_counter() - started < 5
    await assert_usable(parser)
    await parser.close()


async def test_a_file_with_too_many_chunks_is_refused(parser: SandboxedParser) -> None:
    rows = b'{"text": "x"}\n' * 20_001

    assert await refusal(parser, rows, "many.jsonl") == (RefusalReason.TOO_LARGE, "too much text")


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits there")
async def test_a_child_that_eats_memory_is_stopped(parser: SandboxedParser) -> None:
    reason, _ = await refusal(parser, b"<b>x</b>" * 3_000_000, "fat.md")

    assert reason in {RefusalReason.TOO_LARGE, RefusalReason.TOO_SLOW}
    await assert_usable(parser)


async def test_the_child_knows_no_secret(
    parser: SandboxedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hunter2")
    await assert_usable(parser)
    [child] = children()

    assert "DISCORD_TOKEN" not in child.environ()


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
@pytest.mark.parametrize("content", ["b'# Hi\\n\\nx'", "b'word, ' * 4_000_000"])
async def test_the_child_ends_with_a_marv_that_is_killed(content: str) -> None:
    program = f"""
import asyncio, psutil
from bot.adapters.loaders.sandbox import SandboxedParser
async def main():
    parser = SandboxedParser()
    await parser.parse(b"x", source="x.md")
    print(psutil.Process().children()[0].pid, flush=True)
    await parser.parse({content}, source="x.md")
    await asyncio.sleep(60)
asyncio.run(main())
"""
    marv = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdout=asyncio.subprocess.PIPE
    )
    assert marv.stdout is not None
    child = int(await marv.stdout.readline())
    await asyncio.sleep(0.3)
    marv.kill()
    await marv.communicate()

    for _ in range(50):
        if not psutil.pid_exists(child):
            break
        await asyncio.sleep(0.1)
    assert not psutil.pid_exists(child)


def test_the_hostile_files_are_many_and_of_every_kind() -> None:
    files = list(hostile_files())

    assert len({file.source for file in files}) == len(files) >= 90
    assert {Path(file.source).suffix for file in files} >= SUFFIXES - {".markdown", ".htm"}


@pytest.mark.parametrize(
    "attempt",
    [
        *("includes of other files", "outside entity", "claims of a small size"),
        *("object stream bomb", "font map of four billion", "names that climb"),
    ],
)
async def test_a_file_cannot_bring_in_others(parser: SandboxedParser, attempt: str) -> None:
    [file] = [each for each in hostile_files() if each.attempt == attempt]
    try:
        documents = await parser.parse(file.make(), source=file.source)
    except DocumentRefused:
        documents = ()

    text = " ".join(chunk.text for document in documents for chunk in document.chunks)
    assert "root:" not in text
    assert not Path(tempfile.gettempdir(), "marv-was-here").exists()
    await assert_usable(parser)

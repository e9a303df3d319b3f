"""Text in whatever encoding."""

from __future__ import annotations

import codecs

import pytest

from bot.adapters.loaders.encodings import decode
from bot.refusals import DocumentRefused, RefusalReason

JAPANESE = "サーバーのルール：荒らしは禁止です。困ったときは管理者に連絡してください。"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-32", "shift_jis", "cp932", "euc_jp", "iso2022_jp"],
)
def test_japanese_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert decode(JAPANESE.encode(encoding), "x.txt") == JAPANESE


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp"])
def test_even_a_short_japanese_notice_is_read(encoding: str) -> None:
    assert decode("お知らせ\r\n".encode(encoding), "x.txt") == "お知らせ\n"


def test_western_text_is_read() -> None:
    text = "Les élèves très âgés dînèrent à Orléans, près du château. Où étaient-ils allés?"

    assert decode(text.encode("cp1252"), "x.txt") == text


def test_a_page_that_names_its_encoding_is_believed() -> None:
    page = "<meta charset=koi8-r><p>Привет"

    assert decode(page.encode("koi8-r"), "x.html") == page


@pytest.mark.parametrize(
    "content",
    [
        b"text with a \x00 in it",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        bytes(range(1, 32)) * 20,
        codecs.BOM_UTF16_LE + b"\x00\xd8",
        "no mark".encode("utf-16-le"),
    ],
)
def test_what_is_no_text_is_refused_as_broken(content: bytes) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        decode(content, "x.txt")

    assert refusal.value.reason is RefusalReason.BROKEN

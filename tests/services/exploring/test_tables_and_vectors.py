"""Tables are read or refused in words; vectors are embedded once, and go on where they stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.sqlite.vector_cache import SqliteVectorCache
from bot.errors import EmbeddingFailed
from bot.faults.exploring import TableRefused
from bot.ports import Vectors
from bot.services.exploring.shortening import neighbours_kept, shortened_to
from bot.services.exploring.tables import Columns, parsed_time, read_table
from bot.services.exploring.vectors import BATCH, TextVectors
from tests.fakes import FakeEmbedder


def table(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_rows_become_items_and_empty_ones_are_counted(tmp_path: Path) -> None:
    path = table(
        tmp_path, '\ufeffid;text;kind;at\na;"one; two";x;2026-11-01\nb; ;y;\nc;三つ;;1351123200\n'
    )

    items = read_table(path).items(Columns(text="text", label="kind", when="at"))

    assert [(each.id, each.text, each.label) for each in items.items] == [
        ("a", "one; two", "x"),
        ("c", "三つ", None),
    ]
    assert items.items[0].when == datetime(2026, 11, 1, tzinfo=UTC)
    assert items.items[1].when == datetime(2012, 10, 25, tzinfo=UTC)
    assert items.left_out == {"empty": 1}


def test_several_columns_make_one_text_and_rows_are_numbered(tmp_path: Path) -> None:
    path = table(tmp_path, "title,body\nA,b\n,c\n")
    items = read_table(path).items(Columns(text="title,body"))
    assert [(each.id, each.text) for each in items.items] == [("1", "A\nb"), ("2", "c")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("a,b\n1,2\n", "no column 'text'; it has 'a', 'b'"),
        ("text,text\n1,2\n", "two columns"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(TableRefused, match=said):
        read_table(table(tmp_path, text)).items(Columns(text="text"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"text\n\xff\xfe\x00")
    with pytest.raises(TableRefused, match="UTF-8"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(TableRefused, match="no file"):
        read_table(tmp_path / "nowhere.csv")


def test_what_is_no_time_is_none() -> None:
    assert parsed_time("yesterday") is None
    assert parsed_time("42") is None
    assert parsed_time("") is None


class Failing(FakeEmbedder):
    """Fails after so many texts."""

    left = BATCH

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if self.left <= 0:
            raise EmbeddingFailed("away")
        self.left -= len(texts)
        return await super().embed_documents(texts)


async def test_what_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    cache = SqliteVectorCache(tmp_path / "deep" / "vectors.sqlite3")
    texts = [f"text number {number}" for number in range(BATCH + 10)]
    with pytest.raises(EmbeddingFailed):
        await TextVectors(embedder=Failing(), cache=cache).of(texts)

    again = FakeEmbedder()
    vectors = TextVectors(embedder=again, cache=cache)
    assert len(await vectors.missing(texts)) == 10
    rows = await vectors.of(texts)

    assert again.embedded == texts[BATCH:]
    assert np.array_equal(rows, await FakeEmbedder().embed_documents(texts))
    assert await vectors.missing(texts) == []


async def test_a_text_is_embedded_once_and_nothing_is_kept_without_a_cache() -> None:
    embedder = FakeEmbedder()
    vectors = TextVectors(embedder=embedder)

    rows = await vectors.of(["one", "two", "one"])
    await vectors.of(["one"])

    assert embedder.embedded == ["one", "two", "one"]
    assert np.array_equal(rows[0], rows[2])
    assert (await vectors.of([])).shape == (0, 256)


async def test_a_text_of_several_sentences_is_read_by_its_sentences_where_that_says_more() -> None:
    texts = ["One thing. Another thing!", "Only this.", "魚がいる。猫もいる。"]
    plain, wise = (
        TextVectors(embedder=FakeEmbedder(), sentence_wise=wise) for wise in (False, True)
    )
    whole = await plain.of(texts)

    assert np.array_equal(await plain.by_sentence(texts, whole), whole)
    read = await wise.by_sentence(texts, whole)

    assert np.array_equal(read[1], whole[1])
    for row, sentences in (
        (0, ["One thing.", "Another thing!"]),
        (2, ["魚がいる。", "猫もいる。"]),
    ):
        mean = (await plain.of(sentences)).mean(axis=0)
        assert np.allclose(read[row], mean)
        assert not np.allclose(read[row], whole[row])


def test_shorter_vectors_have_length_one_again_and_their_loss_is_measured() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 64)).astype(np.float32)
    vectors[5] = 0.0

    shorter = shortened_to(vectors, 8)

    lengths = np.linalg.norm(shorter, axis=1)
    assert np.allclose(np.delete(lengths, 5), 1.0, atol=1e-6)
    assert lengths[5] == 0.0
    kept = neighbours_kept(vectors, shorter)
    assert kept is not None
    assert 0.05 < kept < 0.9
    assert neighbours_kept(vectors, vectors) == 1.0
    with pytest.raises(TableRefused, match="64 at most"):
        shortened_to(vectors, 65)

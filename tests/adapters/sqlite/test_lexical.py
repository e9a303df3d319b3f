"""The lexical index: words, Japanese of any length, and hostile input."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.sqlite import Database, SqliteLibrary
from bot.audience import EVERYONE
from bot.models import Chunk, DocumentChange, EmbeddingSpace, ParsedDocument, Provenance
from tests.adapters.sqlite.test_database import database

__all__ = ["database"]

ALL = frozenset({EVERYONE})
SPACE = EmbeddingSpace(model="none", dimensions=2)
TEXTS = {
    "weather": "明日の天気は晴れです。",
    "dog": "柴犬はかわいい。犬",
    "coffee": "Ｃｏｆｆｅｅ costs ４００円 at the café.",
    "boats": "Sailing boats sailed past the harbours.",
    "code": "Call client.run(token) with allowed_mentions=None.",
}


@pytest.fixture
async def library(database: Database) -> SqliteLibrary:
    stored = SqliteLibrary(database)
    changes = [
        DocumentChange(
            origin=name,
            document=ParsedDocument(
                source=name,
                title=name,
                chunks=(Chunk(ordinal=0, heading=(), text=text, tokens=5),),
                content_hash=name,
            ),
            embed_hashes=(f"hash-{name}",),
        )
        for name, text in TEXTS.items()
    ]
    await stored.replace(1, changes, provenance=Provenance.STAFF, added_by=None, audience=EVERYONE)
    return stored


async def found(library: SqliteLibrary, query: str) -> list[str]:
    hits = await library.lexical(1, query, limit=10, audiences=ALL, space=SPACE)
    return [passage.source for passage, _, _ in hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("天気", "weather"),
        ("犬", "dog"),
        ("晴", "weather"),
        ("柴犬", "dog"),
        ("coffee", "coffee"),
        ("CAFE", "coffee"),
        ("400円", "coffee"),
        ("boat", "boats"),
        ("harbour", "boats"),
        ("allowed_mentions", "code"),
        ("client.run", "code"),
    ],
)
async def test_a_word_finds_its_text(library: SqliteLibrary, query: str, expected: str) -> None:
    assert (await found(library, query))[0] == expected


async def test_a_word_that_is_nowhere_finds_nothing(library: SqliteLibrary) -> None:
    assert await found(library, "zeppelin") == []
    assert await found(library, "猫") == []


async def test_another_guild_sees_nothing(library: SqliteLibrary) -> None:
    assert await library.lexical(2, "天気", limit=10, audiences=ALL, space=SPACE) == ()


@given(st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_query_breaks_the_index(library: SqliteLibrary, query: str) -> None:
    await library.lexical(1, query, limit=5, audiences=ALL, space=SPACE)


@pytest.mark.parametrize("query", ['"', "AND OR NOT", "a* OR b", "NEAR(a b)", "col:x", "-", "( )"])
async def test_the_query_language_of_fts_is_not_ours(library: SqliteLibrary, query: str) -> None:
    await library.lexical(1, query, limit=5, audiences=ALL, space=SPACE)

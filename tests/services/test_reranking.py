"""An optional reranker: it orders the first few, and a broken one costs nothing but its help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.adapters.openai_client import Patience
from bot.adapters.openai_rerank import OpenAIReranker
from bot.adapters.sqlite import SqliteLibrary
from bot.adapters.sqlite.database import open_database
from bot.audience import sees_everything
from bot.errors import ConfigurationError, KeyRefused, RerankFailed
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.rerank_by_chat import ChatReranker
from bot.services.search import Samples, Search
from bot.settings import Settings
from tests.fakes import FakeChat, FakeEmbedder, FakeExactIndex, FakeParser
from tests.openai_faults import Fault, Refusal
from tests.openai_server import serving

TEXTS = {
    "glue": "The glue dries in a day. Glue, glue, glue.",
    "boat": "The boat needs glue and varnish before it sails.",
    "tea": "Tea is served at noon with glue.",
}
QUICK = Patience(attempts=1, read_seconds=2.0)


@dataclass(slots=True)
class Bench:
    library: SqliteLibrary
    index: FakeExactIndex = field(default_factory=FakeExactIndex)
    embedder: FakeEmbedder = field(default_factory=FakeEmbedder)

    async def first(self, query: str, reranker: OpenAIReranker | ChatReranker | None) -> str:
        search = Search(
            library=self.library,
            index=self.index,
            embedder=self.embedder,
            min_similarity=0.0,
            samples=Samples(library=self.library),
            reranker=reranker,
        )
        found = await search.passages(1, query, viewer=sees_everything, limit=3)
        return found[0].source


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_database(tmp_path / "marv.db") as database:
        bench = Bench(SqliteLibrary(database))
        ingest = Ingest(
            library=bench.library, index=bench.index, embedder=bench.embedder, parser=FakeParser()
        )
        files = [
            SourceFile(origin=name, source=name, read=lambda text=text: text.encode())  # type: ignore[misc]
            for name, text in TEXTS.items()
        ]
        await ingest.files(Batch(guild_id=1), files)
        yield bench


async def test_a_reranker_has_the_last_word(bench: Bench) -> None:
    with serving(validating=False) as server:
        reranker = OpenAIReranker.open("rank", base_url=server.url, api_key=None, patience=QUICK)

        assert await bench.first("glue", None) == "glue"
        assert await bench.first("varnish sails glue", reranker) == "boat"
        [request] = server.rerank.requests
        await reranker.close()

    assert request.body["query"] == "varnish sails glue"
    assert len(request.body["documents"]) == len(TEXTS)


@pytest.mark.parametrize("fault", [Fault.MALFORMED_JSON, Fault.NO_DATA, Fault.WEB_PAGE])
async def test_a_reranker_that_talks_nonsense_leaves_the_order_as_it_is(
    bench: Bench, fault: Fault
) -> None:
    with serving(validating=False) as server:
        reranker = OpenAIReranker.open("rank", base_url=server.url, api_key=None, patience=QUICK)
        server.rerank.fail(fault)
        server.rerank.fail(fault)

        with pytest.raises(RerankFailed):
            await reranker.rerank("glue", ["a", "b"])
        assert await bench.first("glue", reranker) == "glue"
        await reranker.close()


async def test_a_refused_key_is_told_apart() -> None:
    with serving(validating=False) as server:
        reranker = OpenAIReranker.open("rank", base_url=server.url, api_key="no", patience=QUICK)
        server.rerank.fail(Refusal(status=401, kind="invalid_request_error"))

        with pytest.raises(KeyRefused):
            await reranker.rerank("glue", ["a", "b"])
        await reranker.close()


async def test_a_chat_model_puts_passages_into_order(bench: Bench) -> None:
    chat = FakeChat(script=["3, 1"])

    scores = await ChatReranker(chat=chat).rerank("q", ["a", "b", "c"])

    assert scores[2] > scores[0] > scores[1]


async def test_a_chat_model_that_names_no_passage_changes_nothing(bench: Bench) -> None:
    chat = FakeChat(script=["All are lovely.", "99"])

    with pytest.raises(RerankFailed):
        await ChatReranker(chat=chat).rerank("q", ["a", "b"])
    assert await bench.first("glue", ChatReranker(chat=chat)) == "glue"


def test_a_reranker_without_a_server_is_a_configuration_error(tmp_path: Path) -> None:
    from contextlib import AsyncExitStack

    from bot.opening import open_reranker

    settings = Settings(data_dir=tmp_path, rerank_model="rank")
    with pytest.raises(ConfigurationError, match="MARV_RERANK_BASE_URL"):
        open_reranker(settings, FakeChat(), AsyncExitStack())
    with pytest.raises(ConfigurationError, match="too small"):
        open_reranker(
            settings.model_copy(update={"rerank_model": "chat"}),
            FakeChat(grounded=False),
            AsyncExitStack(),
        )

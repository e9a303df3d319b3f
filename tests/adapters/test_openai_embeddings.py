"""Embeddings over the OpenAI protocol, against a server on the loopback."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from bot.adapters.openai_client import Patience
from bot.adapters.openai_embeddings import OpenAIEmbedder, normalised
from bot.adapters.tokens import ToktokCounter
from bot.errors import ConfigurationError, EmbeddingFailed, KeyRefused, ModelError, QuotaSpent
from bot.opening import open_embedder
from bot.ports import Vectors
from bot.settings import Settings
from tests.openai_brain import vector
from tests.openai_faults import (
    BROKEN,
    FORBIDDEN,
    KEY_REFUSED,
    MODEL_UNKNOWN,
    QUOTA_SPENT,
    Fault,
    Refusal,
    rate_limited,
)
from tests.openai_server import OpenAIServer, serving

QUICK = Patience(longest_wait_seconds=0.2)
IMPATIENT = Patience(read_seconds=0.5, longest_wait_seconds=0.2)
TEXTS = ["The café opens at nine.", "犬はテラスに入れます。", "The café closes at six."]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        yield server


@asynccontextmanager
async def opened(
    server: OpenAIServer,
    model: str = "text-embedding-3-small",
    *,
    dimensions: int | None = None,
    patience: Patience = QUICK,
) -> AsyncIterator[OpenAIEmbedder]:
    embedder = await OpenAIEmbedder.open(
        model,
        counter=ToktokCounter(model),
        dimensions=dimensions,
        base_url=server.url,
        api_key="sk-test",
        patience=patience,
    )
    yield embedder
    await embedder.close()


def expected(texts: list[str], width: int) -> Vectors:
    return np.stack([vector(text, width) for text in texts])


async def test_texts_become_unit_rows_in_order(server: OpenAIServer) -> None:
    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

        assert embedder.space.key == "text-embedding-3-small/1536"
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected(TEXTS, 1536), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


async def test_a_query_is_one_vector_near_what_it_asks_for(server: OpenAIServer) -> None:
    async with opened(server) as embedder:
        query = await embedder.embed_query("When does the café open?")
        vectors = await embedder.embed_documents(TEXTS)

    assert query.shape == (1536,)
    assert int(np.argmax(vectors @ query)) in {0, 2}


async def test_no_text_asks_for_nothing(server: OpenAIServer) -> None:
    async with opened(server) as embedder:
        vectors = await embedder.embed_documents([])

    assert vectors.shape == (0, 1536)
    assert server.embeddings.requests == []


async def test_vectors_are_asked_for_as_base64(server: OpenAIServer) -> None:
    async with opened(server) as embedder:
        await embedder.embed_documents(TEXTS)

    assert server.embeddings.requests[0].body["encoding_format"] == "base64"


async def test_a_server_that_sends_numbers_instead_is_understood(server: OpenAIServer) -> None:
    server.speaks_base64 = False

    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

    np.testing.assert_allclose(vectors, expected(TEXTS, 1536), atol=1e-6)


async def test_a_request_holds_at_most_a_hundred_texts(server: OpenAIServer) -> None:
    texts = [f"message {number}" for number in range(250)]

    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(texts)

    assert [len(request.body["input"]) for request in server.embeddings.requests] == [100, 100, 50]
    assert server.embedded == texts
    np.testing.assert_allclose(vectors, expected(texts, 1536), atol=1e-6)


async def test_a_request_holds_at_most_300_000_tokens(server: OpenAIServer) -> None:
    texts = [f"number {number}" + " word" * 7000 for number in range(50)]

    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(texts)

    assert vectors.shape == (50, 1536)
    assert [len(request.body["input"]) for request in server.embeddings.requests] == [42, 8]


@pytest.mark.parametrize("text", ["", "  \n", "word " * 8200])
async def test_a_text_that_no_model_takes_is_not_sent(server: OpenAIServer, text: str) -> None:
    async with opened(server) as embedder:
        with pytest.raises(EmbeddingFailed):
            await embedder.embed_documents([text])

    assert server.embeddings.requests == []


async def test_a_text_without_words_keeps_its_zero_vector(server: OpenAIServer) -> None:
    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(["!!!", TEXTS[0]])

    assert not vectors[0].any()
    assert np.isfinite(vectors).all()


def test_normalising_leaves_zero_alone_and_scales_the_rest() -> None:
    rows = np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)

    np.testing.assert_allclose(normalised(rows), [[0.6, 0.8], [0.0, 0.0]])


@pytest.mark.parametrize(
    ("model", "dimensions"), [("text-embedding-3-small", 256), ("text-embedding-3-large", 1024)]
)
async def test_openai_shortens_its_own_vectors(
    server: OpenAIServer, model: str, dimensions: int
) -> None:
    async with opened(server, model, dimensions=dimensions) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

        assert embedder.space.dimensions == dimensions
    assert server.embeddings.requests[0].body["dimensions"] == dimensions
    np.testing.assert_allclose(vectors, expected(TEXTS, dimensions), atol=1e-6)


@pytest.mark.parametrize("model", ["nomic-embed-text", "nomic-embed-text:v1.5"])
async def test_a_matryoshka_model_is_truncated_and_normalised_again(
    server: OpenAIServer, model: str
) -> None:
    async with opened(server, model, dimensions=512) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

    assert "dimensions" not in server.embeddings.requests[0].body
    np.testing.assert_allclose(vectors, normalised(expected(TEXTS, 768)[:, :512]), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "dimensions", "reason"),
    [
        ("text-embedding-ada-002", 512, "always has 1536"),
        ("bge-m3", 512, "always has 1024"),
        ("text-embedding-3-small", 2000, "at most 1536"),
        ("nomic-embed-text", 1024, "at most 768"),
    ],
)
async def test_a_width_that_a_model_cannot_have_is_refused(
    server: OpenAIServer, model: str, dimensions: int, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"MARV_EMBEDDING_DIMENSIONS: .*{reason}"):
        async with opened(server, model, dimensions=dimensions):
            pass

    assert server.embeddings.requests == []


@pytest.mark.parametrize("model", ["text-embedding-ada-002", "bge-m3"])
async def test_the_only_width_of_a_model_may_be_named(server: OpenAIServer, model: str) -> None:
    width = server.widths[model]

    async with opened(server, model, dimensions=width) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

    assert vectors.shape == (3, width)
    assert "dimensions" not in server.embeddings.requests[0].body


async def test_the_width_of_an_unknown_model_is_measured(server: OpenAIServer) -> None:
    server.widths["homegrown"] = 24

    async with opened(server, "homegrown") as embedder:
        vectors = await embedder.embed_documents(TEXTS)

        assert embedder.space.key == "homegrown/24"
    assert vectors.shape == (3, 24)


@pytest.mark.parametrize("fault", [Fault.WRONG_COUNT, Fault.NO_DATA, KEY_REFUSED])
async def test_an_unknown_model_that_cannot_be_measured_is_an_error(
    server: OpenAIServer, fault: Fault | Refusal
) -> None:
    server.widths["homegrown"] = 24
    server.embeddings.fail(fault)

    with pytest.raises(ModelError):
        async with opened(server, "homegrown"):
            pass


async def test_a_server_that_ignores_the_width_is_found_out(server: OpenAIServer) -> None:
    server.widths["homegrown"] = 24

    async with opened(server, "homegrown", dimensions=12) as embedder:
        with pytest.raises(EmbeddingFailed, match="24 dimensions, not 12"):
            await embedder.embed_documents(TEXTS)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.WRONG_WIDTH,
        Fault.WRONG_COUNT,
        Fault.REPEATED_INDEX,
        Fault.NOT_FINITE,
        Fault.MALFORMED_JSON,
        Fault.WEB_PAGE,
        Fault.NO_DATA,
    ],
)
@pytest.mark.parametrize("speaks_base64", [True, False])
async def test_nonsense_is_never_taken_for_vectors(
    server: OpenAIServer, fault: Fault, *, speaks_base64: bool
) -> None:
    server.speaks_base64 = speaks_base64
    server.embeddings.fail(fault)

    async with opened(server) as embedder:
        with pytest.raises(EmbeddingFailed):
            await embedder.embed_documents(TEXTS)

    assert len(server.embeddings.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (QUOTA_SPENT, QuotaSpent),
        (KEY_REFUSED, KeyRefused),
        (FORBIDDEN, KeyRefused),
        (MODEL_UNKNOWN, EmbeddingFailed),
    ],
)
async def test_what_another_try_cannot_mend_is_asked_once(
    server: OpenAIServer, refusal: Refusal, error: type[ModelError]
) -> None:
    server.embeddings.fail(refusal)

    async with opened(server) as embedder:
        with pytest.raises(error):
            await embedder.embed_documents(TEXTS)

    assert len(server.embeddings.requests) == 1


async def test_a_passing_fault_is_tried_again(server: OpenAIServer) -> None:
    server.embeddings.fail(BROKEN, rate_limited())

    async with opened(server) as embedder:
        vectors = await embedder.embed_documents(TEXTS)

    assert vectors.shape == (3, 1536)
    assert len(server.embeddings.requests) == 3


async def test_a_server_that_never_answers_is_given_up_in_time(server: OpenAIServer) -> None:
    server.embeddings.fail(*[Fault.HANG] * 4)
    started = time.perf_counter()

    async with opened(server, patience=IMPATIENT) as embedder:
        with pytest.raises(EmbeddingFailed, match="APITimeoutError"):
            await embedder.embed_documents(TEXTS)

    assert time.perf_counter() - started < 10.0
    assert len(server.embeddings.requests) == 3


async def test_the_general_key_is_never_sent_to_a_separate_embedding_address(
    server: OpenAIServer,
) -> None:
    settings = Settings(_env_file=None, openai_api_key="sk-general", embedding_base_url=server.url)
    embedder = await open_embedder(settings)

    await embedder.embed_query("hello")
    await embedder.close()

    assert server.embeddings.requests[0].authorization == "Bearer none"

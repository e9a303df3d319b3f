"""The loopback server itself: it must refuse what OpenAI would."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pytest

from tests.openai_brain import SENTINEL, librarian, vector
from tests.openai_server import OpenAIServer, serving


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        yield server


def client(server: OpenAIServer) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=server.url, api_key="sk-test", max_retries=0)


@pytest.mark.parametrize(
    "extra",
    [
        {"unheard_of": 1},
        {"temperature": 3},
        {"messages": []},
        {"messages": [{"role": "poet", "content": "Hi"}]},
        {"model": "gpt-5-nano", "max_tokens": 5},
    ],
)
async def test_a_wrong_chat_request_is_refused_and_fails_the_test(
    server: OpenAIServer, extra: dict[str, object]
) -> None:
    async with client(server) as api:
        with pytest.raises(openai.BadRequestError):
            await api.chat.completions.create(
                model="gpt-4.1-mini", messages=[{"role": "user", "content": "Hi"}], extra_body=extra
            )

    assert len(server.violations) == 1
    server.violations.clear()


@pytest.mark.parametrize(
    "extra", [{"input": [""]}, {"input": []}, {"input": ["a"] * 2049}, {"dimensions": 0}]
)
async def test_a_wrong_embedding_request_is_refused_and_fails_the_test(
    server: OpenAIServer, extra: dict[str, object]
) -> None:
    async with client(server) as api:
        with pytest.raises(openai.BadRequestError):
            await api.embeddings.create(
                model="text-embedding-3-small", input=["a"], extra_body=extra
            )

    assert len(server.violations) == 1
    server.violations.clear()


def test_what_openai_would_refuse_fails_the_test() -> None:
    with pytest.raises(pytest.fail.Exception, match="would have refused"), serving() as server:
        server.violations.append("a temperature of 3")


async def test_a_plain_completion_and_the_list_of_models_are_answered(server: OpenAIServer) -> None:
    async with client(server) as api:
        completion = await api.chat.completions.create(
            model="gpt-4.1-mini", messages=[{"role": "user", "content": "Hi"}]
        )
        models = [model.id async for model in api.models.list()]

    assert completion.choices[0].message.content == SENTINEL
    assert "text-embedding-3-small" in models


def test_texts_that_share_words_are_near_each_other() -> None:
    cafe, also, rules = (
        vector(text, 1536) for text in ("The cafe opens at 9", "cafe opening: 9", "Rule one")
    )

    assert float(cafe @ also) > 0.5 > float(cafe @ rules)


def test_the_librarian_admits_what_the_passages_do_not_say() -> None:
    system = {"role": "system", "content": '<passage n="1" title="A > B">\nCats sleep.\n</passage>'}

    assert librarian([system, {"role": "user", "content": "Who won the regatta?"}]) == SENTINEL
    assert "Cats sleep. [1]" in librarian([system, {"role": "user", "content": "Do cats sleep?"}])

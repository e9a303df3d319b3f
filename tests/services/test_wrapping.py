"""Voicing plain facts, and keeping them from harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from bot.errors import ChatFailed
from bot.models import ChatDelta, ChatMessage, Language, TokenUsage
from bot.persona import Remark
from bot.services.remarks import remark_vocabulary, wraps_faithfully
from bot.services.wrapping import (
    Wrapped,
    Wrapper,
    chat_messages,
    wrap_messages,
)
from tests.fakes import FakeChat
from tests.manners import MANNER

EN, JA = Language.ENGLISH, Language.JAPANESE
FACTS = "The Pelican opens at 9:00. [1] Dogs are welcome on the terrace. [2]"
FACTS_JA = "喫茶ひなたは9時に開きます。 [1] 犬はテラスに入れます。 [2]"


class FakeVoice:
    """A chat model that says what it was given, a word at a time, and remembers the question."""

    name = "fake"
    grounded = False

    def __init__(
        self, reply: str, *, finish_reason: str | None = "stop", error: ChatFailed | None = None
    ) -> None:
        self.reply = reply
        self.finish_reason = finish_reason
        self.error = error
        self.asked: list[tuple[ChatMessage, ...]] = []
        self.said = 0
        self.closed_early = False

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        self.asked.append(tuple(messages))
        try:
            for word in self.reply.split(" "):
                self.said += 1
                yield ChatDelta(text=word + " ")
            if self.error is not None:
                raise self.error
            usage = TokenUsage(prompt=10, completion=self.said)
            yield ChatDelta(finish_reason=self.finish_reason, usage=usage)
        except GeneratorExit:
            self.closed_early = True
            raise

    async def close(self) -> None:
        pass


async def voiced(voice: FakeVoice, facts: str, *, language: Language = EN) -> Wrapped:
    return await Wrapper(chat=voice).wrap(
        question="?", facts=facts, language=language, manner=MANNER
    )


async def test_a_faithful_reply_goes_out_as_the_model_wrote_it() -> None:
    voice = FakeVoice(f"Fine, I looked. {FACTS} Bring a leash.")

    wrapped = await Wrapper(chat=voice).wrap(
        question="When?", facts=FACTS, language=EN, manner=MANNER
    )

    assert wrapped.faithful
    assert wrapped.text == f"Fine, I looked. {FACTS} Bring a leash."
    assert wrapped.usage.completion == voice.said


@pytest.mark.parametrize(
    "reply",
    [
        FACTS.replace("9:00", "8:00"),
        FACTS.replace("[2]", "[3]"),
        FACTS.replace(" Dogs are welcome on the terrace. [2]", ""),
        FACTS.replace("Dogs", "Cats"),
        FACTS,
        "",
    ],
)
async def test_plain_facts_go_out_behind_a_stock_opener_when_the_model_fails(reply: str) -> None:
    wrapped = await Wrapper(chat=FakeVoice(reply)).wrap(
        question="?", facts=FACTS, language=EN, manner=MANNER
    )

    assert not wrapped.faithful
    assert wrapped.text == f"{MANNER.opener(EN, seed='?')} {FACTS}"


async def test_line_breaks_of_the_facts_come_back_although_the_model_lost_them() -> None:
    facts = "Two steps:\n- stop it [1]\n- start it [1]"
    voice = FakeVoice("Oh dear. Two steps: - stop it [1] - start it [1] Good luck.")

    wrapped = await voiced(voice, facts)

    assert wrapped.faithful
    assert wrapped.text == f"Oh dear.\n{facts}\nGood luck."


async def test_a_reply_that_was_cut_is_not_trusted() -> None:
    voice = FakeVoice(f"Well. {FACTS} And", finish_reason="length")

    wrapped = await voiced(voice, FACTS)

    assert not wrapped.faithful


async def test_an_endless_reply_is_stopped() -> None:
    voice = FakeVoice("blah " * 5000)

    wrapped = await voiced(voice, FACTS)

    assert not wrapped.faithful
    assert voice.closed_early
    assert voice.said < 200


async def test_a_model_that_cannot_be_reached_does_not_cost_the_facts() -> None:
    voice = FakeVoice("Well.", error=ChatFailed("gone"))

    wrapped = await Wrapper(chat=voice).wrap(
        question="?", facts=FACTS_JA, language=JA, manner=MANNER
    )

    assert not wrapped.faithful
    assert wrapped.text.endswith(FACTS_JA)
    assert wrapped.text.removesuffix(FACTS_JA).strip() in MANNER.persona.options(
        Remark.OPENER, JA, sarcasm=2
    )


@pytest.mark.parametrize(
    "reply",
    [
        f"You again. {FACTS} Off you go.",
        f"{FACTS} I'm told they bite.",
        f"Oh, a question!\n\n{FACTS}",
        "The Pelican? Never heard of it, says nobody. " + FACTS,
    ],
)
def test_short_remarks_around_the_facts_are_accepted(reply: str) -> None:
    assert wraps_faithfully(reply, FACTS)


@pytest.mark.parametrize(
    "remark",
    [
        "It closes at 5.",
        "It closes at five.",
        "See the menu too. [3]",
        "More on https://example.com today.",
        "Ask <@1234> about it.",
        "Ask @everyone about it.",
        "The owner is Gregor, of course.",
        "None of that is true, or rather, it is false.",
        "Go on. " * 40,
    ],
)
def test_remarks_that_claim_something_are_refused(remark: str) -> None:
    assert not wraps_faithfully(f"{remark} {FACTS}", FACTS)
    assert not wraps_faithfully(f"{FACTS} {remark}", FACTS)


@pytest.mark.parametrize(
    ("remark", "accepted"),
    [
        ("またその質問ですか。", True),
        ("テラスの犬によろしく。", True),
        ("サーバーのルールくらい読みましょうね。", True),
        ("閉店は五時です。", False),
        ("閉店は17時です。", False),
        ("店長はジョバンニです。", False),
        ("というのは嘘です。", False),
    ],
)
def test_japanese_remarks_are_held_to_the_same(remark: str, accepted: bool) -> None:
    assert wraps_faithfully(f"{remark}{FACTS_JA}", FACTS_JA) is accepted


def test_facts_said_twice_are_refused() -> None:
    assert not wraps_faithfully(f"{FACTS} {FACTS}", FACTS)


def test_the_question_and_the_facts_reach_the_model_as_in_training() -> None:
    messages = wrap_messages(question="When?", facts=FACTS, language=EN, system_prompt="Be dry.")

    assert [message.role for message in messages] == ["system", "user"]
    assert messages[0].content == "Be dry."
    assert messages[1].content == f"Question: When?\nFacts: {FACTS}"


def test_conversation_carries_only_its_last_messages() -> None:
    history = [ChatMessage(role="user", content=str(n)) for n in range(10)]

    messages = chat_messages(message="now", system_prompt="Be dry.", history=history)

    assert [message.content for message in messages] == [
        "Be dry.", "4", "5", "6", "7", "8", "9", "now",
    ]  # fmt: skip


async def test_a_crowd_gets_the_plain_facts_at_once_instead_of_waiting() -> None:
    facts = "The pond is deep. [1]"
    chat = FakeChat(grounded=False)
    wrapper = Wrapper(chat=chat, gate=asyncio.Semaphore(2))

    wrapped = await asyncio.gather(
        *(
            wrapper.wrap(question=f"How deep, {number}?", facts=facts, language=EN, manner=MANNER)
            for number in range(6)
        )
    )

    assert all(facts in each.text for each in wrapped)
    assert len(chat.requests) == 2


async def test_a_remark_of_unknown_words_is_not_said() -> None:
    facts = "The pond is deep. [1]"
    known = remark_vocabulary([("Fine. The pond is deep. [1] Can I go now?", facts)])
    chat = FakeChat(grounded=False, script=[f"Fine. {facts} Can I go now?", f"Fine. {facts} Swim."])
    wrapper = Wrapper(chat=chat, vocabulary=known)

    said = await wrapper.wrap(question="How deep?", facts=facts, language=EN, manner=MANNER)
    unsaid = await wrapper.wrap(question="How deep?", facts=facts, language=EN, manner=MANNER)

    assert said.faithful
    assert not unsaid.faithful
    assert "Swim" not in unsaid.text


async def test_facts_too_wide_for_a_small_model_are_not_given_to_it() -> None:
    chat = FakeChat(grounded=False)
    wrapper = Wrapper(chat=chat, widest_facts=20)

    narrow = await wrapper.wrap(question="?", facts="深い池です。 [1]", language=JA, manner=MANNER)
    wide = await wrapper.wrap(
        question="?", facts="とても深くて広い池です。 [1]", language=JA, manner=MANNER
    )

    assert narrow.faithful
    assert not wide.faithful
    assert "とても深くて広い池です。 [1]" in wide.text
    assert len(chat.requests) == 1

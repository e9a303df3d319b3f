"""Manners: the dial, the personas, and what no persona may do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.errors import ChatFailed, ConfigurationError, EmptyQuestion, IndexUnavailable
from bot.models import Language
from bot.persona import LEVELS, Persona, Remark
from bot.services.answering import AnswerUpdate, in_any_case
from bot.services.manners import Manner, Personas
from bot.services.remarks import wraps_faithfully
from bot.services.talk_by_quote import QuoteTalker
from bot.services.wrapping import VOICE, Wrapper
from bot.topics import Topic
from tests.fakes import FakeChat
from tests.manners import MANNER, PERSONAS

EN, JA = Language.ENGLISH, Language.JAPANESE
FACTS = {EN: "The pond is 3 m deep. [1]", JA: "池の深さは3メートルです。 [1]"}


async def wrapped(chat: FakeChat, manner: Manner, language: Language = EN) -> str:
    wrapper = Wrapper(chat=chat, trained_as="local:marv-270m")
    return (
        await wrapper.wrap(question="How?", facts=FACTS[language], language=language, manner=manner)
    ).text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("persona", PERSONAS.known.values(), ids=lambda each: each.name)
async def test_at_any_level_the_facts_stay_word_for_word(
    persona: Persona, language: Language
) -> None:
    said = {}
    for level in LEVELS:
        said[level] = await wrapped(FakeChat(), Manner(persona=persona, sarcasm=level), language)

    assert said[0] == FACTS[language]
    assert all(wraps_faithfully(text, FACTS[language]) for text in said.values())
    assert len(set(said.values())) == len(LEVELS), "each level sounds different"
    assert len(said[3]) > len(said[1])


@pytest.mark.parametrize("topic", list(Topic))
async def test_nothing_is_added_where_it_is_serious(topic: Topic) -> None:
    chat = FakeChat()
    manner = Manner(persona=MANNER.persona, sarcasm=3, topic=topic)

    assert await wrapped(chat, manner) == FACTS[EN]
    assert not chat.requests
    for language in Language:
        assert "sarcasm" in manner.system(language) or "皮肉" in manner.system(language)
        assert manner.system(language) != MANNER.system(language)
        assert not manner.few_shot(language)
        unknown = manner.dont_know(language, seed="?")
        options = MANNER.persona.options(Remark.DONT_KNOW, language, sarcasm=2)
        assert unknown not in options


async def test_the_embedded_voice_speaks_for_the_persona_that_it_was_trained_on_alone() -> None:
    chat = FakeChat()
    butler = Manner(persona=PERSONAS.get("butler"))

    text = await wrapped(chat, butler)
    assert not chat.requests
    assert text.removesuffix(FACTS[EN]).strip() in butler.persona.options(
        Remark.OPENER, EN, sarcasm=2
    )
    await wrapped(chat, MANNER)
    [[system, _]] = chat.requests
    assert system.content == VOICE[EN]


async def test_another_small_model_is_told_the_persona_and_the_level() -> None:
    chat = FakeChat(grounded=False)
    butler = Manner(persona=PERSONAS.get("butler"), sarcasm=3)

    await Wrapper(chat=chat).wrap(question="?", facts=FACTS[EN], language=EN, manner=butler)

    [[system, _]] = chat.requests
    assert system.content.startswith(butler.persona.system_prompt[EN])
    assert system.content.endswith(butler.persona.dial[EN][3])


async def test_small_talk_in_a_crisis_is_not_left_to_a_small_model() -> None:
    class NoQuoter:
        async def quote(self, question: str, passages: object) -> None:
            return None

    chat = FakeChat()
    talker = QuoteTalker(quoter=NoQuoter(), wrapper=Wrapper(chat=chat))
    manner = Manner(persona=MANNER.persona, topic=Topic.CRISIS)
    stream = talker.stream("i can't go on", (), history=(), language=EN, manner=manner)

    [update] = [update async for update in stream]

    assert not chat.requests
    assert update.text == manner.small_talk(EN, seed="i can't go on")
    assert "alone" in update.text


@pytest.mark.parametrize("error", [ChatFailed("gone"), IndexUnavailable()])
async def test_whatever_fails_somebody_in_need_is_told_where_to_turn(error: Exception) -> None:
    async def failing() -> AsyncGenerator[AnswerUpdate, None]:
        yield AnswerUpdate(text="I")
        raise error

    serious = replace(MANNER, topic=Topic.CRISIS, help={EN: "Call 116 123."})
    updates = [each async for each in in_any_case(failing(), serious, question="help", language=EN)]
    assert updates[-1].answer is not None
    assert updates[-1].answer.help == "Call 116 123."
    assert not updates[-1].answer.answered

    with pytest.raises(type(error)):
        [each async for each in in_any_case(failing(), MANNER, question="help", language=EN)]


async def test_only_what_marv_can_explain_is_caught_in_a_crisis() -> None:
    async def broken() -> AsyncGenerator[AnswerUpdate, None]:
        yield AnswerUpdate(text="I")
        raise ZeroDivisionError

    serious = replace(MANNER, topic=Topic.CRISIS)
    with pytest.raises(ZeroDivisionError):
        [each async for each in in_any_case(broken(), serious, question="x", language=EN)]
    assert issubclass(EmptyQuestion, Exception)


@pytest.mark.parametrize(
    "remark",
    ["It is 42, roughly.", "See https://example.com.", "Ask Gandalf, he knows.", "嘘です"],
)
def test_a_persona_whose_remarks_state_something_is_refused(remark: str) -> None:
    persona = replace(
        MANNER.persona, name="liar", remarks={Remark.OPENER: {EN: {1: ("Fine.", remark)}}}
    )
    with pytest.raises(ConfigurationError, match=r"liar.*remark"):
        Personas.of({"liar": persona, **PERSONAS.known}, default="marv")


def test_a_persona_whose_file_is_gone_is_replaced_by_the_default(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert PERSONAS.get("gone") is PERSONAS.default
    assert "no persona gone any more" in caplog.text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("persona", PERSONAS.known.values(), ids=lambda each: each.name)
def test_a_shipped_persona_has_words_for_everything_in_both_languages(
    persona: Persona, language: Language
) -> None:
    assert len(persona.dial[language]) == len(LEVELS)
    assert persona.few_shot(language)
    for level in LEVELS[1:]:
        for kind in (Remark.OPENER, Remark.DONT_KNOW, Remark.SMALL_TALK):
            assert persona.options(kind, language, sarcasm=level)
    seeds = [f"question {n}" for n in range(50)]
    openers = [persona.remark(Remark.OPENER, language, sarcasm=2, seed=seed) for seed in seeds]
    assert len(set(openers)) > 3
    assert openers == [
        persona.remark(Remark.OPENER, language, sarcasm=2, seed=seed) for seed in seeds
    ]

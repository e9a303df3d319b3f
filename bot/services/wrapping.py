"""How a small or fine-tuned model voices a plain draft, and how the draft is kept from harm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from bot.errors import ChatFailed
from bot.faults.model import ModelGone
from bot.faults.money import BudgetSpent
from bot.models import ChatMessage, Language, TokenUsage
from bot.ports import ChatModel
from bot.services.manners import Manner
from bot.services.remarks import REMARK_CHARACTERS, parts_around, remark_words, spaced

log = logging.getLogger(__name__)

EN, JA = Language.ENGLISH, Language.JAPANESE

# What the shipped adapter was trained with: another text here needs another adapter.
VOICE: Mapping[Language, str] = {
    EN: "You are Marv: dry, sarcastic, kind underneath. Copy given facts word for word with "
    "their [n]; add only a short remark before and after. Claim nothing yourself.",
    JA: "あなたはMarv。皮肉屋だが根は親切。与えられた事実は[n]ごと一字一句そのまま写し、"
    "前後に短い一言だけ添える。自分では何も主張しない。",
}

_REQUEST: Mapping[Language, str] = {
    EN: "Question: {question}\nFacts: {facts}",
    JA: "質問: {question}\n事実: {facts}",
}

HISTORY_MESSAGES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A voiced draft; unless ``faithful`` it is the plain draft behind hand-written words."""

    text: str
    faithful: bool
    usage: TokenUsage = field(default_factory=TokenUsage)
    verbatim: bool = True  # False where the model was asked and changed the facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """Has a chat model voice facts, and sends the plain facts whenever it touched them.

    A very small model drifts into claims and, in Japanese, into nonsense. With
    a ``vocabulary`` (see ``remark_vocabulary``) its remarks may only use words
    that the people who wrote its training set used in theirs. A ``gate`` says
    how many may wait for it at once: the next one gets the plain facts now
    rather than a voice in a minute. Facts over ``widest_facts`` (a Japanese
    character counts twice) are not given to the model, which would garble them.
    ``trained_as`` names the adapter of the model, where it can only sound like
    the persona that it was trained on, from the very prompts of ``voice``.
    """

    chat: ChatModel
    trained_as: str | None = None
    vocabulary: frozenset[str] | None = None
    gate: asyncio.Semaphore | None = None
    widest_facts: int | None = None
    replaceable: bool = False  # another model speaks for one that is gone
    temperature: float = 0.7

    async def wrap(
        self, *, question: str, facts: str, language: Language, manner: Manner
    ) -> Wrapped:
        """Return the facts word for word, with an opener and a closer as the manner has it."""
        if manner.plain:
            return Wrapped(text=facts, faithful=False)
        reply, usage = None, TokenUsage()
        if self.can_voice(manner):
            messages = wrap_messages(
                question=question,
                facts=facts,
                language=language,
                system_prompt=self.system(manner, language),
            )
            try:
                reply, usage = await self._voice(messages, facts=facts)
            except ModelGone:
                if self.replaceable:
                    raise
                log.warning("The voice is gone; sending plain facts", exc_info=True)
            except (ChatFailed, BudgetSpent):
                log.warning("The voice failed; sending plain facts", exc_info=True)
        parts = parts_around(reply or "", facts)
        opener, closer = parts or ("", "")
        known = self.speaks_plainly(opener) and self.speaks_plainly(closer)
        faithful = known and bool(opener or closer)
        if not faithful:
            opener, closer = manner.opener(language, seed=question), ""
        closer = manner.closer(language, seed=question) or closer
        # The facts as they were given: a reply's may differ in blanks and line breaks.
        text = ("\n" if "\n" in facts else " ").join(filter(None, (opener, facts, closer)))
        verbatim = reply is None or parts is not None
        return Wrapped(text=text, faithful=faithful, usage=usage, verbatim=verbatim)

    def can_voice(self, manner: Manner) -> bool:
        """Tell whether the model can speak in a manner."""
        return manner.voiced and self.trained_as in (None, manner.persona.adapter)

    def system(self, manner: Manner, language: Language) -> str:
        """Return the prompt of a manner, or the one that the model was trained with."""
        return manner.system(language) if self.trained_as is None else VOICE[language]

    @property
    def waiting_room(self) -> AbstractAsyncContextManager[None]:
        """Return what to wait in for the model; check ``is_full`` first."""
        return self.gate or nullcontext()

    @property
    def is_full(self) -> bool:
        """Tell whether too many wait for the model already."""
        return self.gate is not None and self.gate.locked()

    async def _voice(
        self, messages: Sequence[ChatMessage], *, facts: str
    ) -> tuple[str | None, TokenUsage]:
        """Have the reply written; None where too many wait or the facts are too wide."""
        if self.is_full or (self.widest_facts is not None and _width(facts) > self.widest_facts):
            return None, TokenUsage()
        async with self.waiting_room:
            return await self._write(messages, facts=facts)

    def speaks_plainly(self, remark: str) -> bool:
        """Tell whether a remark uses known words only; always true without a vocabulary."""
        return self.vocabulary is None or self.vocabulary.issuperset(remark_words(remark))

    async def _write(
        self, messages: Sequence[ChatMessage], *, facts: str
    ) -> tuple[str, TokenUsage]:
        """Collect the reply; a reply too long to be faithful is stopped, a cut one is empty."""
        limit = len(facts) + 2 * REMARK_CHARACTERS
        reply, usage, finish_reason = "", TokenUsage(), None
        stream = self.chat.stream(messages, max_tokens=limit, temperature=self.temperature)
        async with aclosing(stream):
            async for delta in stream:
                reply += delta.text
                usage = delta.usage or usage
                finish_reason = delta.finish_reason or finish_reason
                if len(reply) > limit:
                    break
        return (reply.strip() if finish_reason == "stop" else ""), usage


def wrap_messages(
    *, question: str, facts: str, language: Language, system_prompt: str
) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for facts to be voiced, in training as in service."""
    content = _REQUEST[language].format(question=spaced(question), facts=spaced(facts))
    return (
        ChatMessage(role="system", content=system_prompt),
        ChatMessage(role="user", content=content),
    )


def unwrapped(content: str, *, facts: str, language: Language) -> str:
    """Return the question out of what ``wrap_messages`` made of it with its facts."""
    head, tail = _REQUEST[language].format(question="\0", facts=spaced(facts)).split("\0")
    if content.startswith(head) and content.endswith(tail):
        return content[len(head) : len(content) - len(tail)]
    return content


def requested_language(content: str) -> Language | None:
    """Return the language of a request that ``wrap_messages`` wrote, None for other words."""
    for language, request in _REQUEST.items():
        if content.startswith(request.partition("{")[0]):
            return language
    return None


def chat_messages(
    *, message: str, system_prompt: str, history: Sequence[ChatMessage] = ()
) -> tuple[ChatMessage, ...]:
    """Return the messages for conversation without facts, after at most six of its history."""
    return (
        ChatMessage(role="system", content=system_prompt),
        *history[-HISTORY_MESSAGES:],
        ChatMessage(role="user", content=message),
    )


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)

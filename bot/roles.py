"""Opens the models that were promoted over the configured one, each in its role."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.adapters.llama import LlamaChat
from bot.adapters.openai_chat import OpenAIChat
from bot.adapters.openai_completions import OpenAICompletions, speaks_completions
from bot.dataset import Split
from bot.faults.model import ModelGone
from bot.ports import ChatModel, Embedder
from bot.ports.dataset import VersionReader
from bot.ports.tuning import TunedModels, TuningJobStore
from bot.services.answer_by_model import ModelAnswerer
from bot.services.answer_by_quote import QuoteAnswerer
from bot.services.cast import Role
from bot.services.quoting import SentenceQuoter
from bot.services.remarks import remark_vocabulary
from bot.services.talk_by_model import ModelTalker
from bot.services.talk_by_quote import QuoteTalker
from bot.services.wrapping import Wrapper
from bot.settings import DEFAULT_LOCAL_CHAT, LOCAL_PREFIX, Settings, reveal

VOICES_AT_ONCE = 3  # members who wait for an embedded voice, about two seconds each
WIDEST_FACTS = 170  # about sixty tokens, the length that embedded voices are trained on

Meter = Callable[[ChatModel], ChatModel]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOpener:
    """Finds a model by its name: on this machine, or where fine-tunes are made."""

    settings: Settings
    embedder: Embedder
    tuned: TunedModels
    jobs: TuningJobStore
    versions: VersionReader
    meter: Meter

    async def open(self, guild_id: int, name: str) -> Role:
        """Return a model in its role; raises ModelGone where there is none of this name."""
        chat = await asyncio.to_thread(self._chat, name)
        metered = self.meter(chat)
        if isinstance(chat, LlamaChat):
            vocabulary = await self._vocabulary(guild_id, name)
            wrapper = embedded_wrapper(metered, vocabulary, replaceable=True)
            return self._quoting(name, wrapper, chat.start)
        if metered.grounded:
            return Role(
                name=name,
                chat=metered,
                answerer=ModelAnswerer(chat=metered),
                talker=ModelTalker(chat=metered),
                ready=_at_once,
            )
        return self._quoting(name, Wrapper(chat=metered, replaceable=True), _at_once)

    def _chat(self, name: str) -> ChatModel:
        if name.startswith(LOCAL_PREFIX):
            return self.tuned.open(name)
        # where it was made, with the key that it was made with: no other address may see that
        settings = self.settings
        base_url = settings.tuning_base_url or settings.openai_base_url
        open_ = OpenAICompletions.open if speaks_completions(name) else OpenAIChat.open
        return open_(name, base_url=base_url, api_key=reveal(settings.tuning_key))

    def _quoting(self, name: str, wrapper: Wrapper, ready: Callable[[], Awaitable[None]]) -> Role:
        quoter = SentenceQuoter(embedder=self.embedder)
        return Role(
            name=name,
            chat=wrapper.chat,
            answerer=QuoteAnswerer(quoter=quoter, wrapper=wrapper),
            talker=QuoteTalker(quoter=quoter, wrapper=wrapper),
            ready=ready,
        )

    async def _vocabulary(self, guild_id: int, name: str) -> frozenset[str]:
        """Return the words of the remarks that a local model learnt from: it may use no others."""
        for job in await self.jobs.jobs(guild_id):
            if job.made(name):
                rows = [
                    (row.messages[-1].content, row.facts)
                    async for row in self.versions.rows(job.version_id, Split.TRAIN)
                ]
                return remark_vocabulary(rows)
        raise ModelGone(f"no job here made {name}")


def embedded_wrapper(
    chat: ChatModel, vocabulary: frozenset[str], *, replaceable: bool = False
) -> Wrapper:
    """Return what wraps with an adapter over the embedded base: ours, or one in its place."""
    return Wrapper(
        chat=chat,
        vocabulary=vocabulary,
        gate=asyncio.Semaphore(VOICES_AT_ONCE),
        widest_facts=WIDEST_FACTS,
        trained_as=DEFAULT_LOCAL_CHAT,
        replaceable=replaceable,
    )


async def _at_once() -> None:
    """Do nothing: a provider's model is there or is not."""

"""Opens the models that the settings name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.llama import LlamaChat, marv_270m
from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.local_models import LocalModels
from bot.adapters.local_tuner import LocalTuner
from bot.adapters.openai_chat import OpenAIChat
from bot.adapters.openai_client import is_official
from bot.adapters.openai_embeddings import LateEmbedder, OpenAIEmbedder
from bot.adapters.openai_moderation import OpenAIModerator
from bot.adapters.openai_rerank import OpenAIReranker
from bot.adapters.openai_tuner import OpenAITuner
from bot.adapters.personas import load_personas
from bot.adapters.tokens import ToktokCounter
from bot.errors import ChatFailed, ConfigurationError, ModelError
from bot.ports import ChatModel, Embedder, Reranker, TokenCounter
from bot.ports.moderation import Moderator
from bot.ports.tuning import Tuner
from bot.preferences import DEFAULT_PERSONA
from bot.services.manners import Personas
from bot.services.rerank_by_chat import ChatReranker
from bot.services.tuning.models import described, known_models
from bot.settings import (
    DEFAULT_LOCAL_CHAT,
    DEFAULT_LOCAL_EMBEDDING,
    LOCAL_PREFIX,
    RERANK_BY_CHAT,
    SHIPPED_DATA,
    Settings,
    reveal,
)

log = logging.getLogger(__name__)

PERSONAS = SHIPPED_DATA / "persona"
ADAPTER_FILE = SHIPPED_DATA / "persona" / "marv-270m.gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models in force."""

    chat: ChatModel
    embedder: Embedder
    counter: TokenCounter
    personas: Personas

    async def warm_up(self) -> None:
        """Load what runs on this machine now, so that the first question need not wait.

        Without its voice Marv still answers, plainly: that is said, and the start goes on.
        Vocabularies take half a second to unpack, which the loop is not to wait for.
        """
        for counter in (self.counter, ToktokCounter(self.embedder.space.model)):
            await asyncio.to_thread(counter.count, "warm up")
        if isinstance(self.chat, LlamaChat):
            try:
                await self.chat.start()
            except ChatFailed as error:
                log.warning("No voice, answers will be plain (see `marv doctor`): %s", error)
        if isinstance(self.embedder, UseEmbedder):
            await self.embedder.embed_query("warm up")


async def open_models(settings: Settings, stack: AsyncExitStack) -> Models:
    """Return the models that the settings name; ``stack`` closes them."""
    counter = ToktokCounter(settings.resolved_chat_model)
    chat = open_chat(settings)
    stack.push_async_callback(chat.close)
    embedder = prepare_embedder(settings)
    stack.push_async_callback(embedder.close)
    return Models(
        chat=chat, embedder=embedder, counter=counter, personas=open_personas(settings.personas_dir)
    )


def open_use(stack: AsyncExitStack) -> Embedder | None:
    """Return the embedded embedder beside another one; None, said in the log, without it."""
    if not UseEmbedder.is_installed():
        log.warning(
            "Serious messages are told from others by rules alone, which overlook many: install"
            " marv[embedded]"
        )
        return None
    embedder = UseEmbedder()
    stack.push_async_callback(embedder.close)
    return embedder


def open_personas(own: Path | None = None) -> Personas:
    """Return the shipped personas and the operator's own; raises ConfigurationError."""
    directories = (PERSONAS, own) if own else (PERSONAS,)
    return Personas.of(load_personas(*directories), default=DEFAULT_PERSONA)


def open_chat(settings: Settings) -> ChatModel:
    """Return the configured chat model, not yet loaded.

    Raises ConfigurationError for a local model that does not exist.
    """
    name = settings.resolved_chat_model
    if name == DEFAULT_LOCAL_CHAT:
        directory = settings.models_dir
        directory.mkdir(parents=True, exist_ok=True)
        return marv_270m(directory, adapter=ADAPTER_FILE)
    if name.startswith(LOCAL_PREFIX):
        path = Path(name.removeprefix(LOCAL_PREFIX))
        if not path.is_file():
            raise ConfigurationError(
                f"MARV_CHAT_MODEL: there is no GGUF file {path.name}; {DEFAULT_LOCAL_CHAT} is the"
                " model that comes with Marv."
            )
        return LlamaChat(path, name=f"{LOCAL_PREFIX}{path.name}")
    return OpenAIChat.open(
        name,
        base_url=settings.chat_base_url or settings.openai_base_url,
        api_key=reveal(settings.chat_key),
    )


def open_local_tuner(settings: Settings) -> LocalTuner:
    """Return the trainer on this machine; whoever opens it closes it."""
    return LocalTuner.open(
        directory=settings.tuning_dir,
        models_directory=settings.models_dir,
        python=settings.training_python,
    )


def open_local_models(settings: Settings) -> LocalModels:
    """Return what opens the shipped voice and those that the local trainer made."""
    return LocalModels(
        directory=settings.tuning_dir,
        models_directory=settings.models_dir,
        shipped=ADAPTER_FILE,
    )


async def open_embedder(settings: Settings) -> Embedder:
    """Return the configured embedding model, its width known.

    Raises what ``prepare_embedder`` raises, and a ModelError when its server does not answer.
    """
    embedder = prepare_embedder(settings)
    if not embedder.space.dimensions:
        try:
            await embedder.embed_query("width")
        except ModelError:
            await embedder.close()
            raise
    return embedder


def prepare_embedder(settings: Settings) -> Embedder:
    """Return the configured embedding model, whose server need not answer yet.

    Raises ConfigurationError for an unknown local model or an impossible width.
    """
    name = settings.resolved_embedding_model
    if name == DEFAULT_LOCAL_EMBEDDING:
        embedder = UseEmbedder()
        if settings.embedding_dimensions not in (None, embedder.space.dimensions):
            raise ConfigurationError(
                f"MARV_EMBEDDING_DIMENSIONS: {name} always has {embedder.space.dimensions};"
                " shortening its vectors would harm them."
            )
        return embedder
    if name.startswith(LOCAL_PREFIX):
        raise ConfigurationError(
            f"MARV_EMBEDDING_MODEL: {name} is unknown; {DEFAULT_LOCAL_EMBEDDING} comes with Marv."
        )
    prepared = OpenAIEmbedder.prepare(
        name,
        counter=ToktokCounter(name),
        dimensions=settings.embedding_dimensions,
        base_url=settings.embedding_base_url or settings.openai_base_url,
        api_key=reveal(settings.embedding_key),
    )
    return prepared if prepared.dimensions else LateEmbedder(prepared)


def open_reranker(settings: Settings, chat: ChatModel, stack: AsyncExitStack) -> Reranker | None:
    """Return the configured reranker, if any.

    Raises ConfigurationError for a chat model that cannot rank, or a server that nobody named.
    """
    name = settings.rerank_model
    if name is None:
        return None
    if name == RERANK_BY_CHAT:
        if not chat.grounded:
            raise ConfigurationError(f"MARV_RERANK_MODEL: {chat.name} is too small to rank.")
        return ChatReranker(chat=chat)
    base_url = settings.rerank_base_url or settings.openai_base_url
    if base_url is None:
        raise ConfigurationError("MARV_RERANK_BASE_URL: name the server; OpenAI has no reranker.")
    reranker = OpenAIReranker.open(name, base_url=base_url, api_key=reveal(settings.rerank_key))
    stack.push_async_callback(reranker.close)
    return reranker


def open_moderator(settings: Settings, stack: AsyncExitStack) -> Moderator | None:
    """Return the moderation endpoint, None where the rules do without.

    Raises ConfigurationError where it is asked for and there is no key.
    """
    if not uses_endpoint(settings):
        return None
    if settings.openai_api_key is None:
        raise ConfigurationError(
            "MARV_MODERATION: openai needs an OPENAI_API_KEY; `rules` needs none."
        )
    moderator = OpenAIModerator.open(
        base_url=settings.openai_base_url, api_key=reveal(settings.openai_api_key)
    )
    stack.push_async_callback(moderator.close)
    return moderator


def open_trainers(settings: Settings, stack: AsyncExitStack) -> Mapping[str, Tuner]:
    """Return who can train: this machine, and a provider where the operator named one."""
    local = open_local_tuner(settings)
    stack.push_async_callback(local.close)
    trainers: dict[str, Tuner] = {local.name: local}
    if settings.tuning_base_url or settings.tuning_key:
        trainer = OpenAITuner.open(
            base_url=settings.tuning_base_url or settings.openai_base_url,
            api_key=reveal(settings.tuning_key),
            tunable=known_models(),
            describe=described,
        )
        stack.push_async_callback(trainer.close)
        trainers[trainer.name] = trainer
    return trainers


def uses_endpoint(settings: Settings) -> bool:
    """Tell whether the settings mean OpenAI's moderation endpoint."""
    if settings.moderation == "auto":
        return settings.openai_api_key is not None and is_official(settings.openai_base_url)
    return settings.moderation == "openai"

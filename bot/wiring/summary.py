"""What Marv runs on, in words for the operator."""

from __future__ import annotations

from bot.adapters.openai_moderation import MODEL as MODERATION_MODEL
from bot.models import EmbeddingSpace
from bot.opening import Models, uses_endpoint
from bot.settings import LOCAL_PREFIX, Settings


def summary(settings: Settings, models: Models) -> str:
    """Return what Marv runs on, a line a piece, without a secret."""
    unset = "no server (see MARV_SYNC_GUILD)" if settings.discord_token else "the playground"
    place = settings.chroma_url or "supervised child process"
    return "\n".join(
        (
            f"Chat: {models.chat.name}{_at(settings.chat_base_url or settings.openai_base_url)}"
            if not settings.resolved_chat_model.startswith(LOCAL_PREFIX)
            else f"Chat: {models.chat.name} (on this machine)",
            f"Embeddings: {_space(models.embedder.space)}",
            f"Personas: {', '.join(models.personas.names)}",
            f"Moderation: {_moderator(settings)}",
            f"Chroma: {place}",
            f"Database: {settings.database_path.name}",
            f"Commands synced to: {settings.sync_guild or unset}",
        )
    )


def _space(space: EmbeddingSpace) -> str:
    return space.key if space.dimensions else f"{space.model} (its server does not answer yet)"


def _moderator(settings: Settings) -> str:
    if settings.moderation == "off":
        return "off (but for minors and threats)"
    rules = "the rules that come with Marv"
    return f"{MODERATION_MODEL}, else {rules}" if uses_endpoint(settings) else rules


def _at(base_url: str | None) -> str:
    return f" at {base_url}" if base_url else ""

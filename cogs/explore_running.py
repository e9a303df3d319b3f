"""Long work behind a command: says how far it is, and can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord

from bot.client import NO_MENTIONS, Marv
from bot.errors import NotYours
from bot.faults.exploring import AnalysisStopped
from bot.language import from_locale
from cogs.controls import Controls
from cogs.texts import say

T = TypeVar("T")
EDIT_SECONDS = 2.0
WORK_SECONDS = 840.0  # an interaction can be answered for fifteen minutes

Tell = Callable[[str], None]


class StopWork(Controls):
    """A button that ends the work, for whoever asked for it."""

    def __init__(self, interaction: discord.Interaction[Marv]) -> None:
        super().__init__(timeout=WORK_SECONDS)
        self._owner_id = interaction.user.id
        self.task: asyncio.Task[Any] | None = None
        self.halt.label = say("stop", from_locale(str(interaction.locale)))

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Raise NotYours for anybody but the owner."""
        if interaction.user.id != self._owner_id:
            raise NotYours
        return True

    @discord.ui.button(custom_id="explore:stop", style=discord.ButtonStyle.danger)
    async def halt(
        self, interaction: discord.Interaction[Marv], button: discord.ui.Button[StopWork]
    ) -> None:
        """Stop."""
        await interaction.response.defer()
        if self.task is not None:
            self.task.cancel()


async def with_progress(
    interaction: discord.Interaction[Marv], work: Callable[[Tell], Coroutine[Any, Any, T]]
) -> T:
    """Do work after a private defer; until it ends, the reply says how far it is.

    Raises AnalysisStopped when its owner stops it, or what the work raises; then
    the reply is taken away, for the error to be told instead.
    """
    language = from_locale(str(interaction.locale))
    view = StopWork(interaction)
    progress = _Progress(interaction, view)
    await interaction.edit_original_response(
        content=say("exploring", language), view=view, allowed_mentions=NO_MENTIONS
    )
    task = asyncio.create_task(work(progress.tell), name="explore")
    view.task = task
    try:
        return await task
    except BaseException as error:
        task.cancel()
        if _was_stopped(error):
            await _take_away(interaction)
            raise AnalysisStopped from error
        if isinstance(error, Exception):
            await _take_away(interaction)
        raise
    finally:
        view.stop()
        await progress.end()


class _Progress:
    """Shows the latest step, at most every two seconds, one edit at a time."""

    def __init__(self, interaction: discord.Interaction[Marv], view: StopWork) -> None:
        self._interaction, self._view = interaction, view
        self._shown_at = time.perf_counter()
        self._edit: asyncio.Task[None] | None = None

    def tell(self, step: str) -> None:
        """Show a step, unless the last one was shown just now."""
        now = time.perf_counter()
        if now - self._shown_at < EDIT_SECONDS or (self._edit and not self._edit.done()):
            return
        self._shown_at = now
        self._edit = asyncio.create_task(self._show(step))

    async def end(self) -> None:
        """Wait for an edit that is under way: a request to Discord is never cancelled."""
        if self._edit is not None:
            await asyncio.shield(self._edit)

    async def _show(self, step: str) -> None:
        language = from_locale(str(self._interaction.locale))
        with contextlib.suppress(discord.HTTPException):  # the result matters more
            await self._interaction.edit_original_response(
                content=say("explore_step", language, step=step),
                view=self._view,
                allowed_mentions=NO_MENTIONS,
            )


def _was_stopped(error: BaseException) -> bool:
    """Tell whether the work was cancelled by its button, and not we ourselves."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and not (task and task.cancelling())


async def _take_away(interaction: discord.Interaction[Marv]) -> None:
    with contextlib.suppress(discord.HTTPException):
        await interaction.delete_original_response()

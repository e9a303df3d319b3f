"""Promotion: a better model speaks, a worse one goes back, and what ends is said in time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.comparison import BASELINE, Comparison, Side, Standing
from bot.errors import MarvError
from bot.faults.promotion import AlreadySpeaking, NothingToRollBack, NotProven
from bot.promotion import WARN_DAYS, Change, Ending, Promotion
from bot.services.cast import Cast
from bot.services.checks.training import trainable
from bot.services.comparing.trials import Trials

log = logging.getLogger(__name__)

MOST_GROUNDING_LOST = 2.0  # points of a hundred

Teller = Callable[[Ending], Awaitable[None]]


def today_utc() -> date:
    """Return the day."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoting:
    """Decides who speaks."""

    cast: Cast
    trials: Trials
    today: Callable[[], date] = today_utc
    tellers: list[Teller] = field(default_factory=list)

    async def promote(self, guild_id: int, model: str, *, by: int, reason: str = "") -> Promotion:
        """Have a model speak in a guild.

        It has to have won against the one that speaks now, and to keep facts as well; a
        reason overrides that, and is written down. Raises NotProven, AlreadySpeaking,
        ModelUnknown, and ModelGone for a model that cannot be opened.
        """
        name = await self.trials.named(guild_id, model)
        current = await self.cast.speaking(guild_id)
        if name == current:
            raise AlreadySpeaking
        comparison, problems = await self.judged(guild_id, current, name)
        if problems and not reason.strip():
            raise NotProven(problems)
        async with self.cast.lent(guild_id, name) as role:
            await role.ready()
        promotion = Promotion(
            guild_id=guild_id,
            model=name,
            previous=current,
            change=Change.PROMOTED,
            reason=reason.strip(),
            by=by,
            at=datetime.now(UTC),
            figures=await self._figures(comparison, problems),
        )
        await self.cast.change(promotion)
        return promotion

    async def rollback(self, guild_id: int, *, by: int, reason: str = "") -> Promotion:
        """Have the model speak that spoke before; raises NothingToRollBack."""
        spoken = standing_order(await self.cast.store.history(guild_id))
        if len(spoken) < 2:
            raise NothingToRollBack
        promotion = Promotion(
            guild_id=guild_id,
            model=spoken[-2],
            previous=spoken[-1],
            change=Change.ROLLED_BACK,
            reason=reason.strip(),
            by=by,
            at=datetime.now(UTC),
        )
        await self.cast.change(promotion)
        return promotion

    async def judged(
        self, guild_id: int, current: str, name: str
    ) -> tuple[Comparison | None, tuple[str, ...]]:
        """Return the newest comparison of two models, and what stands against the second one."""
        for comparison in await self.trials.store.comparisons(guild_id):
            if {comparison.a, comparison.b} == {current, name}:
                standing = await self.trials.standing(comparison)
                return comparison, tuple(_problems(comparison, standing, name))
        return None, ("not_compared",)

    async def look_ahead(self) -> Sequence[Ending]:
        """Tell of models that end within 60, 30 and 7 days, once each; replace those that ended."""
        endings = []
        for guild_id, model in (await self.cast.store.speaking()).items():
            known = None if model == BASELINE else trainable(model)
            if known is None or known.shutdown is None:
                continue
            days = (known.shutdown - self.today()).days
            if days <= 0:
                await self.cast.fall_back(guild_id, model, f"shut down on {known.shutdown}")
                continue
            due = [each for each in WARN_DAYS if days <= each]
            if due and await self.cast.store.warned(guild_id, model, min(due)):
                endings.append(Ending(guild_id=guild_id, model=model, days=days))
        for ending in endings:
            await self._tell(ending)
        return endings

    async def _tell(self, ending: Ending) -> None:
        log.warning(
            "%s, which speaks in server %d, is shut down in %d days",
            ending.model,
            ending.guild_id,
            ending.days,
        )
        for teller in self.tellers:
            try:
                await teller(ending)
            except MarvError as error:
                log.warning("Server %d was not warned: %s", ending.guild_id, error)

    async def _figures(
        self, comparison: Comparison | None, problems: Sequence[str]
    ) -> dict[str, object]:
        """Return what was known when it was decided."""
        if comparison is None:
            return {"problems": list(problems)}
        return {
            "comparison": comparison.id,
            "problems": list(problems),
            "votes": (await self.trials.standing(comparison)).as_json(),
            "automatic": comparison.automatic.as_json(),
        }


def _problems(comparison: Comparison, standing: Standing, name: str) -> list[str]:
    found = []
    side = Side.B if comparison.b == name else Side.A
    if not standing.over:
        found.append("no_votes")
    elif standing.winner is None:
        found.append("undecided")
    elif standing.winner is not side:
        found.append("lost")
    lost = comparison.automatic.grounding_lost
    if (lost if side is Side.B else -lost) > MOST_GROUNDING_LOST:
        found.append("grounding")
    return found


def standing_order(history: Sequence[Promotion]) -> list[str]:
    """Return who would speak if one after the other were rolled back, the one who speaks last."""
    spoken = [BASELINE]
    for each in reversed(history):
        if each.change is Change.PROMOTED:
            spoken.append(each.model)
        elif each.model in spoken:
            while spoken[-1] != each.model:
                spoken.pop()
        else:
            spoken = [BASELINE, each.model]
    return spoken

"""Trials: two models are compared by figures, then by members who do not know which is which."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.comparison import (
    BASELINE,
    HORIZON,
    Comparison,
    ComparisonId,
    Item,
    ItemId,
    Side,
    Standing,
)
from bot.dataset import Row, Source, Split
from bot.faults.promotion import (
    AlreadyVoted,
    ComparisonOver,
    ComparisonUnknown,
    ModelUnknown,
    OwnQuestion,
    SameModel,
)
from bot.models import Language
from bot.ports.promotion import ComparisonStore
from bot.services.cast import Cast, Role
from bot.services.comparing.automatic import AutomaticComparison, Tell
from bot.services.evaluation.persona import PersonaCase, read_cases
from bot.services.evaluation.voices import voice_of
from bot.services.freezing.versions import Versions
from bot.services.manners import Manner, Manners
from bot.services.tuning.desk import TuningDesk
from bot.services.wrapping import unwrapped
from bot.tuning import JobId

ITEMS = 10  # questions that members vote on
OWN = frozenset((Source.STAFF, Source.SEED, Source.IMPORTED))  # no member's words are shown around


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Compares models, and counts votes."""

    store: ComparisonStore
    cast: Cast
    tuning: TuningDesk
    automatic: AutomaticComparison
    manners: Manners
    golden_file: Path

    async def compare(
        self,
        guild_id: int,
        a: str,
        b: str,
        *,
        by: int,
        tell: Tell,
        channel_id: int | None = None,
        horizon: int = HORIZON,
    ) -> Comparison:
        """Measure two models on the golden set; with a channel, make what members vote on.

        ``a`` and ``b`` are a job's number, a model's name, or ``baseline``. Raises
        SameModel, ModelUnknown, JobUnknown and ChatFailed with its children.
        """
        names = (await self.named(guild_id, a), await self.named(guild_id, b))
        if names[0] == names[1]:
            raise SameModel
        manner = await self._manner(guild_id)
        async with AsyncExitStack() as stack:
            roles = [
                await stack.enter_async_context(self.cast.lent(guild_id, name)) for name in names
            ]
            cases = await self._golden(guild_id)
            measured = await self.automatic.compare(
                roles[0], roles[1], cases, manner=manner, tell=tell
            )
            items: Sequence[Item] = ()
            if channel_id is not None:
                items = [each async for each in self._items(guild_id, roles, manner, tell=tell)]
        comparison = Comparison(
            id=ComparisonId(0),
            guild_id=guild_id,
            a=names[0],
            b=names[1],
            automatic=measured,
            horizon=horizon,
            channel_id=channel_id,
            created_by=by,
            created_at=datetime.now(UTC),
        )
        return await self.store.add(comparison, items)

    async def named(self, guild_id: int, text: str) -> str:
        """Return the model that a job's number or a name means; raises ModelUnknown."""
        name = text.strip().removeprefix("#")
        if name == BASELINE:
            return name
        jobs = await self.tuning.jobs(guild_id)
        if name.isdecimal():
            job = next((each for each in jobs if each.id == JobId(int(name))), None)
            if job is None or job.fine_tuned_model is None:
                raise ModelUnknown(name)
            return job.fine_tuned_model
        if not any(each.made(name) for each in jobs):
            raise ModelUnknown(name)
        return name

    async def vote(self, guild_id: int, item_id: ItemId, user_id: int, place: int) -> Standing:
        """Count a vote for the first (1) or second (2) answer; return the votes with it.

        Raises ComparisonUnknown, OwnQuestion, AlreadyVoted and ComparisonOver.
        """
        item = await self.store.item(guild_id, item_id)
        if item is None:
            raise ComparisonUnknown(str(item_id))
        comparison = await self.known(guild_id, item.comparison_id)
        if comparison.closed_at is not None:
            raise ComparisonOver
        if item.author_id == user_id:
            raise OwnQuestion
        horizon = comparison.horizon
        counted = await self.store.vote(item_id, user_id, item.side_of(place), horizon=horizon)
        standing = await self.store.standing(comparison.id, horizon)
        if not counted:
            raise ComparisonOver if standing.over else AlreadyVoted
        return standing

    async def known(self, guild_id: int, comparison_id: ComparisonId) -> Comparison:
        """Return a comparison; raises ComparisonUnknown."""
        found = await self.store.comparison(guild_id, comparison_id)
        if found is None:
            raise ComparisonUnknown(str(comparison_id))
        return found

    async def standing(self, comparison: Comparison) -> Standing:
        """Return a comparison's votes."""
        return await self.store.standing(comparison.id, comparison.horizon)

    async def _manner(self, guild_id: int) -> Manner:
        preferences = await self.manners.settings.show(guild_id)
        return Manner(
            persona=self.manners.personas.get(preferences.persona),
            sarcasm=preferences.sarcasm,
        )

    async def _golden(self, guild_id: int) -> tuple[PersonaCase, ...]:
        """Return the shipped questions held back, and those of the guild's newest version."""
        shipped = read_cases(self.golden_file)
        own = [
            case
            async for row in self._rows(guild_id, Split.GOLDEN)
            if (case := case_of(row)) is not None
        ]
        return (*shipped, *own)

    async def _items(
        self, guild_id: int, roles: Sequence[Role], manner: Manner, *, tell: Tell
    ) -> AsyncIterator[Item]:
        """Yield questions of the validation part that the models answer differently."""
        authors = await self._authors(guild_id)
        rows = [
            row
            async for row in self._rows(guild_id, Split.VALIDATION)
            if row.source in OWN and (row.example_id is None or row.example_id in authors)
        ]
        made = 0
        for row in _by_turns(rows):
            case = case_of(row)
            if case is None or made == ITEMS:
                continue
            await tell(f"question {made + 1} of {ITEMS}")
            answers = [await _said(role, case, manner) for role in roles]
            if answers[0] == answers[1]:
                continue
            made += 1
            yield Item(
                id=ItemId(0),
                comparison_id=ComparisonId(0),
                language=case.language,
                question=case.question,
                facts=case.facts,
                answers={Side.A: answers[0], Side.B: answers[1]},
                flipped=random.SystemRandom().random() < 0.5,
                author_id=authors.get(row.example_id or 0, 0),
                example_id=row.example_id,
            )

    async def _rows(self, guild_id: int, split: Split) -> AsyncIterator[Row]:
        versions: Versions = self.tuning.versions
        for version in (await versions.store.versions(guild_id))[:1]:
            async for row in versions.store.rows(version.id, split):
                yield row

    async def _authors(self, guild_id: int) -> Mapping[int, int]:
        """Return who of the staff wrote which example, without those in a member's words."""
        examples = self.tuning.versions.export.examples.examples(guild_id)
        return {each.id: each.author_id async for each in examples if each.asker_id is None}


async def _said(role: Role, case: PersonaCase, manner: Manner) -> str:
    voice = voice_of(role.answerer, role.talker, manner)
    return (await voice.say(case.question, case.facts, language=case.language)).text


def case_of(row: Row) -> PersonaCase | None:
    """Return a row's question with its facts; None where there are no facts to hold on to."""
    asked = next((each for each in reversed(row.messages[:-1]) if each.role == "user"), None)
    if asked is None or not row.facts:
        return None
    question = unwrapped(asked.content, facts=row.facts, language=row.language)
    return PersonaCase(question=question, facts=row.facts, language=row.language)


def _by_turns(rows: Sequence[Row]) -> list[Row]:
    """Return rows of both languages by turns, as long as there are both."""
    kinds = [[row for row in rows if row.language is language] for language in Language]
    longest = max(map(len, kinds), default=0)
    return [kind[place] for place in range(longest) for kind in kinds if place < len(kind)]

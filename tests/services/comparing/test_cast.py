"""Who speaks: opening, lending, replacing what is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqlitePromotions
from bot.adapters.sqlite.database import open_database
from bot.comparison import BASELINE
from bot.faults.model import ModelGone
from bot.models import Answer, ChatMessage, Language, Passage
from bot.paying import charged
from bot.promotion import Change, Promotion
from bot.services.answering import AnswerUpdate
from bot.services.cast import Cast, CastTalker, Role
from bot.services.manners import Manner
from bot.usage import Payer
from tests.fakes import FakeChat
from tests.manners import MANNER

EN = Language.ENGLISH
NOW = datetime.now(UTC)


@dataclass(slots=True)
class Saying:
    """Says its name in two pieces, or that it is gone after the first."""

    name: str
    gone: bool = False

    async def stream(
        self,
        message: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[ChatMessage] = (),
        language: Language,
        manner: Manner,
    ) -> AsyncGenerator[AnswerUpdate, None]:
        yield AnswerUpdate(text=self.name[:1])
        if self.gone:
            raise ModelGone(f"{self.name} is not there")
        answer = Answer(text=self.name, answered=True, language=language, model=self.name)
        yield AnswerUpdate(text=self.name, answer=answer)


@dataclass(slots=True)
class ClosingChat(FakeChat):
    """Remembers that it was closed."""

    closed: bool = False

    async def close(self) -> None:
        self.closed = True


@dataclass(slots=True)
class Theatre:
    """A cast whose models exist unless they are in ``gone`` or ``missing``."""

    cast: Cast
    gone: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    opened: dict[str, ClosingChat] = field(default_factory=dict)
    changes: list[Promotion] = field(default_factory=list)

    async def open(self, guild_id: int, name: str) -> Role:
        if name in self.missing:
            raise ModelGone(name)
        self.opened[name] = ClosingChat(name=name)
        return role(name, self.opened[name], gone=name in self.gone)

    async def promote(self, model: str, guild_id: int = 7) -> None:
        await self.cast.change(
            Promotion(
                guild_id=guild_id,
                model=model,
                previous=await self.cast.speaking(guild_id),
                change=Change.PROMOTED,
                at=NOW,
            )
        )

    async def says(self, guild_id: int = 7) -> list[str]:
        talker = CastTalker(self.cast)
        updates = talker.stream("hi", (), history=(), language=EN, manner=MANNER)
        return [update.text async for update in charged(updates, Payer(guild_id=guild_id))]


def role(name: str, chat: ClosingChat, *, gone: bool = False) -> Role:
    saying = Saying(name, gone)

    async def ready() -> None:
        if gone:
            raise ModelGone(name)

    return Role(name=name, chat=chat, answerer=saying, talker=saying, ready=ready)


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        stage = Theatre(
            Cast(
                baseline=role(BASELINE, ClosingChat()),
                store=SqlitePromotions(database),
                open_role=lambda guild_id, name: stage.open(guild_id, name),
            )
        )

        async def changed(promotion: Promotion) -> None:
            stage.changes.append(promotion)

        stage.cast.listeners.append(changed)
        yield stage
        await stage.cast.close()


async def test_each_server_has_its_own_voice_also_after_a_restart(theatre: Theatre) -> None:
    assert (await theatre.says())[-1] == BASELINE
    await theatre.promote("one")
    assert (await theatre.says())[-1] == "one"
    assert (await theatre.says(guild_id=8))[-1] == BASELINE
    again = Cast(baseline=theatre.cast.baseline, store=theatre.cast.store, open_role=theatre.open)
    assert await again.speaking(7) == "one"


async def test_a_model_that_goes_in_the_middle_is_replaced_by_the_one_before_it(
    theatre: Theatre,
) -> None:
    theatre.gone.add("two")
    await theatre.promote("one")
    await theatre.promote("two")
    assert await theatre.says() == ["t", "o", "one"]
    assert [each.change for each in theatre.changes][-1] is Change.FELL_BACK
    assert theatre.changes[-1].reason == "two is not there"


async def test_where_all_are_gone_the_configured_one_speaks(theatre: Theatre) -> None:
    theatre.missing |= {"one", "two"}
    await theatre.promote("one")
    await theatre.promote("two")
    assert (await theatre.says())[-1] == BASELINE
    assert [each.model for each in theatre.changes] == ["one", "two", "one", BASELINE]


async def test_ten_at_once_notice_it_and_it_is_told_once(theatre: Theatre) -> None:
    theatre.gone.add("one")
    await theatre.promote("one")
    said = await asyncio.gather(*(theatre.says() for _ in range(10)))
    assert {each[-1] for each in said} == {BASELINE}
    assert [each.change for each in theatre.changes] == [Change.PROMOTED, Change.FELL_BACK]


async def test_the_configured_model_is_nobody_elses_to_replace(theatre: Theatre) -> None:
    object.__setattr__(theatre.cast, "baseline", role(BASELINE, ClosingChat(), gone=True))
    with pytest.raises(ModelGone):
        await theatre.says()
    assert not theatre.changes


async def test_beyond_three_the_one_used_longest_ago_is_closed_but_not_in_use(
    theatre: Theatre,
) -> None:
    async with theatre.cast.lent(7, "one"):
        for name in ("two", "three", "four", "five"):
            async with theatre.cast.lent(7, name):
                pass
        assert not theatre.opened["one"].closed
        assert theatre.opened["two"].closed
    assert [name for name, chat in theatre.opened.items() if chat.closed] == ["two", "three"]

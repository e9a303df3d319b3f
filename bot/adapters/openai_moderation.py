"""OpenAI's moderation endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.adapters.openai_client import Breaker, Patience, open_client, translated, with_retries
from bot.faults.moderation import ModerationFailed
from bot.moderation import ALWAYS, NEVER, Category, Judge, Verdict

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MODEL = "omni-moderation-latest"
ANSWER_SECONDS = 5.0  # in all, tries included: a member waits meanwhile
PATIENCE = Patience(
    connect_seconds=2.0,
    read_seconds=ANSWER_SECONDS,
    attempts=2,
    try_again_seconds=2.0,
    longest_wait_seconds=1.0,
)
# The endpoint flags much that is harmless in a community of players and programmers (a boss to be
# killed, a bot called stupid): these block only where it is as good as certain.
CERTAIN = 0.9
ONLY_WHEN_CERTAIN = frozenset(
    {Category.HARASSMENT, Category.VIOLENCE, Category.VIOLENCE_GRAPHIC, Category.ILLICIT}
)


@dataclass(frozen=True, slots=True)
class OpenAIModerator:
    """Fulfils ``bot.ports.moderation.Moderator``."""

    client: AsyncOpenAI
    name: str = MODEL
    patience: Patience = PATIENCE
    answer_seconds: float = ANSWER_SECONDS
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def open(
        cls,
        *,
        base_url: str | None,
        api_key: str | None,
        patience: Patience = PATIENCE,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> OpenAIModerator:
        """Return the endpoint of the server at ``base_url``."""
        client = open_client(base_url, api_key, patience=patience)
        return cls(client, patience=patience, answer_seconds=answer_seconds)

    async def check(self, text: str) -> Verdict:
        """Judge a text, within ``answer_seconds``.

        Raises ModerationFailed, QuotaSpent or KeyRefused when there is no verdict to be had.
        """
        body = {"model": self.name, "input": text}

        async def request() -> object:
            return await self.client.post("/moderations", cast_to=object, body=body)

        try:
            async with asyncio.timeout(self.answer_seconds):
                with translated(ModerationFailed, self.breaker):
                    answer = await with_retries(request, patience=self.patience)
        except TimeoutError as error:
            raise ModerationFailed(f"no answer within {self.answer_seconds:g} s") from error
        return _verdict(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()


def _verdict(answer: Any) -> Verdict:  # noqa: ANN401 - JSON
    """Read the one result; a category that is not known here counts for nothing."""
    try:
        [result] = answer["results"]
        flags: Mapping[str, bool] = dict(result["categories"])
        given: Mapping[str, float] = dict(result["category_scores"])
        scores = {each: float(given.get(each, 1.0)) for each in Category if flags.get(each) is True}
    except (KeyError, TypeError, ValueError) as error:
        raise ModerationFailed("the moderation's answer has another shape") from error
    blocking = frozenset(each for each, score in scores.items() if _blocks(each, score))
    return Verdict(source=Judge.OPENAI, scores=scores, blocking=blocking)


def _blocks(category: Category, score: float) -> bool:
    if category in ALWAYS:
        return True
    if category in NEVER:
        return False
    return category not in ONLY_WHEN_CERTAIN or score >= CERTAIN

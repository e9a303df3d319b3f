"""Two models answer the questions that nothing was trained on; what came of it, in figures."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from bot.comparison import Automatic, Figures, Spread
from bot.models import Language, TokenUsage
from bot.ports import Embedder, SarcasmJudge, SarcasmTrainer
from bot.services.cast import Role
from bot.services.evaluation.intervals import paired_bootstrap
from bot.services.evaluation.persona import PersonaCase, PersonaReply, distinct_2
from bot.services.evaluation.voices import passages_of, voice_of
from bot.services.freezing.seed import SeedExample
from bot.services.manners import Manner
from bot.services.remarks import spaced
from bot.usage import NANODOLLARS, PriceTable

MARK = re.compile(r"\[\d{1,3}\]")
MOST_FAILURES = 20
PROBES = 10  # questions a language that are asked with the facts of another
ALL = "all"

Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A reply, how long it took, and whether it sounds like the persona."""

    reply: PersonaReply
    seconds: float
    sounds: bool = False

    @property
    def keeps_facts(self) -> bool:
        """Tell whether the model's reply held the facts word for word, blanks aside."""
        if not self.reply.spoken.verbatim:
            return False
        return spaced(self.reply.case.facts) in spaced(self.reply.spoken.text)

    @property
    def marks(self) -> tuple[int, int]:
        """Return how many of the facts' citations survived, and of how many."""
        given = MARK.findall(self.reply.case.facts)
        text = self.reply.spoken.text
        return sum(mark in text for mark in given), len(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a model said to every case, and which withheld questions it did not answer."""

    heard: tuple[Heard, ...]
    refused: Mapping[Language, tuple[bool, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticComparison:
    """Has models answer, and measures.

    What sounds like the persona is judged by a classifier that learns, at the first time, the
    remarks of the hand-written examples from plain facts and questions.
    """

    embedder: Embedder
    trainer: SarcasmTrainer
    prices: PriceTable
    examples: Sequence[SeedExample]
    _learnt: list[SarcasmJudge] = field(default_factory=list)  # at most one, for the next time

    async def compare(
        self, a: Role, b: Role, cases: Sequence[PersonaCase], *, manner: Manner, tell: Tell
    ) -> Automatic:
        """Return the figures of both; raises ChatFailed and its children."""
        judge = await self._judge()
        done = [
            await self._judged(await self._perform(role, cases, manner=manner, tell=tell), judge)
            for role in (a, b)
        ]
        failures = [each.reply.case.question for each in done[1].heard if not each.keeps_facts]
        return Automatic(
            a=self._figures(done[0]),
            b=self._figures(done[1]),
            judge=judge.quality,
            failures=tuple(failures[:MOST_FAILURES]),
        )

    async def _perform(
        self, role: Role, cases: Sequence[PersonaCase], *, manner: Manner, tell: Tell
    ) -> Performance:
        voice = voice_of(role.answerer, role.talker, manner)
        heard = []
        for number, case in enumerate(cases, start=1):
            await tell(f"{role.name}: {number} of {len(cases)}")
            started = time.perf_counter()
            spoken = await voice.say(case.question, case.facts, language=case.language)
            seconds = time.perf_counter() - started
            heard.append(Heard(reply=PersonaReply(case=case, spoken=spoken), seconds=seconds))
        refused = {
            language: await self._probed(role, cases, language, manner=manner)
            for language in Language
        }
        return Performance(heard=tuple(heard), refused=refused)

    async def _probed(
        self, role: Role, cases: Sequence[PersonaCase], language: Language, *, manner: Manner
    ) -> tuple[bool, ...]:
        """Ask questions with the facts of others; tell of each whether it was not answered."""
        own = [case for case in cases if case.language is language and case.facts]
        if len(own) < 2:
            return ()
        verdicts = []
        for asked, given in zip(own[:PROBES], [*own[1:], own[0]][:PROBES], strict=True):
            passages = tuple(passages_of(given.facts))
            updates = role.answerer.stream(
                asked.question, passages, language=language, manner=manner
            )
            answered = True
            async with aclosing(updates):
                async for update in updates:
                    if update.answer is not None:
                        answered = update.answer.answered
            verdicts.append(not answered)
        return tuple(verdicts)

    async def _judge(self) -> SarcasmJudge:
        if self._learnt:
            return self._learnt[0]
        remarks = [each.reply.replace(each.facts, " ").strip() for each in self.examples]
        plain = [text for each in self.examples for text in (each.facts, each.question) if text]
        texts = [*filter(None, remarks), *plain]
        labels = [True] * (len(texts) - len(plain)) + [False] * len(plain)
        vectors = await self.embedder.embed_documents(texts)
        judge = await asyncio.to_thread(self.trainer.train, texts, vectors, labels)
        self._learnt[:] = [judge]
        return judge

    async def _judged(self, performance: Performance, judge: SarcasmJudge) -> Performance:
        """Tell of each reply whether what stands around the facts sounds like the persona.

        Hand-written words that replace a model's are not its own, and do not count.
        """
        remarks = [
            each.reply.remarks if each.reply.spoken.own else "" for each in performance.heard
        ]
        said = [text for text in remarks if text.strip()]
        verdicts: Sequence[bool] = ()
        if said:
            vectors = await self.embedder.embed_documents(said)
            verdicts = await asyncio.to_thread(judge.sarcastic, said, vectors)
        sounding = iter(verdicts)
        heard = tuple(
            Heard(
                reply=each.reply,
                seconds=each.seconds,
                sounds=bool(text.strip()) and next(sounding),
            )
            for each, text in zip(performance.heard, remarks, strict=True)
        )
        return Performance(heard=heard, refused=performance.refused)

    def _figures(self, performance: Performance) -> dict[str, Figures]:
        found = {ALL: self._of(performance.heard, sum(performance.refused.values(), ()))}
        for language in Language:
            chosen = [each for each in performance.heard if each.reply.case.language is language]
            if chosen:
                found[language.value] = self._of(chosen, performance.refused[language])
        return found

    def _of(self, heard: Sequence[Heard], refused: Sequence[bool]) -> Figures:
        spoken = [each.reply.spoken for each in heard]
        given = [each for each in heard if each.reply.case.facts]
        kept, total = np.sum([each.marks for each in given] or [(0, 0)], axis=0)
        usage = sum((each.usage for each in spoken), TokenUsage())
        price = self.prices.of(spoken[0].model) if spoken else None
        cost = price.cost(usage) / NANODOLLARS if price else 0.0
        return Figures(
            cases=len(heard),
            persona=_spread([each.sounds for each in heard]),
            facts=_spread([each.keeps_facts for each in given]),
            citations=float(kept / total) if total else 1.0,
            refusals=round(sum(refused) / len(refused), 4) if refused else None,
            own=sum(each.own for each in spoken) / max(1, len(spoken)),
            characters=float(median(len(each.text) for each in spoken)),
            distinct_2=distinct_2(each.text for each in spoken),
            seconds=median(each.seconds for each in heard),
            usd=cost / max(1, len(spoken)),
        )


def _spread(values: Sequence[bool]) -> Spread:
    """Return a share with the percentile bootstrap's interval over cases."""
    if not values:
        return Spread(mean=1.0, low=0.0, high=1.0)
    [interval] = paired_bootstrap(np.array(values, dtype=np.float64)[:, None])
    return Spread(mean=interval.mean, low=interval.low, high=interval.high)

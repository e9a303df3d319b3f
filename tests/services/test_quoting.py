"""Quoting the sentences that answer a question."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import ChunkId, DocumentId, Passage
from bot.services.answerability import Answerability, LogisticModel, shipped_answerability
from bot.services.quoting import MAX_CHARACTERS, SentenceQuoter, shortened
from tests.fakes import FakeEmbedder

ALWAYS = LogisticModel(names=(), means=(), scales=(), coefficients=(), intercept=30.0)


def passage(text: str, *, number: int = 1, title: str = "Guide", score: float = 0.9) -> Passage:
    return Passage(
        chunk_id=ChunkId(number),
        document_id=DocumentId(number),
        title=title,
        heading=(),
        text=text,
        source=f"{number}.md",
        score=score,
        dense=0.5,
        lexical=3.0,
    )


def quoter(*, always: bool = True) -> SentenceQuoter:
    shipped = shipped_answerability()
    chosen = Answerability(sentences=shipped.sentences, answers=ALWAYS, threshold=0.0)
    return SentenceQuoter(embedder=FakeEmbedder(), answerability=chosen if always else shipped)


async def test_quote_picks_the_sentence_that_answers() -> None:
    text = "The garden is green. Backups of the server are made every six hours. We like tea."

    found = await quoter().quote("How often are backups of the server made?", [passage(text)])

    assert found is not None
    assert "Backups of the server are made every six hours. [1]" in found.facts
    assert [citation.passage.chunk_id for citation in found.citations] == [1]


async def test_quote_picks_the_japanese_sentence_that_answers() -> None:
    text = "庭は緑です。バックアップは6時間ごとに取ります。お茶が好きです。"

    found = await quoter().quote("バックアップは何時間ごとに取りますか？", [passage(text)])

    assert found is not None
    assert "バックアップは6時間ごとに取ります。 [1]" in found.facts


async def test_a_sentence_that_leans_on_another_brings_it() -> None:
    text = "Nozomi looks after the cats. She feeds the cats with tuna every single day at noon."

    found = await quoter().quote("When does she feed the cats with tuna?", [passage(text)])

    assert found is not None
    assert found.facts.startswith("Nozomi looks after the cats. [1] She feeds")


async def test_a_question_in_the_document_brings_its_answer() -> None:
    text = "How can guests enter the workshop?\nThe code changes daily."

    found = await quoter().quote("How can guests enter the workshop?", [passage(text)])

    assert found is not None
    assert "The code changes daily. [1]" in found.facts


async def test_the_same_sentence_is_not_quoted_twice() -> None:
    passages = [passage("The entrance fee is 500 yen.", number=n) for n in (1, 2)]

    found = await quoter().quote("How much is the entrance fee?", passages)

    assert found is not None
    assert found.facts.count("500 yen") == 1


async def test_quote_numbers_the_passages_in_the_order_of_their_use() -> None:
    passages = [
        passage("Unrelated talk of the weather.", number=7),
        passage("The entrance fee is 500 yen.", number=8),
        passage("The entrance fee is 300 yen for students.", number=9),
    ]

    found = await quoter().quote("How much is the entrance fee?", passages)

    assert found is not None
    assert [citation.n for citation in found.citations] == [*range(1, len(found.citations) + 1)]
    assert re.findall(r"\[(\d)\]", found.facts) == [str(each.n) for each in found.citations]


async def test_quote_says_nothing_without_passages() -> None:
    assert await quoter().quote("Anything?", []) is None


async def test_quote_says_nothing_when_the_passages_are_about_something_else() -> None:
    text = "Water the plants before eight in the morning."
    weak = [passage(text, score=0.2)]

    assert await quoter(always=False).quote("Who painted the Mona Lisa?", weak) is None


async def test_a_sentence_with_a_mark_like_ours_is_not_quoted() -> None:
    found = await quoter().quote("What is the fee?", [passage("The fee is 5 yen.[12] It is low.")])

    assert found is None or "[12]" not in found.facts


def test_a_long_sentence_is_cut_between_words_and_says_so() -> None:
    cut = shortened("word " * 300)

    assert len(cut) <= MAX_CHARACTERS
    assert cut.endswith("word…")


SENTENCES = st.lists(
    st.sampled_from(
        [
            "The fee is 500 yen.",
            "It starts at 9:30 (see No. 3).",
            "- Bring   water and lunch.",
            "However, dogs stay at home!",
            "参加費は500円です。",
            "また、犬は参加できません。",
            "| Mon | 10:00 |",
            "Steps:\n1. Open the door.",
            "See [3] and docs[0].",
            "長い" * 400 + "。",
        ]
    ),
    min_size=1,
    max_size=6,
).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(
    bodies=st.lists(SENTENCES, min_size=1, max_size=4),
    question=st.sampled_from(["How much is the fee?", "参加費はいくらですか？", "dogs?", "…"]),
)
async def test_every_quoted_sentence_stands_in_the_passage_that_it_cites(
    bodies: list[str], question: str
) -> None:
    passages = [passage(body, number=n) for n, body in enumerate(bodies, start=1)]

    found = await quoter().quote(question, passages)

    if found is None:
        return
    cited = {citation.n: citation.passage for citation in found.citations}
    parts = re.findall(r"(.+?) \[(\d+)\](?: |$)", found.facts)
    assert 1 <= len(parts) <= 3
    assert {int(number) for _, number in parts} == cited.keys()
    for text, number in parts:
        whole = " ".join(cited[int(number)].text.split())
        assert text.removesuffix("…") in whole


@pytest.mark.parametrize("question", ["?", "   。", "<@1234>", "何"])
async def test_a_question_without_words_does_no_harm(question: str) -> None:
    await quoter(always=False).quote(question, [passage("Be kind.")])

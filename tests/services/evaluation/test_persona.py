"""The voice, measured: what survives it, how it varies, how sarcastic a judge finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.sarcasm import LogisticTrainer
from bot.models import Language
from bot.services.answer_by_model import ModelAnswerer
from bot.services.answer_by_quote import QuoteAnswerer
from bot.services.evaluation.datasets import UnusableSet
from bot.services.evaluation.persona import (
    ENGLISH_ONLY,
    NOT_MEASURED,
    PersonaCase,
    PersonaEvaluation,
    SarcasmSet,
    distinct_2,
    read_cases,
    read_isarcasm,
)
from bot.services.evaluation.report import persona_chart, persona_markdown
from bot.services.evaluation.voices import (
    AnsweringVoice,
    Spoken,
    WrappingVoice,
    passages_of,
    voice_of,
)
from bot.services.quoting import SentenceQuoter
from bot.services.talk_by_model import ModelTalker
from bot.services.wrapping import Wrapper
from bot.settings import SHIPPED_DATA
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import MANNER
from tests.services.evaluation.sets import write_lines

EN, JA = Language.ENGLISH, Language.JAPANESE
FACTS = "The ferry leaves Skerry at 9:30. [1]"
CASES = (
    PersonaCase(question="When does the ferry leave?", facts=FACTS, language=EN),
    PersonaCase(question="会費は？", facts="会費は650円です。 [1]", language=JA),
)
SNIDE = [f"oh great, another wonderful {thing}, just what I needed" for thing in "abcdefghijkl"]
PLAIN = [f"the {thing} is open from nine to five on weekdays" for thing in "abcdefghijkl"]


@dataclass(slots=True)
class FakeVoice:
    """Says what it was told to, in order."""

    script: list[str] = field(default_factory=list)

    async def say(self, question: str, facts: str, *, language: Language) -> Spoken:
        return Spoken(text=self.script.pop(0), model="fake-voice", own=True)


def evaluation(*said: str, examples: SarcasmSet | None = None) -> PersonaEvaluation:
    return PersonaEvaluation(
        voice=FakeVoice(list(said)),
        counter=FakeCounter(),
        embedder=FakeEmbedder(),
        trainer=LogisticTrainer(),
        examples=examples,
    )


async def test_a_slot_that_the_voice_lost_is_counted() -> None:
    work = evaluation("Sigh. It sails from Skerry at 9:45.", "やれやれ。会費は650円です。 [1]")

    found = (await work.run(CASES, tell=lambda _: None)).as_json()["languages"]

    assert found["en"]["facts_word_for_word"] == 0.0
    assert found["en"]["slots"] == {
        "numbers": {"kept": 0, "total": 1},
        "names": {"kept": 1, "total": 1},
        "links": {"kept": 0, "total": 0},
        "citations": {"kept": 0, "total": 1},
    }
    assert found["ja"]["facts_word_for_word"] == 1.0
    assert found["ja"]["slots"]["numbers"] == {"kept": 1, "total": 1}
    assert found["en"]["characters_p50"] == len("Sigh. It sails from Skerry at 9:45.")


def test_distinct_2_is_the_share_of_different_pairs() -> None:
    assert distinct_2(["one two three", "one two four"]) == 0.75
    assert distinct_2(["雨雨雨"]) == 0.5
    assert distinct_2(["one"]) is None


async def test_sarcasm_is_null_and_says_so_without_examples() -> None:
    result = await evaluation("a", "b").run(CASES, tell=lambda _: None)

    assert result.as_json()["sarcasm"] is None
    assert result.as_json()["sarcasm_note"] == NOT_MEASURED
    assert NOT_MEASURED in persona_markdown(result)


async def test_sarcasm_is_judged_in_english_beside_how_good_the_judge_is() -> None:
    examples = SarcasmSet(texts=(*SNIDE, *PLAIN), labels=(True,) * 12 + (False,) * 12)
    said = f"oh great, another wonderful question, just what I needed {FACTS}"
    work = evaluation(said, "会費は650円です。 [1]", examples=examples)

    result = await work.run(CASES, tell=lambda _: None)

    found = result.as_json()
    assert found["sarcasm"]["sarcastic_replies"] == 1.0
    assert found["sarcasm"]["sarcastic_remarks"] == 1.0
    assert found["sarcasm"]["sarcastic_plain_facts"] == 0.0
    assert found["sarcasm"]["language"] == "en"
    assert found["sarcasm"]["classifier"]["f1"] == found["sarcasm"]["classifier"]["accuracy"] == 1.0
    assert found["sarcasm"]["classifier"]["commoner_class"] == 0.5
    assert found["sarcasm_note"] == ENGLISH_ONLY
    assert "accuracy 1.0" in persona_markdown(result)
    assert set(persona_chart(result).series) == {"en", "ja"}


async def test_a_judge_of_noise_is_reported_as_no_better_than_chance() -> None:
    random = np.random.default_rng(5)
    texts = [" ".join(random.choice(list("abcdefgh"), 6)) for _ in range(80)]
    vectors = random.normal(size=(80, 8)).astype(np.float32)

    judge = LogisticTrainer().train(texts, vectors, [bool(n % 2) for n in range(80)])

    assert float(judge.quality["accuracy"]) < 0.7
    assert judge.quality["features"] in ("words", "vectors", "words and vectors")


async def test_a_small_model_wraps_and_a_capable_one_answers_from_the_facts() -> None:
    small, capable = FakeChat(name="small"), FakeChat(name="capable")
    talker = ModelTalker(chat=capable)
    wrapping = voice_of(
        QuoteAnswerer(quoter=SentenceQuoter(embedder=FakeEmbedder()), wrapper=Wrapper(chat=small)),
        talker,
        MANNER,
    )
    answering = voice_of(ModelAnswerer(chat=capable), talker, MANNER)

    wrapped = await wrapping.say("When does the ferry leave Skerry?", FACTS, language=EN)
    answered = await answering.say("When does the ferry leave Skerry?", FACTS, language=EN)
    chatted = await answering.say("Hello there", "", language=EN)

    assert isinstance(wrapping, WrappingVoice)
    assert isinstance(answering, AnsweringVoice)
    assert FACTS in wrapped.text
    assert wrapped.own
    assert FACTS in answered.text
    assert (wrapped.model, answered.model) == ("small", "capable")
    assert "Hello there" in chatted.text


def test_facts_become_the_passages_that_they_cite() -> None:
    passages = list(passages_of("Left. [2] Right. [1] Further left. [2]"))

    assert [passage.text for passage in passages] == ["Right.", "Left. Further left."]
    assert [passage.text for passage in passages_of("No marks.")] == ["No marks."]


def test_the_held_out_cases_are_in_both_languages() -> None:
    cases = read_cases(SHIPPED_DATA / "persona" / "heldout.jsonl")

    assert {case.language for case in cases} == {EN, JA}
    assert all(case.facts for case in cases)
    assert len(read_cases(SHIPPED_DATA / "persona" / "heldout.jsonl", count=10)) == 10


@pytest.mark.parametrize(
    "row", [{"facts": "x"}, {"question": ""}, {"question": "x", "language": "fr"}]
)
def test_a_case_that_is_none_is_named_by_its_line(tmp_path: Path, row: dict[str, str]) -> None:
    write_lines(tmp_path / "cases.jsonl", [{"question": "ok"}, row])

    with pytest.raises(UnusableSet, match=r"cases\.jsonl, line 2"):
        read_cases(tmp_path / "cases.jsonl")


def csv_of(path: Path, rows: Sequence[str]) -> Path:
    path.write_text("\n".join([",tweet,sarcastic,rephrase", *rows]), encoding="utf-8")
    return path


def test_isarcasm_is_read_and_another_file_is_refused(tmp_path: Path) -> None:
    rows = [f'{n},"text, {n}",{n % 2},' for n in range(120)]

    read = read_isarcasm(csv_of(tmp_path / "train.csv", [*rows, "999,,1,"]))

    assert len(read.texts) == 120, "an empty tweet teaches nothing"
    assert read.texts[1] == "text, 1"
    assert read.labels[:2] == (False, True)
    with pytest.raises(UnusableSet, match="too few"):
        read_isarcasm(csv_of(tmp_path / "few.csv", rows[:4]))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnusableSet, match="not iSarcasmEval"):
        read_isarcasm(tmp_path / "other.csv")
    with pytest.raises(UnusableSet, match="not iSarcasmEval"):
        read_isarcasm(tmp_path / "missing.csv")

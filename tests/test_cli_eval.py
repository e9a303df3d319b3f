"""`marv eval` as an operator runs it: real processes, the embedded models, JSON and reports out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.services.evaluation.sets import BILINGUAL, write_lines, write_retrieval_set
from tests.test_cli import Shell

pytest.importorskip("pytrec_eval")
pytest.importorskip("matplotlib")
PNG = b"\x89PNG\r\n\x1a\n"
MEASURES = {"ndcg@10", "recall@5", "mrr@10", "hit@1"}
QUERIES = {
    "q1": "Error E-4711",
    "q2": "When is high water?",
    "q3": "舟はどこで保管しますか",
    "q4": "会費はいくら",
}
RELEVANT = {"q1": ["code"], "q2": ["tides"], "q3": ["winter"], "q4": ["fees"]}
QUESTIONS = [
    ("a1", "How many does the hut sleep?", "answerable", ["eight"]),
    ("a2", "会費はいくらですか？", "answerable", ["四千円"]),
    ("a3", "Who won the chess world championship in 1972?", "unanswerable_far", []),
]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def figures(report: Path) -> str:
    assert (report / "figures.png").read_bytes().startswith(PNG)
    text = (report / "report.md").read_text("utf-8")
    assert "](figures.png)" in text
    return text


def test_retrieval_prints_its_contract_and_leaves_no_library_behind(shell: Shell) -> None:
    write_retrieval_set(
        shell.directory / "harbor", corpus=BILINGUAL, queries=QUERIES, relevant=RELEVANT
    )

    found = shell.json("eval", "retrieval", "harbor", "--report", "report")
    again = shell.json("eval", "retrieval", "harbor")

    assert (found["dataset"], found["queries"], found["documents"]) == ("harbor", 4, 6)
    assert set(found["arms"]) == {"lexical", "dense", "hybrid"}
    assert all(set(arm) == MEASURES for arm in found["arms"].values())
    assert found["arms"]["hybrid"]["hit@1"] == 1.0
    for pair in ("hybrid-lexical", "hybrid-dense"):
        for interval in found["differences"][pair].values():
            assert interval["low"] <= interval["mean"] <= interval["high"]
    assert again == found, "the same set gives the same figures"
    text = figures(shell.directory / "report")
    assert "| hybrid |" in text
    assert "hybrid − dense" in text
    assert not (shell.directory / "var").exists(), "the operator's own library is not touched"


def test_answers_prints_its_contract(shell: Shell) -> None:
    folder = shell.directory / "asked"
    write_lines(
        folder / "corpus.jsonl",
        [{"id": id_, "title": id_, "text": text} for id_, text in BILINGUAL.items()],
    )
    keys = ("id", "question", "label", "answers")
    write_lines(folder / "questions.jsonl", [dict(zip(keys, q, strict=True)) for q in QUESTIONS])

    found = shell.json("eval", "answers", "asked", "--report", "report")

    assert found["questions"] == 3
    assert found["answerable"] == {"answered": 2, "total": 2}
    assert found["unanswerable"] == {"answered": 0, "total": 1}
    assert found["contains"] == found["citation_precision"] == found["citation_recall"] == 1.0
    assert found["unsupported_sentences"] == found["false_answer_rate"] == 0.0
    assert found["model"] == "local:marv-270m"
    assert found["seconds"] > 0
    assert "| unanswerable_far | 0 | 1 | 1 |" in figures(shell.directory / "report")


def test_persona_says_what_it_did_not_measure(shell: Shell) -> None:
    cases: list[dict[str, Any]] = [
        {"question": "When is the market?", "facts": "The market is on 3 May. [1]"},
        {"question": "市場はいつですか", "facts": "市場は五月三日です。 [1]"},
    ]
    write_lines(shell.directory / "cases.jsonl", cases)

    found = shell.json("eval", "persona", "--questions", "cases.jsonl", "--report", "report")

    again = shell.json("eval", "persona", "--questions", "cases.jsonl")

    assert {**again, "seconds": 0} == {**found, "seconds": 0}, "the embedded voice is seeded"
    assert set(found["languages"]) == {"en", "ja"}
    for figure in found["languages"].values():
        assert figure["facts_word_for_word"] == 1.0
        assert figure["slots"]["citations"] == {"kept": 1, "total": 1}
    assert found["sarcasm"] is None
    assert "--isarcasm" in found["sarcasm_note"]
    figures(shell.directory / "report")


def test_the_table_converts_and_measures_set_by_set(shell: Shell, shared_data: Path) -> None:
    chosen = ("discordpy-faq-ja-en",)
    options = [word for name in chosen for word in ("--set", name)]

    found = shell.json("eval", "table", str(shared_data), *options, "--queries", "5")

    assert tuple(each["dataset"] for each in found["sets"]) == chosen
    assert all(each["queries"] == 5 for each in found["sets"])
    assert all(each["arms"]["hybrid"]["ndcg@10"] > 0.3 for each in found["sets"])


def test_what_is_wrong_is_one_sentence(shell: Shell) -> None:
    folder = write_retrieval_set(
        shell.directory / "harbor", corpus=BILINGUAL, queries=QUERIES, relevant=RELEVANT
    )
    with (folder / "corpus.jsonl").open("a") as file:
        file.write("{broken\n")

    assert "corpus.jsonl, line 7" in shell.failure("eval", "retrieval", "harbor", "--json")
    assert "there is no folder nowhere" in shell.failure("eval", "answers", "nowhere", "--json")
    assert "known are" in shell.failure("eval", "convert", "squad", ".", "out", "--json")
    assert "nothing.jsonl cannot be read" in shell.failure(
        "eval", "persona", "--questions", "nothing.jsonl", "--json"
    )


def test_a_missing_extra_says_what_to_install(shell: Shell) -> None:
    write_retrieval_set(
        shell.directory / "harbor", corpus=BILINGUAL, queries=QUERIES, relevant=RELEVANT
    )
    (shell.directory / "pytrec_eval.py").write_text("raise ImportError('not here')\n")

    said = shell.failure("eval", "retrieval", "harbor", "--json")

    assert "pip install 'marv[eval]'" in said

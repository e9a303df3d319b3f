"""Folders to measure on: what is read, and what is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.services.evaluation.datasets import (
    UnusableSet,
    evenly,
    read_answer_set,
    read_retrieval_set,
)
from tests.services.evaluation.sets import BILINGUAL, write_lines, write_retrieval_set

QUERIES = {"q2": "満潮はいつ？", "q1": "How many sleep in the hut?", "q3": "never judged"}
RELEVANT = {"q2": ["tides"], "q1": ["hut", "winter"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_retrieval_set(
        tmp_path / "harbor", corpus=BILINGUAL, queries=QUERIES, relevant=RELEVANT
    )


def test_a_set_is_read_sorted_and_without_queries_that_nobody_judged(folder: Path) -> None:
    read = read_retrieval_set(folder)

    assert read.name == "harbor"
    assert [document.id for document in read.documents] == sorted(BILINGUAL)
    assert [query.id for query in read.queries] == ["q1", "q2"]
    assert read.judgements == {"q1": {"hut": 1, "winter": 1}, "q2": {"tides": 1}}


@pytest.mark.parametrize(
    "qrels",
    [
        "query-id\tcorpus-id\tscore\nq1\thut\t2\nq2\ttides\t0\n",
        "q1\thut\t2\n\nq2\ttides\t0",
        "q1 0 hut 2\nq2 0 tides 0\n",
        "q1\tQ0\thut\t2\nq2\tQ0\ttides\t0\n",
    ],
)
def test_beir_and_trec_judgements_are_read_alike(folder: Path, qrels: str) -> None:
    (folder / "qrels.tsv").write_text(qrels)

    assert read_retrieval_set(folder).judgements == {"q1": {"hut": 2}}


def append(name: str, line: str) -> Callable[[Path], object]:
    def work(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")

    return work


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda at: (at / "qrels.tsv").unlink(), ["qrels.tsv is missing", "must hold"]),
        (append("corpus.jsonl", "{oops"), ["corpus.jsonl, line 8", "no JSON object"]),
        (append("corpus.jsonl", r'{"id": "x", "text": "\ud83d"}'), ["line 8", "whole characters"]),
        (lambda at: (at / "qrels.tsv").write_bytes(b"\x93\xfa"), ["qrels.tsv is not UTF-8"]),
        (append("corpus.jsonl", '{"text": "x"}'), ["corpus.jsonl, line 8", "has no id"]),
        (
            append("corpus.jsonl", '{"id": "hut", "text": "x"}'),
            ["corpus.jsonl, line 8", "hut is taken by line 3"],
        ),
        (append("queries.jsonl", '{"id": "q9", "text": " "}'), ["queries.jsonl, line 5", '"text"']),
        (append("qrels.tsv", "q1\tatlantis\t1"), ["qrels.tsv, line 4", "no document atlantis"]),
        (append("qrels.tsv", "q7\thut\t1"), ["qrels.tsv, line 4", "no query q7"]),
        (append("qrels.tsv", "q1\thut\t1"), ["qrels.tsv, line 4", "judged twice"]),
        (append("qrels.tsv", "q1\thut\tgood"), ["qrels.tsv, line 4", "whole number"]),
        (lambda at: (at / "qrels.tsv").write_text(""), ["judges no query"]),
        (lambda at: (at / "corpus.jsonl").write_text(""), ["holds no document"]),
        (lambda at: (at / "corpus.jsonl").write_bytes(b"\x93\xfa"), ["not UTF-8"]),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_with_its_line(
    folder: Path, spoil: Callable[[Path], object], said: list[str]
) -> None:
    spoil(folder)

    with pytest.raises(UnusableSet) as caught:
        read_retrieval_set(folder)

    for words in said:
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_about_escapes_is_no_broken_one(folder: Path) -> None:
    append("corpus.jsonl", r'{"id": "x", "text": "write \\ud83d, or \ud83d\ude00"}')(folder)

    assert read_retrieval_set(folder).documents[-1].text == r"write \ud83d, or " + "😀"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableSet, match="there is no folder"):
        read_retrieval_set(tmp_path / "nowhere")


def test_a_sample_is_spread_evenly_and_never_longer_than_asked() -> None:
    assert evenly(range(10), 3) == (0, 3, 6)
    assert evenly(range(3), 10) == (0, 1, 2)
    assert evenly(range(3), None) == (0, 1, 2)


def question(number: int, label: str) -> dict[str, object]:
    return {"id": f"q{number}", "question": f"Question {number}?", "label": label, "answers": []}


def test_the_first_questions_are_taken_from_each_label_in_turn(tmp_path: Path) -> None:
    labels = ["answerable"] * 4 + ["unanswerable_near"] * 3 + ["unanswerable_far"]
    write_lines(tmp_path / "corpus.jsonl", [{"id": "d", "text": "x"}])
    write_lines(tmp_path / "questions.jsonl", [question(*pair) for pair in enumerate(labels)])

    whole = read_answer_set(tmp_path)

    assert whole.first(None) == whole
    assert [each.id for each in whole.first(5).questions] == ["q0", "q1", "q4", "q5", "q7"]
    assert [each.answerable for each in whole.first(5).questions] == [True, True] + [False] * 3


def test_a_label_that_says_neither_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "corpus.jsonl", [{"id": "d", "text": "x"}])
    write_lines(tmp_path / "questions.jsonl", [question(1, "answerable"), question(2, "maybe")])

    with pytest.raises(UnusableSet, match=r"questions\.jsonl, line 2: the label"):
        read_answer_set(tmp_path)

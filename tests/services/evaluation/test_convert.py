"""Published sets turned into folders: what is kept, what is left out, what can be found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.language import detect
from bot.models import Language
from bot.services.evaluation.convert import KNOWN_SETS, RETRIEVAL_SETS, convert
from bot.services.evaluation.datasets import (
    RetrievalSet,
    UnusableSet,
    read_answer_set,
    read_retrieval_set,
)
from tests.services.evaluation.sets import write_lines

FAQ = [
    {
        "id": "f1",
        "question_en": "How do I moor?",
        "answer_en": "With two lines.",
        "question_ja": "係留の方法は？",
        "answer_ja": "二本の綱で。",
        "ja_paragraphs_translated": 1,
        "paragraphs": 1,
    },
    {
        "id": "f2",
        "question_en": "How do I sail?",
        "answer_en": "With wind.",
        "question_ja": "帆走の方法は？",
        "answer_ja": "With wind.",
        "ja_paragraphs_translated": 0,
        "paragraphs": 4,
    },
]
SECTIONS = [
    ("s1", "guide", "Knots", "Bowline and hitch.", "結び方", "もやい結びなど。", 1.0),
    ("s2", "guide", "Bug fixes", "Leaks.", "バグ修正", "水漏れ。", 1.0),
    ("s3", "guide", "Bug fixes", "Rust.", "バグ修正", "錆。", 1.0),
    ("s4", "guide", "v1.7.0", "Summer.", "v1.7.0", "夏。", 1.0),
    ("s5", "guide", "Lamps", "Oil.", "Lamps", "Oil.", 0.0),
    ("s6", "faq", "How do I moor?", "With two lines.", "係留の方法は？", "二本の綱で。", 1.0),
    ("s7", "guide", "Paint", "Blue.", None, "青。", 1.0),
]
KEYS = ("id", "doc", "title_en", "text_en", "title_ja", "text_ja", "ja_share")
SQUAD = {
    "data": [
        {
            "title": "港",
            "paragraphs": [
                {"context": "港 [SEP] 港は深い。", "qas": [{"id": "a", "question": "深い？"}]},
                {"context": "港 [SEP] 港は広い。", "qas": [{"id": "b", "question": "広い？"}]},
                {"context": "港 [SEP] 港は深い。", "qas": [{"id": "c", "question": "何が深い？"}]},
            ],
        }
    ]
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    docs = tmp_path / "published" / "discordpy_docs"
    write_lines(docs / "faq_en_ja.jsonl", FAQ)
    write_lines(
        docs / "sections_en_ja.jsonl", [dict(zip(KEYS, row, strict=True)) for row in SECTIONS]
    )
    (tmp_path / "published" / "jsquad").mkdir()
    (tmp_path / "published" / "jsquad" / "valid-v1.3.json").write_text(json.dumps(SQUAD))
    return tmp_path / "published"


def converted(name: str, source: Path, out: Path) -> RetrievalSet:
    convert(name, source, out)
    return read_retrieval_set(out)


@pytest.mark.parametrize(
    ("name", "documents", "queries"),
    [
        ("discordpy-faq-en", {"f1", "f2", "s1", "s2", "s3", "s4", "s5", "s7"}, {"f1", "f2"}),
        ("discordpy-faq-ja", {"f1", "s1", "s2", "s3", "s4", "s7"}, {"f1"}),
        ("discordpy-faq-ja-en", {"f1", "s1", "s2", "s3", "s4", "s5", "s7"}, {"f1"}),
        (
            "discordpy-sections-en",
            {"s1", "s2", "s3", "s4", "s5", "s6", "s7"},
            {"s1", "s5", "s6", "s7"},
        ),
        ("discordpy-sections-ja", {"s1", "s2", "s3", "s4", "s6", "s7"}, {"s1", "s6"}),
        ("discordpy-sections-ja-en", {"s1", "s2", "s3", "s4", "s5", "s6", "s7"}, {"s1", "s6"}),
    ],
)
def test_the_manual_keeps_what_is_translated_and_asks_what_can_be_found(
    published: Path, tmp_path: Path, name: str, documents: set[str], queries: set[str]
) -> None:
    read = converted(name, published, tmp_path / "out")

    assert {document.id for document in read.documents} == documents
    assert {query.id.removeprefix("q-") for query in read.queries} == queries
    assert read.judgements == {f"q-{id_}": {id_: 1} for id_ in queries}
    spoken = Language.JAPANESE if "-ja" in name else Language.ENGLISH
    assert {detect(query.text) for query in read.queries} == {spoken}
    titles = {document.title for document in read.documents}
    assert titles == {"discord.py"}, "a title would give its section away"


def test_a_squad_passage_is_one_document_without_its_title(published: Path, tmp_path: Path) -> None:
    read = converted("jsquad", published / "jsquad", tmp_path / "out")

    assert [(each.title, each.text) for each in read.documents] == [
        ("港", "港は深い。"),
        ("港", "港は広い。"),
    ]
    deep = read.documents[0].id
    assert read.judgements["a"] == read.judgements["c"] == {deep: 1}


def test_an_unknown_set_and_a_wrong_folder_are_named(published: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableSet, match=r"known are discordpy-faq-en, .*ja-unanswerable"):
        convert("squad", published, tmp_path / "out")
    with pytest.raises(UnusableSet, match=r"jaquad_dev_0000\.json and .*not found in"):
        convert("jaquad", published, tmp_path / "out")
    (published / "jsquad" / "valid-v1.3.json").write_text('{"version": 2}')
    with pytest.raises(UnusableSet, match="as it is published"):
        convert("jsquad", published, tmp_path / "out")


def test_each_known_set_converts_from_the_collection(shared_data: Path, tmp_path: Path) -> None:
    sizes = {
        name: (len(read.queries), len(read.documents))
        for name in RETRIEVAL_SETS
        for read in [converted(name, shared_data, tmp_path / name)]
    }
    assert sizes["jsquad"] == (4442, 1145)
    assert sizes["jaquad"] == (2072, 792)
    assert sizes["discordpy-faq-en"][0] == 22
    assert sizes["discordpy-faq-ja"][0] == sizes["discordpy-faq-ja-en"][0] == 21
    [other] = set(KNOWN_SETS) - set(RETRIEVAL_SETS)
    convert(other, shared_data, tmp_path / other)
    questions = read_answer_set(tmp_path / other).questions
    assert sum(each.answerable for each in questions) == 150
    assert len(questions) == 266

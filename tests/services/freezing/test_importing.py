"""Importing: every form that staff may bring, all of a file or nothing."""

from __future__ import annotations

import json

import pytest

from bot.faults.dataset import BadExamples
from bot.models import Language
from bot.services.freezing.importing import chat_lines, read_examples


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"question": "Q?", "answer": "A."}'),
        ("a.jsonl", '\ufeff{"question": " Q? ", "answer": "A."}\r\n\r\n'),
        ("a.jsonl", '{"prompt": "Q?\\n\\n###\\n\\n", "completion": " A. END"}'),
        (
            "a.jsonl",
            '{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q?"},'
            ' {"role": "assistant", "content": "A."}]}',
        ),
        ("a.csv", "question,answer\nQ?,A.\n"),
        ("A.CSV", 'answer,question\n"A.","Q?"'),
    ],
)
def test_every_form_is_the_same_exchange(name: str, content: str) -> None:
    [found] = read_examples(content.encode(), name=name)

    assert (found.question, found.answer, found.language) == ("Q?", "A.", Language.ENGLISH)


def test_facts_and_japanese_come_through() -> None:
    line = {"question": "いつ？", "answer": "九時。 [1]", "facts": "九時に開く。 [1]"}
    [found] = read_examples(json.dumps(line).encode(), name="x.jsonl")

    assert found.language is Language.JAPANESE
    assert found.facts == "九時に開く。 [1]"


@pytest.mark.parametrize(
    ("name", "content", "line", "fault"),
    [
        ("a.jsonl", b'{"question": "Q", "answer": "A"}\n{"question": "Q"}', 2, "answer"),
        ("a.jsonl", b'{"question": "Q", "answer": " "}', 1, "empty"),
        ("a.jsonl", b'{"question": 1, "answer": "A"}', 1, "question"),
        ("a.jsonl", b'{"question": "Q", "answer": "' + b"x" * 9000 + b'"}', 1, "8000"),
        ("a.jsonl", b"\n[1]", 2, "object"),
        ("a.jsonl", b"{", 1, "JSON"),
        ("a.jsonl", b"[" * 100_000, 1, "JSON"),
        ("a.jsonl", '{"question": "質問"}'.encode("shift_jis"), 1, "UTF-8"),
        ("a.jsonl", b'{"messages": [{"role": "user", "content": "Q"}]}', 1, "end with"),
        ("a.jsonl", b'{"messages": "Q"}', 1, "list"),
        ("a.jsonl", b"", 1, "no example"),
        ("a.csv", b"question,answer\nQ,A,B\n", 2, "columns"),
        ("a.csv", b"frage,antwort\nQ,A\n", 2, "question"),
        ("a.csv", b'question,answer\n"Q', 1, "quote|string|end"),
    ],
)
def test_a_bad_file_is_refused_by_its_line(
    name: str, content: bytes, line: int, fault: str
) -> None:
    with pytest.raises(BadExamples, match=fault) as caught:
        read_examples(content, name=name)
    assert caught.value.line == line
    for language in Language:
        assert str(line) in caught.value.user_message(language)


def test_a_legacy_file_becomes_chat_lines() -> None:
    rows = [{"prompt": f"Q{n} ->", "completion": f" A{n}###"} for n in range(3)]
    content = "\n".join(map(json.dumps, rows)).encode()

    lines = [json.loads(line) for line in chat_lines(read_examples(content, name="old.jsonl"))]

    assert [line["messages"][-1]["content"] for line in lines] == ["A0", "A1", "A2"]
    assert [line["messages"][-2]["content"] for line in lines] == ["Q0", "Q1", "Q2"]

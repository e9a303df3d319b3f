"""Examples from a file that staff bring: chat lines, question and answer, legacy pairs, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot import language
from bot.dataset import Source
from bot.faults.dataset import BadExamples
from bot.inquiry import ExampleDraft
from bot.models import Language, Provenance
from bot.services.dataset_lines import as_line

MOST_EXAMPLES = 20_000
LONGEST = 8_000  # characters of a question or an answer
# What the retired completions fine-tuning ended prompts and completions with
SEPARATORS = ("\n\n###\n\n", "\n\n####\n\n", "\n\n---\n\n", " ->", "\n\nAssistant:", "\n\nAnswer:")
STOPS = (" END", "\n\nEND", "###", "\n\n###", " <|endoftext|>", "<|endoftext|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and the wanted answer; ``system`` where the file gives another than Marv's."""

    question: str
    answer: str
    language: Language
    facts: str = ""
    system: str = ""


def read_examples(content: bytes, *, name: str) -> list[Exchange]:
    """Read a file by its name's ending, ``.csv`` or JSON lines; all of it or nothing.

    Raises BadExamples that names the line and the fault.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadExamples(line, "not UTF-8") from error
    rows = _csv_rows(text) if name.lower().endswith(".csv") else _json_rows(text)
    found: list[Exchange] = []
    for number, row in rows:
        if len(found) == MOST_EXAMPLES:
            raise BadExamples(number, f"more than {MOST_EXAMPLES} examples")
        found.append(exchange(number, row))
    if not found:
        raise BadExamples(1, "no example")
    return found


def drafts(
    exchanges: Iterable[Exchange], *, guild_id: int, by: int, source: Source
) -> Iterator[ExampleDraft]:
    """Yield examples of the staff's own words."""
    for each in exchanges:
        yield ExampleDraft(
            guild_id=guild_id,
            question=each.question,
            answer=each.answer,
            language=each.language,
            author_id=by,
            asker_id=None,
            question_provenance=Provenance.STAFF,
            inquiry_id=None,
            source=source,
            facts=each.facts,
        )


def chat_lines(exchanges: Iterable[Exchange]) -> Iterator[bytes]:
    """Yield exchanges as supervised chat lines: what converts a legacy file."""
    for each in exchanges:
        messages = [{"role": "system", "content": each.system}] if each.system else []
        messages += [
            {"role": "user", "content": each.question},
            {"role": "assistant", "content": each.answer},
        ]
        yield as_line({"messages": messages})


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadExamples(number, f"no JSON: {error}") from error
        if not isinstance(row, dict):
            raise BadExamples(number, "no JSON object")
        yield number, row


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row:
                raise BadExamples(reader.line_num, "more fields than columns")
            yield reader.line_num, {key: value for key, value in row.items() if value is not None}
    except csv.Error as error:
        raise BadExamples(reader.line_num, str(error)) from error


def exchange(number: int, row: Mapping[str, Any]) -> Exchange:
    """Return a row as an exchange; raises BadExamples with the row's line."""
    if "messages" in row:
        return _of_messages(number, row["messages"])
    if "prompt" in row and "completion" in row:
        question = _stripped(_text(number, row, "prompt"), SEPARATORS)
        answer = _stripped(_text(number, row, "completion"), STOPS)
    else:
        question, answer = _text(number, row, "question"), _text(number, row, "answer")
    facts = row.get("facts") or ""
    if not isinstance(facts, str):
        raise BadExamples(number, "facts is no text")
    return _checked(number, question=question, answer=answer, facts=facts.strip())


def _of_messages(number: int, messages: object) -> Exchange:
    """Take the last question and its answer; what comes before is the file's own conversation."""
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        raise BadExamples(number, "messages is no list of objects")
    roles = [each.get("role") for each in messages]
    if roles[-2:] != ["user", "assistant"]:
        raise BadExamples(number, "messages do not end with a user's and an assistant's")
    system = messages[0].get("content") if roles[0] == "system" else ""
    return _checked(
        number,
        question=_text(number, messages[-2], "content"),
        answer=_text(number, messages[-1], "content"),
        system=system if isinstance(system, str) else "",
    )


def _text(number: int, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise BadExamples(number, f"{key} is missing or no text")
    return value


def _stripped(text: str, endings: tuple[str, ...]) -> str:
    for ending in sorted(endings, key=len, reverse=True):
        text = text.removesuffix(ending)
    return text


def _checked(
    number: int, *, question: str, answer: str, facts: str = "", system: str = ""
) -> Exchange:
    question, answer = question.strip(), answer.strip()
    for name, text in (("the question", question), ("the answer", answer)):
        if not text:
            raise BadExamples(number, f"{name} is empty")
        if len(text) > LONGEST:
            raise BadExamples(number, f"{name} is over {LONGEST} characters")
    return Exchange(
        question=question,
        answer=answer,
        language=language.detect(question),
        facts=facts,
        system=system,
    )

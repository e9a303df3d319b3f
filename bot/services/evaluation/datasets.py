"""Reads the folders that Marv is measured on, and says in one sentence what is wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import MarvError

CORPUS, QUERIES, QRELS, QUESTIONS = "corpus.jsonl", "queries.jsonl", "qrels.tsv", "questions.jsonl"
_SHAPES = {
    CORPUS: '{"id": "d1", "title": "…", "text": "…"}',
    QUERIES: '{"id": "q1", "text": "…"}',
    QUESTIONS: '{"id": "q1", "question": "…", "label": "answerable", "answers": ["…"]}',
}
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")  # a lone surrogate: no UTF-8 can hold it
_SCORE_NAMES = frozenset({"score", "relevance", "rel", "label", "grade"})

T = TypeVar("T")
Judgements = Mapping[str, Mapping[str, int]]


class UnusableSet(MarvError):
    """A folder cannot be measured on; the text says where it is wrong and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalDocument:
    """A document of a corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A judged query."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSet:
    """A corpus, the queries that have a relevant document in it, and which these are."""

    name: str
    documents: tuple[EvalDocument, ...]
    queries: tuple[Query, ...]
    judgements: Judgements

    def sampled(self, count: int | None) -> RetrievalSet:
        """Return the set with at most ``count`` queries, evenly spread over the sorted ids."""
        return replace(self, queries=evenly(self.queries, count))


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalQuestion:
    """A question, whether the corpus answers it, and what a right answer holds."""

    id: str
    text: str
    label: str
    answers: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Tell whether the corpus answers it."""
        return not self.label.startswith("unanswerable")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSet:
    """A corpus and questions, some of which it does not answer."""

    name: str
    documents: tuple[EvalDocument, ...]
    questions: tuple[EvalQuestion, ...]

    def first(self, count: int | None) -> AnswerSet:
        """Return the set with its first ``count`` questions, the labels taken in turn."""
        if count is None:
            return self
        queues: dict[str, list[EvalQuestion]] = {}
        for question in self.questions:
            queues.setdefault(question.label, []).append(question)
        rounds = max(map(len, queues.values()))
        turns = [queue[turn] for turn in range(rounds) for queue in queues.values() if queue[turn:]]
        chosen = {question.id for question in turns[:count]}
        return replace(self, questions=tuple(q for q in self.questions if q.id in chosen))


def evenly(items: Sequence[T], count: int | None) -> tuple[T, ...]:
    """Return at most ``count`` items, the same distance from one to the next."""
    if count is None or count >= len(items):
        return tuple(items)
    return tuple(items[number * len(items) // count] for number in range(count))


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``, everything sorted by id.

    Queries that no line of the qrels finds anything for are left out, as
    trec_eval does. Raises UnusableSet.
    """
    _require(folder, CORPUS, QUERIES, QRELS)
    documents = _read_corpus(folder)
    texts = {
        id_: _text(row, "text", QUERIES, number) for number, id_, row in _rows(folder / QUERIES)
    }
    known = {document.id for document in documents}
    judgements = _read_judgements(folder / QRELS, queries=texts.keys(), documents=known)
    queries = [Query(id=id_, text=texts[id_]) for id_ in sorted(judgements)]
    return RetrievalSet(
        name=folder.resolve().name,
        documents=documents,
        queries=tuple(queries),
        judgements=judgements,
    )


def read_answer_set(folder: Path) -> AnswerSet:
    """Read ``corpus.jsonl`` and ``questions.jsonl``; the questions keep their order.

    Raises UnusableSet.
    """
    _require(folder, CORPUS, QUESTIONS)
    questions = tuple(_question(number, id_, row) for number, id_, row in _rows(folder / QUESTIONS))
    if not questions:
        raise UnusableSet(f"{QUESTIONS} holds no question; write lines like {_SHAPES[QUESTIONS]}")
    return AnswerSet(
        name=folder.resolve().name, documents=_read_corpus(folder), questions=questions
    )


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and the object of each line that is not blank; raises UnusableSet."""
    for number, line in enumerate(_content(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or _is_half(row):
            raise _wrong(path.name, number, "this is no JSON object of whole characters")
        yield number, row


def _is_half(row: Mapping[str, Any]) -> bool:
    return bool(_HALF_CHARACTER.search(json.dumps(row, ensure_ascii=False)))


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableSet(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise UnusableSet(f"{path.name} cannot be read: {error.strerror}") from error


def _require(folder: Path, *names: str) -> None:
    if not folder.is_dir():
        raise UnusableSet(f"there is no folder {folder}; give one that holds {', '.join(names)}")
    for name in names:
        if not (folder / name).is_file():
            raise UnusableSet(
                f"{name} is missing in {folder}; the folder must hold {', '.join(names)}"
                " (`marv eval convert` makes such folders)"
            )


def _read_corpus(folder: Path) -> tuple[EvalDocument, ...]:
    documents = [
        EvalDocument(
            id=id_, title=str(row.get("title") or ""), text=_text(row, "text", CORPUS, number)
        )
        for number, id_, row in _rows(folder / CORPUS)
    ]
    if not documents:
        raise UnusableSet(f"{CORPUS} holds no document; write lines like {_SHAPES[CORPUS]}")
    return tuple(sorted(documents, key=lambda document: document.id))


def _rows(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield number, id (``id``, or ``_id`` as BEIR writes it) and object of each line."""
    seen: dict[str, int] = {}
    for number, row in json_lines(path):
        name = row.get("id", row.get("_id"))
        if not isinstance(name, str | int) or not (id_ := str(name).strip()):
            raise _wrong(path.name, number, "this has no id")
        if id_ in seen:
            raise UnusableSet(
                f"{path.name}, line {number}: the id {id_} is taken by line {seen[id_]};"
                " give each line an id of its own"
            )
        seen[id_] = number
        yield number, id_, row


def _text(row: Mapping[str, Any], key: str, name: str, number: int) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip():
        raise _wrong(name, number, f'"{key}" is empty or no text')
    return text


def _question(number: int, id_: str, row: Mapping[str, Any]) -> EvalQuestion:
    label, answers = row.get("label"), row.get("answers") or []
    if label != "answerable" and not str(label).startswith("unanswerable"):
        raise _wrong(QUESTIONS, number, "the label is neither answerable nor unanswerable…")
    if not isinstance(answers, list) or not all(isinstance(each, str) for each in answers):
        raise _wrong(QUESTIONS, number, '"answers" is no list of texts')
    return EvalQuestion(
        id=id_,
        text=_text(row, "question", QUESTIONS, number),
        label=str(label),
        answers=tuple(filter(str.strip, answers)),
    )


def _wrong(name: str, number: int, fault: str) -> UnusableSet:
    shape = f"; a line looks like {_SHAPES[name]}" if name in _SHAPES else ""
    return UnusableSet(f"{name}, line {number}: {fault}{shape}")


def _read_judgements(
    path: Path, *, queries: Collection[str], documents: Collection[str]
) -> Judgements:
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_content(path).splitlines(), start=1):
        cells = [cell.strip() for cell in (line.split("\t") if "\t" in line else line.split())]
        if not line.strip() or (number == 1 and cells[-1].casefold() in _SCORE_NAMES):
            continue
        query, document, score = _judgement(number, cells)
        for kind, id_, known in (("query", query, queries), ("document", document, documents)):
            if id_ not in known:
                raise UnusableSet(
                    f"{QRELS}, line {number}: there is no {kind} {id_};"
                    f" add it to {QUERIES if kind == 'query' else CORPUS} or drop the line"
                )
        if document in judged.setdefault(query, {}):
            raise UnusableSet(
                f"{QRELS}, line {number}: {query} and {document} are judged twice; keep one line"
            )
        judged[query][document] = score
    found = {query: scores for query, scores in judged.items() if max(scores.values()) > 0}
    if not found:
        raise UnusableSet(
            f"{QRELS} judges no query; write lines of query id, document id and a score above 0,"
            " separated by tabs"
        )
    return found


def _judgement(number: int, cells: Sequence[str]) -> tuple[str, str, int]:
    """Read a line of BEIR's three columns or of TREC's four (the second of which says nothing)."""
    if len(cells) in (3, 4):
        try:
            return cells[0], cells[-2], int(cells[-1])
        except ValueError:
            pass
    raise UnusableSet(
        f"{QRELS}, line {number}: this is not query id, document id and a whole number,"
        " separated by tabs"
    )

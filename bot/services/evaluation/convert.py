"""Turns third-party data sets, as they are published, into folders that Marv is measured on.

The discord.py documentation comes as two files of English and Japanese side
by side. Three choices matter to the figures:

- *FAQ sets*: the corpus is the answers of the FAQ and, as distractors, every
  other section of the guide in the same language. An answer does not carry its
  question, or each query would find itself.
- *Sections sets*: a section's title is the query and its text the document;
  the title is left out of the document, so that the text has to be found. A
  title that several sections share names none of them, and one that is only a
  version number ("v1.7.0") says nothing; neither is asked, their sections stay.
- What is less than half translated counts as English: it is no Japanese
  document, and its title no Japanese query. An "en" set keeps all.

Every document is titled alike, as pages of one manual are, so that the title
tells none from another. JSQuAD and JaQuAD: each question's own passage is the
one relevant document, under its article's title.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.language import detect
from bot.models import Language
from bot.services.evaluation.datasets import (
    CORPUS,
    QRELS,
    QUERIES,
    QUESTIONS,
    UnusableSet,
    json_lines,
)

Row = dict[str, Any]
FAQ_FILE, SECTIONS_FILE = "faq_en_ja.jsonl", "sections_en_ja.jsonl"
MANUAL = "discord.py"
HALF = 0.5
_VERSION = re.compile(r"v?\d+(?:\.\d+)+\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A set in Marv's shape, not yet written; ``relevant`` pairs queries with documents."""

    corpus: Sequence[Row]
    queries: Sequence[Row] = ()
    relevant: Sequence[tuple[str, str]] = ()
    questions: Sequence[Row] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSet:
    """A set that can be converted: in which folder of a collection it is, and its files."""

    name: str
    folder: str
    files: tuple[str, ...]
    read: Callable[[Path], Converted] = field(repr=False)
    retrieval: bool = True


def convert(name: str, source: Path, out: Path) -> dict[str, Any]:
    """Convert the set ``name`` into the folder ``out``; return what was written, as JSON.

    ``source`` is the folder that the set's files are in, or the one above it.
    Raises UnusableSet for an unknown name, or where the files are not there.
    """
    known = KNOWN_SETS.get(name)
    if known is None:
        raise UnusableSet(f"the set {name} is unknown; known are {', '.join(KNOWN_SETS)}")
    try:
        converted = known.read(_folder_of(known, source))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnusableSet(
            f"{name}: {source} does not hold the set as it is published ({error!r});"
            " fetch its files again, unchanged"
        ) from error
    _write(converted, out)
    return {
        "set": name,
        "out": str(out),
        "documents": len(converted.corpus),
        "queries": len(converted.queries),
        "judgements": len(converted.relevant),
        "questions": len(converted.questions),
    }


def _folder_of(known: KnownSet, source: Path) -> Path:
    for folder in (source, source / known.folder):
        if all((folder / name).is_file() for name in known.files):
            return folder
    raise UnusableSet(
        f"{known.name} is made from {' and '.join(known.files)}, not found in {source};"
        " give the folder that holds them"
    )


def _write(converted: Converted, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_lines(out / CORPUS, converted.corpus)
        if converted.questions:
            _write_lines(out / QUESTIONS, converted.questions)
        if converted.queries:
            _write_lines(out / QUERIES, converted.queries)
            lines = [f"{query}\t{document}\t1\n" for query, document in converted.relevant]
            header = "query-id\tcorpus-id\tscore\n"
            (out / QRELS).write_text(header + "".join(lines), encoding="utf-8")
    except OSError as error:
        raise UnusableSet(f"{out} cannot be written: {error.strerror}") from error


def _write_lines(path: Path, rows: Iterable[Row]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def _rows(path: Path) -> list[Row]:
    return [row for _, row in json_lines(path)]


def _faq(folder: Path, *, spoken: str, documents: str) -> Converted:
    rows = [row for row in _rows(folder / FAQ_FILE) if _has_answer(row, {spoken, documents})]
    sections = [
        row
        for row in _rows(folder / SECTIONS_FILE)
        if row["doc"] != "faq" and _is_written_in(row, documents)
    ]
    return Converted(
        corpus=[
            *(_page(row["id"], row[f"answer_{documents}"]) for row in rows),
            *(_page(row["id"], row[f"text_{documents}"]) for row in sections),
        ],
        queries=[{"id": f"q-{row['id']}", "text": row[f"question_{spoken}"]} for row in rows],
        relevant=[(f"q-{row['id']}", row["id"]) for row in rows],
    )


def _has_answer(row: Row, languages: set[str]) -> bool:
    share = row["ja_paragraphs_translated"] / row["paragraphs"]
    return "ja" not in languages or (bool(row["question_ja"]) and share >= HALF)


def _sections(folder: Path, *, spoken: str, documents: str) -> Converted:
    rows = [
        row
        for row in _rows(folder / SECTIONS_FILE)
        if row[f"text_{documents}"].strip() and _is_written_in(row, documents)
    ]
    shared = Counter(_title(row, spoken).casefold() for row in rows)
    asked = [
        row
        for row in rows
        if (title := _title(row, spoken))
        and shared[title.casefold()] == 1
        and not _VERSION.fullmatch(title)
        and (spoken == "en" or detect(title) is Language.JAPANESE)
    ]
    return Converted(
        corpus=[_page(row["id"], row[f"text_{documents}"]) for row in rows],
        queries=[{"id": f"q-{row['id']}", "text": _title(row, spoken)} for row in asked],
        relevant=[(f"q-{row['id']}", row["id"]) for row in asked],
    )


def _title(row: Row, language: str) -> str:
    return (row[f"title_{language}"] or "").strip()


def _is_written_in(row: Row, language: str) -> bool:
    return language == "en" or row["ja_share"] >= HALF


def _page(id_: str, text: str) -> Row:
    return {"id": id_, "title": MANUAL, "text": text}


def _squad(folder: Path, *, names: Sequence[str]) -> Converted:
    """Read SQuAD 1.1's shape; a passage that occurs twice is one document."""
    corpus: dict[str, Row] = {}
    queries: list[Row] = []
    relevant: list[tuple[str, str]] = []
    for title, text, asked in _paragraphs(folder / name for name in names):
        document = corpus.setdefault(
            text, {"id": f"p{len(corpus):05d}", "title": title, "text": text}
        )
        for question in asked:
            queries.append({"id": question["id"], "text": question["question"]})
            relevant.append((question["id"], document["id"]))
    return Converted(corpus=list(corpus.values()), queries=queries, relevant=relevant)


def _paragraphs(paths: Iterable[Path]) -> Iterator[tuple[str, str, Sequence[Row]]]:
    for path in paths:
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:  # JSQuAD's are "TITLE [SEP] passage"
                text = paragraph["context"].split("[SEP]")[-1].strip()
                yield article["title"], text, paragraph["qas"]


def _ja_unanswerable(folder: Path) -> Converted:
    questions = _rows(folder / "dev_questions.jsonl")
    return Converted(
        corpus=_rows(folder / "dev_corpus.jsonl"),
        questions=[
            {key: row[key] for key in ("id", "question", "label", "answers", "gold_passage")}
            for row in questions
        ],
    )


def _manual(
    kind: str, read: Callable[..., Converted], spoken: str, documents: str, *files: str
) -> KnownSet:
    languages = spoken if spoken == documents else f"{spoken}-{documents}"
    return KnownSet(
        name=f"discordpy-{kind}-{languages}",
        folder="discordpy_docs",
        files=files,
        read=lambda folder: read(folder, spoken=spoken, documents=documents),
    )


_PAIRS = (("en", "en"), ("ja", "ja"), ("ja", "en"))
_JAQUAD = ("jaquad_dev_0000.json", "jaquad_dev_0001.json")
_JSQUAD = ("valid-v1.3.json",)
_SETS = (
    *(_manual("faq", _faq, *pair, FAQ_FILE, SECTIONS_FILE) for pair in _PAIRS),
    *(_manual("sections", _sections, *pair, SECTIONS_FILE) for pair in _PAIRS),
    KnownSet(
        name="jsquad", folder="jsquad", files=_JSQUAD, read=lambda at: _squad(at, names=_JSQUAD)
    ),
    KnownSet(
        name="jaquad", folder="jaquad", files=_JAQUAD, read=lambda at: _squad(at, names=_JAQUAD)
    ),
    KnownSet(
        name="ja-unanswerable",
        folder="ja_unanswerable",
        files=("dev_corpus.jsonl", "dev_questions.jsonl"),
        read=_ja_unanswerable,
        retrieval=False,
    ),
)
KNOWN_SETS: Mapping[str, KnownSet] = {each.name: each for each in _SETS}
RETRIEVAL_SETS = tuple(each.name for each in _SETS if each.retrieval)

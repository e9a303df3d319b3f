"""Libraries with questions that they answer and questions that they do not.

``near`` questions are about something that the library covers but leave the
answer out; ``far`` ones are about something else. What a public set does not
offer is made by taking out what answers a question.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

Label = Literal["answerable", "near", "far"]
Article = dict[str, Any]

FIXTURE = Path(__file__).parents[1] / "data" / "answerability"
LABELS: tuple[Label, ...] = ("answerable", "near", "far")
SEED = 20261123


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, what would be right, and what it must not be split from.

    It is answered by a quotation that has one of ``answers``, or that cites
    ``gold`` where a set gives no answer strings.
    """

    text: str
    label: Label
    group: str
    answers: tuple[str, ...] = ()
    gold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A library's files and the questions that are asked of it."""

    name: str
    files: tuple[tuple[str, bytes], ...]
    questions: tuple[Asked, ...]


def fixture_sets(folder: Path = FIXTURE) -> Iterator[QuestionSet]:
    """Yield the hand-written community library, asked in its own and in the other language."""
    with (folder / "questions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for documents in ("en", "ja"):
        files = tuple(
            (path.name, path.read_bytes()) for path in sorted((folder / documents).glob("*.md"))
        )
        for spoken in ("en", "ja"):
            asked = (
                Asked(
                    text=row[f"question_{spoken}"],
                    label=_label(row["label"]),
                    group=f"far-{number}" if row["label"] == "far" else f"fixture-{row['doc']}",
                    answers=tuple(filter(None, (row[f"answer_{documents}"] or "").split("|"))),
                    gold=f"{row['doc']}.md" if row["label"] == "answerable" else "",
                )
                for number, row in enumerate(rows)
            )
            name = f"fixture {spoken}" if spoken == documents else f"fixture {spoken}→{documents}"
            yield QuestionSet(name=name, files=files, questions=tuple(asked))


def discordpy_sets(data: Path) -> Iterator[QuestionSet]:
    """Yield the discord.py guide, once with each half of its FAQ taken out."""
    sections = _lines(data / "discordpy_docs/sections_en_ja.jsonl")
    faq = _lines(data / "discordpy_docs/faq_en_ja.jsonl")
    for half in (0, 1):
        gone = {row["question_en"] for row in faq[half::2]}
        for documents, spoken in (("en", "en"), ("en", "ja"), ("ja", "ja")):
            kept = [
                row
                for row in sections
                if row["title_en"] not in gone
                and row[f"text_{documents}"]
                and row[f"title_{documents}"]
            ]
            sources = {row["title_en"]: row["id"] for row in kept if row["doc"] == "faq"}
            asked = (
                Asked(
                    text=row[f"question_{spoken}"],
                    label="near" if row["question_en"] in gone else "answerable",
                    group=row["id"],
                    gold=sources.get(row["question_en"], ""),
                )
                for row in faq
                if row[f"question_{spoken}"]
                and (row["question_en"] in gone or row["question_en"] in sources)
            )
            corpus = [
                {
                    "id": row["id"],
                    "title": row[f"title_{documents}"],
                    "text": row[f"text_{documents}"],
                }
                for row in kept
            ]
            yield QuestionSet(
                name=f"discord.py {spoken}" + ("" if spoken == documents else f"→{documents}"),
                files=(_corpus(corpus),),
                questions=tuple(asked),
            )


def jaquad_sets(data: Path) -> Iterator[QuestionSet]:
    """Yield JaQuAD as one large and several small libraries, with passages taken out."""
    large, rest = (
        json.loads((data / f"jaquad/jaquad_dev_000{part}.json").read_text("utf-8"))["data"]
        for part in (0, 1)
    )
    yield _with_gaps("jaquad large", large, counts=(300, 200, 100))
    for start in range(0, len(rest), 6):
        if len(articles := rest[start : start + 6]) >= 3:
            yield _with_gaps("jaquad small", articles, counts=(60, 40, 25))


def jsquad_sets(data: Path) -> Iterator[QuestionSet]:
    """Yield what nothing is trained on: ja_unanswerable, and JSQuAD with nothing taken out."""
    corpus = _lines(data / "ja_unanswerable/dev_corpus.jsonl")
    questions = _lines(data / "ja_unanswerable/dev_questions.jsonl")
    asked = (
        Asked(
            text=row["question"],
            label=_label(row["label"].removeprefix("unanswerable_")),
            group=row["article"],
            answers=tuple(row["answers"]),
            gold=row["gold_passage"] or "",
        )
        for row in questions
    )
    yield QuestionSet(name="ja_unanswerable", files=(_corpus(corpus),), questions=tuple(asked))
    articles = json.loads((data / "jsquad/valid-v1.3.json").read_text("utf-8"))["data"]
    for article in articles:
        for paragraph in article["paragraphs"]:  # "title [SEP] text"
            paragraph["context"] = paragraph["context"].split("[SEP]")[-1].strip()
    whole = _library("jsquad", articles, _questions(articles))
    sample = random.Random(SEED).sample(whole.questions, 400)  # noqa: S311
    yield replace(whole, questions=tuple(sample))


def far_from(target: QuestionSet, others: Iterable[QuestionSet], *, count: int) -> QuestionSet:
    """Return ``target`` with questions of unrelated libraries added."""
    foreign = [
        replace(asked, label="far", answers=(), gold="")
        for other in others
        for asked in other.questions
    ]
    chosen = random.Random(SEED).sample(foreign, min(count, len(foreign)))  # noqa: S311
    return replace(target, questions=(*target.questions, *chosen))


def _with_gaps(name: str, articles: Sequence[Article], *, counts: Sequence[int]) -> QuestionSet:
    """Take every fifth article out, and of the others one passage in six."""
    chance = random.Random(SEED)  # noqa: S311
    far = articles[::5]
    kept, cut = [], []
    for article in (article for article in articles if article not in far):
        paragraphs = list(article["paragraphs"])
        chance.shuffle(paragraphs)
        holes = max(len(paragraphs) // 6, 1)
        cut.append({**article, "paragraphs": paragraphs[:holes]})
        kept.append({**article, "paragraphs": paragraphs[holes:]})
    text = "".join(part["context"] for article in kept for part in article["paragraphs"])
    pools: list[list[Asked]] = [
        _questions(kept),
        [each for each in _questions(cut) if not _occurs(each, text)],
        [each for each in _questions(far) if not _occurs(each, text)],
    ]
    asked: list[Asked] = []
    for pool, label, count in zip(pools, LABELS, counts, strict=True):
        chosen = chance.sample(pool, min(count, len(pool)))
        asked += [
            replace(each, label=label, gold=each.gold if label == "answerable" else "")
            for each in chosen
        ]
    return _library(name, kept, asked)


def _occurs(asked: Asked, text: str) -> bool:
    return any(answer in text for answer in asked.answers)


def _questions(articles: Iterable[Article]) -> list[Asked]:
    return [
        Asked(
            text=question["question"],
            label="answerable",
            group=article["title"],
            answers=tuple(answer["text"] for answer in question["answers"]),
            gold=_source(article, paragraph),
        )
        for article in articles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def _library(name: str, articles: Iterable[Article], asked: Iterable[Asked]) -> QuestionSet:
    rows = {
        _source(article, part): {
            "id": _source(article, part),
            "title": article["title"],
            "text": part["context"],
        }
        for article in articles
        for part in article["paragraphs"]
    }
    return QuestionSet(name=name, files=(_corpus(rows.values()),), questions=tuple(asked))


def _source(article: Article, paragraph: Article) -> str:
    return str(paragraph["qas"][0]["id"])


def _corpus(rows: Iterable[dict[str, Any]]) -> tuple[str, bytes]:
    return "corpus.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _label(text: str) -> Label:
    return next(label for label in LABELS if label == text)

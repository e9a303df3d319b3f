"""Fits the two models behind `bot/services/answerability.json`, and measures what they do.

Retrieval is the bot's own: SQLite, a Chroma child, the embedded encoder. Run it
from the root of the repository; the first run takes some ten minutes and keeps
what was retrieved in ``--retrieved``, the next ones take two:

    uv run python -m tests.benchmarks.fit_answerability --data DIR --retrieved FILE [--write]

Trained on the fixture library, the discord.py guide and JaQuAD, by question
sets of equal weight; figures for these are out of fold, five folds that no
document is divided between. JSQuAD and ja_unanswerable are never trained on.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.adapters.chroma import ChromaIndex, connected
from bot.adapters.chroma_server import running_chroma
from bot.adapters.loaders.sandbox import SandboxedParser
from bot.adapters.local_embeddings import UseEmbedder
from bot.adapters.sqlite.database import open_database
from bot.adapters.sqlite.library import SqliteLibrary
from bot.audience import sees_everything
from bot.models import Passage
from bot.ports import Vectors
from bot.services.answerability import (
    Answerability,
    LogisticModel,
    ScoredSentence,
    answer_features,
)
from bot.services.ask import PASSAGES
from bot.services.evidence import read_question
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.quoting import SentenceQuoter, quotation
from bot.services.search import Samples, Search
from tests.benchmarks.answerability_sets import (
    LABELS,
    Asked,
    QuestionSet,
    discordpy_sets,
    far_from,
    fixture_sets,
    jaquad_sets,
    jsquad_sets,
)

Floats = NDArray[np.float64]

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "bot/services/answerability.json"
MIN_SIMILARITY = 0.12
THRESHOLD = 0.45
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
HELD_OUT = frozenset({"ja_unanswerable", "jsquad"})
FOLDS = 5
GUILD = 1
PENALTY = {"sentences": 1.0, "answers": 3.0}  # of the squared, standardised coefficients
# A question set's weight; what is asked in the library's own language counts most.
SET_WEIGHT = {"fixture en": 2.0, "fixture ja": 2.0, "discord.py ja": 0.7, "discord.py ja→en": 0.7}
LABEL_WEIGHT = {"answerable": 1.0, "near": 1.0, "far": 0.7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question with the passages that the bot would answer it from."""

    set: str
    asked: Asked
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class CachingEmbedder:
    """Embeds a text once, however often it is asked for."""

    inner: UseEmbedder = field(default_factory=UseEmbedder)
    known: dict[str, Vectors] = field(default_factory=dict)

    @property
    def space(self) -> Any:
        return self.inner.space

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(missing, await self.inner.embed_documents(missing), strict=True))
        return np.stack([self.known[text] for text in texts])

    async def embed_query(self, text: str) -> Vectors:
        [row] = await self.embed_documents([text])
        return np.asarray(row, dtype=np.float32)

    async def close(self) -> None:
        await self.inner.close()


def question_sets(data: Path) -> Iterator[QuestionSet]:
    """Yield every set, questions about other libraries added to the small ones."""
    fixture, guide = list(fixture_sets()), list(discordpy_sets(data))
    for each in fixture:
        yield far_from(each, [g for g in guide[:3] if _spoken(g) == _spoken(each)], count=20)
    for each in guide:
        yield far_from(each, [f for f in fixture if f.name == f"fixture {_spoken(each)}"], count=30)
    yield from jaquad_sets(data)
    yield from jsquad_sets(data)


def _spoken(questions: QuestionSet) -> str:
    return questions.name.split()[1][:2]


async def retrieve(questions: QuestionSet, embedder: CachingEmbedder) -> list[Case]:
    """Ask a library, built for the purpose, by the services of the bot."""
    parser = SandboxedParser(time_limit_seconds=120)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_database(Path(folder) / "marv.db") as database,
            running_chroma(Path(folder) / "chroma") as server,
            connected(server.url) as client,
        ):
            library = SqliteLibrary(database)
            index = ChromaIndex(client=client, space=embedder.space)
            ingest = Ingest(library=library, index=index, embedder=embedder, parser=parser)
            files = [
                SourceFile(origin=name, source=name, read=partial(bytes, content))
                for name, content in questions.files
            ]
            await ingest.files(Batch(guild_id=GUILD), files)
            search = Search(
                library=library,
                index=index,
                embedder=embedder,
                min_similarity=MIN_SIMILARITY,
                samples=Samples(library=library),
            )
            cases = [
                Case(
                    set=questions.name,
                    asked=asked,
                    passages=await search.passages(
                        GUILD, asked.text, viewer=sees_everything, limit=PASSAGES
                    ),
                )
                for asked in questions.questions
            ]
    await parser.close()
    return cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A case with its sentences, best first, and whether they would make a right quotation."""

    case: Case
    sentences: tuple[ScoredSentence, ...]

    @property
    def right(self) -> bool:
        asked = self.case.asked
        if asked.label != "answerable" or not self.sentences:
            return False
        quoted = quotation(self.sentences, confidence=1.0)
        if asked.answers:
            return _has_answer(asked, quoted.facts)
        return any(citation.passage.source == asked.gold for citation in quoted.citations)

    @property
    def features(self) -> Mapping[str, float]:
        question = read_question(self.case.asked.text)
        return answer_features(question, self.case.passages, self.sentences)


def fit_logistic(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float],
    *,
    penalty: float,
) -> LogisticModel:
    """Fit by iteratively reweighted least squares with a ridge on all but the intercept."""
    names = tuple(rows[0])
    raw = np.array([[row[name] for name in names] for row in rows])
    weight = np.array(weights, dtype=np.float64)
    means = np.average(raw, axis=0, weights=weight)
    scales = np.sqrt(np.average((raw - means) ** 2, axis=0, weights=weight))
    scales[scales == 0] = 1.0
    matrix = np.column_stack([np.ones(len(raw)), (raw - means) / scales])
    ridge = np.diag([0.0, *[penalty] * len(names)])
    target = np.array(labels, dtype=np.float64)
    beta: Floats = np.zeros(len(names) + 1)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        curvature = weight * chance * (1 - chance)
        gradient = matrix.T @ (weight * (target - chance)) - ridge @ beta
        beta = beta + np.linalg.solve((matrix.T * curvature) @ matrix + ridge, gradient)
    return LogisticModel(
        names=names,
        means=tuple(means.tolist()),
        scales=tuple(scales.tolist()),
        coefficients=tuple(beta[1:].tolist()),
        intercept=float(beta[0]),
    )


def fit_sentences(ranked: Sequence[Ranked]) -> LogisticModel:
    """Learn which sentence has the answer, from the questions that one of theirs answers."""
    rows, labels, weights = [], [], []
    for each in ranked:
        right = [_is_gold(each.case.asked, sentence) for sentence in each.sentences]
        if any(right):
            rows += [sentence.features for sentence in each.sentences]
            labels += right
            weights += [1.0 if each.case.set.startswith("jaquad") else 2.0] * len(right)
    return fit_logistic(rows, labels, weights, penalty=PENALTY["sentences"])


def fit_answers(ranked: Sequence[Ranked]) -> LogisticModel:
    """Learn when a quotation is right, every set and label with the weight that it should have."""
    known = [each for each in ranked if each.sentences]
    sizes = Counter((each.case.set, each.case.asked.label) for each in known)
    weights = [
        100
        * SET_WEIGHT.get(each.case.set, 1.0)
        * LABEL_WEIGHT[each.case.asked.label]
        / sizes[each.case.set, each.case.asked.label]
        for each in known
    ]
    rows = [each.features for each in known]
    return fit_logistic(rows, [each.right for each in known], weights, penalty=PENALTY["answers"])


def rescored(ranked: Ranked, model: LogisticModel) -> Ranked:
    """Rank a case's sentences by another model."""
    scored = [
        replace(sentence, score=model.probability(sentence.features))
        for sentence in ranked.sentences
    ]
    return replace(ranked, sentences=tuple(sorted(scored, key=lambda each: -each.score)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A ranked case and the confidence of a model that did not see it."""

    ranked: Ranked
    confidence: float


def out_of_fold(cases: Sequence[Ranked]) -> list[Judged]:
    """Judge each case by models that saw none of its document."""
    folds = [_fold(each.case.asked.group) for each in cases]
    models = {
        fold: fit_sentences([c for c, its in zip(cases, folds, strict=True) if its != fold])
        for fold in set(folds)
    }
    scored = [rescored(each, models[fold]) for each, fold in zip(cases, folds, strict=True)]
    deciders = {
        fold: fit_answers([c for c, its in zip(scored, folds, strict=True) if its != fold])
        for fold in set(folds)
    }
    return [
        Judged(ranked=each, confidence=confidence(deciders[fold], each))
        for each, fold in zip(scored, folds, strict=True)
    ]


def confidence(model: LogisticModel, ranked: Ranked) -> float:
    """Return a model's confidence; nothing to quote is none."""
    return model.probability(ranked.features) if ranked.sentences else 0.0


def report(judged: Sequence[Judged]) -> None:
    """Print what each threshold would do, a set at a time."""
    for name in dict.fromkeys(each.ranked.case.set for each in judged):
        mine = [each for each in judged if each.ranked.case.set == name]
        by_label = {
            label: [each for each in mine if each.ranked.case.asked.label == label]
            for label in LABELS
        }
        print(f"\n{name}: " + ", ".join(f"{len(cases)} {each}" for each, cases in by_label.items()))
        print("threshold  answered  right  right of answered  false near  false far")
        for threshold in THRESHOLDS:
            said = {
                label: [each for each in cases if each.confidence >= threshold]
                for label, cases in by_label.items()
            }
            right = sum(each.ranked.right for each in said["answerable"])
            shares = (
                _share(len(said["answerable"]), len(by_label["answerable"])),
                _share(right, len(by_label["answerable"])),
                _share(right, len(said["answerable"])),
                _share(len(said["near"]), len(by_label["near"])),
                _share(len(said["far"]), len(by_label["far"])),
            )
            print(f"{threshold:9.2f}  " + "  ".join(shares))


def main() -> None:
    """Retrieve, fit, report, and write if told to."""
    options = argparse.ArgumentParser(description="Fit bot/services/answerability.json.")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--retrieved", type=Path, required=True)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    embedder = CachingEmbedder()
    cases = _cases(chosen.data, chosen.retrieved, embedder)
    ranked = asyncio.run(_ranked(cases, embedder))
    trained = [each for each in ranked if each.case.set not in HELD_OUT]
    judged = out_of_fold(trained)
    sentences = fit_sentences(trained)
    answers = fit_answers([each.ranked for each in judged])
    held = [rescored(each, sentences) for each in ranked if each.case.set in HELD_OUT]
    report([*judged, *(Judged(ranked=each, confidence=confidence(answers, each)) for each in held)])
    if chosen.write:
        TARGET.write_text(_document(sentences, answers, trained) + "\n", "utf-8")


def _cases(data: Path, retrieved: Path, embedder: CachingEmbedder) -> list[Case]:
    """Return every question with its passages; ``retrieved`` keeps them for the next run."""
    if not retrieved.exists():
        lines = []
        for questions in question_sets(data):
            print(f"asking {questions.name}", flush=True)
            cases = asyncio.run(retrieve(questions, embedder))
            lines += [json.dumps(asdict(case), ensure_ascii=False) for case in cases]
        retrieved.write_text("\n".join(lines), "utf-8")
    return [_case(json.loads(line)) for line in retrieved.read_text("utf-8").splitlines()]


def _case(row: dict[str, Any]) -> Case:
    asked = row["asked"] | {"answers": tuple(row["asked"]["answers"])}
    passages = (Passage(**part | {"heading": tuple(part["heading"])}) for part in row["passages"])
    return Case(set=row["set"], asked=Asked(**asked), passages=tuple(passages))


async def _ranked(cases: Sequence[Case], embedder: CachingEmbedder) -> list[Ranked]:
    nothing = LogisticModel(names=(), means=(), scales=(), coefficients=(), intercept=0.0)
    blank = Answerability(sentences=nothing, answers=nothing, threshold=0.0)
    quoter = SentenceQuoter(embedder=embedder, answerability=blank)
    ranked = [
        Ranked(
            case=each, sentences=await quoter.rank(read_question(each.asked.text), each.passages)
        )
        for each in cases
    ]
    await embedder.close()
    return ranked


def _document(sentences: LogisticModel, answers: LogisticModel, trained: Sequence[Ranked]) -> str:
    """Return the coefficient file: the models, the threshold, and what they come from."""
    sets: dict[str, list[str]] = {}
    for each in trained:
        line = json.dumps(asdict(each.case.asked), ensure_ascii=False, sort_keys=True)
        sets.setdefault(each.case.set, []).append(line)
    return json.dumps(
        {
            "made_by": "tests/benchmarks/fit_answerability.py",
            "date": datetime.now(UTC).date().isoformat(),
            "embedding_space": UseEmbedder().space.key,
            "min_similarity": MIN_SIMILARITY,
            "threshold": THRESHOLD,
            "training_sets": {
                name: {
                    "questions": len(lines),
                    "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
                }
                for name, lines in sets.items()
            },
            "sentences": _stored(sentences),
            "answers": _stored(answers),
        },
        ensure_ascii=False,
        indent=2,
    )


def _stored(model: LogisticModel) -> dict[str, Any]:
    rows = zip(model.names, model.means, model.scales, model.coefficients, strict=True)
    return {
        "intercept": round(model.intercept, 5),
        "features": [
            {
                "name": name,
                "mean": round(mean, 5),
                "scale": round(scale, 5),
                "coefficient": round(coefficient, 5),
            }
            for name, mean, scale, coefficient in rows
        ],
    }


def _is_gold(asked: Asked, sentence: ScoredSentence) -> bool:
    candidate = sentence.candidate
    return candidate.passage.source == asked.gold and _has_answer(asked, candidate.text)


def _has_answer(asked: Asked, text: str) -> bool:
    return any(_squashed(answer) in _squashed(text) for answer in asked.answers)


def _squashed(text: str) -> str:
    return "".join(text.split()).casefold()


def _fold(group: str) -> int:
    return hashlib.sha256(group.encode()).digest()[0] % FOLDS


def _share(part: int, whole: int) -> str:
    return f"{part / whole:8.2f}" if whole else "       –"


if __name__ == "__main__":
    main()

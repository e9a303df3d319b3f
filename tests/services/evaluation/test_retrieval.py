"""Search, measured: figures that can be checked by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.trec_measures import TrecMeasures
from bot.app import open_marv
from bot.models import ChunkId, DocumentId, Passage
from bot.opening import Models
from bot.services.evaluation.datasets import UnusableSet, read_retrieval_set
from bot.services.evaluation.intervals import paired_bootstrap
from bot.services.evaluation.retrieval import (
    ARMS,
    MEASURES,
    RetrievalEvaluation,
    RetrievalResult,
    documents_of,
)
from bot.settings import Settings
from tests.fakes import FakeChat, FakeCounter
from tests.manners import PERSONAS
from tests.services.evaluation.sets import BILINGUAL, FakeConceptEmbedder, write_retrieval_set

pytest.importorskip("pytrec_eval")


async def measured(
    settings: Settings, folder: Path, *, queries: int | None = None
) -> RetrievalResult:
    models = Models(
        chat=FakeChat(),
        embedder=FakeConceptEmbedder(),
        counter=FakeCounter(),
        personas=PERSONAS,
    )
    told: list[str] = []
    async with open_marv(settings, models=models) as marv:
        evaluation = RetrievalEvaluation(
            ingest=marv.services.library.ingest,
            search=marv.services.search,
            measures=TrecMeasures.open(),
        )
        result = await evaluation.run(read_retrieval_set(folder).sampled(queries), tell=told.append)
    assert told
    return result


def written(
    folder: Path, queries: Mapping[str, str], relevant: Mapping[str, Sequence[str]]
) -> Path:
    return write_retrieval_set(folder, corpus=BILINGUAL, queries=queries, relevant=relevant)


def test_the_measures_are_those_that_one_computes_by_hand() -> None:
    judged = {"first": {"a": 1}, "third": {"a": 1, "b": 1}, "late": {"a": 1}, "lost": {"a": 1}}
    others = [f"x{number}" for number in range(20)]
    rankings = {
        "first": ["a", "b"],
        "third": ["x", "y", "a", "z", "b"],
        "late": [*others[:10], "a"],
    }

    scores = TrecMeasures.open().score(judged, rankings)

    assert scores["first"] == dict.fromkeys(MEASURES, 1.0)
    gained = 1 / math.log2(4) + 1 / math.log2(6)
    best = 1 / math.log2(2) + 1 / math.log2(3)
    assert scores["third"] == pytest.approx(
        {"ndcg@10": gained / best, "recall@5": 1.0, "mrr@10": 1 / 3, "hit@1": 0.0}
    )
    assert scores["late"] == dict.fromkeys(MEASURES, 0.0), "the eleventh is not looked at"
    assert scores["lost"] == dict.fromkeys(MEASURES, 0.0), "no ranking scores nothing"


def test_a_document_ranks_where_its_first_passage_does() -> None:
    passages = [
        Passage(
            chunk_id=ChunkId(number),
            document_id=DocumentId(number),
            title="",
            heading=(),
            text="",
            source=source,
        )
        for number, source in enumerate("baabc")
    ]

    assert documents_of(passages) == ("b", "a", "c")


async def test_words_win_where_only_they_tell_two_documents_apart(
    settings: Settings, tmp_path: Path
) -> None:
    folder = written(
        tmp_path / "codes",
        {"q1": "E-4712 error", "q2": "エラー E-4711"},
        {"q1": ["radio"], "q2": ["code"]},
    )

    result = await measured(settings, folder)

    assert result.mean("lexical", "hit@1") == 1.0
    assert result.mean("dense", "hit@1") == 0.5, "to it both are the same error"
    assert result.mean("lexical", "ndcg@10") > result.mean("dense", "ndcg@10")
    assert result.mean("hybrid", "ndcg@10") == 1.0


async def test_meaning_wins_across_languages(settings: Settings, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "across",
        {"q1": "満潮の時刻は？", "q2": "Where are boats kept", "q3": "membership fee"},
        {"q1": ["tides"], "q2": ["winter"], "q3": ["fees"]},
    )

    result = await measured(settings, folder)

    assert result.mean("dense", "mrr@10") == 1.0
    assert result.mean("lexical", "mrr@10") < 0.5
    differences = result.differences()
    assert differences["hybrid-lexical"]["mrr@10"].mean > 0
    assert set(differences) == {"hybrid-lexical", "hybrid-dense"}
    assert all(set(each) == set(MEASURES) for each in differences.values())


async def test_the_order_of_the_files_changes_no_figure(settings: Settings, tmp_path: Path) -> None:
    queries = {"q1": "満潮の時刻は？", "q2": "Error E-4711", "q3": "倉庫", "q4": "blanket"}
    relevant = {"q1": ["tides"], "q2": ["code"], "q3": ["winter"], "q4": ["hut", "fees"]}
    first = await measured(settings, written(tmp_path / "a" / "same", queries, relevant))
    shuffled = random.Random(3).sample(sorted(BILINGUAL), len(BILINGUAL))  # noqa: S311
    folder = write_retrieval_set(
        tmp_path / "b" / "same",
        corpus={id_: BILINGUAL[id_] for id_ in shuffled},
        queries=dict(reversed(queries.items())),
        relevant=dict(reversed(relevant.items())),
    )
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "other"})

    again = await measured(elsewhere, folder)

    assert again.as_json() == first.as_json()
    assert set(first.as_json()["arms"]) == set(ARMS)
    assert (first.as_json()["queries"], first.as_json()["documents"]) == (4, 6)


async def test_a_query_that_marv_would_not_take_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    folder = written(tmp_path / "long", {"q1": "長い" * 1001}, {"q1": ["hut"]})

    with pytest.raises(UnusableSet, match="the query q1 is longer than the 2000 characters"):
        await measured(settings, folder)


def test_an_interval_holds_the_mean_and_is_the_same_each_time() -> None:
    random_ = np.random.default_rng(1)
    differences = random_.normal(0.2, 0.5, size=(200, 2)) * [1.0, 0.0]

    sure, flat = paired_bootstrap(differences)

    error = differences[:, 0].std() / math.sqrt(200)  # the normal interval is mean ± 1.96 errors
    assert sure.low == pytest.approx(sure.mean - 1.96 * error, abs=0.01)
    assert sure.high == pytest.approx(sure.mean + 1.96 * error, abs=0.01)
    assert (flat.mean, flat.low, flat.high) == (0.0, 0.0, 0.0)
    assert paired_bootstrap(differences)[0] == sure

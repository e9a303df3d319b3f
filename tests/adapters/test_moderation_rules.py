"""The embedded moderation rules: what they stop, what they leave, and how long they take."""

from __future__ import annotations

import json
import time

import pytest

from bot.adapters.moderation_rules import RuleModerator
from bot.models import Language
from bot.moderation import Category
from bot.services.freezing.seed import read_seed
from bot.settings import SHIPPED_DATA
from bot.wiring.dataset import SEED_FILE
from cogs.texts import TEXTS
from tests.moderation_set import harmful, harmless

RULES = RuleModerator.load()
LONGEST_SECONDS = 10.0  # backtracking would take minutes
LONG = 4000


@pytest.mark.parametrize("language", Language)
def test_the_labelled_harmful_texts_are_blocked_for_what_they_are(language: Language) -> None:
    texts = harmful(language)
    missed = [(category, text) for category, text in texts if category not in blocking(text)]

    assert len(texts) >= 60
    assert not missed


@pytest.mark.parametrize("language", Language)
def test_no_harmless_trap_is_blocked(language: Language) -> None:
    texts = harmless(language)
    wrong = [(text, sorted(blocking(text))) for text in texts if blocking(text)]

    assert len(set(texts)) >= 150
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "k1ll y0urself",
        "k i l l  y o u r s e l f",
        "K.I.L.L yourself",
        "kill\u200b your\u200bself",
        "ｋｉｌｌ ｙｏｕｒｓｅｌｆ",
        "kill y\u043eurs\u0435lf",  # Cyrillic о and е
        "kiiiill yourself",
        "killlll yourself",
        "k̶i̶l̶l̶ yourself",
        "死 ね",
        "死・ね",
        "死\u200bね",
        "お 前 を 殺 す",
    ],
)
def test_a_disguise_does_not_help(text: str) -> None:
    assert blocking(text)


@pytest.mark.parametrize(
    "text", ["I want to die", "I feel suicidal", "死にたい", "消えてしまいたい"]
)
def test_a_person_in_a_crisis_is_heard_and_not_blocked(text: str) -> None:
    verdict = RULES.check(text)

    assert verdict.self_harm
    assert not verdict.blocked


@pytest.mark.parametrize("text", ["easiest way to kill myself", "楽に死ねる方法"])
def test_instructions_for_self_harm_are_blocked(text: str) -> None:
    assert blocking(text) == {Category.SELF_HARM_INSTRUCTIONS}
    assert RULES.check(text).self_harm


def test_what_members_say_of_their_troubles_is_not_blocked() -> None:
    """A crisis, a report of another member, a question to a doctor or a lawyer."""
    lines = (SHIPPED_DATA / "seriousness.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert len(texts) >= 1000
    assert not [text for text in texts if blocking(text)]


def test_nothing_that_comes_with_marv_is_blocked() -> None:
    replies = [seed.reply for seed in read_seed(SEED_FILE)]
    spoken = [text for table in TEXTS.values() for text in table.values()]
    assert len(replies) > 100
    assert not [text for text in (*replies, *spoken) if blocking(text)]


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "how to make ",
        "i will ",
        "child ",
        "you are ",
        "お前を",
        "外国人は",
        "-_.",
        "kill ",
        "1 ",
    ],
)
def test_no_text_keeps_the_loop_waiting(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    began = time.perf_counter()
    RULES.check(text)
    assert time.perf_counter() - began < LONGEST_SECONDS


def blocking(text: str) -> frozenset[Category]:
    return RULES.check(text).blocking

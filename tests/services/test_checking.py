"""Comparing an answer with its sources: what stands, what is withdrawn, what is no answer."""

from __future__ import annotations

import pytest

from bot.models import ChunkId, DocumentId, Passage
from bot.prompts import prompt
from bot.services.checking import Fault, Proofreader, says_nothing, without
from bot.services.grounding import SENTINEL


def passage(n: int, text: str, title: str = "Harbor") -> Passage:
    return Passage(
        chunk_id=ChunkId(n),
        document_id=DocumentId(n),
        title=title,
        heading=(),
        text=text,
        source=f"{n}.md",
    )


PASSAGES = [
    passage(1, "The Spring Regatta starts on 18 April at Aster Pond. Entry costs 12 euros."),
    passage(
        2, "Dogs are welcome on the terrace. Dogs are not allowed in the kitchen. /dog register"
    ),
    passage(3, "防水の接着剤は乾くまで24時間かかります。キッチンに犬は入れません。"),
]


def faults(text: str) -> list[Fault]:
    return [finding.fault for finding in Proofreader(PASSAGES).findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Sigh. The Spring Regatta starts on 18 April. [1] You're welcome.",
        "Brace yourself: entry costs 12 euros [1], which I will never afford.",
        "Dogs are welcome on the terrace [2], but not in the kitchen. [2] Try to contain yourself.",
        "The kitchen? Dogs aren't allowed in there. [2]",
        "Oh, thrilling. Do I look like a calendar? It is on 18 April at Aster Pond. [1]",
        "やれやれ。接着剤が乾くまで24時間かかります。 [3] お礼は結構です。",
        "犬はキッチンに入れません。 [3] 残念でしたね。",
        "Waterproof glue dries in 24 hours, allegedly. [3]",
        "Dogs are welcome on the terrace. [2]\n```\n/dog register\n```",
    ],
)
def test_what_the_sources_say_stands(text: str) -> None:
    assert not Proofreader(PASSAGES).findings(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The Spring Regatta starts on 19 April. [1]", Fault.NOT_THERE),
        ("Entry costs 12 dollars. [1]", Fault.NOT_THERE),
        ("Mind you, Gustav says that dogs are welcome on the terrace. [2]", Fault.NOT_THERE),
        ("Dogs are welcome on the terrace. [2]\n```\n/cat register\n```", Fault.NOT_THERE),
        ("Dogs are not welcome on the terrace. [2]", Fault.DENIED),
        ("Dogs are allowed in the kitchen. [2]", Fault.DENIED),
        ("犬はキッチンに入れます。 [3]", Fault.DENIED),
        ("接着剤が乾くまで42時間かかります。 [3]", Fault.NOT_THERE),
        ("The Spring Regatta starts on 18 April.", Fault.NO_SOURCE),
        ("The Spring Regatta starts on 18 April. [7]", Fault.NO_SOURCE),
        ("It is completely free of charge for the whole family.", Fault.NO_SOURCE),
        ("The moon is made of green cheese and mice built it. [1]", Fault.UNRELATED),
        (
            "参加費はご家族の皆さま全員が完全に無料となっておりますので、安心してお越しくださいませ。ね",
            Fault.NO_SOURCE,
        ),
    ],
)
def test_what_the_sources_do_not_say_is_found(text: str, fault: Fault) -> None:
    assert fault in faults(text)


def test_a_mark_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    [finding] = Proofreader(PASSAGES).findings(
        "Entry costs 13 euros. [1] Dogs are welcome on the terrace. [2]"
    )

    assert finding.sentence == "Entry costs 13 euros. [1]"
    assert finding.complaint().endswith("not in the source (13 euro)")


def test_an_unfinished_answer_shows_the_sentences_that_stand() -> None:
    text = "Sigh. Entry costs 13 euros. [1] Dogs are welcome on the terrace. [2] Dogs are not all"

    assert Proofreader(PASSAGES).settled(text) == "Sigh. Dogs are welcome on the terrace. [2]"


def test_withdrawing_a_sentence_leaves_the_others_as_they_were() -> None:
    text = "Sigh. Entry costs 13 euros. [1] Dogs are welcome on the terrace. [2]\n\nBye."

    left = without(text, Proofreader(PASSAGES).findings(text))

    assert left == "Sigh. Dogs are welcome on the terrace. [2]\n\nBye."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "NULL",
        "`null`",
        "N/A.",
        "None",
        "不明",
        "該当なし。",
        SENTINEL,
        f"Well. {SENTINEL}",
        "I'm sorry, but I can't help with that.",
        "As an AI language model, I have no opinion.",
        "申し訳ありませんが、お答えできません。",
        '<passage n="1" title="Harbor">\nEntry costs 12 euros.\n</passage>',
        prompt("grounded"),
        next(line for line in prompt("grounded").splitlines() if line.startswith("2.")),
    ],
)
def test_what_is_no_answer_is_told_from_one(text: str) -> None:
    assert says_nothing(text, prompt("grounded"))


@pytest.mark.parametrize(
    "text", ["Unfortunately, I read it: entry costs 12 euros. [1]", "None of it is free. [1]"]
)
def test_an_answer_with_a_source_is_one(text: str) -> None:
    assert not says_nothing(text, prompt("grounded"))

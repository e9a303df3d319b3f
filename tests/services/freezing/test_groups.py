"""Groups: what hangs together goes to one side, for good."""

from __future__ import annotations

from bot.dataset import Split
from bot.services.freezing.groups import Member, side_of, sides
from bot.services.freezing.near import normalised, pairs
from tests.benchmarks.consent_in_exports import dice


def member(key: str, question: str, *ties: object) -> Member:
    return Member(key=key, question=question, ties=tuple(ties))


def words(seed: int) -> str:
    letters = dice(seed)
    return " ".join("".join(letters.choices("abcdefghijklmnop", k=6)) for _ in range(8))


def test_near_duplicates_are_found_in_both_languages_and_others_are_not() -> None:
    texts = [
        "How do I reset the map on Hollowmere?",
        "how do i RESET the map on hollowmere??",
        "How do I reset my map on Hollowmere?",
        "Where is the harbor office?",
        "日本支部の集まりはいつですか？",
        "日本支部の集まりはいつですか",
        "会費はいくらですか？",
        "",
        "",
    ]

    found = {frozenset(pair) for pair in pairs(texts)}

    assert frozenset({0, 1}) in found
    assert frozenset({4, 5}) in found
    assert not any({3, 6, 7, 8} & pair for pair in found)
    assert normalised("Ｈｅｌｌｏ, World！") == "helloworld"


def test_an_author_a_conversation_and_a_near_duplicate_connect() -> None:
    members = [
        member("turn:1", words(1), ("author", 1), ("conversation", 1)),
        member("turn:2", words(2), ("author", 1), ("conversation", 2)),
        member("turn:3", words(3), ("author", 2), ("conversation", 2)),
        member("turn:4", words(3) + "!", ("author", 3), ("conversation", 4)),
        *(member(f"turn:{n}", words(n), ("author", n)) for n in range(10, 60)),
    ]

    found = sides(members, {})

    assert len({found[f"turn:{n}"] for n in (1, 2, 3, 4)}) == 1
    assert set(found.values()) == set(Split), "with many authors every side is taken"


def test_a_side_never_changes_and_what_would_connect_two_sides_is_left_out() -> None:
    old = [member("turn:1", words(1), ("author", 1)), member("turn:2", words(2), ("author", 2))]
    settled = {"turn:1": Split.TRAIN, "turn:2": Split.GOLDEN}
    new = [
        member("turn:3", words(3), ("author", 1)),
        member("turn:4", words(1) + "?", ("author", 2)),
    ]

    assert sides(old, settled) == settled
    one_more = sides([*old, new[0]], settled)
    assert one_more["turn:3"] is Split.TRAIN
    bridged = sides([*old, *new], settled)
    assert (bridged["turn:1"], bridged["turn:2"]) == (Split.TRAIN, Split.GOLDEN)
    assert bridged["turn:4"] is None


def test_shares_are_about_a_tenth_each() -> None:
    found = [side_of(f"turn:{n}") for n in range(4000)]
    assert 0.07 < found.count(Split.GOLDEN) / 4000 < 0.13
    assert 0.07 < found.count(Split.VALIDATION) / 4000 < 0.13
    seeds = [side_of(f"seed:{n}", golden=False) for n in range(4000)]
    assert Split.GOLDEN not in seeds

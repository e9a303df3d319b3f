"""How sections are cut into chunks."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.loaders.chunking import MAX_TOKENS, TARGET_TOKENS, chunk_sections
from bot.adapters.loaders.sentences import split_sentences
from bot.adapters.tokens import ToktokCounter
from bot.models import Chunk, Section

count = ToktokCounter().count

SENTENCE = "The quick brown fox jumps over the lazy dog and then takes a well earned rest."
文 = "素早い茶色の狐はのろまな犬を飛び越えて、それからゆっくりと休みました。"

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80
)
prose = st.lists(st.one_of(words, st.sampled_from([SENTENCE, 文, "- item", ""])), max_size=40)
code = st.lists(st.sampled_from(["x = 1", "", "    return y", "z" * 300, "# 注釈"]), max_size=60)


def cut(*sections: tuple[tuple[str, ...], str]) -> tuple[Chunk, ...]:
    return chunk_sections(
        (Section(heading=heading, text=text) for heading, text in sections), count
    )


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(deadline=None)  # the vocabulary loads with the first count
@given(prose)
def test_no_text_is_lost_and_no_chunk_is_over_the_limit(lines: list[str]) -> None:
    text = "\n".join(line for line in lines if "```" not in line and "~~~" not in line)

    chunks = cut(((), text))

    assert "".join(unspaced(chunk.text) for chunk in chunks) == unspaced(text)
    assert all(0 < chunk.tokens <= MAX_TOKENS for chunk in chunks)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))


@settings(deadline=None)  # the vocabulary loads with the first count
@given(st.lists(code, min_size=1, max_size=4), prose)
def test_fences_are_balanced_and_code_is_kept(blocks: list[list[str]], lines: list[str]) -> None:
    around = "\n".join(line for line in lines if "`" not in line and "~" not in line)
    fenced = [f"```python\n{chr(10).join(block)}\n```" for block in blocks]

    chunks = cut(((), "\n\n".join([around, *fenced, around])))

    assert all(chunk.tokens <= MAX_TOKENS for chunk in chunks)
    for chunk in chunks:
        assert len(re.findall(r"^```", chunk.text, re.MULTILINE)) % 2 == 0
    kept = re.sub(r"```(?:python)?", "", "".join(unspaced(chunk.text) for chunk in chunks))
    assert kept == unspaced("".join([around, *map("\n".join, blocks), around]))


@settings(deadline=None)  # the vocabulary loads with the first count
@given(prose)
def test_cutting_is_deterministic(lines: list[str]) -> None:
    assert cut(((), "\n".join(lines))) == cut(((), "\n".join(lines)))


def test_long_prose_is_cut_between_sentences_near_the_target() -> None:
    for sentence, space in ((SENTENCE, " "), (文, "")):
        chunks = cut((("Foxes",), space.join([sentence] * 100)))

        assert all(chunk.text.endswith(sentence[-1]) for chunk in chunks)
        assert all(chunk.text.startswith(sentence[:5]) for chunk in chunks)
        assert all(TARGET_TOKENS * 0.7 < chunk.tokens <= MAX_TOKENS for chunk in chunks[:-1])
        assert all(chunk.heading == ("Foxes",) for chunk in chunks)


def test_rows_are_not_cut() -> None:
    rows = [f"name: article {n}; price: {n} yen; note: none" for n in range(200)]

    chunks = cut(((), "\n".join(rows)))

    assert [row for chunk in chunks for row in chunk.text.split("\n")] == rows


def test_code_stays_with_the_line_that_announces_it() -> None:
    filler = " ".join([SENTENCE] * 13)
    chunks = cut(((), f"{filler}\n\nFor example:\n\n```\nmarv()\n```"))

    assert any("For example:\n\n```\nmarv()\n```" in chunk.text for chunk in chunks)


def test_a_fence_that_nobody_closed_is_closed() -> None:
    [chunk] = cut(((), "Look:\n\n```sh\nmarv"))

    assert chunk.text == "Look:\n\n```sh\nmarv\n```"


def test_headings_keep_sections_apart() -> None:
    chunks = cut((("A",), SENTENCE * 4), (("B",), SENTENCE * 4))

    assert [chunk.heading for chunk in chunks] == [("A",), ("B",)]


def test_tiny_neighbours_below_one_heading_share_a_chunk_with_their_headings() -> None:
    chunks = cut((("FAQ", "Free?"), "Yes."), (("FAQ", "Open?"), "Also."), (("Other",), "No."))

    assert [(chunk.heading, chunk.text) for chunk in chunks] == [
        (("FAQ",), "Free?\nYes.\n\nOpen?\nAlso."),
        (("Other",), "No."),
    ]


def test_an_edit_changes_only_the_chunks_of_its_section() -> None:
    sections = [((f"S{n}",), " ".join([SENTENCE] * (n + 3))) for n in range(20)]
    edited = list(sections)
    edited[7] = (("S7",), f"Something new comes first. {sections[7][1]} And last.")

    before = {(chunk.heading, chunk.text) for chunk in cut(*sections)}
    after = {(chunk.heading, chunk.text) for chunk in cut(*edited)}

    assert {heading for heading, _ in before ^ after} == {("S7",)}


def test_an_edit_of_a_tiny_section_does_not_move_its_neighbours() -> None:
    sections = [(("FAQ", f"Question {n}"), f"Answer {n}.") for n in range(30)]
    edited = list(sections)
    edited[2] = (("FAQ", "Question 2"), "An answer that is rather longer than it was before.")

    before, after = cut(*sections), cut(*edited)

    assert len(before) == len(after)
    assert sum(a.text != b.text for a, b in zip(before, after, strict=True)) == 1


def test_sentences_end_where_a_reader_says() -> None:
    text = 'Use e.g. Python 3.11. It works! "Really?" he asked. 「本当？」と聞いた。はい。'

    assert [sentence.strip() for sentence in split_sentences(text)] == [
        "Use e.g. Python 3.11.",
        "It works!",
        '"Really?" he asked.',
        "「本当？」と聞いた。",
        "はい。",
    ]

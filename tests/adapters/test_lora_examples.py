"""What the local trainer learns from, and how it divides its time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.llama import gemma_prompt
from bot.adapters.lora_examples import (
    LONGEST_TOKENS,
    BadTrainingFile,
    Example,
    TokenisedExample,
    examples_digest,
    language_of,
    read_examples,
    tokenised,
)
from bot.adapters.lora_network import (
    Marks,
    batches,
    learning_share,
    mean,
    tensor_name,
)
from bot.adapters.tuning_folder import BASE_MODEL, Hyperparameters
from bot.models import Language
from bot.opening import PERSONAS, open_personas
from bot.services.dataset_lines import chat_line
from bot.services.freezing.candidates import seed_row
from bot.services.freezing.seed import read_seed
from bot.services.manners import Manner
from bot.services.wrapping import VOICE, chat_messages, wrap_messages
from bot.tuning import TuningOptions

EN, JA = Language.ENGLISH, Language.JAPANESE
SEED = [*read_seed(PERSONAS / "seed.jsonl")]


def written(path: Path, *messages: tuple[str, str]) -> Path:
    said = [{"role": role, "content": content} for role, content in messages]
    path.write_text(json.dumps({"messages": said}) + "\n")
    return path


@pytest.mark.parametrize("language", Language)
def test_a_frozen_row_is_learnt_in_the_very_words_of_service(
    tmp_path: Path, language: Language
) -> None:
    manner = Manner(persona=open_personas().default)
    seeds = [seed for seed in SEED if seed.language is language]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(chat_line(seed_row(seed, manner)) for seed in seeds))

    examples = read_examples(path)

    for seed, example in zip(seeds, examples, strict=True):
        voice = VOICE[language]
        in_service = (
            wrap_messages(
                question=seed.question, facts=seed.facts, language=language, system_prompt=voice
            )
            if seed.facts
            else chat_messages(message=seed.question, system_prompt=voice)
        )
        assert example == Example(prompt="<bos>" + gemma_prompt(in_service), reply=seed.reply)


def test_only_the_last_reply_is_learnt_and_the_rest_is_heard(tmp_path: Path) -> None:
    path = written(
        tmp_path / "rows.jsonl",
        ("user", "hi"),
        ("assistant", "Oh, you."),
        ("user", "and now?"),
        ("assistant", "Now nothing."),
    )

    [example] = read_examples(path)

    assert example.reply == "Now nothing."
    assert example.prompt.count("<start_of_turn>") == 4
    assert "Oh, you." in example.prompt
    assert VOICE[EN] in example.prompt


@pytest.mark.parametrize(
    ("request_", "language"),
    [
        ("質問: ロープ\nFacts", JA),
        ("質問: rope?\n事実: The rope is kept in the shed by the pier. [1]", JA),
        ("Question: 縄はどこ\nFacts: 縄は小屋にあります。", EN),
        ("元気ですか", JA),
        ("how are you", EN),
        ("?!", EN),
    ],
)
def test_the_language_is_that_of_the_request(request_: str, language: Language) -> None:
    assert language_of(request_) is language


@pytest.mark.parametrize(
    "messages",
    [
        [("user", "hi")],
        [("assistant", "hi")],
        [("system", "s"), ("assistant", "hi")],
        [("user", "hi"), ("assistant", "")],
        [("user", "hi"), ("assistant", "a"), ("assistant", "b")],
    ],
)
def test_what_is_no_exchange_is_refused_by_its_line(
    tmp_path: Path, messages: list[tuple[str, str]]
) -> None:
    with pytest.raises(BadTrainingFile, match="line 1"):
        read_examples(written(tmp_path / "rows.jsonl", *messages))


class Words:
    """A tokenizer that counts words."""

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        return {"input_ids": [len(word) for word in text.split()]}


def test_a_row_that_is_too_long_is_left_out_and_never_cut() -> None:
    short = Example(prompt="a b", reply="c d")
    longest = Example(prompt="a " * (LONGEST_TOKENS - 1), reply="c")
    too_long = Example(prompt="a " * LONGEST_TOKENS, reply="c")

    found = tokenised([short, longest, too_long], Words())

    assert [len(each) for each in found] == [4, LONGEST_TOKENS]


def test_the_digest_is_of_every_word_and_the_order() -> None:
    one, two = Example(prompt="a", reply="b"), Example(prompt="a", reply="c")

    digests = {examples_digest(each) for each in ([one, two], [two, one], [one], [two], [])}

    assert len(digests) == 5
    assert examples_digest([one, two]) == examples_digest([one, two])


def test_an_epoch_holds_every_row_once_in_an_order_of_its_own() -> None:
    rows = [TokenisedExample(prompt=(n,) * (n % 5 + 1), reply=(n,)) for n in range(21)]

    first, again = batches(rows, 4, seed="1:0"), batches(rows, 4, seed="1:0")
    second = batches(rows, 4, seed="1:1")

    assert first == again
    assert first != second
    assert sorted(row.reply for batch in second for row in batch) == [(n,) for n in range(21)]
    assert [len(batch) for batch in batches(rows, 30, seed="x")] == [21]


def test_the_rate_rises_then_falls_to_nothing() -> None:
    shares = [learning_share(step, steps=50, warmup=0.1) for step in range(50)]

    assert shares[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert shares[5:] == sorted(shares[5:], reverse=True)
    assert shares[-1] < 0.01


def test_marks_weigh_by_tokens() -> None:
    marks = mean([Marks(loss=1.0, accuracy=0.0, tokens=1), Marks(loss=2.0, accuracy=1.0, tokens=3)])

    assert marks == Marks(loss=1.75, accuracy=0.75, tokens=4)


def test_the_options_that_are_left_open_are_ours() -> None:
    left_open = Hyperparameters.of(TuningOptions(model=BASE_MODEL))
    chosen = Hyperparameters.of(
        TuningOptions(model=BASE_MODEL, epochs=1, batch=2, learning_rate=0.5, seed=0)
    )

    assert left_open == Hyperparameters()
    assert (chosen.epochs, chosen.batch, chosen.random_seed) == (1, 2, 0)
    assert chosen.as_told()["learning_rate_multiplier"] == 0.5


def test_a_parameter_without_a_name_in_llama_cpp_is_refused() -> None:
    peft = "base_model.model.model.layers.3.self_attn.o_proj.lora_A.default.weight"

    assert tensor_name(peft) == "blk.3.attn_output.weight.lora_a"
    with pytest.raises(ValueError, match="not a LoRA"):
        tensor_name("model.embed_tokens.weight")

"""What Marv exports holds nothing that his own check calls a control token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.llama import gemma_prompt
from bot.adapters.sqlite import Database, SqliteConsents, SqliteExamples, SqliteTurns
from bot.adapters.sqlite.database import open_database
from bot.comparison import ComparisonId, Item, ItemId, Side
from bot.consent import Door, Scope
from bot.dataset import Format, FreezeOptions, Row, Source
from bot.inquiry import ExampleDraft
from bot.models import ChatMessage, Language, Provenance
from bot.services.checks.lines import read_line
from bot.services.checks.schema import SchemaCheck
from bot.services.control_tokens import control_token
from bot.services.dataset_lines import chat_line, preference_line
from bot.services.freezing.out import fits
from tests.benchmarks.consent_in_exports import GUILD, draft, versions_of

GEMMA = (
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<mask>",
    "<unused0>",
    "<unused98>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<start_of_image>",
    "<end_of_image>",
)
TOKENS = (
    "<|endoftext|>",
    "<|endofprompt|>",
    "<|fim_prefix|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|im_sep|>",
    "<|start|>",
    "<|channel|>",
    "<|return|>",
    "<|reserved_200013|>",
    "<|begin_of_text|>",
    "<|start_header_id|>",
    "<|eot_id|>",
    "<|reserved_special_token_0|>",
    "<|START_OF_TURN_TOKEN|>",
    "<|vision_start|>",
    "<|file_sep|>",
    "<|assistant|>",
    "<|0|>",
    "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁sentence｜>",
    "<｜User｜>",
    "<｜tool▁calls▁begin｜>",
    *GEMMA,
)
WRITING = (
    "a <| b |> c",
    "<b>bold</b> and <s>gone</s>",
    "<start of turn>",
    "<@123>",
    "[INST] is a bracket",
    "x <｜ y",
    "<||>",
    "if a<b|c>d",
)
MEMBER = 7


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_found_wherever_it_stands(token: str) -> None:
    assert control_token(token) == token
    assert control_token("nothing", f"文{token}字") == token
    assert flagged(as_json(f"well{token}then")) == [token]


@pytest.mark.parametrize("text", WRITING)
def test_ordinary_writing_has_none(text: str) -> None:
    assert control_token(text) is None
    assert not flagged(as_json(text))


@pytest.mark.parametrize("token", GEMMA)
def test_what_the_local_model_must_not_read_must_not_be_taught_either(token: str) -> None:
    prompt = gemma_prompt([ChatMessage(role="user", content=f"hi {token}")])
    assert f"hi {token}" not in prompt
    assert control_token(token) == token


def as_json(text: str) -> bytes:
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]
    return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"


def flagged(line: bytes) -> list[Any]:
    """Return the control tokens that the check finds in a line."""
    findings = SchemaCheck().look(read_line(line, 1))
    return [each.detail.values["token"] for each in findings if each.id == "schema.special-token"]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        await SqliteConsents(database).decide(GUILD, MEMBER, Scope.TRAINING, door=Door.COMMAND)
        yield database


async def talk(database: Database, number: int, token: str, *, place: str) -> None:
    """Log an exchange with a token in one place, answered or not."""
    turn = draft(MEMBER, number, None)
    assert turn.answer is not None
    asked, told = (f"Where is {number}?", f"At pier {number}.")
    if place == "question":
        asked += token
    else:
        told += token
    answer = replace(turn.answer, text=told, answered=place != "refusal")
    await SqliteTurns(database).add(replace(turn, question=asked, answer=answer))


async def add(database: Database, number: int, token: str, *, place: str) -> None:
    """Keep a staff's example with a token in one place."""
    texts = {"question": f"Who is {number}?", "facts": f"Number {number}. [1]", "answer": "Mo. [1]"}
    texts[place] += token
    await SqliteExamples(database).add(
        ExampleDraft(
            guild_id=GUILD,
            language=Language.ENGLISH,
            author_id=99,
            asker_id=None,
            question_provenance=Provenance.STAFF,
            inquiry_id=None,
            question=texts["question"],
            facts=texts["facts"],
            answer=texts["answer"],
        )
    )


@dataclass(frozen=True)
class Chosen:
    """What members chose, kept in memory."""

    items: tuple[Item, ...]

    async def preferences(self, guild_id: int) -> tuple[tuple[Item, Side, str, str], ...]:
        return tuple((item, Side.A, "new", "old") for item in self.items if guild_id == GUILD)


def item(number: int, token: str, *, place: str) -> Item:
    texts = {"question": f"Why {number}?", "facts": "So. [1]", "a": "So. [1] Sigh.", "b": "So. [1]"}
    texts[place] += token
    return Item(
        id=ItemId(number),
        comparison_id=ComparisonId(1),
        language=Language.ENGLISH,
        question=texts["question"],
        facts=texts["facts"],
        answers={Side.A: texts["a"], Side.B: texts["b"]},
        flipped=False,
    )


def lines(row: Row) -> list[bytes]:
    written = [chat_line(row)] if fits(row, Format.CHAT) else []
    return [*written, *([preference_line(row)] if fits(row, Format.PREFERENCE) else [])]


async def test_nothing_that_leaves_has_a_token_in_any_place(database: Database) -> None:
    chosen = []
    for number, token in enumerate((*TOKENS, *WRITING)):
        for shift, place in enumerate(("question", "answer", "refusal")):
            await talk(database, 10 * number + shift, token, place=place)
        for shift, place in enumerate(("question", "facts", "answer")):
            await add(database, 10 * number + shift, token, place=place)
        chosen += [item(number, token, place=place) for place in ("question", "facts", "a", "b")]
    versions = replace(versions_of(database), preferences=Chosen(tuple(chosen)))

    rows, left_out = await versions.rows_now(GUILD, FreezeOptions(seed=False))

    assert not [found for row in rows for line in lines(row) if (found := flagged(line))]
    assert left_out["control_token"] == 10 * len(TOKENS)
    compared = [row for row in rows if row.source is Source.COMPARISON]
    assert len(compared) == 4 * len(WRITING), "what is no token stays"


async def test_the_logs_own_export_has_none_either(database: Database, tmp_path: Path) -> None:
    for number, token in enumerate((*TOKENS, *WRITING)):
        await talk(database, number, token, place="answer")
        await add(database, number, token, place="facts")
    path = tmp_path / "out.jsonl"

    manifest = await versions_of(database).export.write(GUILD, path)

    assert manifest.rows == 2 * len(WRITING)
    assert manifest.left_out["control_token"] == 2 * len(TOKENS)
    assert not [line for line in path.read_bytes().splitlines() if flagged(line + b"\n")]

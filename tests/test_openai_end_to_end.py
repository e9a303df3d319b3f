"""The whole of Marv but Discord, on models behind the OpenAI protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from decimal import Decimal
from pathlib import Path

import pytest

from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import ChatFailed, QuotaSpent
from bot.faults.money import BudgetSpent
from bot.models import Answer, Language, Provenance
from bot.paying import paying
from bot.persona import Remark
from bot.services.turns import Asker, Progress
from bot.settings import Settings
from bot.tracing import Request
from bot.usage import Payer, Scope
from tests.manners import PERSONAS
from tests.openai_faults import MODEL_UNKNOWN, QUOTA_SPENT, Fault
from tests.openai_server import OpenAIServer, serving

EN, JA = Language.ENGLISH, Language.JAPANESE
GUILD = 1_100_000_000_000_000_001
ASKER = Asker(
    guild_id=GUILD,
    channel_id=2,
    author_id=3,
    provenance=Provenance.INTERACTION,
    viewer=sees_everything,
)
CAFE = b"""# The Pelican

The Pelican cafe opens at 9:00 and closes at 18:30.

## Dogs

Dogs are welcome on the terrace, never in the kitchen.
"""
READING = """# 読書会

読書会は毎週木曜日の19時に図書室で開かれます。

## 参加費

参加費は一回500円です。
""".encode()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with serving() as server:
        yield server


def settings_at(server: OpenAIServer, folder: Path, *, budget: Decimal | None = None) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder,
        openai_api_key="sk-general",
        moderation="rules",
        chat_base_url=server.url,
        embedding_base_url=server.url,
        embedding_api_key="sk-embedding",
        daily_budget_usd=budget,
    )


@pytest.fixture
async def marv(server: OpenAIServer, tmp_path: Path) -> AsyncIterator[Marv]:
    settings = settings_at(server, tmp_path / "var")
    async with open_marv(settings) as marv:
        library = marv.services.library
        await library.add_file(GUILD, "cafe.md", CAFE, added_by=3)
        await library.add_file(GUILD, "reading.md", READING, added_by=3)
        yield marv


async def asked(marv: Marv, question: str) -> list[Progress]:
    async with aclosing(marv.services.ask.ask(ASKER, question)) as progress:
        return [each async for each in progress]


def answer_of(progress: list[Progress]) -> Answer:
    answer = progress[-1].answer
    assert answer is not None
    return answer


async def test_marv_answers_in_both_languages_with_a_citation(
    server: OpenAIServer, marv: Marv
) -> None:
    english = await asked(marv, "When does the Pelican cafe open?")
    japanese = await asked(marv, "読書会は何曜日に開かれますか？")

    assert "opens at 9:00 and closes at 18:30. [1]" in answer_of(english).text
    assert answer_of(english).citations[0].passage.source == "cafe.md"
    assert "毎週木曜日の19時に図書室で開かれます。 [1]" in answer_of(japanese).text
    assert answer_of(japanese).citations[0].passage.source == "reading.md"
    assert [answer_of(each).language for each in (english, japanese)] == [EN, JA]
    assert len(english) > 1


async def test_each_model_gets_its_own_key_and_never_the_general_one(
    server: OpenAIServer, marv: Marv
) -> None:
    await asked(marv, "When does the Pelican cafe open?")

    assert {each.authorization for each in server.chat.requests} == {"Bearer none"}
    assert {each.authorization for each in server.embeddings.requests} == {"Bearer sk-embedding"}


async def test_every_call_of_a_model_carries_the_id_of_its_request(
    server: OpenAIServer, marv: Marv
) -> None:
    with marv.requests.entered(Request(door="command", name="ask")) as request:
        await asked(marv, "When does the Pelican cafe open?")

    assert server.chat.requests[-1].request_id == request.id
    assert server.embeddings.requests[-1].request_id == request.id
    assert server.embeddings.requests[0].request_id == "", "the ingest belonged to none"


async def test_marv_does_not_know_what_no_document_says(server: OpenAIServer, marv: Marv) -> None:
    answer = answer_of(await asked(marv, "Which submarine won the chess championship?"))

    assert not answer.answered
    assert answer.text in PERSONAS.default.options(Remark.DONT_KNOW, EN, sarcasm=2)


async def test_a_text_is_embedded_once(server: OpenAIServer, marv: Marv) -> None:
    before = len(server.embeddings.requests)

    report = await marv.services.library.add_file(GUILD, "cafe.md", CAFE, added_by=3)

    assert (report.unchanged, report.embedded) == (1, 0)
    assert len(server.embeddings.requests) == before


async def test_a_spent_quota_is_told_after_one_request(server: OpenAIServer, marv: Marv) -> None:
    server.chat.fail(QUOTA_SPENT)

    with pytest.raises(QuotaSpent):
        await asked(marv, "When does the Pelican cafe open?")

    assert len(server.chat.requests) == 1


async def test_an_answer_that_breaks_off_is_logged_as_cut(server: OpenAIServer, marv: Marv) -> None:
    server.brain = lambda _: "The Pelican opens at 9:00. [1] " + "I could go on. " * 10
    server.chat.fail(Fault.CUT_SOCKET)

    last = (await asked(marv, "When does the Pelican cafe open?"))[-1]

    assert last.answer is not None
    assert last.answer.finish_reason == "cut"
    assert last.turn_id is not None
    [(turn, _)] = await marv.services.chat.memory.log.chain(last.turn_id, limit=1)
    assert turn.finish_reason == "cut"


async def test_a_model_that_does_not_exist_is_a_failure_that_leaves_marv_standing(
    server: OpenAIServer, marv: Marv
) -> None:
    server.chat.fail(MODEL_UNKNOWN)
    server.embeddings.fail(MODEL_UNKNOWN)

    with pytest.raises(ChatFailed):
        await asked(marv, "When does the Pelican cafe open?")

    assert answer_of(await asked(marv, "When does the Pelican cafe open?")).answered


async def test_the_ledger_says_what_the_provider_counted_and_survives_a_stop(
    server: OpenAIServer, tmp_path: Path
) -> None:
    settings = settings_at(server, tmp_path / "var")
    async with open_marv(settings) as marv:
        await marv.services.library.add_file(GUILD, "cafe.md", CAFE, added_by=3)
        await asked(marv, "When does the Pelican cafe open?")
        server.chat.fail(Fault.CUT_SOCKET)
        with suppress(ChatFailed):
            await asked(marv, "When does the Pelican cafe close?")
    async with open_marv(settings) as marv:
        report = await marv.services.usage.report(GUILD, days=1)

    used = {(each.model, each.kind.value): each.used for each in report.models}
    chat = used[marv.services.chat.recorder.model, "chat"]
    assert chat.calls == len(server.chat.requests) == 2
    assert chat.estimated == 1
    assert chat.prompt > 0
    assert chat.cost == chat.prompt * 400 + chat.completion * 1600, "as the price table has it"
    embedding = used["text-embedding-3-small", "embedding"]
    assert embedding.cost == embedding.prompt * 20
    by_member = dict(report.members)
    assert by_member[ASKER.author_id].cost > chat.cost
    assert 0 < by_member[0].cost < embedding.cost
    assert report.unpriced == ()


async def test_once_the_operators_budget_is_spent_nothing_goes_over_the_wire(
    server: OpenAIServer, tmp_path: Path
) -> None:
    async with open_marv(settings_at(server, tmp_path / "var", budget=Decimal(0))) as marv:
        await marv.services.library.add_file(GUILD, "cafe.md", CAFE, added_by=3)
        embedded = len(server.embeddings.requests)
        with pytest.raises(BudgetSpent) as refused:
            await asked(marv, "When does the Pelican cafe open?")
        with paying(Payer(guild_id=GUILD, member_id=ASKER.author_id)):
            found = await marv.services.search.find(GUILD, "Pelican", viewer=sees_everything)

    assert refused.value.scope is Scope.OPERATOR
    assert not server.chat.requests
    assert len(server.embeddings.requests) == embedded
    assert found.words_only
    assert "9:00" in found.passages[0].text

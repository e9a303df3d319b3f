"""Turns under moderation: what is shown, what is logged, and that no blocked one ever leaves."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.moderation_rules import RuleModerator
from bot.adapters.sqlite import (
    Database,
    SqliteBlocked,
    SqliteComparisons,
    SqliteConsents,
    SqliteExamples,
    SqliteExports,
    SqliteSettings,
    SqliteTurns,
)
from bot.adapters.sqlite.database import open_database
from bot.audience import sees_everything
from bot.consent import Door, Scope
from bot.dataset import FreezeOptions
from bot.errors import NothingToExport, StoreFailed
from bot.faults.moderation import REFUSAL, WordsBlocked
from bot.models import Answer, Language, Provenance, TurnDraft, TurnKind
from bot.moderation import FINISH_REASON, Blocked, Category, Judge, Side
from bot.services.answering import AnswerUpdate
from bot.services.export import Export
from bot.services.export_writer import ExportWriter
from bot.services.freezing.candidates import Candidates
from bot.services.moderating import Moderation
from bot.services.settings_desk import SettingsDesk
from bot.services.turns import Asker, Progress, Recorder
from bot.wiring.dataset import SEED_FILE
from tests.fakes import FakeModerator
from tests.manners import MANNER, PERSONAS
from tests.naming import name_book

EN = Language.ENGLISH
GUILD, MEMBER = 7, 3
CANARY = "zephyrquill"
ASKER = Asker(
    guild_id=GUILD,
    channel_id=2,
    author_id=MEMBER,
    provenance=Provenance.INTERACTION,
    viewer=sees_everything,
)


@dataclass(slots=True)
class Talk:
    """A model that says its pieces once the words are admitted; remembers whether it was asked."""

    recorder: Recorder
    pieces: Sequence[str]
    question: str
    said: list[str] = field(default_factory=list)

    async def search(self) -> str:
        return "passages"

    async def updates(self) -> AsyncGenerator[AnswerUpdate, None]:
        await self.recorder.admitted(ASKER, self.question, self.search)
        text = ""
        for piece in self.pieces:
            text += piece
            self.said.append(text)
            yield AnswerUpdate(text=text)
        answer = Answer(text=text, answered=True, language=EN, model="fake-chat")
        yield AnswerUpdate(text=text, answer=answer)

    async def follow(self, *, stop: asyncio.Event | None = None) -> list[Progress]:
        following = self.recorder.follow(
            self.updates(), ASKER, self.question, kind=TurnKind.CHAT, manner=MANNER, stop=stop
        )
        async with aclosing(following) as progress:
            return [each async for each in progress]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "marv.sqlite3") as database:
        yield database


@pytest.fixture
def endpoint() -> FakeModerator:
    return FakeModerator(flagging={"ghastly": frozenset({Category.HATE})})


@pytest.fixture
def recorder(database: Database, endpoint: FakeModerator) -> Recorder:
    moderation = Moderation(
        rules=RuleModerator.load(),
        settings=SettingsDesk(store=SqliteSettings(database)),
        endpoint=endpoint,
    )
    return Recorder(log=SqliteTurns(database), moderation=moderation)


async def logged(database: Database) -> list[dict[str, object]]:
    return [dict(row) for row in await database.rows("SELECT * FROM turns ORDER BY id")]


async def until_asked(endpoint: FakeModerator, *, times: int) -> None:
    async with asyncio.timeout(10):
        while len(endpoint.checked) < times:
            await asyncio.sleep(0.005)


async def test_words_that_the_endpoint_blocks_are_not_answered_and_not_kept(
    recorder: Recorder, database: Database
) -> None:
    talk = Talk(recorder, ["Hello."], f"a ghastly {CANARY}")
    with pytest.raises(WordsBlocked):
        await talk.follow()

    assert not talk.said
    [turn] = await logged(database)
    assert turn["finish_reason"] == FINISH_REASON
    assert json.loads(str(turn["blocked"])) == {
        "side": "input",
        "source": "openai",
        "categories": ["hate"],
    }
    assert CANARY not in json.dumps(turn)


async def test_nothing_is_said_before_the_verdict(
    recorder: Recorder, endpoint: FakeModerator
) -> None:
    endpoint.gate = asyncio.Event()
    talk = Talk(recorder, ["Hello."], "good morning")
    following = asyncio.create_task(talk.follow())
    await until_asked(endpoint, times=1)

    assert endpoint.checked == ["good morning"]
    assert not talk.said
    endpoint.gate.set()
    assert (await following)[-1].text == "Hello."


async def test_an_answer_that_the_endpoint_blocks_is_replaced(
    recorder: Recorder, database: Database
) -> None:
    shown = await Talk(recorder, ["How ", f"ghastly {CANARY}."], f"tell me of {CANARY}").follow()

    assert shown[-1].text == REFUSAL[EN]
    assert shown[-1].answer is not None
    assert shown[-1].answer.finish_reason == FINISH_REASON
    [turn] = await logged(database)
    assert CANARY not in json.dumps(turn)
    assert json.loads(str(turn["blocked"]))["side"] == "output"


async def test_no_preview_shows_what_the_rules_block(
    recorder: Recorder, endpoint: FakeModerator
) -> None:
    pieces = ["Well. ", "You ", "should ", "kill ", "yourself", ", dear. ", "Anything ", "else?"]
    shown = await Talk(recorder, pieces, "good morning").follow()

    assert shown[-1].text == REFUSAL[EN]
    assert len(shown) > 2
    assert not any("yourself" in each.text for each in shown)
    assert endpoint.checked == ["good morning"], "what the rules block is sent nowhere"


async def test_a_question_that_is_stopped_before_its_verdict_is_judged_all_the_same(
    recorder: Recorder, endpoint: FakeModerator, database: Database
) -> None:
    endpoint.gate, stop = asyncio.Event(), asyncio.Event()
    following = asyncio.create_task(
        Talk(recorder, ["Hello."], f"a ghastly {CANARY}").follow(stop=stop)
    )
    await until_asked(endpoint, times=1)
    stop.set()
    await until_asked(endpoint, times=2)
    endpoint.gate.set()

    with pytest.raises(WordsBlocked):
        await following
    assert CANARY not in json.dumps(await logged(database))


def draft(question: str, text: str, blocked: Blocked | None) -> TurnDraft:
    return TurnDraft(
        guild_id=GUILD,
        channel_id=2,
        author_id=MEMBER,
        kind=TurnKind.ASK,
        provenance=Provenance.INTERACTION,
        question=question,
        answer=Answer(
            text=text,
            answered=blocked is None,
            language=EN,
            facts=text,
            finish_reason=FINISH_REASON if blocked else "stop",
        ),
        persona="marv",
        persona_version="1",
        latency_seconds=0.1,
        cost_usd=0.0,
        blocked=blocked,
    )


BLOCKED = st.builds(
    Blocked,
    side=st.sampled_from(Side),
    source=st.sampled_from(Judge),
    categories=st.frozensets(st.sampled_from(Category), min_size=1, max_size=3),
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="<|>"), min_size=1, max_size=30)
ROWS = st.lists(st.tuples(WORDS, WORDS, st.none() | BLOCKED), min_size=1, max_size=8)


@given(rows=ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_blocked_turn_is_ever_exported_or_frozen(
    rows: list[tuple[str, str, Blocked | None]],
) -> None:
    asyncio.run(export_holds_what_was_not_blocked(rows))


async def export_holds_what_was_not_blocked(rows: list[tuple[str, str, Blocked | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "marv.sqlite3") as database:
            log = SqliteTurns(database)
            for number, (question, text, blocked) in enumerate(rows):
                mark = CANARY if blocked else f"fine{number}"
                await log.add(draft(f"{mark} {question}", f"{mark} {text}", blocked))
            await SqliteConsents(database).decide(GUILD, MEMBER, Scope.TRAINING, door=Door.COMMAND)
            await check_export(database, rows, Path(folder) / "out.jsonl")


async def check_export(
    database: Database, rows: list[tuple[str, str, Blocked | None]], path: Path
) -> None:
    blocked = [each for _, _, each in rows if each is not None]
    export = Export(
        log=SqliteTurns(database),
        examples=SqliteExamples(database),
        writer=ExportWriter(ledger=SqliteExports(database)),
        personas=PERSONAS,
        names=name_book(database),
    )
    if len(blocked) == len(rows):
        with pytest.raises(NothingToExport):
            await export.write(GUILD, path)
    else:
        manifest = await export.write(GUILD, path)
        assert manifest.rows == len(rows) - len(blocked)
        assert manifest.left_out.get("blocked", 0) == len(blocked)
        assert CANARY not in path.read_text("utf-8")
    candidates = Candidates(
        export=export,
        seed_file=SEED_FILE,
        preferences=SqliteComparisons(database),
        cleaning=await export.cleaning(GUILD),
    )
    frozen = [each.row async for each in candidates.walk(GUILD, FreezeOptions(), {})]
    assert len(frozen) == len(rows) - len(blocked)
    assert candidates.left_out["blocked"] == len(blocked)
    assert CANARY not in repr(frozen)
    assert CANARY not in json.dumps(await logged(database))
    tally = await SqliteBlocked(database).tally(GUILD, since=datetime.now(UTC) - timedelta(days=1))
    assert sum(tally.sides.values()) == len(blocked)
    assert sum(tally.categories.values()) == sum(len(each.categories) for each in blocked)


async def test_the_database_itself_refuses_the_words_of_a_blocked_turn(database: Database) -> None:
    blocked = Blocked(
        side=Side.INPUT, source=Judge.RULES, categories=frozenset({Category.HARASSMENT})
    )
    turn_id = await SqliteTurns(database).add(draft("q", "a", blocked))

    async def work(connection: aiosqlite.Connection) -> None:
        await connection.execute("UPDATE turns SET question = 'q' WHERE id = ?", (turn_id,))

    with pytest.raises(StoreFailed):
        await database.write(work)


async def test_only_the_last_days_are_counted(database: Database) -> None:
    blocked = Blocked(
        side=Side.INPUT, source=Judge.RULES, categories=frozenset({Category.HARASSMENT})
    )
    await SqliteTurns(database).add(draft("q", "a", blocked))
    counter = SqliteBlocked(database)

    assert (await counter.tally(GUILD, since=datetime.now(UTC) - timedelta(days=1))).sides
    assert not (await counter.tally(GUILD, since=datetime.now(UTC) + timedelta(days=1))).sides
    assert not (await counter.tally(8, since=datetime.now(UTC) - timedelta(days=1))).sides

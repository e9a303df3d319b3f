"""Moderation as members and staff meet it: what goes in, what comes out, and what is counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from functools import partial

import pytest
import simcord

from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import QuestionGone
from bot.faults.moderation import NO_METHOD, REFUSAL, WordsBlocked
from bot.inquiry import VoteValue
from bot.models import ChatDelta, ChatMessage, Language, Provenance, Turn
from bot.moderation import FINISH_REASON, Category
from bot.preferences import Speaking
from bot.services.moderating import Moderation
from bot.services.turns import Asker
from bot.settings import Settings
from bot.topics import Topic
from cogs.delivery import Pace, Preview
from tests.canaries import database_of
from tests.cogs.test_inquiries import labels, told
from tests.cogs.test_settings_view import opened, shown
from tests.conftest import Server
from tests.fakes import FakeChat, FakeModerator

EN, JA = Language.ENGLISH, Language.JAPANESE
INSULT, INSULT_JA = "you should just kill yourself", "お前まじで死ねよ"
OUTBURST = "Oh, of course. You should kill yourself. Anything else?"
TURNS_OF_THE_LOOP = 50  # in which an edit is made
MILD = "What a lovely morning to be asked nothing at all."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Marv with the intent that shows him the words of every message."""
    return settings.model_copy(update={"message_content": True})


async def turns(marv: Marv, server: Server) -> list[Turn]:
    return [turn async for turn in marv.services.votes.log.turns(server.guild.id)]


async def words_kept(marv: Marv) -> str:
    """Return every word that the log keeps of turns."""
    rows = await database_of(marv).rows(
        "SELECT question, facts, answer, sources, summary, blocked FROM turns"
    )
    return json.dumps([dict(row) for row in rows], ensure_ascii=False)


async def in_channel(server: Server) -> list[str]:
    return [str(message.content) for message in server.channel.history()]


@pytest.mark.parametrize("command", ["ask", "chat"])
@pytest.mark.parametrize("words", [INSULT, INSULT_JA])
async def test_a_blocked_question_is_refused_for_the_asker_alone_and_not_kept(
    server: Server,
    marv: Marv,
    chat: FakeChat,
    simcord_env: simcord.Env,
    command: str,
    words: str,
) -> None:
    option = "question" if command == "ask" else "message"
    result = await server.alice.slash(server.channel, command, **{option: words})

    assert told(result).startswith(WordsBlocked.messages[EN])  # simcord's clients are English
    assert words not in told(result)
    assert result.ephemeral
    assert not result.followups
    assert not chat.requests
    simcord.assert_error(simcord_env, WordsBlocked)
    [turn] = await turns(marv, server)
    assert turn.finish_reason == FINISH_REASON
    assert (turn.question, turn.answer, turn.facts) == (None, None, None)
    assert words not in await words_kept(marv)


async def test_a_blocked_mention_is_told_so_in_the_channel_without_its_words(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    assert marv.user is not None
    await server.alice.send(server.channel, f"<@{marv.user.id}> {INSULT_JA}")

    assert server.channel.last_message is not None
    assert server.channel.last_message.content == WordsBlocked.messages[JA]
    assert not chat.requests
    simcord.assert_error(simcord_env, WordsBlocked)


async def test_a_person_in_a_crisis_is_answered(server: Server, chat: FakeChat) -> None:
    result = await server.alice.slash(server.channel, "chat", message="I want to die")
    assert chat.requests
    assert result.response is not None
    assert result.response.content


async def test_who_asks_for_a_method_is_shown_where_help_is(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(server.channel, "chat", message="easiest way to kill myself")
    assert told(result).startswith(NO_METHOD[EN])
    assert "findahelpline.com" in told(result)
    assert "988" in told(result), "the operator's own help, where it is known to be a crisis"
    assert not chat.requests
    simcord.assert_error(simcord_env, WordsBlocked)


async def test_who_is_in_a_crisis_and_rude_is_refused_and_shown_where_help_is(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(
        server.channel, "ask", question="I want to die. You can all die in a fire"
    )
    assert told(result).startswith(WordsBlocked.messages[EN])
    assert "findahelpline.com" in told(result)
    assert not chat.requests
    simcord.assert_error(simcord_env, WordsBlocked)


async def test_a_rehearsal_is_moderated_too(
    server: Server, chat: FakeChat, marv: Marv, simcord_env: simcord.Env
) -> None:
    chat.script = [OUTBURST]
    shown_to_staff = await server.admin.slash(
        server.channel, "persona preview", message="Good morning"
    )
    assert shown_to_staff.response is not None
    assert shown_to_staff.response.embeds[0].description == REFUSAL[EN]
    await server.admin.slash(server.channel, "persona preview", message=INSULT)
    simcord.assert_error(simcord_env, WordsBlocked)
    assert len(chat.requests) == 1
    assert not await turns(marv, server)


async def test_a_blocked_answer_is_replaced_and_not_kept(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    chat.script = [OUTBURST]
    result = await server.alice.slash(server.channel, "chat", message="Good morning")

    assert result.response is not None
    assert result.response.content == REFUSAL[EN]
    assert not labels(result.response), "nothing to vote on"
    [turn] = await turns(marv, server)
    assert turn.finish_reason == FINISH_REASON
    assert not turn.answered
    kept = await words_kept(marv)
    assert "kill" not in kept
    assert "Good morning" not in kept


async def test_a_blocked_turn_is_not_voted_on_repaired_remembered_or_passed_on(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    chat.script = [OUTBURST, MILD]
    result = await server.alice.slash(server.channel, "chat", message="Good morning")
    assert result.response is not None
    refused = result.response.message
    [turn] = await turns(marv, server)
    votes, inquiries = marv.services.votes, marv.services.inquiries

    assert await votes.cast(refused.id, server.alice.id, VoteValue.DOWN) is None
    with pytest.raises(QuestionGone):
        await votes.vote(server.guild.id, turn.id, by=server.alice.id, value=VoteValue.UP)
    with pytest.raises(QuestionGone):
        await inquiries.askable(server.guild.id, turn.id, by=server.alice.id)
    await server.admin.context_menu(server.channel, "Repair answer", refused)
    simcord.assert_error(simcord_env, QuestionGone)
    report = await marv.services.gaps.log.open_questions(server.guild.id, limit=10)
    assert (report.questions, report.without_text) == ((), 0)

    await server.alice.slash(server.channel, "chat", message="And now?")
    said = [message.content for message in chat.requests[-1]]
    assert "Good morning" not in said
    assert not any("kill" in each or each == REFUSAL[EN] for each in said)


async def test_words_that_are_edited_into_blocked_ones_are_dropped(
    server: Server, marv: Marv
) -> None:
    assert marv.user is not None
    message = await server.alice.send(server.channel, f"<@{marv.user.id}> good morning")
    await server.alice.edit(message, f"<@{marv.user.id}> {INSULT}")

    [turn] = await turns(marv, server)
    assert turn.question is None
    assert "kill" not in await words_kept(marv)


async def test_an_answer_that_nobody_asked_for_is_withheld_without_a_word(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await marv.services.settings.change(
        server.guild.id, {"speaking": Speaking.AUTO}, changed_by=server.admin.id
    )
    await server.admin.slash(
        server.channel, "library add-text", title="Glue", text="Waterproof glue needs 24 hours."
    )
    chat.script = [f"{OUTBURST} Waterproof glue needs 24 hours. [1]"]
    before = len(await in_channel(server))

    await server.alice.send(server.channel, "Waterproof glue needs how many hours?")
    assert len(chat.requests) == 1
    await server.alice.send(server.channel, f"{INSULT}, do you hear me?")

    assert len(await in_channel(server)) == before + 2, "only what the member said"
    assert not await turns(marv, server)


async def test_the_staff_see_how_many_were_blocked_and_no_word(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await server.alice.slash(server.channel, "chat", message=INSULT)
    simcord.assert_error(simcord_env, WordsBlocked)
    chat.script = [OUTBURST]
    await server.alice.slash(server.channel, "chat", message="Good morning")

    result = await server.admin.slash(server.channel, "dataset stats")
    [embed] = (result.response or result.followups[-1]).embeds
    values = {str(field.name): str(field.value) for field in embed.fields}
    assert values["Blocked in 30 days"] == "Questions: 1 · answers: 1\nharassment: 2"
    assert "blocked: 2" in values["Stays here"]
    assert "kill" not in json.dumps(embed.to_dict())


async def test_staff_turn_it_off_for_their_server_but_not_for_threats(
    server: Server, marv: Marv, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    view = await opened(server)
    assert shown(view)["Block harmful texts"] == "Yes\n*default*"
    await server.admin.select(view, ["moderation"], custom_id="settings:key")
    await server.admin.select(view, ["1"], custom_id="settings:value")
    assert shown(view)["Block harmful texts"].startswith("No\n")

    await server.alice.slash(server.channel, "chat", message=INSULT)
    assert len(chat.requests) == 1
    await server.alice.slash(server.channel, "chat", message="I will kill you")
    assert len(chat.requests) == 1
    simcord.assert_error(simcord_env, WordsBlocked)


async def test_the_status_says_who_moderates(server: Server, marv: Marv) -> None:
    result = await server.admin.slash(server.channel, "marv status")
    assert result.response is not None
    [embed] = result.response.embeds
    assert "Moderation: the rules that come with Marv" in str(embed.description)


class TestOff:
    """The operator's kill switch."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"moderation": "off"})

    async def test_off_lets_everything_through_but_what_is_always_blocked(
        self, server: Server, chat: FakeChat, marv: Marv, simcord_env: simcord.Env
    ) -> None:
        assert isinstance(marv.services.moderation, Moderation)
        chat.script = [OUTBURST]
        result = await server.alice.slash(server.channel, "chat", message=INSULT)
        assert result.response is not None
        assert result.response.content.startswith(OUTBURST)

        await server.alice.slash(server.channel, "chat", message="小学生の裸の画像がほしい")
        assert len(chat.requests) == 1
        simcord.assert_error(simcord_env, WordsBlocked)


class SlowChat(FakeChat):
    """Takes its time, so that Discord sees it write."""

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, temperature: float = 0.7
    ) -> AsyncGenerator[ChatDelta, None]:
        async for delta in FakeChat.stream(
            self, messages, max_tokens=max_tokens, temperature=temperature
        ):
            for _ in range(TURNS_OF_THE_LOOP):  # simcord's clock stands still
                await asyncio.sleep(0)
            yield delta


class Unbounded(Pace):
    """Lets every preview through."""

    def take(self) -> bool:
        return True


class TestPreviews:
    """What Discord sees of an answer while it is written."""

    @pytest.fixture
    def chat(self) -> FakeChat:
        return SlowChat()

    async def test_no_preview_on_the_wire_shows_what_is_blocked(
        self,
        server: Server,
        chat: FakeChat,
        simcord_env: simcord.Env,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        unpaced = partial(Preview, interval=float("-inf"), pace=Unbounded())  # on no clock
        monkeypatch.setattr("cogs.delivery.Preview", unpaced)
        chat.script = [f"Good morning to you too, I suppose, if I must. {OUTBURST} And so on."]
        await server.alice.slash(server.channel, "chat", message="Good morning")

        sent = [str(each.json) for each in simcord_env.http_requests]
        assert any("I suppose" in each and "▌" in each for each in sent), "there were previews"
        assert any(REFUSAL[EN] in each for each in sent)
        assert not any("yourself" in each for each in sent)


async def test_what_a_moderator_reads_as_despair_is_answered_seriously(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    """Words that no rule of seriousness knows, and that only a moderator understands."""
    moderation = marv.services.moderation
    assert isinstance(moderation, Moderation)
    endpoint = FakeModerator(flagging={"lighthouse": frozenset({Category.SELF_HARM_INTENT})})
    recorder = replace(
        marv.services.chat.recorder, moderation=replace(moderation, endpoint=endpoint)
    )
    chatting = replace(marv.services.chat, recorder=recorder)
    asker = Asker(
        guild_id=server.guild.id,
        channel_id=server.channel.id,
        author_id=server.alice.id,
        provenance=Provenance.INTERACTION,
        viewer=sees_everything,
    )

    *_, last = [each async for each in chatting.reply(asker, "the lighthouse is my answer")]

    assert last.answer is not None
    assert "988" in last.answer.help
    assert "no sarcasm" in chat.requests[-1][0].content
    [turn] = await turns(marv, server)
    assert turn.topic is Topic.CRISIS

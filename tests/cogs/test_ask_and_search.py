"""Asking and searching, as members and staff do it."""

from __future__ import annotations

import simcord

from bot.client import Marv
from bot.errors import ChatFailed, EmptyQuestion, NothingFound, NotYours, QuotaSpent
from bot.services.grounding import SENTINEL
from tests.conftest import Server
from tests.fakes import FakeChat

REGATTA = "The Spring Regatta starts on 18 April at Aster Pond."
GLUE = "Waterproof glue needs 24 hours to dry."
MEETING = "日本支部の集まりは毎月第二日曜日に開かれます。犬も参加できます。"


async def fill(server: Server) -> None:
    for title, text in (("Events", REGATTA), ("Workshop", GLUE), ("日本支部", MEETING)):
        await server.admin.slash(server.channel, "library add-text", title=title, text=text)


def text_of(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return result.response.content


async def test_an_answer_cites_the_document_it_came_from(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(
        server.channel, "ask", question="When does the Spring Regatta starts?"
    )

    assert "18 April" in text_of(result)
    assert "[1]" in text_of(result)
    assert result.response is not None
    [embed] = result.response.embeds
    assert "Events" in (embed.description or "")


async def test_a_japanese_question_gets_a_japanese_frame(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(
        server.channel, "ask", question="日本支部の集まりは開かれますか"
    )

    assert "第二日曜日" in text_of(result)
    assert result.response is not None
    assert result.response.embeds[0].title == "出典"


async def test_a_question_outside_the_documents_is_admitted(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(
        server.channel, "ask", question="Who won the glue eating contest in Paris?"
    )

    assert "don't know" in text_of(result)
    assert result.response is not None
    assert result.response.embeds[0].title == "Closest things I found"


async def test_a_citation_that_does_not_exist_is_taken_out(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append("It starts on 18 April [1], and there is cake [9].")

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert text_of(result) == "It starts on 18 April [1], and there is cake."


async def test_an_answer_without_any_citation_is_not_given(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append("It starts tomorrow, trust me.")

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert "don't know" in text_of(result)
    assert "trust me" not in text_of(result)


async def test_the_sentinel_is_never_shown(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append(SENTINEL)

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert SENTINEL not in text_of(result)


async def test_a_cut_answer_is_marked(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append("It starts on 18 April [1], and then✂")

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert "cut off" in text_of(result)


async def test_a_long_answer_comes_in_parts(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append("It starts on 18 April [1]. " + "Blah blah blah. " * 200)

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert 0 < len(text_of(result)) <= 2000
    assert result.followups
    assert result.followups[-1].embeds, "the sources stand under the last part"


async def test_a_private_answer_is_for_the_asker_alone(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(server.channel, "ask", question="regatta?", private=True)

    assert result.ephemeral


async def test_an_everyone_ping_from_a_model_reaches_nobody(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await fill(server)
    chat.script.append("@everyone <@1> it starts on 18 April [1].")

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    assert result.response is not None
    assert not result.response.message.mention_everyone
    sent = [
        entry.json
        for entry in simcord_env.http_requests
        if isinstance(entry.json, dict) and "content" in entry.json
    ]
    assert sent
    assert all(body["allowed_mentions"] == {"parse": []} for body in sent)


async def test_a_blank_question_is_answered_with_a_sentence(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(server.channel, "ask", question="   ")

    assert result.ephemeral
    assert "nothing to answer" in text_of(result)
    simcord.assert_error(simcord_env, EmptyQuestion)


async def test_a_broken_model_apologises_and_leaks_nothing(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await fill(server)
    chat.script.append(ChatFailed("secret internal address"))

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    shown = " ".join(part.content for part in result.followups) + text_of(result)
    assert "try again" in shown
    assert "secret" not in shown
    simcord.assert_error(simcord_env, ChatFailed)


async def test_a_spent_quota_is_explained(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await fill(server)
    chat.script.append(QuotaSpent("no money"))

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    shown = " ".join(part.content for part in result.followups) + text_of(result)
    assert "/search" in shown
    simcord.assert_error(simcord_env, QuotaSpent)


async def test_an_unknown_error_shows_a_reference_and_nothing_else(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    await fill(server)
    chat.script.append(ZeroDivisionError("internals"))

    result = await server.alice.slash(server.channel, "ask", question="When is the regatta?")

    shown = " ".join(part.content for part in result.followups) + text_of(result)
    assert "code" in shown
    assert "internals" not in shown
    simcord.assert_error(simcord_env, ZeroDivisionError)


async def test_search_marks_the_matched_words(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(server.channel, "search", query="regatta")

    assert result.response is not None
    [embed] = result.response.embeds
    assert "**Regatta**" in str(embed.fields[0].value)
    assert "Events" in str(embed.fields[0].name)


async def test_search_finds_one_japanese_character(server: Server) -> None:
    await fill(server)

    result = await server.alice.slash(server.channel, "search", query="犬")

    assert result.response is not None
    assert "**犬**" in str(result.response.embeds[0].fields[0].value)


async def test_search_turns_pages_for_its_owner_only(
    server: Server, simcord_env: simcord.Env
) -> None:
    for number in range(5):
        await server.admin.slash(
            server.channel, "library add-text", title=f"Boat {number}", text=f"Boat {number} sails."
        )
    result = await server.alice.slash(server.channel, "search", query="boat sails")
    assert result.response is not None
    assert "Page 1 of 2" in str(result.response.embeds[0].footer.text)

    await server.alice.click(result.response, custom_id="pager:next")
    assert "Page 2 of 2" in str(result.response.embeds[0].footer.text)

    refused = await server.admin.click(result.response, custom_id="pager:previous")
    assert refused.ephemeral
    simcord.assert_error(simcord_env, NotYours)
    assert "Page 2 of 2" in str(result.response.embeds[0].footer.text)


async def test_search_admits_an_empty_result(server: Server, simcord_env: simcord.Env) -> None:
    result = await server.alice.slash(server.channel, "search", query="zeppelin")

    assert "Nothing found" in text_of(result)
    simcord.assert_error(simcord_env, NothingFound)


async def test_another_servers_documents_never_appear(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    await fill(server)
    other = simcord_env.create_guild("Elsewhere")
    channel = other.create_text_channel("general")
    bob = other.add_member(simcord_env.create_user("bob"))

    result = await bob.slash(channel, "search", query="regatta")

    assert "Nothing found" in text_of(result)
    simcord.assert_error(simcord_env, NothingFound)


async def test_the_message_menu_asks_about_a_message(server: Server) -> None:
    await fill(server)
    message = await server.alice.send(server.channel, "When does the Spring Regatta starts?")

    result = await server.alice.context_menu(server.channel, "Ask Marv", message)

    assert result.ephemeral
    assert "18 April" in text_of(result)

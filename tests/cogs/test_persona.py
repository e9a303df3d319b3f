"""The persona as members and staff meet it: the dial of a channel, previews, serious mode."""

from __future__ import annotations

import pytest
import simcord

from bot.client import Marv
from bot.errors import ChatFailed, NotAllowed
from bot.faults.setting import BadSetting
from bot.models import Language
from bot.persona import Remark
from bot.topics import Topic
from tests.cogs.test_inquiries import message_of, told
from tests.cogs.test_settings_view import opened, shown
from tests.conftest import Server
from tests.fakes import FakeChat
from tests.manners import PERSONAS

EN, JA = Language.ENGLISH, Language.JAPANESE
HARMLESS = "The café opens when on Mondays?"
DESPAIR = "i don't want to be alive anymore"
DESPAIR_JA = "もう死にたいです"


async def choose(marv: Marv, server: Server, **values: object) -> None:
    await marv.services.settings.change(
        server.guild.id, values, changed_by=server.admin.id, channel_id=server.channel.id
    )


async def teach(server: Server) -> None:
    await server.admin.slash(
        server.channel, "library add-text", title="Café", text="The café opens at 9:30 on Mondays."
    )


def everything(result: simcord.InteractionResult) -> str:
    message = message_of(result)
    parts = [message.content]
    for embed in message.embeds:
        parts += [str(embed.title), str(embed.description), str(embed.footer.text)]
        parts += [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join(parts)


async def test_staff_choose_a_channels_persona_and_sarcasm_and_the_model_is_told(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    view = await opened(server)
    await server.admin.select(view, [server.channel], custom_id="settings:place")
    await server.admin.select(view, ["persona"], custom_id="settings:key")
    butler = str(PERSONAS.names.index("butler"))
    await server.admin.select(view, [butler], custom_id="settings:value")
    await server.admin.select(view, ["sarcasm"], custom_id="settings:key")
    await server.admin.select(view, ["3"], custom_id="settings:value")
    assert shown(view)["Persona"].startswith("butler\n*set for this channel")
    assert shown(view)["Sarcasm"].startswith("3: insufferable\n")

    await server.alice.slash(server.channel, "chat", message="hello")
    other = server.guild.create_text_channel("other")
    await server.alice.slash(other, "chat", message="hello")

    here, there = (request[0].content for request in chat.requests[-2:])
    persona = PERSONAS.known["butler"]
    assert persona.system_prompt[EN] in here
    assert persona.dial[EN][3] in here
    assert PERSONAS.default.system_prompt[EN] in there
    turns = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert [(turn.persona, turn.sarcasm) for turn in turns] == [("butler", 3), ("marv", 2)]


async def test_a_persona_that_does_not_exist_cannot_be_chosen(server: Server, marv: Marv) -> None:
    with pytest.raises(BadSetting, match="persona"):
        await choose(marv, server, persona="nobody")
    with pytest.raises(BadSetting, match="sarcasm"):
        await choose(marv, server, sarcasm=4)


async def test_the_persona_shows_itself_with_the_channels_dial(server: Server, marv: Marv) -> None:
    await choose(marv, server, persona="archivist", sarcasm=1)

    result = await server.alice.slash(server.channel, "persona show")

    assert message_of(result).ephemeral
    text = everything(result)
    assert "archivist" in text
    assert "1: dry" in text
    assert "marv, archivist, butler" in text
    assert "health" in text


async def test_anybody_may_read_how_a_persona_sounds(server: Server, chat: FakeChat) -> None:
    result = await server.alice.slash(
        server.channel, "persona preview", persona="butler", sarcasm=3
    )

    text = everything(result)
    assert message_of(result).ephemeral
    assert PERSONAS.known["butler"].options(Remark.OPENER, EN, sarcasm=3)[0] in text
    assert not chat.requests

    plain = await server.alice.slash(server.channel, "persona preview", persona="butler", sarcasm=0)
    assert "Good day, and welcome." in everything(plain)
    assert "Before facts" not in everything(plain)


async def test_staff_hear_a_reply_that_leaves_no_trace(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)

    result = await server.admin.slash(
        server.channel, "persona preview", persona="butler", sarcasm=3, message=HARMLESS
    )

    assert "The café opens at 9:30 on Mondays." in everything(result)
    assert PERSONAS.known["butler"].dial[EN][3] in chat.requests[-1][0].content
    assert not [turn async for turn in marv.services.chat.log.turns(server.guild.id)]


async def test_a_member_cannot_have_the_model_speak_in_a_preview(
    server: Server, chat: FakeChat, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(server.channel, "persona preview", message=HARMLESS)

    assert "staff" in told(result)
    assert not chat.requests
    simcord.assert_error(simcord_env, NotAllowed)


async def test_an_unknown_persona_is_refused_with_what_to_do(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await server.alice.slash(server.channel, "persona preview", persona="nobody")

    assert "/persona show" in told(result)
    simcord.assert_error(simcord_env, BadSetting)


@pytest.mark.parametrize(
    ("command", "option", "text", "number"),
    [
        ("chat", "message", DESPAIR, "988"),
        ("ask", "question", DESPAIR, "988"),
        ("chat", "message", DESPAIR_JA, "0120-279-338"),
        ("ask", "question", DESPAIR_JA, "0120-279-338"),
    ],
)
async def test_somebody_in_despair_is_answered_without_sarcasm_and_told_where_to_turn(
    server: Server,
    marv: Marv,
    chat: FakeChat,
    command: str,
    option: str,
    text: str,
    number: str,
) -> None:
    await teach(server)
    await choose(marv, server, sarcasm=3)

    result = await server.alice.slash(server.channel, command, **{option: text})

    assert number in everything(result)
    told_to_model = "\n".join(each.content for each in chat.requests[-1])
    assert PERSONAS.default.system_prompt[EN] not in told_to_model
    assert "no sarcasm" in told_to_model or "皮肉、冗談" in told_to_model
    [turn] = [turn async for turn in marv.services.chat.log.turns(server.guild.id)]
    assert turn.topic is Topic.CRISIS


async def test_in_a_crisis_the_numbers_come_even_from_an_empty_library_and_a_dead_model(
    server: Server, chat: FakeChat
) -> None:
    empty = await server.alice.slash(server.channel, "ask", question=DESPAIR)
    chat.script.append(ChatFailed("gone"))
    dead = await server.alice.slash(server.channel, "chat", message=DESPAIR)

    assert "988" in everything(empty)
    assert "988" in everything(dead)
    assert "alone" in everything(dead)


async def test_what_was_said_in_despair_is_never_training_data(server: Server, marv: Marv) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message=DESPAIR)
    await server.alice.slash(server.channel, "chat", message="hello")

    rows, left_out = await marv.services.dataset.export.count(server.guild.id)

    assert rows == 1
    assert left_out["sensitive"] == 1


async def test_an_ignored_member_is_not_answered_in_direct_messages_either(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await marv.services.settings.change(
        server.guild.id,
        {"ignored_members": frozenset({server.alice.id})},
        changed_by=server.admin.id,
    )
    await server.alice.send_dm("hello?")

    assert not chat.requests

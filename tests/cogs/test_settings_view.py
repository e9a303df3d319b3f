"""The settings view: what holds and where from, changed by menus and forms."""

from __future__ import annotations

import simcord

from bot.client import Marv
from bot.faults.channel import WordsHidden
from bot.faults.setting import BadSetting
from bot.preferences import Speaking
from tests.cogs.test_inquiries import message_of, told
from tests.conftest import Server


def shown(message: simcord.ResponseMessage) -> dict[str, str]:
    return {str(each.name): str(each.value) for each in message.embeds[0].fields}


async def opened(server: Server) -> simcord.ResponseMessage:
    return message_of(await server.admin.slash(server.channel, "marv settings"))


async def test_everything_is_shown_with_its_origin(server: Server) -> None:
    values = shown(await opened(server))
    assert values["When I speak"] == "On mentions and replies\n*default*"
    assert set(values) == {
        "When I speak",
        "Persona",
        "Sarcasm",
        "Quiet hours",
        "Ignored roles",
        "Ignored members",
        "Staff channel",
        "Channels as sources",
        "Days that texts are kept",
        "Days until leavers are erased",
        "Block harmful texts",
        "Budget of the server a day",
        "Budget of a member a day",
        "Questions a member a minute",
    }
    assert values["Days until leavers are erased"] == "30\n*default*"


async def test_answering_unasked_needs_the_words_of_messages(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    view = await opened(server)
    await server.admin.select(view, ["speaking"], custom_id="settings:key")
    auto = str(list(Speaking).index(Speaking.AUTO))
    refused = await server.admin.select(view, [auto], custom_id="settings:value")
    assert "Message Content Intent" in told(refused)
    simcord.assert_error(simcord_env, WordsHidden)
    assert (await marv.services.settings.show(server.guild.id)).speaking is Speaking.MENTIONS


async def test_a_menu_changes_a_channels_own_value(server: Server, marv: Marv) -> None:
    view = await opened(server)
    await server.admin.select(view, [server.channel], custom_id="settings:place")
    await server.admin.select(view, ["speaking"], custom_id="settings:key")
    only = str(list(Speaking).index(Speaking.COMMANDS))
    await server.admin.select(view, [only], custom_id="settings:value")

    values = shown(view)
    assert values["When I speak"] == "On commands only\n*set for this channel*"
    assert "Staff channel" not in values
    settings = marv.services.settings
    assert (await settings.show(server.guild.id, server.channel.id)).speaking is Speaking.COMMANDS
    assert (await settings.show(server.guild.id)).speaking is Speaking.MENTIONS

    await server.admin.click(view, custom_id="settings:reset")
    assert (await settings.show(server.guild.id, server.channel.id)).speaking is Speaking.MENTIONS


async def test_a_form_takes_hours_and_refuses_nonsense(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    view = await opened(server)
    form = await server.admin.select(view, ["quiet_hours"], custom_id="settings:key")
    refused = await server.admin.submit_modal(form, {"value": "when it is dark"})
    assert "22:00-07:00" in told(refused)
    simcord.assert_error(simcord_env, BadSetting)

    form = await server.admin.select(view, ["quiet_hours"], custom_id="settings:key")
    await server.admin.submit_modal(form, {"value": "22:00-07:00 Asia/Tokyo"})
    chosen = (await marv.services.settings.show(server.guild.id)).quiet_hours
    assert str(chosen) == "22:00-07:00 Asia/Tokyo"


async def test_roles_are_ignored_by_a_menu_of_roles(server: Server, marv: Marv) -> None:
    role = server.guild.create_role("Loud")
    view = await opened(server)
    await server.admin.select(view, ["ignored_roles"], custom_id="settings:key")
    await server.admin.select(view, [role], custom_id="settings:value")
    chosen = (await marv.services.settings.show(server.guild.id)).ignored_roles
    assert chosen == {role.id}

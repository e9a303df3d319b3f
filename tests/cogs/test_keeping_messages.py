"""Keeping one message, without the setting and without the intent; and what needs them."""

from __future__ import annotations

import re

import discord
import pytest
import simcord

from bot.audience import Audience
from bot.client import Marv
from bot.faults.channel import AuthorObjects, PrivateThread, WordsHidden
from bot.models import Language, Provenance
from bot.services.kept_messages import ChosenMessage
from cogs.channels import KeepForm
from tests.cogs.test_audience import shown
from tests.cogs.test_channels import documents
from tests.conftest import Server

FACT = "Wet ropes shrink.\nDry them in the shade."
MENU = "Keep as knowledge"


@pytest.mark.parametrize(
    ("text", "provenance"),
    [(FACT, Provenance.MESSAGE), ("Ropes shrink when they are wet.", Provenance.STAFF)],
)
async def test_staff_keep_a_message_for_its_channels_readers(
    server: Server, marv: Marv, text: str, provenance: Provenance
) -> None:
    said = await server.alice.send(server.channel, FACT)

    form = await server.admin.context_menu(server.channel, MENU, said)
    assert "Wet ropes shrink." in str(form.modal), "it comes filled in"
    told = await server.admin.submit_modal(form, {"title": "Ropes", "text": text})

    assert "/library audience" in shown(told)
    [document] = await documents(marv, server)
    assert document.provenance is provenance
    assert document.audience == Audience(channel_id=server.channel.id)
    assert document.source.endswith(f"/{server.channel.id}/{said.id}")
    found = shown(await server.alice.slash(server.channel, "search", query="wet ropes"))
    assert "shrink" in found


async def test_the_form_speaks_its_readers_language(marv: Marv) -> None:
    chosen = ChosenMessage(
        guild_id=1, server_id=1, channel_id=2, place_id=2, id=3, author_id=4, text=FACT
    )

    form = KeepForm(marv.services.keeper, chosen, language=Language.JAPANESE)

    assert form.title == "知識として保存"
    assert {"題名", "本文"} <= set(re.findall(r"'label': '(..)'", str(form.to_dict())))


async def test_a_kept_message_is_stale_once_its_author_deletes_it(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    said = await server.alice.send(server.channel, FACT)
    form = await server.admin.context_menu(server.channel, MENU, said)
    await server.admin.submit_modal(form, {"title": "Ropes", "text": FACT})

    await server.alice.delete(said)
    await simcord_env.settle()

    [document] = await documents(marv, server)
    assert document.stale_since is not None


async def test_what_a_member_forbade_is_not_kept(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    said = await server.alice.send(server.channel, FACT)
    await server.alice.slash(server.channel, "privacy channels", choice="no")

    form = await server.admin.context_menu(server.channel, MENU, said)
    refused = await server.admin.submit_modal(form, {"title": "Ropes", "text": FACT})

    assert "forbidden me" in shown(refused)
    simcord.assert_error(simcord_env, AuthorObjects)
    assert not await documents(marv, server)


async def test_a_private_threads_message_is_refused(
    server: Server, simcord_env: simcord.Env
) -> None:
    backend = simcord_env.backend
    thread = backend.create_thread(server.channel.id, "Plot", server.alice.id, type=12)
    for member in (server.admin, server.alice):
        backend.add_thread_member(thread.id, member.id)
    [place] = server.channel.threads
    said = await server.alice.send(place, FACT)

    refused = await server.admin.context_menu(place, MENU, said)

    assert "private thread" in shown(refused)
    simcord.assert_error(simcord_env, PrivateThread)


async def test_without_the_intent_adding_a_channel_says_how_to_change_that(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    await marv.services.settings.change(
        server.guild.id, {"read_channels": True}, changed_by=server.admin.id
    )
    await server.alice.send(server.channel, FACT)

    refused = await server.admin.slash(
        server.channel, "library add-channel", channel=server.channel
    )

    assert "MARV_MESSAGE_CONTENT=true" in shown(refused)
    simcord.assert_error(simcord_env, WordsHidden)
    assert not marv.intents.message_content
    assert not discord.Intents.default().message_content

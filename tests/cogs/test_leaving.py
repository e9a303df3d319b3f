"""Whoever leaves is forgotten after a while, and whoever comes back is not."""

from __future__ import annotations

from typing import cast

import discord
import pytest
import simcord

from bot.client import Marv
from bot.erasure import ErasureReason
from cogs.leaving import LeavingCog
from tests.conftest import Server


@pytest.fixture
async def leaving(server: Server, marv: Marv) -> LeavingCog:
    """The cog, on a server that erases at once, with a member who said something."""
    # discord.py loads a cog's module anew, so that its class is not the imported one
    cog = cast("LeavingCog", marv.get_cog("LeavingCog"))
    await server.alice.slash(server.channel, "chat", message="a secret wish")
    await erase_after(marv, server, days=0)
    return cog


async def erase_after(marv: Marv, server: Server, *, days: int) -> None:
    await marv.services.settings.change(
        server.guild.id, {"erase_after_days": days}, changed_by=server.admin.id
    )


async def kept(marv: Marv, server: Server) -> int:
    return (await marv.services.privacy.status(server.guild.id, server.alice.id)).turns


async def test_a_member_who_is_there_stays(server: Server, marv: Marv, leaving: LeavingCog) -> None:
    await leaving.look()

    assert await kept(marv, server) == 1


async def test_a_member_who_left_is_found_out_and_erased(
    server: Server, marv: Marv, leaving: LeavingCog
) -> None:
    server.guild.remove_member(server.alice)

    await leaving.look()

    assert await kept(marv, server) == 0
    receipt = await marv.services.erasing.last_receipt(server.guild.id, server.alice.id)
    assert receipt is not None
    assert receipt.reason is ErasureReason.LEFT


async def test_nobody_is_erased_before_the_time_is_over(
    server: Server, marv: Marv, leaving: LeavingCog
) -> None:
    await erase_after(marv, server, days=30)
    server.guild.remove_member(server.alice)

    await leaving.look()

    assert await kept(marv, server) == 1
    [absentee] = await marv.services.leaving.store.absentees()
    assert absentee.user_id == server.alice.id


async def test_a_return_cancels_it(server: Server, marv: Marv, leaving: LeavingCog) -> None:
    await erase_after(marv, server, days=30)
    server.guild.remove_member(server.alice)
    await leaving.look()
    server.guild.add_member(server.alice.user)
    await erase_after(marv, server, days=0)

    await leaving.look()

    assert await kept(marv, server) == 1
    assert await marv.services.leaving.store.absentees() == ()


async def test_a_deleted_account_is_told_from_a_departure(
    server: Server, marv: Marv, leaving: LeavingCog, simcord_env: simcord.Env
) -> None:
    server.guild.remove_member(server.alice)
    path = f"/users/{server.alice.id}"
    simcord_env.inject_error("GET", path, status=404, code=10013, message="Unknown User")

    await leaving.look()

    receipt = await marv.services.erasing.last_receipt(server.guild.id, server.alice.id)
    assert receipt is not None
    assert receipt.reason is ErasureReason.ACCOUNT_DELETED


async def test_a_discord_that_does_not_answer_erases_nobody(
    server: Server, marv: Marv, leaving: LeavingCog, simcord_env: simcord.Env
) -> None:
    path = f"/guilds/{server.guild.id}/members/*"
    simcord_env.inject_error("GET", path, status=403, code=50001, times=None)

    await leaving.look()

    assert await kept(marv, server) == 1


async def test_a_server_that_removed_marv_is_forgotten_and_one_that_took_it_back_is_not(
    server: Server, marv: Marv, leaving: LeavingCog
) -> None:
    guild = marv.get_guild(server.guild.id)
    assert isinstance(guild, discord.Guild)
    await leaving.on_guild_remove(guild)
    assert len(await marv.services.leaving.store.absentees()) == 2
    await leaving.on_guild_join(guild)
    assert await marv.services.leaving.store.absentees() == ()
    await leaving.on_guild_remove(guild)
    found = leaving._found

    await marv.services.leaving.erase_due(found, servers=frozenset())

    assert await kept(marv, server) == 0

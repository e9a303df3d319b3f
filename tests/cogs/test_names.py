"""Names: what members are called is in no data set, and in no file of Marv's either."""

from __future__ import annotations

import simcord

from bot.client import Marv
from bot.dataset import Source
from bot.erasure import ErasureReason
from bot.settings import Settings
from tests.cogs.test_dataset import talk
from tests.cogs.test_persona import everything
from tests.conftest import Server


def arrive(server: Server, env: simcord.Env, *, nick: str | None = None) -> simcord.MemberActor:
    return server.guild.add_member(
        env.create_user("zorb_77", global_name="✨Zorblax | busy✨"), nick=nick
    )


async def frozen_texts(server: Server, marv: Marv, name: str) -> list[str]:
    """Freeze a version and return what members' turns are in it, whichever side they are on."""
    result = await server.admin.slash(server.channel, "dataset freeze", name=name)
    assert "frozen" in everything(result).lower()
    versions = marv.services.dataset.versions
    version = await versions.named(server.guild.id, name)
    rows = [row async for row in versions.store.rows(version.id) if row.source is Source.TURN]
    return ["\n".join(message.content for message in row.messages[1:]) for row in rows]


async def test_the_name_of_somebody_who_only_wrote_is_a_number_in_what_others_said(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env, nick="ゾルブラ")
    await zorblax.send(server.channel, "just passing by")
    await talk(server, "is Zorblax here", "zorb_77 knows it", "ゾルブラさんに聞いた", "@Zorblax?")

    texts = await frozen_texts(server, marv, "v1")

    assert len(texts) == 4
    whole = "\n".join(texts).casefold()
    assert "zorb" not in whole
    assert "ゾルブラ" not in whole
    [number] = {each for each in range(1, 100) if f"is Member {each} here" in "\n".join(texts)}
    assert f"メンバー{number}さんに聞いた" in whole


async def test_somebody_who_was_only_mentioned_is_known_by_name(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await server.alice.send(server.channel, f"hello {zorblax.mention}")
    await talk(server, "who is Zorblax")

    [text] = await frozen_texts(server, marv, "v1")

    assert "who is Member " in text


async def test_before_the_name_is_known_it_stays_and_freezing_twice_is_the_same(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await talk(server, "who is Zorblax")
    [before] = await frozen_texts(server, marv, "v1")
    await zorblax.send(server.channel, "me")
    [once] = await frozen_texts(server, marv, "v2")
    [twice] = await frozen_texts(server, marv, "v3")

    assert "who is Zorblax" in before
    assert "Zorblax" not in once
    assert once == twice


async def test_a_new_name_is_the_same_member(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await zorblax.send(server.channel, "first")
    names = marv.services.names
    await names.learn(server.guild.id, zorblax.id, ("Grombold",))
    finder = await names.names(server.guild.id)

    [old] = finder.find("ask Zorblax")
    [new] = finder.find("ask Grombold")
    assert old.member == new.member


async def test_the_name_of_a_forgotten_member_stays_out_of_what_others_say(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await zorblax.slash(server.channel, "chat", message="hi")
    await talk(server, "what did Zorblax say")
    await marv.services.erasing.erase(server.guild.id, zorblax.id, ErasureReason.ASKED)

    [text] = await frozen_texts(server, marv, "v1")

    assert "Zorblax" not in text
    rows = await linked(marv)
    assert marv.services.names.hasher.hashed(server.guild.id, zorblax.id) not in rows
    assert marv.services.names.hasher.hashed(server.guild.id, server.alice.id) in rows


async def linked(marv: Marv) -> set[str]:
    rows = await marv.services.erasing.store.database.rows(  # type: ignore[attr-defined]
        "SELECT member_hash FROM member_names"
    )
    return {row["member_hash"] for row in rows}


async def test_no_name_can_be_read_in_the_database(
    server: Server, settings: Settings, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env, nick="ゾルブラ")
    await zorblax.send(server.channel, "x")
    assert await marv.services.names.names(server.guild.id)

    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    whole = b"".join(path.read_bytes() for path in files)
    for name in ("Zorblax", "zorb_77", "ゾルブラ"):
        assert name.encode() not in whole


async def test_names_of_a_server_that_is_gone_with_all_its_turns_go(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await zorblax.send(server.channel, "x")
    names = marv.services.names

    await names.drop_guilds(besides=frozenset({server.guild.id}))
    assert await names.names(server.guild.id)
    await names.drop_guilds(besides=frozenset())
    assert not await names.names(server.guild.id)


async def test_under_another_key_old_names_go_and_new_ones_are_learnt(
    server: Server, marv: Marv, simcord_env: simcord.Env
) -> None:
    zorblax = arrive(server, simcord_env)
    await zorblax.send(server.channel, "x")
    store = marv.services.names.store
    names = await store.known(server.guild.id, mark=marv.services.names.hasher.mark)

    assert names
    assert await store.known(server.guild.id, mark=b"else") == ()
    await store.note(server.guild.id, "m", [names[0].name], mark=b"else")
    assert len(await store.known(server.guild.id, mark=b"else")) == 1
    assert await store.known(server.guild.id, mark=marv.services.names.hasher.mark) == ()

"""Whose eyes a reply meets: no random server leaks, and none is kept from what it may read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteLibrary
from bot.adapters.sqlite.database import open_database
from bot.audience import EVERYONE, Audience
from bot.services.ingest import Batch, Ingest, SourceFile
from bot.services.readers import (
    ADMINISTRATOR,
    READ_MESSAGE_HISTORY,
    VIEW_CHANNEL,
    ChannelRules,
    Overwrite,
    ServerRules,
    channel_viewer,
    member_viewer,
)
from bot.services.search import Samples, Search
from tests.fakes import FakeEmbedder, FakeExactIndex, FakeParser
from tests.random_servers import random_server

CASES = 10_000  # a case is a destination in a random server, with every audience that it has


def test_a_public_reply_shows_no_reader_what_they_may_not_read() -> None:
    chance = random.Random(20261124)  # noqa: S311
    cases = shown = 0
    while cases < CASES:
        server = random_server(chance)
        for destination in server.channels:
            cases += 1
            sees = channel_viewer(server.rules, destination)
            readers = list(server.readers(destination))
            for audience in filter(sees, server.audiences):
                shown += 1
                assert all(server.may_see(person, audience) for person in readers)
    assert shown > CASES, "a viewer that sees nothing leaks nothing"


def test_a_public_reply_shows_all_that_every_possible_reader_may_read() -> None:
    chance = random.Random(7)  # noqa: S311
    withheld = 0
    for _ in range(600):
        server = random_server(chance, every_member=True)
        for destination in server.channels:
            sees = channel_viewer(server.rules, destination)
            readers = list(server.readers(destination))
            for audience in server.audiences:
                gone = (
                    audience.channel_id is not None and audience.channel_id not in server.channels
                )
                wanted = not gone and all(server.may_see(person, audience) for person in readers)
                if not readers and audience != EVERYONE:
                    continue  # nobody of the sample reads there; administrators would
                assert sees(audience) == wanted, (audience, destination)
                withheld += not wanted
    assert withheld > 500


def test_a_private_reply_shows_just_what_its_member_may_read() -> None:
    chance = random.Random(99)  # noqa: S311
    for _ in range(CASES // 10):
        server = random_server(chance)
        for person in server.people:
            sees = member_viewer(server.rules, person.id, person.roles)
            for audience in server.audiences:
                assert sees(audience) == server.may_see(person, audience)


def channel(**overwrites: Overwrite) -> ChannelRules:
    return ChannelRules(everyone=overwrites.get("everyone", Overwrite()))


def server(channels: dict[int, ChannelRules], roles: dict[int, int] | None = None) -> ServerRules:
    return ServerRules(
        owner_id=1,
        everyone=VIEW_CHANNEL | READ_MESSAGE_HISTORY,
        roles=roles or {},
        channel=channels.get,
    )


def test_a_channel_is_no_reader_of_its_own_history_where_history_is_denied() -> None:
    rules = server({10: channel(everyone=Overwrite(deny=READ_MESSAGE_HISTORY))})

    assert not channel_viewer(rules, 10)(Audience(channel_id=10))


def test_a_deleted_channels_documents_are_nobodys() -> None:
    rules = server({10: channel()}, {5: ADMINISTRATOR})

    assert not channel_viewer(rules, 10)(Audience(channel_id=11))
    assert not member_viewer(rules, 2, [5])(Audience(channel_id=11))


def test_an_unknown_destination_is_shown_what_everyone_may_see() -> None:
    sees = channel_viewer(server({10: channel()}), 99)

    assert sees(EVERYONE)
    assert not sees(Audience(channel_id=10))


def test_a_role_that_mutes_one_member_of_the_audience_closes_the_source() -> None:
    muted = 6
    source = ChannelRules(roles={muted: Overwrite(deny=VIEW_CHANNEL)})
    rules = server({10: channel(), 11: source}, {muted: 0})

    assert not channel_viewer(rules, 10)(Audience(channel_id=11))
    assert channel_viewer(rules, 11)(Audience(channel_id=10))


@pytest.mark.parametrize("key", ["everyone", "channel:5", "roles:1,22"])
def test_an_audience_survives_being_stored(key: str) -> None:
    assert Audience.of_key(key).key == key


@pytest.mark.parametrize("key", ["", "everyone:1", "channel:", "channel:x", "roles:", "nobody"])
def test_a_key_of_no_audience_is_an_error(key: str) -> None:
    with pytest.raises(ValueError, match=r"audience|invalid"):
        Audience.of_key(key)


async def test_no_search_finds_what_its_readers_may_not_read(tmp_path: Path) -> None:
    chance = random.Random(3)  # noqa: S311
    async with open_database(tmp_path / "marv.db") as database:
        library, index, embedder = SqliteLibrary(database), FakeExactIndex(), FakeEmbedder()
        ingest = Ingest(library=library, index=index, embedder=embedder, parser=FakeParser())
        search = Search(
            library=library,
            index=index,
            embedder=embedder,
            min_similarity=0.0,
            samples=Samples(library=library),
        )
        servers = [random_server(chance) for _ in range(40)]
        audiences = {each.key: each for server in servers for each in server.audiences}
        for key, audience in audiences.items():
            text = f"The anchor is green, says {key}.".encode()
            file = SourceFile(origin=key, source=f"{key}.md", read=lambda text=text: text)  # type: ignore[misc]
            await ingest.files(Batch(guild_id=1, audience=audience), [file])
        found = 0
        for each in servers:
            for destination in each.channels:
                passages = await search.passages(
                    1, "green anchor", viewer=channel_viewer(each.rules, destination), limit=50
                )
                for passage in passages:
                    found += 1
                    audience = audiences[passage.source.removesuffix(".md")]
                    assert all(each.may_see(who, audience) for who in each.readers(destination))
        assert found > len(servers)

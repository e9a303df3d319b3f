"""Channels as sources: stretches, resuming, following, forgetting."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.audience import EVERYONE, Audience
from bot.channels import ChannelMessage, Place
from bot.errors import EmbeddingFailed, EmptyQuestion
from bot.faults.channel import AuthorObjects, ChannelsUnread, ChannelUnknown
from bot.models import DocumentId, Provenance
from bot.services.kept_messages import ChosenMessage
from tests.services.channel_desk import (
    ALICE,
    BO,
    GUILD,
    HARBOR,
    HARBOR_CHANNEL,
    STAFF,
    Desk,
    FakeDiscord,
    open_desk,
)

HOUR = timedelta(hours=1)
THREAD = Place(guild_id=GUILD, channel_id=HARBOR.id, id=5000, title="Ropes and knots")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        await opened.allow()
        await opened.channels.add(HARBOR_CHANNEL)
        yield opened


@pytest.fixture
def discord() -> FakeDiscord:
    return FakeDiscord()


async def hear(desk: Desk, *messages: ChannelMessage, place: Place = HARBOR) -> None:
    for message in messages:
        await desk.channels.hear(place, message)
    await desk.channels.flush()


async def test_messages_until_a_long_silence_are_one_document(
    desk: Desk, discord: FakeDiscord
) -> None:
    first = discord.say("The tide turns at six.")
    discord.say("At seven on Sundays.", author=BO)
    second = discord.say("Lunch is fish.", after=timedelta(minutes=31))

    await desk.channels.read(HARBOR, discord.history())

    assert await desk.texts() == [
        "The tide turns at six.\n\nAt seven on Sundays.",
        "Lunch is fish.",
    ]
    documents = await desk.documents()
    assert [each.source for each in documents] == [
        f"https://discord.com/channels/77/1000/{first.id}",
        f"https://discord.com/channels/77/1000/{second.id}",
    ]
    assert {each.title for each in documents} == {"#harbor · 2026-01-01"}
    assert {each.provenance for each in documents} == {Provenance.MESSAGE}
    assert {each.audience for each in documents} == {Audience(channel_id=HARBOR.id)}
    assert {each.added_by for each in documents} == {STAFF}


async def test_a_long_conversation_is_several_documents(desk: Desk, discord: FakeDiscord) -> None:
    for number in range(6):
        discord.say(f"Part {number} " + "goes on. " * 60)

    await desk.channels.read(HARBOR, discord.history())

    assert len(await desk.documents()) == 3


async def test_bots_commands_and_silence_are_left_out(desk: Desk, discord: FakeDiscord) -> None:
    discord.say("I am a robot.", by_member=False)
    discord.say("!rank me")
    discord.say("   ")

    await desk.channels.read(HARBOR, discord.history())

    assert not await desk.documents()


async def test_reading_twice_adds_and_embeds_nothing(desk: Desk, discord: FakeDiscord) -> None:
    for number in range(250):
        discord.say(f"Fact {number} is true.", after=timedelta(minutes=number % 50))
    await desk.channels.read(HARBOR, discord.history())
    before, embedded = await desk.texts(), len(desk.embedder.embedded)

    report = await desk.channels.read(HARBOR, discord.history())

    assert report.documents == 0
    assert await desk.texts() == before
    assert len(desk.embedder.embedded) == embedded


async def test_a_read_that_was_broken_off_goes_on_where_it_stopped(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    for number in range(450):
        discord.say(f"Fact {number} is true.", after=timedelta(minutes=number % 50))
    discord.breaks_after = 270
    async with open_desk(tmp_path) as desk:
        await desk.allow()
        await desk.channels.add(HARBOR_CHANNEL)
        with pytest.raises(ConnectionError):
            await desk.channels.read(HARBOR, discord.history())
        assert 0 < len(" ".join(await desk.texts()).split("Fact")) - 1 == 200, "two whole pages"

    discord.breaks_after, discord.handed_out = None, 0
    async with open_desk(tmp_path) as desk:  # another process
        await desk.channels.read(HARBOR, discord.history())

        assert discord.handed_out == 350, "100 to compare, 250 that are new"
        assert words(await desk.texts()) == spoken(discord)


async def test_a_crash_between_a_page_and_its_documents_is_made_good(
    tmp_path: Path, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord.say("The tide turns at six.")
    async with open_desk(tmp_path) as desk:
        await desk.allow()
        await desk.channels.add(HARBOR_CHANNEL)

        async def silent(_: object, texts: object) -> None:
            raise EmbeddingFailed("gone")

        with monkeypatch.context() as broken:
            broken.setattr(type(desk.embedder), "embed_documents", silent)
            with pytest.raises(EmbeddingFailed):
                await desk.channels.read(HARBOR, discord.history())
        assert not await desk.documents()

    async with open_desk(tmp_path) as desk:
        await desk.channels.write_waiting(GUILD)

        assert await desk.texts() == ["The tide turns at six."]


async def test_an_edit_rewrites_its_own_document_only(desk: Desk, discord: FakeDiscord) -> None:
    discord.say("The tide turns at six.")
    edited = discord.say("Lunch is fish.", after=HOUR)
    discord.say("Ropes are wet.", after=HOUR)
    await desk.channels.read(HARBOR, discord.history())
    ids = [each.id for each in await desk.documents()]
    embedded = len(desk.embedder.embedded)

    await hear(desk, discord.edit(edited, "Lunch is soup."))

    assert await desk.texts() == ["The tide turns at six.", "Lunch is soup.", "Ropes are wet."]
    assert [each.id for each in await desk.documents()] == ids
    assert len(desk.embedder.embedded) == embedded + 1


async def test_a_deleted_message_is_gone_and_its_neighbours_stay(
    desk: Desk, discord: FakeDiscord
) -> None:
    first = discord.say("The password is fish.")
    discord.say("The tide turns at six.")
    alone = discord.say("Lunch is soup.", after=HOUR)
    await desk.channels.read(HARBOR, discord.history())

    desk.channels.miss(GUILD, HARBOR.id, (first.id, alone.id))
    await desk.channels.flush()

    assert await desk.texts() == ["The tide turns at six."]
    rows = await desk.database.rows("SELECT text FROM channel_messages")
    assert [row["text"] for row in rows] == ["The tide turns at six."]


async def test_what_happened_while_marv_was_away_is_found_among_the_latest(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    kept = [discord.say(f"Fact {number}.", after=HOUR) for number in range(5)]
    async with open_desk(tmp_path) as desk:
        await desk.allow()
        await desk.channels.add(HARBOR_CHANNEL)
        await desk.channels.read(HARBOR, discord.history())
    discord.edit(kept[1], "Correction.")
    discord.delete(kept[2])
    discord.delete(kept[4])
    discord.say("News.", after=HOUR)

    async with open_desk(tmp_path) as desk:
        await desk.channels.read(HARBOR, discord.history())

        assert await desk.texts() == ["Fact 0.", "Correction.", "Fact 3.", "News."]


async def test_what_is_heard_before_the_rest_was_read_does_not_hide_the_rest(
    tmp_path: Path, discord: FakeDiscord
) -> None:
    discord.say("Old.", after=HOUR)
    async with open_desk(tmp_path) as desk:
        await desk.allow()
        await desk.channels.add(HARBOR_CHANNEL)
        await desk.channels.read(HARBOR, discord.history())
    discord.say("While away.", after=HOUR)
    live = discord.say("Back.", after=HOUR)

    async with open_desk(tmp_path) as desk:
        await hear(desk, live)
        await desk.channels.read(HARBOR, discord.history())

        assert await desk.texts() == ["Old.", "While away.", "Back."]


async def test_an_edit_that_is_heard_during_a_read_wins_over_the_page(
    desk: Desk, discord: FakeDiscord
) -> None:
    message = discord.say("The tide turns at six.")

    async def stale(after: int) -> AsyncIterator[ChannelMessage]:
        await hear(desk, discord.edit(message, "The tide turns at eight."))
        yield message

    await desk.channels.read(HARBOR, stale)
    await desk.channels.flush()

    assert await desk.texts() == ["The tide turns at eight."]


async def test_a_bounded_read_goes_on_the_next_time(desk: Desk, discord: FakeDiscord) -> None:
    for number in range(250):
        discord.say(f"Fact {number}.")

    await desk.channels.read(HARBOR, discord.history(), limit=100)
    assert HARBOR.id not in desk.channels.level
    await desk.channels.read(HARBOR, discord.history())

    assert words(await desk.texts()) == spoken(discord)


async def test_a_thread_is_one_document_that_begins_with_its_starter(
    desk: Desk, discord: FakeDiscord
) -> None:
    starter = discord.say("How do I tie a bowline?")
    place = Place(guild_id=GUILD, channel_id=HARBOR.id, id=starter.id, title="Bowline")
    discord.say("The rabbit comes out of the hole.", place=place, after=HOUR)
    discord.say("Round the tree.", place=place, after=HOUR)
    await desk.channels.read(HARBOR, discord.history())
    await desk.channels.read(place, discord.history(place))

    documents = {each.title: each for each in await desk.documents()}
    assert set(documents) == {"#harbor · 2026-01-01", "Bowline"}
    assert documents["Bowline"].audience == Audience(channel_id=HARBOR.id)
    assert (await desk.texts())[1] == (
        "How do I tie a bowline?\n\nThe rabbit comes out of the hole.\n\nRound the tree."
    )

    await hear(desk, discord.edit(starter, "How do I tie a knot?"))
    assert all("tie a knot" in text for text in await desk.texts())

    await desk.channels.rename(GUILD, place.id, "Knots")
    assert "Knots" in {each.title for each in await desk.documents()}


async def test_a_thread_that_is_gone_takes_its_document_along(
    desk: Desk, discord: FakeDiscord
) -> None:
    discord.say("The tide turns at six.")
    discord.say("Wet ropes shrink.", place=THREAD)
    await desk.channels.read(HARBOR, discord.history())
    await desk.channels.read(THREAD, discord.history(THREAD))

    assert await desk.channels.remove_place(THREAD) == 1

    assert await desk.texts() == ["The tide turns at six."]


async def test_nothing_is_taken_while_the_setting_is_off(desk: Desk, discord: FakeDiscord) -> None:
    first = discord.say("The tide turns at six.")
    await desk.channels.read(HARBOR, discord.history())
    await desk.allow(allowed=False)

    await hear(desk, discord.say("A secret.", after=HOUR), discord.edit(first, "Another."))
    with pytest.raises(ChannelsUnread):
        await desk.channels.read(HARBOR, discord.history())
    with pytest.raises(ChannelsUnread):
        await desk.channels.add(HARBOR_CHANNEL)

    assert await desk.texts() == ["The tide turns at six."]
    desk.channels.miss(GUILD, HARBOR.id, (first.id,))
    await desk.channels.flush()
    assert not await desk.texts(), "a deletion is honoured all the same"


async def test_a_removed_channel_leaves_nothing_behind(desk: Desk, discord: FakeDiscord) -> None:
    discord.say("The tide turns at six.")
    await desk.channels.read(HARBOR, discord.history())

    assert await desk.channels.remove(GUILD, HARBOR.id) == 1

    assert not await desk.documents()
    for table in ("channels", "channel_places", "channel_stretches", "channel_messages"):
        assert not await desk.database.rows(f"SELECT 1 FROM {table}"), table
    with pytest.raises(ChannelUnknown):
        await desk.channels.remove(GUILD, HARBOR.id)


async def test_a_document_that_staff_remove_stays_away(desk: Desk, discord: FakeDiscord) -> None:
    discord.say("The password is fish.")
    await desk.channels.read(HARBOR, discord.history())
    [document] = await desk.documents()

    await desk.channels.writer.ingest.remove(GUILD, [DocumentId(document.id)])
    await desk.channels.read(HARBOR, discord.history())
    await desk.channels.read(HARBOR, discord.history())

    assert not await desk.documents()
    assert not await desk.database.rows("SELECT 1 FROM channel_messages")


async def test_who_may_see_a_stretch_stays_as_staff_set_it(
    desk: Desk, discord: FakeDiscord
) -> None:
    message = discord.say("The tide turns at six.")
    await desk.channels.read(HARBOR, discord.history())
    [document] = await desk.documents()
    await desk.channels.writer.ingest.set_audience(GUILD, document.id, EVERYONE)

    await hear(desk, discord.edit(message, "The tide turns at eight."))

    [document] = await desk.documents()
    assert document.audience == EVERYONE


async def test_a_member_who_forbids_it_is_forgotten_and_never_read_again(
    desk: Desk, discord: FakeDiscord
) -> None:
    discord.say("The tide turns at six.", author=BO)
    mine = discord.say("I live at the lighthouse.", author=ALICE)
    await desk.channels.read(HARBOR, discord.history())
    assert (await desk.rights.record(GUILD, ALICE)).messages == 1

    assert await desk.rights.forbid(GUILD, ALICE) == 1
    assert await desk.texts() == ["The tide turns at six."]
    await hear(desk, discord.edit(mine, "I still live there."), discord.say("Me again."))
    await desk.channels.remove(GUILD, HARBOR.id)
    await desk.channels.add(HARBOR_CHANNEL)
    await desk.channels.read(HARBOR, discord.history())

    assert await desk.texts() == ["The tide turns at six."]
    record = await desk.rights.record(GUILD, ALICE)
    assert (record.messages, record.objects) == (0, True)

    await desk.rights.allow(GUILD, ALICE)
    await hear(desk, discord.say("I have moved.", after=HOUR))
    assert "I have moved." in await desk.texts()


async def test_no_word_of_a_forgotten_member_is_left_in_the_database(
    desk: Desk, discord: FakeDiscord
) -> None:
    discord.say("The tide turns at six.", author=BO)
    discord.say("Zanzibar.", author=ALICE)
    await desk.channels.read(HARBOR, discord.history())

    async def traces() -> int:
        rows = await desk.database.rows(
            "SELECT (SELECT count(*) FROM chunk_words_data"
            " WHERE instr(block, CAST('zanzibar' AS BLOB)))"
            " + (SELECT count(*) FROM chunks WHERE text LIKE '%zanzibar%')"
            " + (SELECT count(*) FROM channel_messages WHERE text LIKE '%zanzibar%') AS n"
        )
        return int(rows[0]["n"])

    assert await traces() == 3

    await desk.rights.forbid(GUILD, ALICE)

    assert await traces() == 0


CHOSEN = ChosenMessage(
    guild_id=GUILD,
    server_id=77,
    channel_id=HARBOR.id,
    place_id=THREAD.id,
    id=31,
    author_id=ALICE,
    text="Wet ropes shrink.",
)


async def test_a_kept_message_is_the_authors_until_staff_rewrite_it(desk: Desk) -> None:
    await desk.keeper.keep(CHOSEN, title="Ropes", text="Wet ropes shrink.", kept_by=STAFF)
    [document] = await desk.documents()
    assert document.provenance is Provenance.MESSAGE
    assert document.audience == Audience(channel_id=HARBOR.id)
    assert document.source == f"https://discord.com/channels/77/{THREAD.id}/31"

    await desk.keeper.keep(CHOSEN, title="Ropes", text="Ropes shrink when wet.", kept_by=STAFF)

    [document] = await desk.documents()
    assert document.provenance is Provenance.STAFF
    assert await desk.texts() == ["Ropes shrink when wet."]
    with pytest.raises(EmptyQuestion):
        await desk.keeper.keep(CHOSEN, title=" ", text="x", kept_by=STAFF)


async def test_a_kept_message_whose_original_is_deleted_is_stale(desk: Desk) -> None:
    await desk.keeper.keep(CHOSEN, title="Ropes", text="Wet ropes shrink.", kept_by=STAFF)

    desk.channels.miss(GUILD, THREAD.id, (CHOSEN.id,))
    await desk.channels.flush()

    [document] = await desk.documents()
    assert document.stale_since is not None


async def test_a_kept_message_goes_when_its_author_forbids_it(desk: Desk) -> None:
    await desk.keeper.keep(CHOSEN, title="Ropes", text="Ropes shrink when wet.", kept_by=STAFF)

    assert await desk.rights.forbid(GUILD, ALICE) == 1

    assert not await desk.documents()
    with pytest.raises(AuthorObjects):
        await desk.keeper.keep(CHOSEN, title="Ropes", text="Ropes.", kept_by=STAFF)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_the_library_says_what_a_fresh_read_would(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    discord = FakeDiscord()
    (tmp_path / "fresh").mkdir()
    async with open_desk(tmp_path) as desk, open_desk(tmp_path / "fresh") as fresh:
        for each in (desk, fresh):
            await each.allow()
            await each.channels.add(HARBOR_CHANNEL)
        await desk.channels.read(HARBOR, discord.history())
        for _ in range(60):
            await _something_happens(chance, discord, desk)
        await desk.channels.flush()
        await fresh.channels.read(HARBOR, discord.history())

        assert words(await desk.texts()) == words(await fresh.texts()) == spoken(discord)


async def _something_happens(chance: random.Random, discord: FakeDiscord, desk: Desk) -> None:
    known = list(discord.messages.get(HARBOR.id, {}).values())
    kind = chance.choice(("say", "say", "edit", "delete", "flush", "reread"))
    if kind == "say":
        text = "" if chance.random() < 0.1 else f"w{discord.next_id} " * chance.choice((1, 3, 90))
        after = timedelta(minutes=chance.choice((1, 10, 40)))
        said = discord.say(text, after=after, by_member=chance.random() < 0.9)
        await desk.channels.hear(HARBOR, said)
    elif kind == "edit" and known:
        text = "" if chance.random() < 0.2 else f"e{discord.next_id}x{chance.random()}"
        await desk.channels.hear(HARBOR, discord.edit(chance.choice(known), text))
    elif kind == "delete" and known:
        gone = chance.sample(known, min(len(known), chance.choice((1, 1, 3))))
        for message in gone:
            discord.delete(message)
        desk.channels.miss(GUILD, HARBOR.id, tuple(message.id for message in gone))
    elif kind == "flush":
        await desk.channels.flush()
    elif kind == "reread":
        await desk.channels.read(HARBOR, discord.history())


def words(texts: list[str]) -> list[str]:
    return " ".join(texts).split()


def spoken(discord: FakeDiscord) -> list[str]:
    messages = sorted(discord.messages.get(HARBOR.id, {}).values(), key=lambda each: each.id)
    return words([each.text for each in messages if each.by_member])

"""Exploring as staff do it, and recommendations as members get them: pictures, lists, privacy."""

from __future__ import annotations

import discord
import pytest
import simcord
from threadpoolctl import threadpool_limits

from bot.adapters.charts_explore import MatplotlibMaps
from bot.adapters.exploring import SklearnAnalyst
from bot.client import Marv
from bot.errors import EmptyQuestion, NothingFound, NotYours
from bot.faults.dataset import VersionUnknown
from bot.faults.exploring import TooFewItems, TooFewLabels
from tests.adapters.exploring.test_analyst import WORDS, world
from tests.cogs.test_ask_and_search import text_of
from tests.conftest import Server
from tests.fakes import FakeChat

pytestmark = pytest.mark.usefixtures("computes_here")
PNG = b"\x89PNG\r\n\x1a\n"
TEXTS = tuple(
    f"The {first} is beside the {second} of the {place}."
    for group, place in zip(WORDS, ("harbor", "kitchen", "office"), strict=True)
    for first in group[:3]
    for second in group[:3]
    if first != second
)
HIDDEN = discord.PermissionOverwrite(view_channel=False)


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Import and warm up all that computes: it takes seconds, and the simulation waits five."""
    vectors, texts = world()
    analyst, labels = SklearnAnalyst(), [("one", "two")[row % 2] for row in range(90)]
    with threadpool_limits(1):
        analyst.topics(vectors, texts, None)
        analyst.strangers(vectors, labels)
        analyst.learnt(vectors, texts, labels)
        places = analyst.layout(vectors).places
    MatplotlibMaps().scatter(title="", note="", places=places, groups=[0] * 90, names=["one"])


async def fill(server: Server) -> None:
    for number, text in enumerate(TEXTS):
        await server.admin.slash(
            server.channel, "library add-text", title=f"Note {number}", text=text
        )


def embed_of(result: simcord.InteractionResult) -> discord.Embed:
    assert result.response is not None
    [embed] = result.response.embeds
    return embed


def said(result: simcord.InteractionResult) -> str:
    shown = [] if result.response is None else [result.response.content]
    return "\n".join([*shown, *(part.content for part in result.followups)])


def words(embed: discord.Embed) -> str:
    fields = [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join([str(embed.title), str(embed.description), *fields, str(embed.footer.text)])


async def test_topics_are_named_with_examples_and_a_map_that_says_what_it_shows(
    server: Server, chat: FakeChat
) -> None:
    chat.grounded = False
    await fill(server)

    result = await server.admin.slash(server.channel, "explore topics")

    embed = embed_of(result)
    assert result.ephemeral
    assert str(embed.title) == "Topics of the library"
    assert embed.fields
    assert "is beside the" in str(embed.fields[0].value)
    assert f"{len(TEXTS)} texts" in str(embed.footer.text)
    assert result.response is not None
    [picture] = result.response.attachments
    assert picture.filename == "map.png"
    assert str(picture.description).startswith("Map of the library")


async def test_a_capable_model_names_topics(server: Server, chat: FakeChat) -> None:
    await fill(server)
    chat.script.append('["Hulls and masts", "Baking", "Paperwork"]')
    for count in ("2", "4", "5"):
        chat.script.append(f"never asked {count}")

    embed = embed_of(await server.admin.slash(server.channel, "explore topics"))

    [request] = chat.requests
    assert "<groups>" in request[-1].content
    if "Hulls" in words(embed):
        assert "written by a model" in str(embed.footer.text)


async def test_a_map_comes_as_a_picture_and_as_a_page(server: Server, chat: FakeChat) -> None:
    chat.grounded = False
    await fill(server)

    result = await server.admin.slash(server.channel, "explore map", colour="label")

    assert "Near means alike" in words(embed_of(result))
    assert result.response is not None
    assert [each.filename for each in result.response.attachments] == ["map.png", "map.html"]


async def test_a_misplaced_document_is_found(server: Server) -> None:
    for number in range(8):
        await server.admin.slash(
            server.channel,
            "library add-text",
            title=f"Boat {number}",
            text=f"The hull and the mast of boat {number} are in the harbor.",
        )
    await server.admin.slash(
        server.channel, "library add-text", title="Cake", text="Flour, sugar and butter: bake it."
    )

    embed = embed_of(await server.admin.slash(server.channel, "explore outliers"))

    assert "Cake" in str(embed.fields[0].name)
    assert "nearest:" in str(embed.fields[0].value)
    assert "of 9" in str(embed.description)


async def test_diversity_says_what_duplicates_would_do(server: Server) -> None:
    await fill(server)

    embed = embed_of(await server.admin.slash(server.channel, "explore diversity", of="library"))

    assert "Vendi score" in words(embed)
    assert "ten times over" in words(embed)


async def test_a_version_is_measured_against_the_one_before(server: Server) -> None:
    for name in ("one", "two"):
        await server.admin.slash(server.channel, "dataset freeze", name=name)

    embed = embed_of(await server.admin.slash(server.channel, "explore diversity"))

    assert "the data set two" in str(embed.title)
    assert "Before: one" in words(embed)


async def test_without_a_version_that_is_said(server: Server, simcord_env: simcord.Env) -> None:
    result = await server.admin.slash(server.channel, "explore diversity")

    assert "no version" in said(result)
    simcord.assert_error(simcord_env, VersionUnknown)


async def test_texts_are_sorted_by_the_names_of_labels(server: Server) -> None:
    await fill(server)

    result = await server.admin.slash(
        server.channel, "explore classify", of="library", labels="boat hull mast、cake oven flour"
    )

    shown = words(embed_of(result))
    assert "nobody has checked" in shown
    assert "boat hull mast" in shown
    assert result.response is not None
    [table] = result.response.attachments
    assert table.filename == "labels.csv"


async def ask_around(server: Server, simcord_env: simcord.Env) -> None:
    """Ask a dozen questions in each of two channels; a member may ask ten a minute."""
    await server.admin.slash(server.channel, "library add-text", title="Tides", text="High at 3.")
    kitchen = server.guild.create_text_channel("kitchen")
    for number in range(12):
        if number % 4 == 0:
            asker = server.guild.add_member(simcord_env.create_user(f"asker{number}"))
        await asker.slash(
            server.channel, "ask", question=f"Is the hull of boat {number} beside the mast?"
        )
        await asker.slash(kitchen, "ask", question=f"Is the flour of cake {number} in the oven?")


async def test_channels_teach_a_classifier_that_says_how_right_it_is(
    server: Server, simcord_env: simcord.Env
) -> None:
    await ask_around(server, simcord_env)

    result = await server.admin.slash(server.channel, "explore classify")

    shown = words(embed_of(result))
    assert "held-out" in shown
    assert "TF-IDF" in shown
    assert "#kitchen: 12" in shown
    assert "% reach a confidence of 70 %" in shown
    assert result.response is not None
    assert [each.filename for each in result.response.attachments] == ["map.png", "labels.csv"]


async def test_too_few_labels_are_said(server: Server, simcord_env: simcord.Env) -> None:
    await fill(server)

    result = await server.admin.slash(server.channel, "explore classify", of="library")

    assert "two labels" in said(result)
    simcord.assert_error(simcord_env, TooFewLabels)


async def test_private_and_hidden_questions_are_never_shown(
    server: Server, simcord_env: simcord.Env, chat: FakeChat
) -> None:
    chat.grounded = False
    me = server.guild.me
    assert me is not None
    read = discord.PermissionOverwrite(view_channel=True, read_message_history=True)
    crew = server.guild.create_role("Crew")
    cabin = server.guild.create_text_channel(
        "cabin", overwrites={server.guild.default_role: HIDDEN, crew: read, me: read}
    )
    bo = server.guild.add_member(simcord_env.create_user("bo"), roles=[crew])
    await ask_around(server, simcord_env)
    for number in range(3):
        await bo.slash(cabin, "ask", question=f"When does the mutiny start, {number}?")
        await server.alice.slash(
            server.channel, "ask", question=f"Secretly, {number}: who stole it?", private=True
        )

    for command in ("topics", "outliers", "map"):
        result = await server.admin.slash(server.channel, f"explore {command}", of="questions")
        shown = words(embed_of(result))
        assert "mutiny" not in shown
        assert "Secretly" not in shown
        assert "3 asked privately" in shown
        assert "mutiny" not in str(result.response and result.response.attachments)


async def test_members_may_not_explore_whatever_the_server_overrode(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    for command in await marv.tree.fetch_commands():
        if command.name == "explore":
            server.guild.set_command_permissions(command, {server.alice: True})
    for name in ("topics", "map", "outliers", "diversity", "classify"):
        result = await server.alice.slash(server.channel, f"explore {name}")
        assert result.ephemeral
        assert "for staff only" in said(result)
        simcord.assert_error(simcord_env, discord.app_commands.CheckFailure)


async def test_few_texts_are_said_and_the_progress_is_taken_away(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await server.admin.slash(server.channel, "explore topics")

    assert "at least 10" in said(result)
    simcord.assert_error(simcord_env, TooFewItems)


async def test_similar_finds_what_is_like_a_text_and_never_the_text_itself(
    server: Server,
) -> None:
    await fill(server)

    result = await server.alice.slash(server.channel, "similar", text=TEXTS[0], limit=3)

    embed = embed_of(result)
    assert len(embed.fields) == 3
    assert all(TEXTS[0] not in str(field.value) for field in embed.fields)
    assert "hull" in str(embed.fields[0].value) or "boat" in str(embed.fields[0].value)
    assert "% alike" in str(embed.fields[0].name)


async def test_similar_to_a_document_and_to_nothing(
    server: Server, simcord_env: simcord.Env
) -> None:
    await fill(server)

    embed = embed_of(await server.alice.slash(server.channel, "similar", document="Note 0"))
    assert all("Note 0 " not in str(field.name) for field in embed.fields)

    refused = await server.alice.slash(server.channel, "similar")
    assert "nothing to answer" in text_of(refused)
    simcord.assert_error(simcord_env, EmptyQuestion)


async def test_more_like_several_shows_nothing_twice(
    server: Server, simcord_env: simcord.Env
) -> None:
    await fill(server)
    result = await server.alice.slash(server.channel, "similar", text="hull and mast", limit=3)
    assert result.response is not None
    first = {str(field.value) for field in result.response.embeds[0].fields}
    [row] = result.response.message.components
    assert isinstance(row, discord.ActionRow)
    [menu] = row.children
    assert isinstance(menu, discord.SelectMenu)
    values = [option.value for option in menu.options][:2]

    await server.alice.select(result.response, values, custom_id="similar:more")

    [again] = result.response.embeds
    assert str(again.title) == "More like what you chose"
    assert not first & {str(field.value) for field in again.fields}

    shown = result.response.message.components[0].children[0].options[0].value  # type: ignore[union-attr]
    refused = await server.admin.select(result.response, [shown], custom_id="similar:more")
    assert refused.ephemeral
    simcord.assert_error(simcord_env, NotYours)


async def test_the_menu_finds_what_is_like_a_message(server: Server) -> None:
    await fill(server)
    message = await server.alice.send(server.channel, "The flour is beside the oven.")

    result = await server.alice.context_menu(server.channel, "Find similar", message)

    assert result.ephemeral
    assert "kitchen" in words(embed_of(result))


async def test_similar_never_shows_what_the_channel_may_not_read(
    server: Server, simcord_env: simcord.Env
) -> None:
    crew = server.guild.create_role("Crew")
    await server.admin.slash(
        server.channel, "library add-text", title="Plan", text="The mutiny starts at dawn."
    )
    await server.admin.slash(server.channel, "library audience", document="Plan", role=crew)

    result = await server.alice.slash(server.channel, "similar", text="When does the mutiny start?")

    assert "Nothing found" in said(result)
    simcord.assert_error(simcord_env, NothingFound)

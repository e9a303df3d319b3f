"""Tables attached to explorations, and routes: as staff set them and as members meet them."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
import simcord

from bot.adapters.local_embeddings import UseEmbedder
from bot.app import open_marv
from bot.audience import sees_everything
from bot.client import Marv
from bot.errors import NotAllowed, StoreFailed
from bot.faults.exploring import ColumnUnclear, ColumnUnknown, NoTable, TableRefused, TooFewItems
from bot.faults.routing import ConfidenceUnreadable, LabelUnknown, RouteUnknown
from bot.models import EmbeddingSpace, Language, Provenance, TurnKind
from bot.opening import Models
from bot.refusals import MAX_FILE_BYTES, DocumentRefused
from bot.services.answering import AnswerUpdate
from bot.services.manners import Manner
from bot.services.turns import Asker
from bot.settings import Settings
from cogs.route_render import origin_lines
from tests.cogs.test_explore import embed_of, said, words
from tests.cogs.test_inquiries import message_of
from tests.conftest import Server
from tests.fakes import FakeChat, FakeCounter
from tests.manners import MANNER, PERSONAS
from tests.routing_set import LABELS, as_csv, questions
from tests.services.exploring.test_explorer import FakeWorker

pytestmark = pytest.mark.usefixtures("computes_here")
EN = Language.ENGLISH
BOATS = "Which knot holds a dinghy at the pontoon?"
BOATS_JA = "ヨットを桟橋につなぐにはどの結び方がいいですか？"
BAKING = "How hot must the oven be for bread?"
OFF_TOPIC = "Which bus goes to the airport?"
HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(view_channel=True, read_message_history=True)
TABLE = as_csv([(each.text, each.label) for each in questions() if each.label])


@pytest.fixture
def embedder() -> UseEmbedder:
    """The embedded model: what is about the same is near, in both languages."""
    return UseEmbedder()


async def classified(
    server: Server, content: bytes = TABLE, **options: str
) -> simcord.InteractionResult:
    return await server.admin.slash(
        server.channel, "explore classify", file=("questions.csv", content), **options
    )


async def editor(server: Server, *, labels: str = "") -> simcord.ResponseMessage:
    """Return the form that "Route…" opens."""
    shown = message_of(await classified(server, labels=labels))
    return message_of(await server.admin.click(shown, custom_id="routes:open"))


async def lead(
    server: Server,
    form: simcord.ResponseMessage,
    label: str,
    target: simcord.ChannelHandle | str,
) -> None:
    """Have a label lead to a channel or a persona."""
    number = next(option for option in options_of(form) if option.label == label).value
    await server.admin.select(form, [number], custom_id="routes:label")
    kind = "persona" if isinstance(target, str) else "channel"
    await server.admin.select(form, [target], custom_id=f"routes:{kind}")


def options_of(form: simcord.ResponseMessage) -> list[discord.SelectOption]:
    row = form.message.components[0]
    assert isinstance(row, discord.ActionRow)
    [menu] = row.children
    assert isinstance(menu, discord.SelectMenu)
    return menu.options


def fields(shown: simcord.ResponseMessage) -> dict[str, str]:
    return {str(each.name): str(each.value) for each in shown.embeds[0].fields}


async def listed(server: Server) -> simcord.ResponseMessage:
    return message_of(await server.admin.slash(server.channel, "explore routes"))


async def teach(server: Server) -> None:
    await server.admin.slash(
        server.channel,
        "library add-text",
        title="Knots",
        text="Which knot holds a dinghy at the pontoon? The bowline holds a dinghy at the pontoon.",
    )


async def asked(server: Server, question: str = BOATS, **options: object) -> str:
    return said(await server.alice.slash(server.channel, "ask", question=question, **options))


async def spoken(marv: Marv, server: Server) -> list[str]:
    log = marv.services.chat.log
    return [turn.persona async for turn in log.turns(server.guild.id)]


async def test_an_attached_table_teaches_and_its_other_rows_are_sorted(server: Server) -> None:
    rows = [(each.text, each.label) for each in questions()]  # a third has no label

    result = await classified(server, as_csv(rows, ("message", "kind of thing")))

    shown = words(embed_of(result))
    assert "questions.csv" in shown
    assert "on 72 held-out texts" in shown
    assert "TF-IDF" in shown
    assert result.response is not None
    [_, table] = result.response.attachments
    lines = (await table.read()).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(rows)


async def test_a_table_with_names_is_sorted_by_them(server: Server) -> None:
    texts = as_csv([(each.text, str(number)) for number, each in enumerate(questions())])

    result = await classified(server, texts, labels="boats, baking", text="text")

    assert "nobody has checked" in words(embed_of(result))


async def test_other_explorations_look_at_a_table_as_well(server: Server, chat: FakeChat) -> None:
    chat.grounded = False
    for command in ("topics", "outliers", "diversity"):
        result = await server.admin.slash(
            server.channel, f"explore {command}", file=("questions.csv", TABLE)
        )
        assert "the table questions.csv" in words(embed_of(result))
    result = await server.admin.slash(
        server.channel, "explore map", file=("questions.csv", TABLE), colour="label"
    )
    assert result.response is not None
    assert "boats" in str(result.response.attachments[0].description)


@pytest.mark.parametrize(
    ("content", "options", "fault", "told"),
    [
        (TABLE, {"text": "txt"}, ColumnUnknown, "no column `txt`. The table has `text`, `label`"),
        (b"id,n\n1,2\n", {}, ColumnUnclear, "the option `text`; the table has `id`, `n`"),
        (
            as_csv([(each.text, each.text) for each in questions()], ("text", "note")),
            {},
            ColumnUnclear,
            "the option `label`; the table has `text`, `note`",
        ),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", {}, TableRefused, "It takes a CSV file in UTF-8"),
        (b"text,label\n,boats\n", {}, TableRefused, "It takes a CSV file in UTF-8"),
        (
            b"`@everyone`,[a](https://evil.test)\n1,2\n",
            {},
            ColumnUnclear,
            "`@everyone`, `[a](https://evil.test)`",
        ),
    ],
)
async def test_a_bad_table_is_refused_in_words(
    server: Server,
    simcord_env: simcord.Env,
    content: bytes,
    options: dict[str, str],
    fault: type[Exception],
    told: str,
) -> None:
    result = await classified(server, content, **options)

    assert told in said(result)
    simcord.assert_error(simcord_env, fault)


async def test_a_column_needs_a_table_and_a_table_has_a_limit(
    server: Server, simcord_env: simcord.Env
) -> None:
    result = await server.admin.slash(server.channel, "explore classify", text="message")
    assert "Attach the table" in said(result)
    simcord.assert_error(simcord_env, NoTable)

    result = await classified(server, b"a" * (MAX_FILE_BYTES + 1))
    assert "too large" in said(result)
    simcord.assert_error(simcord_env, DocumentRefused)


@pytest.mark.parametrize("fault", [ColumnUnknown("a", ["b"], table="t.csv"), NoTable()])
def test_a_fault_of_a_table_is_told_in_both_languages(fault: TableRefused) -> None:
    assert fault.user_message(EN) != fault.user_message(Language.JAPANESE)
    for option in ("text", "label"):
        unclear = ColumnUnclear(option, ["b"] * 30)
        assert unclear.user_message(Language.JAPANESE).count("`b`") == 20


async def test_a_question_of_a_label_points_to_its_channel_and_another_does_not(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    assert "↪" not in await asked(server)

    form = await editor(server)
    await lead(server, form, "boats", boats)

    assert f"→ <#{boats.id}>" in fields(form)["boats"]
    assert fields(form)["baking"] == "leads nowhere"
    assert f"↪ More of this in <#{boats.id}>" in await asked(server)
    assert f"↪ 続きは <#{boats.id}> でどうぞ" in await asked(server, BOATS_JA) or (
        f"↪ <#{boats.id}> で聞くと" in await asked(server, BOATS_JA)
    )
    for other in (BAKING, OFF_TOPIC):
        assert "↪" not in await asked(server, other)
    chatted = await server.alice.slash(server.channel, "chat", message=BOATS)
    assert f"↪ More of this in <#{boats.id}>" in said(chatted)
    assert not boats.history(), "nothing of a member's is posted elsewhere"


async def test_what_marv_does_not_know_is_asked_there(server: Server, chat: FakeChat) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    await lead(server, await editor(server), "boats", boats)
    chat.script.append("NO_ANSWER")

    told = await asked(server)

    assert f"↪ <#{boats.id}> may know more." in told
    assert "passages" in told


async def test_the_channel_is_not_named_in_itself_nor_to_who_may_not_read_it(
    server: Server, simcord_env: simcord.Env
) -> None:
    await teach(server)
    crew = server.guild.create_role("Crew")
    me = server.guild.me
    assert me is not None
    boats = server.guild.create_text_channel(
        "boats",
        overwrites={
            server.guild.default_role: HIDDEN,
            server.guild.roles["Staff"]: SHOWN,
            crew: SHOWN,
            me: SHOWN,
        },
    )
    bo = server.guild.add_member(simcord_env.create_user("bo"), roles=[crew])
    await lead(server, await editor(server), "boats", boats)

    assert "↪" not in await asked(server), "alice may not read it"
    assert "↪" not in await asked(server, private=True)
    public = await bo.slash(server.channel, "ask", question=BOATS)
    assert "↪" not in said(public), "those who read along may not"
    private = await bo.slash(server.channel, "ask", question=BOATS, private=True)
    assert f"↪ More of this in <#{boats.id}>" in said(private)
    there = await bo.slash(boats, "ask", question=BOATS)
    assert "↪" not in said(there)


async def test_a_question_of_a_label_is_answered_in_its_persona_and_logged_so(
    server: Server, marv: Marv, chat: FakeChat
) -> None:
    await teach(server)
    await lead(server, await editor(server), "boats", "butler")
    assert marv.user is not None

    await asked(server)
    await asked(server, OFF_TOPIC)
    await server.alice.send(server.channel, f"<@{marv.user.id}> {BOATS}")

    told = [request[0].content for request in chat.requests]
    butler, usual = (
        each.system_prompt[EN] for each in (PERSONAS.known["butler"], PERSONAS.default)
    )
    assert [butler in each for each in told] == [True, False, True]
    assert usual in told[1]
    assert await spoken(marv, server) == ["butler", "marv", "butler"]


async def test_a_direct_message_is_answered_with_the_channel_too(server: Server) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    await lead(server, await editor(server), "boats", boats)

    sent = await server.alice.send_dm(BOATS)

    shown = [message.content async for message in sent.channel.history()]
    assert any(f"↪ More of this in <#{boats.id}>" in each for each in shown)


async def test_a_stopped_answer_is_logged_with_the_persona_that_spoke(
    server: Server, marv: Marv
) -> None:
    butler, stop = Manner(persona=PERSONAS.known["butler"]), asyncio.Event()
    asker = Asker(
        guild_id=server.guild.id,
        channel_id=server.channel.id,
        author_id=server.alice.id,
        provenance=Provenance.INTERACTION,
        viewer=sees_everything,
    )

    async def updates() -> AsyncGenerator[AnswerUpdate, None]:
        yield AnswerUpdate(text="Very good,").found(butler, words_only=False)
        await asyncio.Event().wait()

    followed = marv.services.ask.recorder.follow(
        updates(), asker, BOATS, kind=TurnKind.ASK, manner=MANNER, stop=stop
    )
    shown = []
    async for progress in followed:
        shown.append(progress)
        stop.set()
    assert shown[-1].answer is not None
    assert shown[-1].answer.finish_reason == "stopped"
    assert await spoken(marv, server) == ["butler"]


async def test_what_is_serious_is_never_routed(server: Server, marv: Marv, chat: FakeChat) -> None:
    await teach(server)
    form = await editor(server)
    await lead(server, form, "boats", "butler")

    told = await asked(server, "I want to die on my boat at the pontoon, tonight")

    assert "↪" not in told
    assert await spoken(marv, server) == ["marv"]


async def test_a_rehearsed_persona_is_the_one_that_was_chosen(
    server: Server, chat: FakeChat
) -> None:
    await teach(server)
    await lead(server, await editor(server), "boats", "butler")

    await server.admin.slash(server.channel, "persona preview", persona="archivist", message=BOATS)

    assert PERSONAS.known["archivist"].system_prompt[EN] in chat.requests[-1][0].content


async def test_without_a_library_talk_is_routed_all_the_same(server: Server, marv: Marv) -> None:
    await lead(server, await editor(server), "boats", "butler")

    await server.alice.slash(server.channel, "chat", message=BOATS)

    assert await spoken(marv, server) == ["butler"]


async def test_a_question_is_embedded_once(server: Server, marv: Marv) -> None:
    await teach(server)
    await lead(server, await editor(server), "boats", "butler")
    calls: list[str] = []
    search = marv.services.search
    real = search.embedder

    @dataclass(frozen=True)
    class Counting:
        space: EmbeddingSpace

        async def embed_query(self, text: str) -> object:
            calls.append(text)
            return await real.embed_query(text)

    object.__setattr__(search, "embedder", Counting(real.space))
    await asked(server)

    assert calls == [BOATS]
    assert await spoken(marv, server) == ["butler"]


async def test_routes_are_listed_with_how_right_they_are_and_removed(server: Server) -> None:
    boats = server.guild.create_text_channel("boats")
    assert "No routes are set" in words(embed_of_message(await listed(server)))
    form = await editor(server)
    await lead(server, form, "boats", boats)
    await lead(server, form, "baking", "butler")

    shown = await listed(server)

    text = words(embed_of_message(shown))
    assert "Learnt from 72 labelled texts" in text
    assert "By meaning alone: accuracy 99 %" in text
    assert "always the commonest: 33 %" in text
    assert f"<#{boats.id}>" in fields(shown)["boats"]
    assert "from 70 %:" in fields(shown)["boats"]
    assert "persona `butler`" in fields(shown)["baking"]
    await server.admin.select(shown, ["1"], custom_id="routes:remove-some")
    assert set(fields(shown)) == {"baking"}
    await server.admin.select(shown, ["0"], custom_id="routes:remove-some")
    assert "No routes are set" in words(embed_of_message(shown))


def embed_of_message(shown: simcord.ResponseMessage) -> discord.Embed:
    [embed] = shown.embeds
    return embed


async def test_a_removed_route_leads_nowhere_and_cannot_go_twice(
    server: Server, simcord_env: simcord.Env
) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    form = await editor(server)
    await lead(server, form, "boats", boats)
    assert "↪" in await asked(server)

    await server.admin.click(form, custom_id="routes:remove")

    assert "↪" not in await asked(server)
    assert fields(form)["boats"] == "leads nowhere"
    again = await server.admin.click(form, custom_id="routes:remove")
    assert "no such route" in said(again)
    simcord.assert_error(simcord_env, RouteUnknown)


async def test_a_confidence_is_typed_and_holds(server: Server, simcord_env: simcord.Env) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    form = await editor(server)
    await lead(server, form, "boats", boats)

    modal = await server.admin.click(form, custom_id="routes:confidence")
    await server.admin.submit_modal(modal, {"confidence": "100 %"})

    assert "from 100 %: 0 % of texts" in fields(await listed(server))["boats"]
    assert "↪" not in await asked(server)
    modal = await server.admin.click(form, custom_id="routes:confidence")
    refused = await server.admin.submit_modal(modal, {"confidence": "much"})
    assert "from 0 to 100" in said(refused)
    simcord.assert_error(simcord_env, ConfidenceUnreadable)


async def test_another_sorter_takes_the_place_of_the_first_and_says_so(server: Server) -> None:
    await lead(server, await editor(server), "boats", "butler")

    form = await editor(server, labels="ships, bread")

    shown = words(embed_of_message(form))
    assert "Another sorter's routes are set (1)" in shown
    assert "Nothing was measured" in shown
    await lead(server, form, "ships", "archivist")
    assert set(fields(await listed(server))) == {"ships"}


async def test_a_useless_sorter_is_called_that(server: Server) -> None:
    rows = [
        (each.text, "heads" if zlib.crc32(each.text.encode()) % 4 else "tails")
        for each in questions()
    ]

    form = message_of(
        await server.admin.click(
            message_of(await classified(server, as_csv(rows))), custom_id="routes:open"
        )
    )

    assert "No better than always guessing" in words(embed_of_message(form))


async def test_few_questions_are_not_kept_as_averages(
    server: Server, simcord_env: simcord.Env
) -> None:
    await teach(server)
    for number in range(3):
        await asked(server, f"{BOATS} {number}")
    shown = await server.admin.slash(
        server.channel, "explore classify", labels="boats, bread", of="questions"
    )

    refused = await server.admin.click(message_of(shown), custom_id="routes:open")

    assert "at least 20" in said(refused)
    simcord.assert_error(simcord_env, TooFewItems)


async def test_another_embedding_model_pauses_routes_and_says_so(
    server: Server, marv: Marv
) -> None:
    await teach(server)
    boats = server.guild.create_text_channel("boats")
    await lead(server, await editor(server), "boats", boats)
    routing = marv.services.routing

    @dataclass(frozen=True)
    class Other:
        space: EmbeddingSpace

    real = routing.embedder
    object.__setattr__(routing, "embedder", Other(EmbeddingSpace(model="another", dimensions=512)))
    assert "↪" not in await asked(server)
    shown = words(embed_of_message(await listed(server)))
    assert "⏸️ Paused" in shown
    assert "use-multilingual/512" in shown
    object.__setattr__(routing, "embedder", real)
    assert "↪" in await asked(server)


async def test_a_store_that_fails_costs_no_answer(
    server: Server, marv: Marv, caplog: pytest.LogCaptureFixture
) -> None:
    await teach(server)
    await lead(server, await editor(server), "boats", "butler")
    routing = marv.services.routing
    routing._forget(server.guild.id)

    class Broken:
        async def load(self, guild_id: int) -> None:
            raise StoreFailed("the disk is on fire")

    real = routing.store
    object.__setattr__(routing, "store", Broken())
    assert "bowline" in await asked(server)
    object.__setattr__(routing, "store", real)

    assert "Not routed" in caplog.text
    assert await spoken(marv, server) == ["marv"]


async def test_another_server_has_no_part_in_routes(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    await lead(server, await editor(server), "boats", "butler")
    other = simcord_env.create_guild("Other")
    hall = other.create_text_channel("hall")
    staff = other.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
    cy = other.add_member(simcord_env.create_user("cy"), roles=[staff])
    await cy.slash(hall, "chat", message=BOATS)

    assert [turn.persona async for turn in marv.services.chat.log.turns(other.id)] == ["marv"]
    shown = message_of(await cy.slash(hall, "explore routes"))
    assert "No routes are set" in words(embed_of_message(shown))


async def test_members_set_no_routes_whatever_the_server_overrode(
    server: Server, simcord_env: simcord.Env, marv: Marv
) -> None:
    for command in await marv.tree.fetch_commands():
        if command.name == "explore":
            server.guild.set_command_permissions(command, {server.alice: True})
    result = await server.alice.slash(server.channel, "explore routes")
    assert "for staff only" in said(result)
    simcord.assert_error(simcord_env, discord.app_commands.CheckFailure)

    form = await editor(server)
    await server.admin.select(form, ["0"], custom_id="routes:label")
    guild = marv.get_guild(server.guild.id)
    assert guild is not None
    member = await guild.fetch_member(server.admin.id)
    await member.remove_roles(discord.Object(server.guild.roles["Staff"].id))
    refused = await server.admin.select(form, ["butler"], custom_id="routes:persona")
    assert refused.ephemeral
    simcord.assert_error(simcord_env, NotAllowed)
    assert await marv.services.routing.show(server.guild.id) is None


async def test_a_restart_keeps_routes(settings: Settings, tmp_path: Path) -> None:
    """Two processes' worth of Marv on one data directory."""
    settings = settings.model_copy(update={"data_dir": tmp_path / "again"})

    async def built(env: simcord.Env) -> tuple[Server, int]:
        guild = env.create_guild("Harbor", id=1_100_000_000_000_000_001)
        staff = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
        return Server(
            guild,
            guild.create_text_channel("general"),
            guild.add_member(env.create_user("alice")),
            guild.add_member(env.create_user("admin"), roles=[staff]),
        ), guild.id

    def models() -> Models:
        return Models(
            chat=FakeChat(), embedder=UseEmbedder(), counter=FakeCounter(), personas=PERSONAS
        )

    async with (
        open_marv(settings, models=models()) as first,
        simcord.run(first, settle_timeout=60) as env,
    ):
        object.__setattr__(first.services.explore.explorer, "worker", FakeWorker())
        server, guild_id = await built(env)
        await lead(server, await editor(server), "boats", "butler")
        kept = await first.services.routing.show(guild_id)

    async with (
        open_marv(settings, models=models()) as second,
        simcord.run(second, settle_timeout=60) as env,
    ):
        server, _ = await built(env)
        assert await second.services.routing.show(guild_id) == kept
        await server.alice.slash(server.channel, "chat", message=BOATS)
        assert await spoken(second, server) == ["butler"]


async def test_how_right_a_sorter_is_is_told_in_both_languages(server: Server, marv: Marv) -> None:
    await lead(server, await editor(server), "boats", "butler")
    routes = await marv.services.routing.show(server.guild.id)
    assert routes is not None

    english, japanese = (origin_lines(routes, language) for language in Language)

    assert "99 %" in english[1]
    assert "正解率 99%" in japanese[1]
    assert "表" in japanese[0]


async def test_a_channel_needs_a_label_first(marv: Marv, server: Server) -> None:
    routing = marv.services.routing
    form = await editor(server)
    await lead(server, form, "boats", "butler")
    routes = await routing.show(server.guild.id)
    assert routes is not None
    target = routes.routes[0].target
    with pytest.raises(LabelUnknown):
        await routing.set_route(server.guild.id, routes, "cars", target, 0.5)
    with pytest.raises(ConfidenceUnreadable):
        await routing.set_route(server.guild.id, routes, LABELS[0], target, 1.5)

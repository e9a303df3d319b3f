"""Pages of the web as staff add them and members hear of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import simcord
from discord import app_commands

from bot.app import open_marv
from bot.audience import EVERYONE, Audience, sees_everything
from bot.client import Marv
from bot.faults.web import AddressRefused, PageGone, PageUnreachable, RobotsForbid, SourceUnknown
from bot.models import Language
from bot.opening import Models
from bot.refusals import DocumentRefused, RefusalReason
from bot.services.web_pages import PageOutcome, PageResult, WebReport
from bot.settings import Settings
from cogs.web_reports import web_report
from tests.conftest import Server
from tests.fakes import FakeChat, FakeCounter, FakeEmbedder
from tests.manners import PERSONAS
from tests.websites import SITE, Page, Website, serving

QUESTION = "How hot for green tea?"
FORBID_ALL = Page(body=b"User-agent: *\nDisallow: /", content_type="text/plain")


@pytest.fixture
async def site() -> AsyncIterator[Website]:
    async with serving(Website()) as website:
        website.html("/tea", "Tea", "How hot for green tea? Steep green tea at 70 degrees.")
        website.html("/kettle", "Kettle", "The kettle holds two litres.")
        yield website


@pytest.fixture
async def marv(
    settings: Settings, chat: FakeChat, embedder: FakeEmbedder, site: Website
) -> AsyncIterator[Marv]:
    models = Models(chat=chat, embedder=embedder, counter=FakeCounter(), personas=PERSONAS)
    fetcher = site.fetcher()
    async with open_marv(settings, models=models, fetcher=fetcher) as opened:
        yield opened
    await fetcher.close()


def text_of(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return result.response.content + " ".join(part.content for part in result.followups)


def embeds_of(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return "".join(
        f"{embed.description}{''.join(str(field.value) for field in embed.fields)}"
        for embed in result.response.embeds
    )


async def add(server: Server, url: str, **options: int) -> simcord.InteractionResult:
    return await server.admin.slash(server.channel, "library add-url", url=url, **options)


async def refresh(server: Server) -> str:
    return text_of(await server.admin.slash(server.channel, "library refresh"))


async def test_an_answer_cites_the_address_of_the_page(server: Server) -> None:
    result = await add(server, f"{SITE}/tea")
    assert result.ephemeral
    assert "1 added" in text_of(result)
    assert "1 new passages, 1 embedded" in text_of(result)

    answer = await server.alice.slash(server.channel, "ask", question=QUESTION)

    assert "70 degrees" in text_of(answer)
    assert f"<{SITE}/tea>" in embeds_of(answer)


async def test_a_changed_page_changes_the_answer(server: Server, site: Website) -> None:
    await add(server, f"{SITE}/tea")
    site.html("/tea", "Tea", "How hot for green tea? Steep green tea at 80 degrees.")

    assert "1 changed" in await refresh(server)
    answer = await server.alice.slash(server.channel, "ask", question=QUESTION)
    assert "80 degrees" in text_of(answer)


async def test_an_unchanged_page_embeds_nothing(
    server: Server, site: Website, embedder: FakeEmbedder
) -> None:
    await add(server, f"{SITE}/tea")
    before = len(embedder.embedded)

    assert "1 unchanged" in await refresh(server)
    assert site.statuses[304] == 1
    assert len(embedder.embedded) == before


async def test_a_page_that_is_gone_is_marked_wherever_it_is_shown(
    server: Server, site: Website
) -> None:
    await add(server, f"{SITE}/tea")
    page = site.pages.pop("/tea")

    said = await refresh(server)

    assert "1 gone" in said
    assert f"`{SITE}/tea`" in said
    listed = await server.admin.slash(server.channel, "library list")
    answer = await server.alice.slash(server.channel, "ask", question=QUESTION)
    found = await server.alice.slash(server.channel, "search", query="green tea")
    for shown in (listed, answer, found):
        assert "source gone since" in embeds_of(shown)

    site.pages["/tea"] = page
    assert "1 back" in await refresh(server)
    answer = await server.alice.slash(server.channel, "ask", question=QUESTION)
    assert "source gone since" not in embeds_of(answer)


async def test_a_sitemap_tells_what_was_taken_and_what_was_not(
    server: Server, site: Website
) -> None:
    site.pages["/robots.txt"] = Page(body=b"User-agent: *\nDisallow: /private")
    site.html("/private", "Private", "Nothing to see.")
    site.pages["/cat.png"] = Page(body=b"x", content_type="image/png")
    site.sitemap(
        "/sitemap.xml", [f"{SITE}/{name}" for name in ("tea", "private", "cat.png", "kettle")]
    )

    said = text_of(await add(server, f"{SITE}/sitemap.xml"))

    assert "2 added, 2 not taken" in said
    assert f"`{SITE}/private`: its robots.txt asks me to stay out" in said
    assert f"`{SITE}/cat.png`: I don't read files of that kind. (image/png)" in said


async def test_the_page_limit_is_said(server: Server, site: Website) -> None:
    site.sitemap("/sitemap.xml", [f"{SITE}/tea", f"{SITE}/kettle"])

    said = text_of(await add(server, f"{SITE}/sitemap.xml", pages=1))

    assert "1 added" in said
    assert "more pages than the limit" in said


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/latest/", "file:///etc/passwd", "x y"]
)
async def test_an_address_inside_is_refused(
    server: Server, simcord_env: simcord.Env, site: Website, url: str
) -> None:
    result = await add(server, url)

    assert "I can't read" in text_of(result)
    simcord.assert_error(simcord_env, AddressRefused)
    assert site.asked == []


async def test_what_cannot_be_had_is_said(
    server: Server, simcord_env: simcord.Env, site: Website
) -> None:
    assert "no such page" in text_of(await add(server, f"{SITE}/nowhere"))
    simcord.assert_error(simcord_env, PageGone)

    site.pages["/robots.txt"] = FORBID_ALL
    assert "robots.txt" in text_of(await add(server, "http://other.example.com/tea"))
    simcord.assert_error(simcord_env, RobotsForbid)


STAFF_ONLY = Audience(role_ids=frozenset({5}))
REPORT = WebReport(
    results=[
        PageResult(address=f"{SITE}/tea", outcome=PageOutcome.ADDED, chunks=2, embedded=1),
        PageResult(
            address=f"{SITE}/gone", outcome=PageOutcome.STALE, error=PageGone(f"{SITE}/gone")
        ),
        PageResult(
            address=f"{SITE}/staff",
            outcome=PageOutcome.FAILED,
            error=PageUnreachable(f"{SITE}/staff", 503),
            audience=STAFF_ONLY,
        ),
    ],
    faults=[DocumentRefused(f"{SITE}/sitemap.xml", RefusalReason.HOSTILE)],
    more=True,
)


def test_a_report_is_whole_in_both_languages() -> None:
    english = web_report(REPORT, Language.ENGLISH, viewer=sees_everything)
    japanese = web_report(REPORT, Language.JAPANESE, viewer=sees_everything)

    assert "1 added, 1 gone (kept, and marked as such), 1 failed for now" in english
    assert "the site did not answer properly (HTTP 503)." in english
    assert "built like an attack" in english
    assert (
        "追加 1 ページ、消滅 1 ページ（内容は残し、印を付けました）、一時的な失敗 1 ページ"
        in japanese
    )
    assert "サイトがまともに応答しませんでした（HTTP 503）。" in japanese
    assert "そのページは（もう）ありません。" in japanese
    assert "上限" in japanese


def test_a_report_counts_but_does_not_name_what_its_reader_may_not_see() -> None:
    said = web_report(REPORT, Language.ENGLISH, viewer=lambda audience: audience == EVERYONE)

    assert "1 failed" in said
    assert f"{SITE}/staff" not in said
    assert f"{SITE}/gone" in said


def test_a_report_of_many_problems_fits_one_message() -> None:
    pages = [f"{SITE}/{'x' * 300}{number}" for number in range(200)]
    report = WebReport(
        results=[
            PageResult(address=page, outcome=PageOutcome.REFUSED, error=RobotsForbid(page))
            for page in pages
        ]
    )

    for language in Language:
        said = web_report(report, language, viewer=sees_everything)
        assert len(said) <= 2000
    assert "200" in said


async def test_one_source_is_suggested_and_read_again(
    server: Server, simcord_env: simcord.Env
) -> None:
    await add(server, f"{SITE}/tea")
    await add(server, f"{SITE}/kettle")
    [choice] = await server.admin.autocomplete(server.channel, "library refresh", "source", "ket")

    result = await server.admin.slash(server.channel, "library refresh", source=choice["value"])
    assert "1 unchanged" in text_of(result)

    await server.admin.slash(server.channel, "library refresh", source="nonsense")
    simcord.assert_error(simcord_env, SourceUnknown)


async def test_a_member_whom_the_server_let_through_is_refused(
    server: Server, simcord_env: simcord.Env, marv: Marv, site: Website
) -> None:
    for command in await marv.tree.fetch_commands():
        if command.name == "library":
            server.guild.set_command_permissions(command, {server.alice: True})

    for name, options in (("library add-url", {"url": f"{SITE}/tea"}), ("library refresh", {})):
        result = await server.alice.slash(server.channel, name, **options)
        assert "Manage Server" in text_of(result)
        simcord.assert_error(simcord_env, app_commands.CheckFailure)
    assert not site.asked


async def test_a_page_for_some_is_kept_from_others(server: Server) -> None:
    role = server.guild.create_role("Tea club")
    await add(server, f"{SITE}/kettle")
    await server.admin.slash(server.channel, "library add-url", url=f"{SITE}/tea", role=role)

    answer = await server.alice.slash(server.channel, "ask", question=QUESTION)

    assert "70 degrees" not in text_of(answer)
    assert f"{SITE}/tea" not in embeds_of(answer)

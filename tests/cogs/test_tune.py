"""Fine-tuning as staff meet it, against a provider on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import simcord
from discord import app_commands

from bot.client import Marv
from bot.doctor import examine
from bot.faults.dataset import NoPreferences, VersionUnknown
from bot.faults.money import TooExpensive
from bot.faults.tuning import JobUnknown, ModelNotTunable, NoNewCustomers, TrainerUnreachable
from bot.models import Language
from bot.settings import Settings
from bot.tuning import STARTING, JobId, TuningOptions
from cogs.tuning_texts import status_text
from cogs.tuning_view import preview_embed
from tests.aimock import Aimock, aimock_door, aimock_program
from tests.cogs.test_inquiries import message_of, told
from tests.cogs.test_persona import everything
from tests.conftest import Server
from tests.openai_faults import BROKEN
from tests.openai_server import OpenAIServer, serving

MODEL = "gpt-4.1-mini"


@pytest.fixture(params=["loopback", "aimock"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenAIServer | Aimock]:
    """Our own server, which checks every word, and somebody else's."""
    if request.param == "loopback":
        with serving() as server:
            yield server
    else:
        with aimock_program(tmp_path, MODEL) as address, aimock_door(address) as door:
            yield door


@pytest.fixture
def settings(settings: Settings, provider: OpenAIServer | Aimock) -> Settings:
    return settings.model_copy(update={"tuning_base_url": provider.url, "tuning_api_key": None})


async def freeze(server: Server, name: str = "v1") -> None:
    await server.admin.slash(server.channel, "dataset freeze", name=name)


async def start(server: Server, **options: object) -> simcord.InteractionResult:
    """Ask for a job and press the button."""
    options = {"version": "v1", "model": MODEL, "epochs": 2, **options}
    view = message_of(await server.admin.slash(server.channel, "tune start", **options))
    return await server.admin.click(view, custom_id="tune:go")


def said_in(server: Server) -> list[str]:
    """Return what Marv said in the channel, embeds included."""
    return [
        " ".join([message.content, *(str(embed.to_dict()) for embed in message.embeds)])
        for message in server.channel.history()
    ]


async def test_from_a_version_to_a_model_with_its_price_and_its_end(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock
) -> None:
    await freeze(server)
    asked = await server.admin.slash(
        server.channel, "tune start", version="v1", model=MODEL, epochs=2
    )
    text = everything(asked)
    assert "tokens an epoch" in text
    assert "about $" in text
    assert "2027-01-14" in text
    assert provider.tuning.creations == 0
    started = await server.admin.click(message_of(asked), custom_id="tune:go")
    assert "#1 is under way" in str([each.content for each in started.followups])
    assert provider.tuning.creations == 1

    for _ in range(6):
        await marv.services.tuning_watch.look()
    [progress, end] = said_in(server)[-2:]
    assert "running" in progress or "succeeded" in progress
    assert "has ended: succeeded" in end
    assert "ft:gpt-4.1-mini:" in end

    before = len(server.channel.history())
    await marv.services.tuning_watch.look()
    assert len(server.channel.history()) == before
    usage = everything(await server.admin.slash(server.channel, "marv usage"))
    assert "training" in usage

    status = everything(await server.admin.slash(server.channel, "tune status", job=1))
    assert "succeeded" in status
    listed = everything(await server.admin.slash(server.channel, "tune list"))
    assert "v1" in listed


async def test_the_losses_are_drawn_and_the_checkpoints_shown_where_the_provider_has_them(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock
) -> None:
    await freeze(server)
    await start(server)
    for _ in range(6):
        await marv.services.tuning_watch.look()
    charts = server.channel.history()[-1].attachments
    events = everything(await server.admin.slash(server.channel, "tune events", job=1))
    kept = everything(await server.admin.slash(server.channel, "tune checkpoints", job=1))

    if isinstance(provider, Aimock):  # which tells neither losses nor checkpoints
        assert charts == []
        assert "Training complete" in events
        assert "It kept none" in kept
        return
    [chart] = charts
    assert chart.filename == "loss.png"
    assert (await chart.read()).startswith(b"\x89PNG")
    assert "training" in (chart.description or "")
    assert "validation" in said_in(server)[-1]
    assert "Step 8/8" in events
    assert "ckpt-step-8" in kept


async def test_models_are_shown_with_prices_and_ends(server: Server) -> None:
    shown = everything(await server.admin.slash(server.channel, "tune models"))
    assert "`gpt-4.1-mini`: $5.00 a million tokens" in shown
    assert "2027-01-14" in shown


async def test_the_wind_down_is_said_plainly(
    server: Server, provider: OpenAIServer | Aimock, simcord_env: simcord.Env
) -> None:
    await freeze(server)
    provider.tuning.refuses_newcomers = True
    result = await start(server)
    assert "accepts no new customers" in told(result)
    simcord.assert_error(simcord_env, NoNewCustomers)
    listed = everything(await server.admin.slash(server.channel, "tune list"))
    assert "failed" in listed


async def test_nothing_is_made_twice_and_a_failed_job_is_made_again(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock
) -> None:
    await freeze(server)
    await start(server)
    again = message_of(
        await server.admin.slash(server.channel, "tune start", version="v1", model=MODEL, epochs=2)
    )
    assert "Job #1 was made of the same data" in str(again.embeds[0].description)
    await server.admin.click(again, custom_id="tune:go")
    assert provider.tuning.creations == 1
    await server.admin.slash(server.channel, "tune cancel", job=1)
    await start(server)
    assert provider.tuning.creations == 2
    assert [job.id for job in await marv.services.tuning.jobs(server.guild.id)] == [2, 1]


async def test_a_job_that_was_not_confirmed_is_found_again(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock, simcord_env: simcord.Env
) -> None:
    """The reply to the creation is lost, and so is the one to the look for it."""
    await freeze(server)
    desk = marv.services.tuning
    provider.tuning.loses_reply_of_create = 1
    provider.tuning.breaks_lists_after_create = True
    result = await start(server)
    assert "Nothing is lost" in told(result)
    simcord.assert_error(simcord_env, TrainerUnreachable)
    [job] = await desk.jobs(server.guild.id)
    assert (job.status, job.trainer_id) == (STARTING, None)
    provider.tuning.breaks_lists_after_create = False
    await marv.services.tuning_watch.look()
    [job] = await desk.jobs(server.guild.id)
    assert (job.trainer_id or "").startswith("ftjob-")
    assert provider.tuning.creations == 1


async def test_a_job_that_was_never_made_says_so(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock
) -> None:
    await freeze(server)
    desk = marv.services.tuning
    version = await desk.versions.named(server.guild.id, "v1")
    preview = await desk.preview(server.guild.id, "v1", TuningOptions(model=MODEL))
    draft = desk.draft(preview, server.guild.id, 1, server.channel.id)
    await desk.store.add(draft)  # a kill came before anything was sent
    await marv.services.tuning_watch.look()
    [job] = await desk.jobs(server.guild.id)
    assert job.status == "failed"
    assert "start it again" in (job.error or "")
    assert version.id == job.version_id
    assert "came to nothing" in said_in(server)[-1]


async def test_a_budget_that_is_too_small_stops_it(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock, simcord_env: simcord.Env
) -> None:
    await freeze(server)
    await marv.services.settings.change(server.guild.id, {"server_budget_usd": 0.01}, changed_by=1)
    result = await start(server)
    assert "has $0.0100 left" in told(result)
    simcord.assert_error(simcord_env, TooExpensive)
    assert provider.tuning.creations == provider.tuning.uploads == 0


async def test_what_cannot_be_is_refused_with_what_to_do(
    server: Server, simcord_env: simcord.Env
) -> None:
    unknown = await server.admin.slash(server.channel, "tune start", version="none", model=MODEL)
    assert "/dataset versions" in told(unknown)
    simcord.assert_error(simcord_env, VersionUnknown)
    await freeze(server)
    odd = await server.admin.slash(server.channel, "tune start", version="v1", model="gpt-2")
    assert "/tune models" in told(odd)
    simcord.assert_error(simcord_env, ModelNotTunable)
    pairs = await server.admin.slash(
        server.channel, "tune start", version="v1", model=MODEL, method="dpo"
    )
    assert "no pair" in told(pairs)
    simcord.assert_error(simcord_env, NoPreferences)
    gone = await server.admin.slash(server.channel, "tune status", job=99)
    assert "/tune list" in told(gone)
    simcord.assert_error(simcord_env, JobUnknown)


async def test_members_may_not_and_leaving_starts_nothing(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock, simcord_env: simcord.Env
) -> None:
    await freeze(server)
    for command in await marv.tree.fetch_commands():
        if command.name == "tune":
            server.guild.set_command_permissions(command, {server.alice: True})
    for name, options in (
        ("tune list", {}),
        ("tune start", {"version": "v1", "model": MODEL}),
        ("tune cancel", {"job": 1}),
    ):
        refused = await server.alice.slash(server.channel, name, **options)
        assert "Manage Server" in told(refused)
        simcord.assert_error(simcord_env, app_commands.CheckFailure)
    view = message_of(
        await server.admin.slash(server.channel, "tune start", version="v1", model=MODEL)
    )
    await server.admin.click(view, custom_id="tune:leave")
    assert provider.tuning.creations == 0


async def test_a_trainer_that_fails_is_asked_again_at_the_next_look(
    server: Server, marv: Marv, provider: OpenAIServer | Aimock
) -> None:
    await freeze(server)
    await start(server)
    provider.tuning.endpoint.fail(*[BROKEN] * 3)
    await marv.services.tuning_watch.look()
    for _ in range(6):
        await marv.services.tuning_watch.look()
    assert "has ended: succeeded" in said_in(server)[-1]


async def test_training_files_do_not_stay_on_the_disk(
    server: Server, marv: Marv, settings: Settings
) -> None:
    await freeze(server)
    await start(server)
    job = await marv.services.tuning.store.job(server.guild.id, JobId(1))
    assert job is not None
    assert [path for path in Path(settings.tuning_dir).rglob("*") if path.is_file()] == []


async def test_in_japanese(server: Server, marv: Marv) -> None:
    await freeze(server)
    options = TuningOptions(model=MODEL, suffix="harbor")
    preview = await marv.services.tuning.preview(server.guild.id, "v1", options)
    shown = str(preview_embed(preview, Language.JAPANESE).to_dict())
    assert "1エポック" in shown
    assert "約 $" in shown
    assert "suffix harbor" in shown
    assert status_text("awaiting_review", Language.JAPANESE) == "`awaiting_review`"


async def test_the_doctor_asks_whoever_trains(settings: Settings) -> None:
    ok, detail = await training_of(settings)
    assert ok
    assert detail.startswith("local: ")
    assert detail.endswith("; openai: ready")
    away = settings.model_copy(update={"tuning_base_url": "http://127.0.0.1:9/v1"})
    ok, _ = await training_of(away)
    assert not ok


async def training_of(settings: Settings) -> tuple[bool, str]:
    [check] = [each for each in (await examine(settings)).checks if each.name == "training"]
    return check.ok, check.detail

"""The whole loop on real models: from what members type to a promoted fine-tune, and back.

``python -m tests.benchmarks.whole_loop FOLDER [--epochs N]``: members of a simulated Discord type
60 messages, staff vote, repair and review, a version is frozen, a local fine-tune is trained,
compared by figures and by a blind vote, promoted, used and rolled back; then the same from the
frozen version on by the command line, on the same data. Prints minutes and figures. Needs
``make train-env``; takes half an hour on two cores with one epoch.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import discord
import simcord
from rich.console import Console

from bot.app import open_marv
from bot.client import Marv
from bot.comparison import ComparisonId, Side
from bot.inquiry import VoteValue
from bot.models import TurnId
from bot.playground import fill_sample_library
from bot.settings import Settings

GUILD = 1_100_000_000_000_000_007
ASKED = (
    "When does the regatta start?",
    "What varnish do we use?",
    "How do I borrow a boat?",
    "Who opens the workshop?",
    "What are the rules about noise?",
    "日本支部の集まりはいつですか？",
    "鍵はどこで借りられますか？",
    "会費はいくらですか？",
    "作業場は何時に閉まりますか？",
    "レガッタの日はいつですか？",
)
TALK = (
    "Good morning, Marv",
    "You sound tired",
    "Tell me something nice",
    "おはよう、Marv",
    "元気ですか？",
)
MEMBERS = 4
TURNS = 60


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something took."""
    started = time.perf_counter()
    yield
    print(f"{what}: {(time.perf_counter() - started) / 60:.1f} min", flush=True)


async def on_discord(folder: Path, epochs: int) -> None:
    """Go round once as members and staff do."""
    settings = Settings(_env_file=None, data_dir=folder)
    async with open_marv(settings) as marv:
        await fill_sample_library(marv, Console(stderr=True))
        await marv.services.warm_up()
        async with simcord.run(marv, settle_timeout=600.0, check_errors=False) as env:
            await _round(marv, env, epochs)


async def _round(marv: Marv, env: simcord.Env, epochs: int) -> None:
    guild = env.create_guild("Harbor")
    marv.local_guild_id = guild.id  # it uses the sample library
    staff = guild.create_role("Staff", permissions=discord.Permissions(manage_guild=True))
    channel = guild.create_text_channel("general")
    admin = guild.add_member(env.create_user("admin"), roles=[staff])
    members = [guild.add_member(env.create_user(f"member{n}")) for n in range(MEMBERS)]
    await marv.services.settings.change(0, {"questions_per_minute": None}, changed_by=1)
    for member in (admin, *members):
        await member.slash(channel, "privacy consent", choice="training")
    with timed(f"{TURNS} messages typed and answered"):
        for number in range(TURNS):
            member = members[number % MEMBERS]
            text = (*ASKED, *TALK)[number % (len(ASKED) + len(TALK))]
            asked = f"{text} ({number})" if number >= len(ASKED) + len(TALK) else text
            await member.slash(channel, "chat", message=asked)
    turns = [turn async for turn in marv.services.chat.log.turns(0)]
    print(f"turns logged: {len(turns)}")
    for number, turn in enumerate(turns):
        value = VoteValue.DOWN if number % 7 == 0 else VoteValue.UP
        await marv.services.votes.vote(0, TurnId(turn.id), by=admin.id, value=value)
    view = await admin.slash(channel, "dataset review")
    assert view.response is not None
    for _ in range(5):
        await admin.click(view.response, custom_id="review:keep")
    await admin.slash(channel, "dataset freeze", name="loop-1")
    version = await marv.services.dataset.versions.named(0, "loop-1")
    print(f"frozen: {dict(version.rows)} sha256 {version.sha256[:12]}")
    with timed(f"training, {epochs} epoch(s)"):
        asked_for = await admin.slash(
            channel, "tune start", version="loop-1", epochs=epochs, seed=1
        )
        assert asked_for.response is not None
        await admin.click(asked_for.response, custom_id="tune:go")
        await _trained(marv)
    [job] = await marv.services.tuning.jobs(0)
    losses = await marv.services.tuning.losses(job.id)
    valid = [point.valid for point in losses if point.valid is not None]
    train = [point.train for point in losses if point.train is not None]
    print(
        f"loss: training {train[0]:.2f} to {train[-1]:.2f}, validation {valid[0]:.2f} to"
        f" {valid[-1]:.2f}; model {job.fine_tuned_model}"
    )
    with timed("comparison by figures, and ten questions to vote on"):
        await admin.slash(channel, "tune compare", a="baseline", b=str(job.id), votes=12)
    trials = marv.services.promoting.trials
    comparison = await trials.known(0, ComparisonId(1))
    print(json.dumps(comparison.automatic.as_json()["a"], indent=None))
    print(json.dumps(comparison.automatic.as_json()["b"], indent=None))
    items = await trials.store.items(comparison.id)
    print(f"questions put to the vote: {len(items)}")
    for voter in members[:2]:
        for item in items[:6]:
            place = 2 if item.side_of(2) is Side.B else 1  # they like the new one
            [message] = [each for each in channel.history() if each.id == item.message_id]
            name = {1: "first", 2: "second"}[place]
            await voter.click(message, custom_id=f"compare:{name}:{item.id}")
    print(f"votes: {(await trials.standing(comparison)).as_json()}")
    reason = await _promoted(marv, admin, channel, str(job.id))
    print(f"promoted{reason}: {await marv.services.promoting.cast.speaking(0)}")
    started = time.perf_counter()
    await members[0].slash(channel, "chat", message=ASKED[0])
    print(f"first answer of the new voice: {time.perf_counter() - started:.1f} s")
    print(channel.history()[-1].content)
    started = time.perf_counter()
    await admin.slash(channel, "tune rollback", reason="the loop is closed")
    print(
        f"rollback: {time.perf_counter() - started:.2f} s,"
        f" speaks: {await marv.services.promoting.cast.speaking(0)}"
    )


async def _promoted(marv: Marv, admin: Any, channel: Any, job: str) -> str:
    """Promote, with a reason where the figures ask for one; return how it had to be done."""
    _, problems = await marv.services.promoting.judged(
        0, "baseline", await marv.services.promoting.trials.named(0, job)
    )
    reason = {"reason": "to close the loop"} if problems else {}
    await admin.slash(channel, "tune promote", model=job, **reason)
    return f" (with a reason, because: {', '.join(problems)})" if problems else " (it won)"


async def _trained(marv: Marv) -> None:
    while True:
        [job] = await marv.services.tuning.jobs(0)
        if job.ended:
            assert job.status == "succeeded", job.error
            return
        await asyncio.sleep(5)


def by_command_line(folder: Path, epochs: int) -> None:
    """Go from the frozen version to a rollback by commands alone."""
    with timed("command line: training"):
        job = _marv(folder, "tune", "start", "loop-1", "--epochs", str(epochs), "--seed", "2")
    print(f"job {job['id']}: {job['status']}, validation loss {job['valid_loss']}")
    with timed("command line: comparison"):
        compared = _marv(folder, "tune", "compare", "baseline", str(job["id"]))
    for side in ("a", "b"):
        print(side, json.dumps(compared[side]["all"]))
    _marv(folder, "tune", "promote", str(job["id"]), "--reason", "by the command line")
    answer = _marv(folder, "ask", ASKED[0])
    print(f"answered by {answer['model']}: {answer['answer']}")
    started = time.perf_counter()
    [back] = _marv(folder, "tune", "rollback")["promotions"]
    print(f"rollback: {time.perf_counter() - started:.1f} s with start and stop, {back['model']}")
    report = _marv(folder, "tune", "report", str(job["id"]))
    print(f"advice: {[line['id'] for line in report['advice']]}")


def _marv(folder: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bot", *arguments, "--json"]
    done = subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin", "MARV_DATA_DIR": str(folder), "HOME": str(folder)},
        stdout=subprocess.PIPE,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Go round twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--only", choices=["discord", "cli"])
    options = parser.parse_args()
    if options.only != "cli":
        with timed("the whole loop on Discord"):
            asyncio.run(on_discord(options.folder, options.epochs))
    if options.only != "discord":
        with timed("the loop by the command line"):
            by_command_line(options.folder.resolve(), options.epochs)


if __name__ == "__main__":
    main()

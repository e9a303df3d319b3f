"""`/dataset check`: what is wrong with a data set, before it is trained on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import simcord

from bot.client import Marv
from bot.faults.dataset import VersionUnknown
from bot.findings import Detail, Finding, Report, Severity
from bot.models import Language
from bot.services.checks.persona_score import RemarkScorer
from bot.settings import Settings
from cogs.check_view import report_embed
from tests.cogs.test_dataset import talk
from tests.cogs.test_inquiries import told
from tests.cogs.test_persona import everything
from tests.conftest import Server


async def add(server: Server, marv: Marv, question: str, answer: str, facts: str = "") -> None:
    await marv.services.dataset.add(
        server.guild.id, question=question, answer=answer, facts=facts, by=server.admin.id
    )


async def findings_of(result: simcord.InteractionResult) -> dict[str, int]:
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    [file] = message.attachments
    report = json.loads(await file.read())
    counts: dict[str, int] = report["statistics"]["counts"]
    return counts


async def test_what_freezing_now_would_give_is_checked_and_nothing_stays(
    server: Server, marv: Marv, settings: Settings
) -> None:
    await talk(server, *(f"word{n} number {n}" for n in range(9)))
    await add(server, marv, "Where is the key?", "Oh, the key is on hook 7. [2]", "On hook 7. [1]")
    await add(server, marv, "Who is Mo?", "Mail mo@example.org, obviously.")

    result = await server.admin.slash(server.channel, "dataset check")

    text = everything(result)
    assert "Check of what freezing now would give" in text
    counts = await findings_of(result)
    assert "consistency.citation" in counts
    assert not [path for path in Path(settings.handover_dir).rglob("*") if path.is_file()]


async def test_a_version_that_was_trained_on_says_so(server: Server, marv: Marv) -> None:
    await server.admin.slash(server.channel, "dataset freeze", name="v1")
    before = await findings_of(
        await server.admin.slash(server.channel, "dataset check", version="v1")
    )
    assert "operations.trained" not in before
    version = await marv.services.dataset.versions.named(server.guild.id, "v1")
    from datetime import UTC, datetime

    from bot.tuning import JobId, TuningJob, TuningOptions

    await marv.services.tuning.store.add(
        TuningJob(
            id=JobId(0),
            guild_id=server.guild.id,
            key="f" * 32,
            trainer="local",
            version_id=version.id,
            version="v1",
            options=TuningOptions(model="local:gemma3-270m"),
            status="succeeded",
            created_at=datetime.now(UTC),
        )
    )
    after = await findings_of(
        await server.admin.slash(server.channel, "dataset check", version="v1")
    )
    assert after["operations.trained"] == 1


async def test_an_unknown_version(server: Server, simcord_env: simcord.Env) -> None:
    result = await server.admin.slash(server.channel, "dataset check", version="none")
    assert "/dataset versions" in told(result)
    simcord.assert_error(simcord_env, VersionUnknown)


def test_in_japanese() -> None:
    finding = Finding(
        id="file.blank",
        severity=Severity.ERROR,
        detail=Detail("the line is blank"),
        remedy="Delete it.",
        line=3,
    )
    again = replace(finding, line=9)
    report = Report(
        findings=(finding, again), counts={"file.blank": 7}, severities={Severity.ERROR: 7}
    )
    embed = report_embed(report, "v1", Language.JAPANESE)
    assert "このままでは学習に使えません" in str(embed.description)
    assert len(embed.fields) == 1
    assert "3・9… 行目" in str(embed.fields[0].name)
    assert "×7" in str(embed.fields[0].value)
    assert "Delete it." not in str(embed.fields[0].value)


def test_what_sounds_like_a_remark_scores_above_what_does_not() -> None:
    scorer = RemarkScorer.of(
        ["Oh, wonderful. Again.", "How thrilling, again.", "またですか。はいはい。"],
        ["The pier opens at nine.", "Who runs the pier?", "桟橋は九時に開きます。"],
    )
    dull, sharp, unknown = scorer.scores(["The pier opens.", "Oh, how wonderful.", "xyzzy"])
    assert sharp > 0 > dull
    assert unknown == 0

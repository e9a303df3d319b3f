"""What members are told, decide, get and take back: as themselves, as strangers, in Japanese."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import simcord
from discord import app_commands

from bot.adapters.sqlite.erasures import COUNTED
from bot.client import Marv
from bot.consent import NOTICE_VERSION, Door, Scope
from bot.erasure import ErasureReason, Remainder
from bot.errors import NotYours
from bot.faults.privacy import ExportTooSoon, MessagesClosed
from bot.models import Language
from cogs.forgetting import receipt_embed
from cogs.privacy_texts import ERASED, REMAINING
from tests.cogs.forgetting import erased, forget, receipt_of
from tests.cogs.test_inquiries import labels, told
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
NOTICE = ["Consent", "Keep only", "No thanks"]
NOTICE_JA = ["同意する", "保存だけ許可", "許可しない"]


@pytest.fixture
def newcomer(server: Server, simcord_env: simcord.Env) -> simcord.MemberActor:
    """Somebody whom Marv has never met."""
    return server.guild.add_member(simcord_env.create_user("newcomer"))


async def archive(message: simcord.ResponseMessage) -> dict[str, Any]:
    """Return what a member's file holds, after looking at what explains it."""
    [attachment] = message.attachments
    with zipfile.ZipFile(io.BytesIO(await attachment.read())) as opened:
        readme = opened.read("README.md").decode()
        found: dict[str, Any] = json.loads(opened.read("data.json"))
    assert "Everything Marv stores about you" in readme
    assert "保存しているあなたの情報" in readme
    return found


async def test_a_first_command_is_followed_by_the_notice_and_the_second_is_not(
    server: Server, newcomer: simcord.MemberActor
) -> None:
    first = await newcomer.slash(server.channel, "chat", message="hello")
    second = await newcomer.slash(server.channel, "chat", message="hello again")

    [notice] = first.followups
    assert notice.ephemeral
    assert labels(notice) == NOTICE
    assert "24 hours" in notice.content
    assert second.followups == []


async def test_a_japanese_mention_gets_a_japanese_notice(
    server: Server, newcomer: simcord.MemberActor, marv: Marv
) -> None:
    assert marv.user is not None
    await newcomer.send(server.channel, f"<@{marv.user.id}> おはようございます")

    notice = server.channel.history()[-1]

    assert labels(notice) == NOTICE_JA
    assert "24 時間" in notice.content
    await newcomer.click(notice, label="保存だけ許可")
    decided = (await marv.services.privacy.status(server.guild.id, newcomer.id)).consent
    assert decided is not None
    assert decided.scope is Scope.KEEP


@pytest.mark.parametrize(
    ("label", "scope"),
    [("Consent", Scope.TRAINING), ("Keep only", Scope.KEEP), ("No thanks", Scope.NOTHING)],
)
async def test_each_button_of_the_notice_is_a_decision(
    server: Server, newcomer: simcord.MemberActor, marv: Marv, label: str, scope: Scope
) -> None:
    [notice] = (await newcomer.slash(server.channel, "chat", message="hello")).followups

    await newcomer.click(notice, label=label)

    decided = (await marv.services.privacy.status(server.guild.id, newcomer.id)).consent
    assert decided is not None
    assert (decided.scope, decided.door) == (scope, Door.NOTICE)


async def test_a_mention_gets_a_notice_that_only_its_author_may_press(
    server: Server, newcomer: simcord.MemberActor, marv: Marv
) -> None:
    assert marv.user is not None
    await newcomer.send(server.channel, f"<@{marv.user.id}> good morning")
    notice = server.channel.history()[-1]
    assert labels(notice) == NOTICE

    stranger = await server.alice.click(notice, label="Consent")

    assert stranger.ephemeral
    assert NotYours.messages[Language.ENGLISH] == told(stranger)
    assert (await marv.services.privacy.status(server.guild.id, newcomer.id)).consent is None
    assert (await marv.services.privacy.status(server.guild.id, server.alice.id)).consent is None
    own = await newcomer.click(notice, label="Consent")
    assert own.ephemeral
    assert "use them for training" in told(own)
    assert notice.id not in [each.id for each in server.channel.history()]


async def test_who_has_decided_sees_no_notice(
    server: Server, newcomer: simcord.MemberActor
) -> None:
    await newcomer.slash(server.channel, "privacy consent", choice="nothing")

    first = await newcomer.slash(server.channel, "chat", message="hello")

    assert first.followups == []


async def test_status_tells_scope_version_date_and_how_long(server: Server, marv: Marv) -> None:
    undecided = told(await server.alice.slash(server.channel, "privacy status"))
    kept = told(await server.alice.slash(server.channel, "privacy consent", choice="keep"))
    await marv.services.settings.change(
        server.guild.id, {"retention_days": 90}, changed_by=server.admin.id
    )
    bounded = told(await server.alice.slash(server.channel, "privacy status"))

    assert "not decided yet" in undecided
    assert "24 hours" in undecided
    assert "but not to train" in kept
    assert "on notice 1" in kept
    assert "<t:" in kept
    assert "until you take it back" in kept
    assert "90 days at most" in bounded


async def test_a_member_gets_everything_about_them(server: Server, marv: Marv) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="my boat is called ティーポット")
    await server.admin.slash(server.channel, "chat", message="the admin's secret")

    result = await server.alice.slash(server.channel, "privacy export")

    assert result.ephemeral
    assert result.response is not None
    found = await archive(result.response)
    [turn] = found["turns"]
    assert turn["question"] == "my boat is called ティーポット"
    assert turn["author_id"] == str(server.alice.id)
    assert found["consents"][0]["training"] == 1
    assert "secret" not in json.dumps(found)


async def test_an_export_goes_by_direct_message_where_asked(server: Server) -> None:
    result = await server.alice.slash(server.channel, "privacy export", destination="dm")

    assert result.ephemeral
    assert "direct messages" in told(result)
    [sent] = server.alice.user.dm_channel.history()
    assert [each.filename for each in sent.attachments] == ["marv-about-you.zip"]


async def test_closed_direct_messages_are_explained(
    server: Server, simcord_env: simcord.Env
) -> None:
    path = f"/channels/{server.alice.user.dm_channel.id}/messages"
    simcord_env.inject_error("POST", path, status=403, code=50007, message="Cannot send")

    result = await server.alice.slash(server.channel, "privacy export", destination="dm")

    assert "closed to me" in told(result)
    simcord.assert_error(simcord_env, MessagesClosed)


async def test_a_second_export_has_to_wait(server: Server, simcord_env: simcord.Env) -> None:
    await server.alice.slash(server.channel, "privacy export")

    again = await server.alice.slash(server.channel, "privacy export")

    assert "Ask again in about 10 min" in told(again)
    simcord.assert_error(simcord_env, ExportTooSoon)


async def test_forgetting_asks_first_and_can_be_called_off(server: Server, marv: Marv) -> None:
    await server.alice.slash(server.channel, "chat", message="remember me")

    called_off = await forget(server.alice, server.channel, label="Never mind")

    assert "Nothing was erased" in str(called_off.response and called_off.response.content)
    assert (await marv.services.privacy.status(server.guild.id, server.alice.id)).turns == 1


async def test_forgetting_ends_in_a_receipt_that_status_still_knows(
    server: Server, marv: Marv
) -> None:
    await server.alice.slash(server.channel, "privacy consent", choice="training")
    await server.alice.slash(server.channel, "chat", message="remember me")
    await server.admin.slash(server.channel, "dataset export")

    result = await forget(server.alice, server.channel)

    receipt = await receipt_of(result)
    assert str(server.alice.id) not in json.dumps(receipt)
    assert await erased(result) == {"turns": 1, "exported_rows": 1, "exports_deleted": 1}
    assert len(receipt["marked"]) == 1
    assert {"replies", "quotes", "taken_exports"} <= {*receipt["remaining"]}
    [embed] = result.followups[0].embeds
    assert receipt["receipt"] in str(embed.title)
    assert "quoted of you" in str(embed.to_dict())
    status = told(await server.alice.slash(server.channel, "privacy status"))
    assert receipt["receipt"] in status
    other = told(await server.admin.slash(server.channel, "privacy status"))
    assert "receipt" not in other


async def test_marvs_replies_are_deleted_where_the_member_wants_it(
    server: Server, simcord_env: simcord.Env
) -> None:
    for text in ("one", "two"):
        await server.alice.slash(server.channel, "chat", message=text)
    await server.admin.slash(server.channel, "chat", message="three")
    gone = server.channel.history()[0]
    path = f"/channels/{server.channel.id}/messages/{gone.id}"
    simcord_env.inject_error("DELETE", path, status=404, code=10008, message="Unknown Message")

    result = await forget(server.alice, server.channel, label="Erase, and delete your replies too")

    receipt = await receipt_of(result)
    assert (receipt["replies_deleted"], receipt["replies_left"]) == (1, 0)
    left = [each.content for each in server.channel.history(viewer=server.admin)]
    assert [text for text in left if "two" in text] == []
    assert [text for text in left if "three" in text]


async def test_the_receipt_speaks_japanese(server: Server, marv: Marv) -> None:
    await server.alice.slash(server.channel, "chat", message="こんにちは")
    erase = marv.services.erasing.erase
    receipt = await erase(server.guild.id, server.alice.id, ErasureReason.ASKED)

    shown = str(receipt_embed(receipt, Language.JAPANESE, replies={}).to_dict())

    assert "会話: 1" in shown
    assert "ほかの人による引用" in shown


def test_every_count_and_remainder_has_both_languages() -> None:
    assert {*REMAINING} == {*Remainder}
    assert {*COUNTED} <= {*ERASED}
    for texts in (*ERASED.values(), *REMAINING.values()):
        assert {*texts} == {*Language}


@pytest.mark.parametrize("name", ["PRIVACY.md", "PRIVACY.ja.md"])
async def test_the_published_notice_names_every_command_and_the_version(
    simcord_env: simcord.Env, marv: Marv, name: str
) -> None:
    text = (ROOT / name).read_text("utf-8")
    group = marv.tree.get_command("privacy")
    assert isinstance(group, app_commands.Group)

    assert [each.name for each in group.commands if f"`/privacy {each.name}`" not in text] == []
    version = {"PRIVACY.md": "notice version {}", "PRIVACY.ja.md": "案内の第 {} 版"}[name]
    assert version.format(NOTICE_VERSION) in text

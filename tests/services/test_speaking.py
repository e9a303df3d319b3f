"""When Marv speaks: settings, hours, who is ignored, and what looks like a question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.preferences import Preferences, QuietHours, Speaking
from bot.services.speaking import Heard, Reaction, asks_something, reaction_to

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEARD = Heard(text="When does the cafe open?", author_id=5, roles=(7,), addressed=False)
ADDRESSED = replace(HEARD, addressed=True)
OWN = replace(HEARD, in_thread=True, own_thread=True)


@pytest.mark.parametrize(
    ("speaking", "plain", "addressed", "own_thread"),
    [
        (Speaking.COMMANDS, Reaction.SILENCE, Reaction.SILENCE, Reaction.SILENCE),
        (Speaking.MENTIONS, Reaction.SILENCE, Reaction.REPLY, Reaction.REPLY),
        (Speaking.AUTO, Reaction.ANSWER_IF_SURE, Reaction.REPLY, Reaction.REPLY),
        (Speaking.THREADS, Reaction.SILENCE, Reaction.REPLY_IN_THREAD, Reaction.REPLY),
    ],
)
def test_each_way_of_speaking(
    speaking: Speaking, plain: Reaction, addressed: Reaction, own_thread: Reaction
) -> None:
    chosen = Preferences(speaking=speaking)
    assert reaction_to(HEARD, chosen, now=NOON) is plain
    assert reaction_to(ADDRESSED, chosen, now=NOON) is addressed
    assert reaction_to(OWN, chosen, now=NOON) is own_thread


@pytest.mark.parametrize(
    ("heard", "chosen"),
    [
        (replace(ADDRESSED, bot=True), Preferences()),
        (ADDRESSED, Preferences(ignored_members=frozenset({5}))),
        (ADDRESSED, Preferences(ignored_roles=frozenset({6, 7}))),
        (ADDRESSED, Preferences(quiet_hours=QuietHours.parse("11:00-13:00"))),
        (replace(HEARD, direct=True, bot=True), Preferences()),
    ],
)
def test_marv_keeps_silent(heard: Heard, chosen: Preferences) -> None:
    assert reaction_to(heard, chosen, now=NOON) is Reaction.SILENCE
    assert reaction_to(ADDRESSED, Preferences(), now=NOON) is Reaction.REPLY


def test_in_a_thread_of_somebody_elses_no_thread_is_opened() -> None:
    heard = replace(ADDRESSED, in_thread=True)
    assert reaction_to(heard, Preferences(speaking=Speaking.THREADS), now=NOON) is Reaction.REPLY


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("When does the cafe open?", True),
        ("カフェは何時に開きますか", True),
        ("カフェは何時に開きますか。", True),
        ("営業時間を教えてほしいです？", True),
        ("why?", False),
        ("The cafe opens at nine.", False),
        ("静かな夜ですね。", False),
    ],
)
def test_what_looks_like_a_question(text: str, asks: bool) -> None:
    assert asks_something(text) is asks

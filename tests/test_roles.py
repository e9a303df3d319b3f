"""Where promoted models are looked for, and with which key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.adapters.openai_chat import OpenAIChat
from bot.adapters.openai_completions import OpenAICompletions
from bot.app import open_marv
from bot.roles import RoleOpener
from bot.settings import Settings
from tests.killing import fake_models

GENERAL, CHAT, TUNING = "http://general.test/v1", "http://chat.test/v1", "http://tuning.test/v1"


async def opener(settings: Settings) -> RoleOpener:
    async with open_marv(settings, models=fake_models()) as marv:
        owner: RoleOpener = marv.services.promoting.cast.open_role.__self__  # type: ignore[attr-defined]
        return owner


@pytest.mark.parametrize(
    ("given", "address", "key"),
    [
        ({}, GENERAL, "sk-general"),
        ({"chat_base_url": CHAT}, GENERAL, "sk-general"),
        ({"tuning_base_url": TUNING}, TUNING, "none"),
        ({"tuning_base_url": TUNING, "tuning_api_key": "sk-tuning"}, TUNING, "sk-tuning"),
        ({"tuning_api_key": "sk-tuning"}, GENERAL, "sk-tuning"),
    ],
)
async def test_a_fine_tune_is_asked_where_it_was_made_and_no_other_address_sees_its_key(
    tmp_path: Path, chroma_url: str, given: dict[str, Any], address: str, key: str
) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        chroma_url=chroma_url,
        openai_base_url=GENERAL,
        openai_api_key="sk-general",
        moderation="rules",
        **given,
    )
    found = await opener(settings)
    for name, kind in (("ft:gpt-4.1:o::1", OpenAIChat), ("ft:babbage-002:o::1", OpenAICompletions)):
        chat = found._chat(name)
        assert isinstance(chat, kind)
        assert str(chat.client.base_url).rstrip("/") == address
        assert chat.client.api_key == key
        await chat.close()

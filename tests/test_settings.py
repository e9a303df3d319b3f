"""Settings: what is wrong is named, what is secret is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import DEFAULT_LOCAL_CHAT, DEFAULT_OPENAI_CHAT, load_settings


def test_without_a_key_the_embedded_models_are_chosen() -> None:
    assert load_settings().resolved_chat_model == DEFAULT_LOCAL_CHAT


def test_with_a_key_openai_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert load_settings().resolved_chat_model == DEFAULT_OPENAI_CHAT


def test_an_empty_value_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("MARV_EMBEDDING_DIMENSIONS", "")
    assert load_settings().openai_api_key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARV_EMBEDDING_DIMENSIONS", "many"),
        ("MARV_EMBEDDING_DIMENSIONS", "0"),
        ("MARV_CHROMA_URL", "localhost:8000"),
        ("MARV_LOG_LEVEL", "LOUD"),
        ("MARV_SYNC_GUILD", "-1"),
        ("MARV_RETENTION_HOURS", "0"),
        ("DISCORD_TOKEN", "not-a-token"),
        ("OPENAI_BASE_URL", "ftp://models"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    sentence = str(caught.value)
    assert sentence.startswith(name)
    assert "\n" not in sentence
    assert value not in sentence or value == "0"


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARV_CHAT_MODLE", "typo")
    with pytest.raises(ConfigurationError, match="MARV_CHAT_MODLE"):
        load_settings()


def test_an_unknown_name_in_the_env_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MARV_TYPO=1\n")
    with pytest.raises(ConfigurationError, match="MARV_TYPO"):
        load_settings()


def test_the_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MARV_CHAT_MODEL=from-file\nMARV_LOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("MARV_CHAT_MODEL", "from-environment")

    settings = load_settings()

    assert settings.chat_model == "from-environment"
    assert settings.log_level == "DEBUG"


def test_the_general_key_is_not_sent_to_a_separate_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-general")
    monkeypatch.setenv("MARV_CHAT_BASE_URL", "http://127.0.0.1:11434/v1")

    settings = load_settings()

    assert settings.chat_key is None
    assert settings.embedding_key is not None


def test_a_printed_setting_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    assert "very-secret" not in repr(load_settings())

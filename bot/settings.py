"""Marv's settings: the only reader of the environment."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHIPPED_DATA = PROJECT_ROOT / "data"
PRICE_FILE = SHIPPED_DATA / "prices.yaml"
EMBEDDING_FILE = SHIPPED_DATA / "embeddings.yaml"
DEFAULT_OPENAI_CHAT = "gpt-4.1-mini"
DEFAULT_LOCAL_TUNING = "local:gemma3-270m"
DEFAULT_OPENAI_TUNING = "gpt-4.1-mini-2025-04-14"
DEFAULT_OPENAI_EMBEDDING = "text-embedding-3-small"
DEFAULT_LOCAL_CHAT = "local:marv-270m"
RERANK_BY_CHAT = "chat"
DEFAULT_LOCAL_EMBEDDING = "local:use-multilingual"
LOCAL_PREFIX = "local:"

Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]


class Settings(BaseSettings):
    """What an operator can set, by environment or ``.env``; an empty value is an unset one."""

    model_config = SettingsConfigDict(
        env_prefix="MARV_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    discord_token: SecretStr | None = Field(None, validation_alias="DISCORD_TOKEN")
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: Url | None = Field(None, validation_alias="OPENAI_BASE_URL")

    data_dir: Path = SHIPPED_DATA / "var"
    chat_model: str | None = None
    chat_base_url: Url | None = None
    chat_api_key: SecretStr | None = None
    embedding_model: str | None = None
    embedding_dimensions: Annotated[int, Field(ge=1, le=8192)] | None = None
    embedding_base_url: Url | None = None
    embedding_api_key: SecretStr | None = None
    rerank_model: str | None = None
    rerank_base_url: Url | None = None
    rerank_api_key: SecretStr | None = None
    moderation: Literal["auto", "openai", "rules", "off"] = "auto"
    prices: Path | None = None
    daily_budget_usd: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None = None
    tuning_base_url: Url | None = None
    tuning_api_key: SecretStr | None = None
    train_python: Path | None = None
    chroma_url: Url | None = None
    chroma_api_key: SecretStr | None = None
    message_content: bool = False
    sync_guild: Annotated[int, Field(gt=0)] | None = None
    discord_training_permission: str | None = None
    retention_hours: Annotated[float, Field(gt=0)] = 24.0
    refresh_hours: Annotated[float, Field(ge=0)] = 24.0
    disk_encrypted: bool | None = None
    playground_channel: Literal["ask-marv", "dry-dock", "staff"] = "ask-marv"
    playground_language: Literal["en", "ja"] = "en"
    playground_port: Annotated[int, Field(ge=0, le=65535)] = 0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    metrics_host: str = "127.0.0.1"
    stop_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0

    @field_validator("discord_token")
    @classmethod
    def _token_has_three_parts(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and token.get_secret_value().count(".") != 2:
            raise ValueError("is not a bot token: it has three parts separated by dots")
        return token

    @property
    def resolved_chat_model(self) -> str:
        """Return the chat model in force: the configured one, OpenAI's with a key, else ours."""
        if self.chat_model:
            return self.chat_model
        if self.chat_base_url or self.chat_key:
            return DEFAULT_OPENAI_CHAT
        return DEFAULT_LOCAL_CHAT

    @property
    def resolved_embedding_model(self) -> str:
        """Return the embedding model in force, chosen like the chat model."""
        if self.embedding_model:
            return self.embedding_model
        if self.embedding_base_url or self.embedding_key:
            return DEFAULT_OPENAI_EMBEDDING
        return DEFAULT_LOCAL_EMBEDDING

    @property
    def chat_key(self) -> SecretStr | None:
        """Return the chat key; the general key is never sent to a separate chat address."""
        return self.chat_api_key or (None if self.chat_base_url else self.openai_api_key)

    @property
    def embedding_key(self) -> SecretStr | None:
        """Return the embedding key; the general key stays with the general address."""
        return self.embedding_api_key or (None if self.embedding_base_url else self.openai_api_key)

    @property
    def rerank_key(self) -> SecretStr | None:
        """Return the rerank key; the general key stays with the general address."""
        return self.rerank_api_key or (None if self.rerank_base_url else self.openai_api_key)

    @property
    def tuning_key(self) -> SecretStr | None:
        """Return the tuning key; the general key stays with the general address."""
        return self.tuning_api_key or (None if self.tuning_base_url else self.openai_api_key)

    @property
    def default_tuning_model(self) -> str:
        """Return what is tuned where nobody says: a provider's where there is one, else ours."""
        return (
            DEFAULT_OPENAI_TUNING
            if self.tuning_key or self.tuning_base_url
            else DEFAULT_LOCAL_TUNING
        )

    @property
    def handover_dir(self) -> Path:
        """Return where training files are while a trainer takes them."""
        return self.data_dir / "handover"

    @property
    def database_path(self) -> Path:
        """Return where the one SQLite file lives."""
        return self.data_dir / "marv.sqlite3"

    @property
    def personas_dir(self) -> Path:
        """Return where the operator's own personas are."""
        return self.data_dir / "personas"

    @property
    def help_path(self) -> Path:
        """Return the help texts in force: the operator's own, or the shipped ones."""
        own = self.data_dir / "help.yaml"
        return own if own.is_file() else SHIPPED_DATA / "help.yaml"

    @property
    def chroma_dir(self) -> Path:
        """Return where the supervised Chroma keeps its index."""
        return self.data_dir / "chroma"

    @property
    def receipt_key_path(self) -> Path:
        """Return where the key is that makes members in receipts unrecognisable."""
        return self.data_dir / "receipt.key"

    @property
    def price_override(self) -> Path | None:
        """Return the operator's own price table, if there is one: a named one must be there."""
        usual = self.data_dir / "prices.yaml"
        return self.prices or (usual if usual.is_file() else None)

    @property
    def models_dir(self) -> Path:
        """Return where the embedded base lies, as a file and as the floats to train on."""
        return self.data_dir / "models"

    @property
    def tuning_dir(self) -> Path:
        """Return where the jobs of the local trainer lie, a folder each."""
        return self.data_dir / "tuning"

    @property
    def training_python(self) -> Path:
        """Return the interpreter to train with: the one set, `make train-env`'s, else this one."""
        made = PROJECT_ROOT / ".venv-train" / "bin" / "python"
        return self.train_python or (made if made.exists() else Path(sys.executable))

    @property
    def explore_dir(self) -> Path:
        """Return where vectors of the operator's own tables are kept, which may be deleted."""
        return self.data_dir / "explore"

    @property
    def exports_dir(self) -> Path:
        """Return where data sets that are too large for Discord are left."""
        return self.data_dir / "exports"


def load_settings() -> Settings:
    """Read the settings, the environment before ``.env``.

    Raises ConfigurationError with one sentence that names the wrong or unknown
    setting; the sentence never holds a value, which might be a secret.
    """
    _refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = _environment_name(str(first["loc"][0]))
        raise ConfigurationError(
            f"{name}: {first['msg'].removeprefix('Value error, ')}."
        ) from error


def reveal(secret: SecretStr | None) -> str | None:
    """Return a secret's text, for the one who sends it."""
    return secret.get_secret_value() if secret else None


def environment_names() -> frozenset[str]:
    """Return the name of every setting as the environment spells it."""
    return frozenset(_environment_name(name) for name in Settings.model_fields)


def _environment_name(field: str) -> str:
    if field not in Settings.model_fields:
        return field if field.isupper() else f"MARV_{field}".upper()
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return alias if isinstance(alias, str) else f"MARV_{field}".upper()


def _refuse_unknown_names() -> None:
    present = {*os.environ, *dotenv_values(Path(".env"), interpolate=False)}
    unknown = sorted(
        name for name in present if name.startswith("MARV_") and name not in environment_names()
    )
    if unknown:
        raise ConfigurationError(
            f"{unknown[0]} is not a setting that Marv knows; .env.example lists them all."
        )

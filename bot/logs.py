"""The log: lines for people or JSON for machines, each with its request, none with a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import SecretStr
from rich.console import Console
from rich.logging import RichHandler

from bot import tracing
from bot.settings import Settings

NOISY = ("httpx", "httpx2", "httpcore", "chromadb", "discord", "openai", "aiohttp")
CHATTY = ("discord.client", "discord.state")  # warn of voice and intents that Marv lacks
HIDDEN = "***"


def set_up_logging(settings: Settings, console: Console) -> None:
    """Send every log line to the console, in the format that the settings ask for."""
    handler: logging.Handler
    formatter: logging.Formatter
    if settings.log_format == "json":
        handler, formatter = logging.StreamHandler(console.file), JsonFormatter()
    else:
        handler = RichHandler(console=console, show_path=False, rich_tracebacks=False)
        formatter = TextFormatter()
    formatter = Discreet(formatter, secrets_of(settings))
    handler.setFormatter(formatter)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.ERROR)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return every secret that the settings hold."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


class TextFormatter(logging.Formatter):
    """The message, after its request's id where it has one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without time and level, which the console adds."""
        text = super().format(record)
        request = tracing.current()
        return f"{request.id} {text}" if request else text


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object; ``error`` holds the traceback where there is one."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_request(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Discreet(logging.Formatter):
    """Hides secrets in what another formatter makes, its tracebacks too."""

    def __init__(self, formatter: logging.Formatter, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._formatter = formatter
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line with each secret replaced."""
        line = self._formatter.format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def _request() -> Mapping[str, object]:
    request = tracing.current()
    if request is None:
        return {}
    named = {
        "request_id": request.id,
        request.door: request.name,
        "guild_id": request.guild_id,
        "channel_id": request.channel_id,
    }
    return {key: value for key, value in named.items() if value is not None}

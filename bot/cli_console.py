"""What every part of the command line shares: its two streams, its settings, its loop."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.logging import RichHandler

from bot.settings import Settings, load_settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

errors = Console(stderr=True)
output = Console()
T = TypeVar("T")


def operator_settings() -> Settings:
    """Read the settings and have everything logged to standard error."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level,
        format="%(message)s",
        handlers=[RichHandler(console=errors, show_path=False, rich_tracebacks=False)],
    )
    for noisy in ("httpx", "httpx2", "chromadb", "discord", "openai"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    for chatty in ("discord.client", "discord.state"):  # warn of voice and intents Marv lacks
        logging.getLogger(chatty).setLevel(logging.ERROR)
    return settings


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own."""
    return asyncio.run(work)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, the only thing on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

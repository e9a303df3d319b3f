"""What every part of the command line shares: its two streams, its settings, its loop."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot.logs import set_up_logging
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.client import Marv

Guild = Annotated[int, typer.Option("--guild", help="The server's id; 0 is the local one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
JobNumber = Annotated[int, typer.Argument(help="The job's number.")]
OPERATOR = 0  # who types at the command line, as an author or an actor

errors = Console(stderr=True)
output = Console()
T = TypeVar("T")


def operator_settings() -> Settings:
    """Read the settings and have everything logged to standard error."""
    settings = load_settings()
    set_up_logging(settings, errors)
    return settings


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own."""
    return asyncio.run(work)


def with_marv(work: Callable[[Marv], Coroutine[Any, Any, T]]) -> T:
    """Run what needs an open Marv, in a loop of its own."""
    from bot.app import open_marv

    async def opened() -> T:
        async with open_marv(operator_settings()) as marv:
            return await work(marv)

    return run_to_end(opened())


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, the only thing on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

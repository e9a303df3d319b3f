"""The command line of frozen data sets: freeze, list, verify, export, import, convert."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot.commands.console import OPERATOR, AsJson, Guild, output, print_json, with_marv
from bot.dataset import FreezeOptions, Version

if TYPE_CHECKING:
    from bot.client import Marv

Name = Annotated[str, typer.Argument(help="The version's name.")]


def add_to(dataset: typer.Typer) -> None:
    """Give ``marv dataset`` these commands."""
    dataset.command("freeze")(freeze)
    dataset.command("versions")(versions)
    dataset.command("verify")(verify)
    dataset.command("stats")(stats)
    dataset.command("import")(take)
    dataset.command("convert")(convert)


def freeze(
    name: Name,
    seed: Annotated[bool, typer.Option(help="Add the set that Marv ships.")] = True,
    only_kept: Annotated[
        bool, typer.Option("--only-kept", help="Of the log, only what staff kept in review.")
    ] = False,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Freeze what may be learnt from under a name, for good."""
    options = FreezeOptions(seed=seed, only_kept=only_kept)

    async def work(marv: Marv) -> Version:
        return await marv.services.dataset.versions.freeze(
            guild, name, by=OPERATOR, options=options
        )

    version = with_marv(work)
    if as_json:
        print_json(_json(version))
    else:
        output.print(_table([version]))


def versions(guild: Guild = 0, as_json: AsJson = False) -> None:
    """List the versions, the newest first."""

    async def work(marv: Marv) -> tuple[Version, ...]:
        return await marv.services.dataset.versions.store.versions(guild)

    found = with_marv(work)
    if as_json:
        print_json({"versions": [_json(each) for each in found]})
    else:
        output.print(_table(found) if found else "No version yet: marv dataset freeze NAME")


def verify(name: Name, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Derive a version again, to see that it is what was frozen and what it would be today."""

    async def work(marv: Marv) -> dict[str, Any]:
        return (await marv.services.dataset.versions.verify(guild, name)).as_json()

    result = with_marv(work)
    if as_json:
        print_json(result)
    else:
        output.print(f"{name}: {'intact' if result['ok'] else 'NOT what was frozen'}")
        output.print(
            f"erased rows: {result['erased']}; frozen today it would lose {result['gone']} rows"
            f" and gain {result['new']}"
        )
    if not result["ok"]:
        raise typer.Exit(1)


def stats(guild: Guild = 0, as_json: AsJson = False) -> None:
    """Show what the log holds for the next data set."""

    async def work(marv: Marv) -> dict[str, Any]:
        found = await marv.services.dataset.statistics(guild)
        return {
            "rows": found.rows,
            "left_out": dict(found.left_out),
            "repaired": found.repaired,
            "votes": {"up": found.tally.up, "down": found.tally.down},
        }

    result = with_marv(work)
    if as_json:
        print_json(result)
    else:
        output.print(f"{result['rows']} rows may leave; left out: {result['left_out'] or 'none'}")
        output.print(f"repaired: {result['repaired']}; votes: {result['votes']}")


def take(
    file: Annotated[Path, typer.Argument(help="JSON lines or CSV.")],
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Import examples that somebody wrote by hand: all of a file, or nothing."""
    content = file.read_bytes()

    async def work(marv: Marv) -> int:
        return await marv.services.dataset.take(guild, content, name=file.name, by=OPERATOR)

    count = with_marv(work)
    if as_json:
        print_json({"imported": count})
    else:
        output.print(f"{count} examples imported")


def convert(
    source: Annotated[Path, typer.Argument(help="Legacy pairs, question and answer, or CSV.")],
    out: Annotated[Path, typer.Argument(help="The chat JSON lines to write.")],
    as_json: AsJson = False,
) -> None:
    """Convert prompt/completion pairs, or any file that import takes, to chat JSON lines."""
    from bot.services.freezing.importing import chat_lines, read_examples

    exchanges = read_examples(source.read_bytes(), name=source.name)
    out.write_bytes(b"".join(chat_lines(exchanges)))
    result = {"path": str(out), "rows": len(exchanges)}
    if as_json:
        print_json(result)
    else:
        output.print(f"{result['rows']} examples written to {result['path']}")


def _json(version: Version) -> dict[str, Any]:
    return {
        "name": version.name,
        "sha256": version.sha256,
        "rows": {split.value: count for split, count in version.rows.items()},
        "erased": version.erased,
        "created_at": version.created_at.isoformat(),
        "header": dict(version.header),
    }


def _table(found: list[Version] | tuple[Version, ...]) -> Table:
    table = Table("name", "train", "validation", "golden", "erased", "sha256", "frozen")
    for each in found:
        rows = {split.value: str(count) for split, count in each.rows.items()}
        table.add_row(
            each.name,
            rows.get("train", "0"),
            rows.get("validation", "0"),
            rows.get("golden", "0"),
            str(each.erased),
            each.sha256[:12],
            f"{each.created_at:%Y-%m-%d %H:%M}",
        )
    return table

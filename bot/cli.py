"""The command line: read the arguments, call one service method, print."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from bot import __version__
from bot.audience import sees_everything
from bot.commands.console import OPERATOR, AsJson, Guild, errors, output
from bot.commands.console import operator_settings as _settings
from bot.commands.console import print_json as _print_json
from bot.commands.console import run_to_end as _run
from bot.commands.dataset import check
from bot.commands.embed import embed, models
from bot.commands.eval import evaluation
from bot.commands.explore import explore, similar
from bot.commands.promoting import add_promoting_to
from bot.commands.tune import tune
from bot.commands.versions import add_to
from bot.dataset import Format, Split
from bot.errors import MarvError, NothingFound
from bot.models import Answer, Language, Provenance

if TYPE_CHECKING:
    from bot.services.web_pages import WebReport

app = typer.Typer(
    help="Marv answers from your documents, cites them, and is sarcastic about it.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
dataset = typer.Typer(help="The log as a data set for fine-tuning.")
app.add_typer(dataset, name="dataset")
add_to(dataset)
dataset.command("check")(check)
app.add_typer(evaluation, name="eval")
add_promoting_to(tune)
app.add_typer(tune, name="tune")
app.add_typer(explore, name="explore")
app.add_typer(models, name="models")
app.command("embed")(embed)
app.command("similar")(similar)


def main() -> None:
    """Run the command line; a failure Marv can explain is one sentence and exit status 1."""
    try:
        app()
    except MarvError as error:
        _fail(str(error) or error.user_message(Language.ENGLISH))
    except KeyboardInterrupt:
        _fail("stopped")


def _fail(sentence: str) -> NoReturn:
    errors.print(f"marv: {sentence}", style="bold red", markup=False, highlight=False)
    sys.exit(1)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Run Marv: on Discord with a DISCORD_TOKEN, else in the playground."""
    if version:
        output.print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return
    settings = _settings()
    if settings.discord_token is None:
        from bot.playground import run_playground

        _run(run_playground(settings))
    else:
        from bot.runner import run_on_discord

        _run(run_on_discord(settings))


@app.command()
def playground() -> None:
    """Open the playground: the real bot on a simulated Discord, in a browser page."""
    from bot.playground import run_playground

    _run(run_playground(_settings()))


@app.command()
def sync() -> None:
    """Register the commands with Discord for every server, once."""
    from bot.runner import sync_everywhere

    count = _run(sync_everywhere(_settings()))
    output.print(f"{count} commands registered; Discord shows them within the hour.")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Read files and folders into the library."""
    from bot.commands.ingest import ingest_paths, report_json, report_table

    report = _run(ingest_paths(_settings(), paths, guild=guild, console=errors))
    if as_json:
        _print_json(report_json(report))
    else:
        output.print(report_table(report))
    if report.refusals and not report.documents:
        raise typer.Exit(1)


@app.command("add-url")
def add_url(
    url: Annotated[str, typer.Argument(help="A page, a PDF or a sitemap of a public host.")],
    pages: Annotated[int, typer.Option(min=1, max=200, help="Pages of a sitemap.")] = 25,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Read a page of the web, or the pages of a sitemap, into the library."""
    from bot.commands.web import add_address

    _print_web(_run(add_address(_settings(), url, pages=pages, guild=guild)), as_json=as_json)


@app.command()
def refresh(
    source: Annotated[str, typer.Argument(help="An address; all of them without.")] = "",
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Read the library's pages of the web again, and mark those that are gone."""
    from bot.commands.web import refresh_sources

    _print_web(_run(refresh_sources(_settings(), source, guild=guild)), as_json=as_json)


@app.command()
def search(
    query: str,
    guild: Guild = 0,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: AsJson = False,
) -> None:
    """Search the library."""
    from bot.app import open_marv
    from bot.services.views import passage_json

    async def work() -> tuple[list[dict[str, Any]], bool]:
        async with open_marv(_settings()) as marv:
            find = marv.services.search
            try:
                found = await find.find(guild, query, viewer=sees_everything, limit=limit)
            except NothingFound:
                return [], find.words_only
            return [
                {"rank": rank, "score": round(passage.score, 4), **passage_json(passage)}
                for rank, passage in enumerate(found.passages, start=1)
            ], found.words_only

    results, words_only = _run(work())
    if as_json:
        _print_json({"query": query, "results": results, "words_only": words_only})
    elif results:
        _print_results(results)
    else:
        raise NothingFound("nothing found")


@app.command()
def ask(question: str, guild: Guild = 0, as_json: AsJson = False) -> None:
    """Ask the library a question."""
    from bot.app import open_marv
    from bot.services.turns import Asker
    from bot.services.views import answer_json

    async def work() -> dict[str, Any]:
        async with open_marv(_settings()) as marv:
            asker = Asker(
                guild_id=guild,
                channel_id=0,
                author_id=OPERATOR,
                provenance=Provenance.INTERACTION,
                viewer=sees_everything,
                private=True,
            )
            answer: Answer | None = None
            started = asyncio.get_running_loop().time()
            async for progress in marv.services.ask.ask(asker, question):
                answer = progress.answer
            seconds = asyncio.get_running_loop().time() - started
            if answer is None:
                raise AssertionError("the answer ended without its last update")
            return {"question": question, **answer_json(answer), "seconds": round(seconds, 3)}

    result = _run(work())
    if as_json:
        _print_json(result)
        return
    output.print(Markdown(result["answer"]))
    for citation in result["citations"]:
        output.print(escape(f"[{citation['n']}] {citation['title']} — {citation['source']}"))
    for passage in result["nearest"]:
        output.print(escape(f"nearest: {passage['title']} — {passage['source']}"))


@dataset.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="The JSON lines file to write.")],
    version: Annotated[
        str | None, typer.Option(help="A frozen version instead of the log as it is.")
    ] = None,
    split: Annotated[Split, typer.Option(help="The part of the version.")] = Split.TRAIN,
    format_: Annotated[
        Format, typer.Option("--format", help="What the trainer reads.")
    ] = Format.CHAT,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Export the turns that may leave, or a frozen version, as JSON lines."""
    from bot.app import open_marv
    from bot.services.freezing.out import VersionExport

    async def work() -> dict[str, Any]:
        async with open_marv(_settings()) as marv:
            desk = marv.services.dataset
            if version is None:
                return (await desk.export.write(guild, out)).as_json()
            writer = VersionExport(versions=desk.versions, writer=desk.export.writer)
            manifest = await writer.write(guild, version, split=split, format_=format_, path=out)
            return manifest.as_json()

    manifest = _run(work())
    if as_json:
        _print_json(manifest)
    else:
        output.print(f"{manifest['rows']} rows written to {manifest['path']}")
        output.print(f"sha256 {manifest['sha256']}; left out: {manifest['left_out'] or 'nothing'}")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check every piece and say how to mend what fails."""
    from bot.doctor import examine

    report = _run(examine(_settings()))
    if as_json:
        _print_json(report.as_json())
    else:
        table = Table("", "check", "finding", "what to do")
        for check in report.checks:
            mark = "[green]ok[/]" if check.ok else "[red]no[/]"
            table.add_row(mark, check.name, check.detail, check.remedy)
        output.print(table)
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def usage(
    days: Annotated[int, typer.Option(min=1, max=90, help="Days, today included.")] = 30,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Show which models were used, and what it cost, also while Marv runs."""
    from bot.commands.usage import usage_notes, usage_report, usage_table

    report = _run(usage_report(_settings(), guild=guild, days=days))
    if as_json:
        _print_json(report.as_json())
        return
    output.print(usage_table(report))
    for note in usage_notes(report):
        output.print(note, markup=False, highlight=False)


@app.command()
def backup(path: Path) -> None:
    """Copy the live database to a new file, also while Marv runs."""
    from bot.maintenance import back_up

    models = _run(back_up(_settings(), path))
    output.print(f"Database copied to {path}")
    if models:
        output.print(f"Models trained here, copied beside it: {models}")


@app.command()
def restore(
    path: Path,
    force: Annotated[
        bool, typer.Option("--force", help="Move the database that is there aside.")
    ] = False,
) -> None:
    """Check a backup and put it in the database's place; Marv must not run."""
    from bot.maintenance import restore as put_back

    restored = _run(put_back(_settings(), path, replace=force))
    output.print(f"Restored: {restored.documents} documents, {restored.turns} turns")
    if restored.models:
        output.print(f"Models trained here, brought back: {restored.models}")
    if restored.replaced is not None:
        output.print(f"What was there lies beside it: {restored.replaced.name}")
    output.print("Next: `marv rebuild`, then `marv doctor`")


@app.command()
def rebuild() -> None:
    """Build the dense index anew from the database, then swap it in."""
    from bot.maintenance import rebuild_index

    chunks = _run(rebuild_index(_settings()))
    output.print(f"Index rebuilt: {chunks} passages")


def _print_web(report: WebReport, *, as_json: bool) -> None:
    from bot.commands.web import web_json, web_table

    if as_json:
        _print_json(web_json(report))
    else:
        output.print(web_table(report))
    if report.nothing_but_failures:
        raise typer.Exit(1)


def _print_results(results: list[dict[str, Any]]) -> None:
    for result in results:
        path = escape(" › ".join((result["title"], *result["heading"])))
        source = escape(result["source"])
        output.print(f"[bold]{result['rank']}. {path}[/]  {result['score']:.2f}  {source}")
        output.print(escape(" ".join(result["text"].split())[:300]))
        output.print()

"""`marv embed`: vectors beside a table, in batches, from where it stopped, at a known price."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from bot.commands.console import AsJson, errors, operator_settings, output, print_json, run_to_end
from bot.errors import ConfigurationError
from bot.faults.exploring import TableRefused
from bot.models import TokenUsage
from bot.usage import NANODOLLARS, Price, dollars

if TYPE_CHECKING:
    from bot.explore_desk import Bench
    from bot.ports.models import Vectors
    from bot.services.exploring.tables import Table

NAME = "embedding"


def embed(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table.")],
    column: Annotated[str, typer.Option("--column", help="The column that holds the texts.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="The file to write: .csv or .parquet; FILE.embedded.csv without."
        ),
    ] = None,
    dimensions: Annotated[
        int | None,
        typer.Option("--dimensions", min=1, help="Keep so many, at length 1 again."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what it would cost, and do nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Spend without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the vectors of a table's texts beside it."""
    target = out or file.with_name(f"{file.stem}.embedded.csv")
    if target.suffix.casefold() not in (".csv", ".parquet"):
        raise ConfigurationError(f"{target.name}: the file to write ends in .csv or .parquet")
    if target.exists() and file.exists() and target.samefile(file):
        raise ConfigurationError(f"--out is {file} itself: name another file")
    wanted = _Wanted(file=file, column=column, out=target, dimensions=dimensions)
    result = run_to_end(_embed(wanted, preview=preview, yes=yes))
    if as_json:
        print_json(result)
    elif not preview:
        output.print(
            f"{result['rows']:,} rows, {result['dimensions']} dimensions, in {result['out']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is to be embedded, and where it goes."""

    file: Path
    column: str
    out: Path
    dimensions: int | None


async def _embed(wanted: _Wanted, *, preview: bool, yes: bool) -> dict[str, Any]:
    from bot.explore_desk import open_bench

    settings = operator_settings()
    async with open_bench(settings, own_table=True) as bench:
        table = await asyncio.to_thread(_table, wanted)
        texts = [row[wanted.column].strip() for row in table.rows]
        every = [text for text in texts if text]
        if not every:
            raise TableRefused(
                f"{table.path.name} has no row with a text in the column {wanted.column!r}"
            )
        estimate = await _estimate(bench, every)
        _say(estimate)
        if preview:
            return {**estimate, "preview": True}
        if estimate["cost_usd"] is None or estimate["cost_usd"] > 0:
            _agree(yes=yes)
        started = time.perf_counter()
        vectors = await _with_bar(bench, every)
        kept = await _write(wanted, table, texts, vectors)
        return {
            **estimate,
            "preview": False,
            "dimensions": wanted.dimensions or vectors.shape[1],
            "neighbours_kept": kept,
            "out": str(wanted.out),
            "seconds": round(time.perf_counter() - started, 3),
        }


def _table(wanted: _Wanted) -> Table:
    from bot.services.exploring.tables import Columns, read_table

    table = read_table(wanted.file)
    if wanted.column not in table.columns:
        table.items(Columns(text=wanted.column))  # raises, and names the columns
    return table


async def _estimate(bench: Bench, texts: list[str]) -> dict[str, Any]:
    """Return how much there is to embed, and what that costs by the price table."""
    from bot.adapters.prices import load_prices
    from bot.adapters.tokens import ToktokCounter
    from bot.settings import PRICE_FILE

    model = bench.vectors.embedder.space.model
    missing = await bench.vectors.missing(texts)
    counter = ToktokCounter(model)
    tokens = await asyncio.to_thread(lambda: sum(map(counter.count, missing)))
    price: Price | None = load_prices(PRICE_FILE, bench.settings.price_override).of(model)
    cost = None if price is None else price.cost(TokenUsage(prompt=tokens))
    return {
        "model": model,
        "rows": len(texts),
        "to_embed": len(missing),
        "tokens": tokens,
        "cost_usd": None if cost is None else cost / NANODOLLARS,
        "price_checked": None if price is None or price.free else price.checked.isoformat(),
    }


def _say(estimate: dict[str, Any]) -> None:
    cost = estimate["cost_usd"]
    price = "unknown price" if cost is None else dollars(int(cost * NANODOLLARS))
    day = f", list price of {estimate['price_checked']}" if estimate["price_checked"] else ""
    errors.print(
        f"{estimate['to_embed']:,} of {estimate['rows']:,} texts to embed,"
        f" {estimate['tokens']:,} tokens by {estimate['model']}: {price}{day}",
        highlight=False,
        markup=False,
    )


def _agree(*, yes: bool) -> None:
    """Ask before money is spent; raises ConfigurationError where nobody can be asked."""
    if yes:
        return
    if not errors.is_terminal:
        raise ConfigurationError("this costs money: say --yes, or look with --preview")
    typer.confirm("Go on?", abort=True, err=True)


async def _with_bar(bench: Bench, texts: list[str]) -> Vectors:
    """Embed with a bar that shows how far it is; stopped, the next run goes on from there."""
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task("embedding", total=None)
        try:
            return await bench.vectors.of(
                texts, tell=lambda text: bar.update(task, description=text)
            )
        except asyncio.CancelledError:
            errors.print("stopped; what is done is kept, and the next run goes on from there")
            raise


async def _write(wanted: _Wanted, table: Table, texts: list[str], vectors: Vectors) -> float | None:
    """Write the file, off the loop; return the share of neighbours that shortening kept."""
    from bot.adapters.table_files import write_vectors
    from bot.services.exploring.shortening import neighbours_kept, shortened_to

    def work() -> float | None:
        shown, kept = vectors, None
        if wanted.dimensions is not None:
            shown = shortened_to(vectors, wanted.dimensions)
            kept = neighbours_kept(vectors, shown)
        rows = iter(shown)
        beside = [next(rows) if text else None for text in texts]
        write_vectors(wanted.out, table.columns, table.rows, _free_name(table), beside)
        return None if kept is None else round(kept, 4)

    kept = await asyncio.to_thread(work)
    if kept is not None and wanted.dimensions != vectors.shape[1]:
        errors.print(
            f"of a text's ten nearest, {kept:.0%} stay so with {wanted.dimensions} of"
            f" {vectors.shape[1]} dimensions",
            highlight=False,
        )
    return kept


def _free_name(table: Table) -> str:
    """Return a name for the new column that no other has."""
    name = NAME
    while name in table.columns:
        name += "_"
    return name


models = typer.Typer(help="The models that Marv knows.")


@models.command("embeddings")
def embeddings(
    speed: Annotated[
        bool, typer.Option("--speed/--no-speed", help="Measure the configured one here.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Show the embedding models: size, price, published score, and speed here."""
    from rich.table import Table as Grid

    rows = run_to_end(_cards(speed=speed))
    if as_json:
        print_json({"models": rows})
        return
    grid = Grid()
    grid.add_column("model", no_wrap=True)
    for name in ("size", "tokens", "$/1M", "pages/$", "MTEB", "texts/s"):
        grid.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        grid.add_row(
            row["model"] + (" *" if row["configured"] else ""),
            str(row["dimensions"]),
            _cell(row["max_tokens"]),
            _cell(row["usd_per_million"]),
            "free" if row["usd_per_million"] == 0 else _cell(row["pages_per_dollar"]),
            _cell(row["score"]),
            _cell(row["texts_per_second"]),
        )
    output.print(grid)
    dates = sorted({row["price_checked"] for row in rows if row["price_checked"]})
    output.print(
        "* configured here; texts/s is measured on this machine, with texts of some 100 tokens.\n"
        "size: dimensions; tokens: the most of a text; a page is 800 tokens; MTEB: mean of the\n"
        f"English sets, as published; — is not known. List prices of {', '.join(dates)}.",
        highlight=False,
    )
    for source in dict.fromkeys((row["source"], row["checked"]) for row in rows):
        output.print(f"{source[1]}: {source[0]}", markup=False, highlight=False, soft_wrap=True)


def _cell(value: float | None) -> str:
    return "—" if value is None else f"{value:,g}"


async def _cards(*, speed: bool) -> list[dict[str, Any]]:
    from bot.adapters.embedding_cards import TOKENS_A_PAGE, load_cards
    from bot.adapters.prices import load_prices
    from bot.settings import EMBEDDING_FILE, LOCAL_PREFIX, PRICE_FILE

    settings = operator_settings()
    configured = settings.resolved_embedding_model.removeprefix(LOCAL_PREFIX)
    prices = load_prices(PRICE_FILE, settings.price_override)
    rows = []
    for card in load_cards(EMBEDDING_FILE):
        price = prices.of(card.model)
        dollar = None if price is None else float(price.prompt)
        rows.append(
            {
                "model": card.model,
                "configured": card.model == configured,
                "dimensions": card.dimensions,
                "max_tokens": card.max_tokens,
                "usd_per_million": dollar,
                "pages_per_dollar": round(1e6 / TOKENS_A_PAGE / dollar) if dollar else None,
                "price_checked": price.checked.isoformat() if price else None,
                "score": card.score,
                "shortens": card.shortens,
                "checked": card.checked.isoformat(),
                "source": card.source,
                "texts_per_second": None,
            }
        )
    if speed and (row := next((each for each in rows if each["configured"]), None)):
        row["texts_per_second"] = await _speed()
    return rows


SPEED_TEXTS = 64


async def _speed() -> float:
    """Return how many texts of some 100 tokens a second the configured model embeds here."""
    from bot.opening import open_embedder

    settings = operator_settings()
    async with AsyncExitStack() as stack:
        embedder = await open_embedder(settings)
        stack.push_async_callback(embedder.close)
        sentence = "The harbour library lends books, charts and oilskins to every member. "
        texts = [f"{number}. {sentence * 7}" for number in range(SPEED_TEXTS)]
        await embedder.embed_documents(texts[:2])  # the model is loaded now
        started = time.perf_counter()
        await embedder.embed_documents(texts)
        return round(SPEED_TEXTS / (time.perf_counter() - started), 1)

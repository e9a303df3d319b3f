"""`marv explore`: what a table, or the library, is about; JSON for scripts, pictures for people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.console import (
    AsJson,
    Guild,
    errors,
    operator_settings,
    output,
    print_json,
    run_to_end,
)
from bot.commands.routes import routes
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.explore_desk import Bench
    from bot.services.exploring.explorer import Looked
    from bot.services.exploring.reports import ClassifyReport, MapReport, OutliersReport
    from bot.services.exploring.reports import TopicsReport as Topics
    from bot.services.exploring.variety import DiversityReport

explore = typer.Typer(help="What a table, or the library, is about, and what does not fit.")
explore.command("routes")(routes)

File = Annotated[
    Path | None, typer.Argument(metavar="[FILE.csv]", help="A table; the library without.")
]
Text = Annotated[
    str | None, typer.Option("--text", help="The column that holds the texts; several: A,B.")
]
Label = Annotated[str | None, typer.Option("--label", help="The column that holds labels.")]
Time = Annotated[
    str | None, typer.Option("--time", help="The column that holds times: ISO, or seconds.")
]
Id = Annotated[
    str | None, typer.Option("--id", help="The column that names a row; else `id`, or its number.")
]
Out = Annotated[Path | None, typer.Option("--out", help="A picture (PNG) to write.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many items.")]
Work = Callable[["Bench", "Looked", Callable[[str], None]], Awaitable[dict[str, Any]]]


@explore.command("topics")
def topics(
    file: File = None,
    text: Text = None,
    time: Time = None,
    id_: Id = None,
    count: Annotated[
        int | None, typer.Option("--count", min=2, max=50, help="How many topics.")
    ] = None,
    written: Annotated[
        bool, typer.Option("--written", help="Have the chat model name the topics.")
    ] = False,
    out: Out = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Group texts by what they are about."""

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        report = await bench.explorer.topics(looked, count=count, tell=tell)
        if out is not None:
            await _draw(bench, await bench.explorer.map(looked, topics=report, tell=tell), out)
        return _with(report.as_json(), out, _topics_lines(report))

    columns = {"text": text, "when": time, "id": id_}
    _run(work, file, columns, guild=guild, as_json=as_json, written=written)


@explore.command("map")
def map_(
    file: File = None,
    text: Text = None,
    label: Label = None,
    id_: Id = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A picture (.png) or a page (.html) to write.")
    ] = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Draw a map of texts: near means alike."""

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        report = await bench.explorer.map(looked, by_label=label is not None, tell=tell)
        if out is not None:
            await _draw(bench, report, out)
        return _with(report.as_json(), out, _map_lines(report))

    columns = {"text": text, "label": label, "id": id_}
    _run(work, file, columns, guild=guild, as_json=as_json)


@explore.command("outliers")
def outliers(
    file: File = None,
    text: Text = None,
    label: Label = None,
    id_: Id = None,
    limit: Limit = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Show what does not fit; JSON has every item, the strangest first."""

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        report = await bench.explorer.outliers(looked, tell=tell)
        return _with(report.as_json(limit=limit), None, _outliers_lines(report, limit or 10))

    columns = {"text": text, "label": label, "id": id_}
    _run(work, file, columns, guild=guild, as_json=as_json)


@explore.command("diversity")
def diversity(
    file: File = None,
    text: Text = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="The table's version before, to compare with.")
    ] = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Measure how varied texts are, and what duplicates would do."""

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        before = None
        if against is not None:
            before = await bench.look_at(against, {"text": text}, guild, tell)
        report = await bench.explorer.diversity(looked, before=before, tell=tell)
        return _with(report.as_json(), None, _diversity_lines(report))

    _run(work, file, {"text": text}, guild=guild, as_json=as_json)


@explore.command("classify")
def classify(
    file: File = None,
    text: Text = None,
    label: Label = None,
    labels: Annotated[
        str | None, typer.Option("--labels", help="Names to choose from, separated by commas.")
    ] = None,
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.0, max=1.0, help="From which a label counts.")
    ] = 0.7,
    export: Annotated[
        Path | None, typer.Option("--export", help="A CSV file with every row's label to write.")
    ] = None,
    id_: Id = None,
    out: Out = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Give texts labels: learnt from a column, or by the labels' names alone."""
    if file is not None and label is None and labels is None:
        raise ConfigurationError("name the column of labels (--label), or the labels (--labels)")

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        report = await bench.classify(looked, labels, confidence=confidence, tell=tell)
        if out is not None:
            picture = await bench.explorer.confusion(
                report, title=looked.items.name, axes=("label", "guess")
            )
            if picture is None:
                raise ConfigurationError("no row has a label: there is nothing to draw for --out")
            await write(out, picture)
        if export is not None:
            await write(export, report.as_csv())
        return _with(report.as_json(), out, _classify_lines(report))

    columns = {"text": text, "label": label, "id": id_}
    _run(work, file, columns, guild=guild, as_json=as_json)


LINES = "_lines"


def _run(
    work: Work,
    file: Path | None,
    columns: dict[str, str | None],
    *,
    guild: int,
    as_json: bool,
    written: bool = False,
) -> None:
    """Look at what was named, do the work, and print what came of it."""
    settings = operator_settings()

    async def all_of_it() -> dict[str, Any]:
        from bot.explore_desk import open_bench

        with errors.status("starting") as status:
            async with open_bench(settings, own_table=file is not None, written=written) as bench:
                looked = await bench.look_at(file, columns, guild, status.update)
                return await work(bench, looked, status.update)

    result = run_to_end(all_of_it())
    lines = result.pop(LINES)
    if as_json:
        print_json(result)
    else:
        for line in lines:
            output.print(line, markup=False, highlight=False, soft_wrap=True)


def _with(result: dict[str, object], out: Path | None, lines: list[str]) -> dict[str, Any]:
    if out is not None:
        result["out"] = str(out)
        lines.append(f"picture: {out}")
    return {**result, LINES: lines}


async def _draw(bench: Bench, report: MapReport, out: Path) -> None:
    title = report.items.name or "Map"
    note = _map_note(report)
    if out.suffix.casefold() in (".html", ".htm"):
        from bot.services.exploring.pages import map_page

        await write(out, map_page(report, title=title, note=note).encode())
    else:
        await write(out, await bench.explorer.picture(report, title=title, note=note))


async def write(path: Path, content: bytes) -> None:
    """Write a file that was asked for; raises ConfigurationError where it cannot be written."""
    try:
        await asyncio.to_thread(path.write_bytes, content)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error


def _map_note(report: MapReport) -> str:
    shown, every = len(report.layout.rows), len(report.items.items)
    some = f"{shown:,} of {every:,} texts" if shown < every else f"{every:,} texts"
    trust = report.layout.trustworthiness
    return (
        f"{some} by {report.layout.method}; near means alike, axes mean nothing; trust {trust:.2f}"
    )


def _topics_lines(report: Topics) -> list[str]:
    from bot.services.exploring.trends import sparkline

    lines = [f"{len(report.items.items):,} texts, {len(report.topics)} topics"]
    for topic in report.topics:
        trend = f"  {sparkline(topic.trend)} {topic.direction.value}" if topic.trend else ""
        lines.append(
            f"{topic.size:>6,}  {topic.name}"
            f"  ({topic.firmness.value}, {topic.stability:.2f}){trend}"
        )
        lines += [f"          - {_short(item.text)}" for item in topic.typical]
    return lines


def _map_lines(report: MapReport) -> list[str]:
    groups = zip(report.names, report.sizes, strict=True)
    return [_map_note(report), *(f"{size:>6,}  {name}" for name, size in groups)]


def _outliers_lines(report: OutliersReport, limit: int) -> list[str]:
    lines = [f"{report.clear} of {len(report.strangers):,} texts clearly stand out"]
    for stranger in report.strangers[:limit]:
        item = report.item(stranger)
        mark = "!" if stranger.deviation > 3.5 else " "
        lines.append(f"{mark} {stranger.percentile:5.1f} %  {item.id}: {_short(item.text)}")
        if stranger.elsewhere:
            lines.append(f"          labelled {item.label}, its neighbours {stranger.elsewhere}")
        if stranger.nearest:
            row, alike = stranger.nearest[0]
            near = report.items.items[row]
            lines.append(f"          nearest ({alike:.2f}): {_short(near.text)}")
    return lines


def _diversity_lines(report: DiversityReport) -> list[str]:
    one, heavy = report.variety, report.heavy
    lines = [
        f"{one.items:,} texts, {report.duplicates} of them say nearly what another says",
        f"Vendi score {one.vendi:.1f} kinds of meaning"
        f" (a tenth of them ten times over: {heavy.vendi:.1f})",
        f"distinct-2 {one.distinct_2}, self-BLEU {one.self_bleu} of at most 500 texts"
        f" ({heavy.distinct_2}, {heavy.self_bleu})",
        f"languages: {', '.join(f'{name} {count:,}' for name, count in report.languages.items())}",
        f"{len(report.topics)} topics, evenness {report.evenness:.2f}",
    ]
    if (before := report.before) is not None:
        lines.append(
            f"{report.before_name}: {before.items:,} texts, Vendi {before.vendi:.1f},"
            f" distinct-2 {before.distinct_2}, self-BLEU {before.self_bleu}"
        )
    return lines


def _classify_lines(report: ClassifyReport) -> list[str]:
    sorting, coverage = report.sorting, report.coverage
    lines = [sorting.method]
    if sorting.quality is not None:
        for name, quality in (("this", sorting.quality), *sorting.baselines.items()):
            lines.append(
                f"{name:>12}: accuracy {quality.accuracy:.3f}, macro-F1 {quality.macro_f1:.3f}"
            )
    else:
        lines.append("no row has one of the labels: nobody knows how right this is")
    right = "" if coverage.accuracy is None else f", of those {coverage.accuracy:.0%} right"
    lines.append(f"{coverage.share:.0%} with a confidence of {coverage.confidence}{right}")
    lines += [f"{count:>6,}  {label}" for label, count in report.counts.items()]
    return lines


def _short(text: str, width: int = 90) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


def similar(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What to be like.")],
    table: Annotated[
        Path | None, typer.Option("--in", help="A table; the library without.")
    ] = None,
    text: Text = None,
    id_: Id = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100)] = 10,
    diversity: Annotated[
        float, typer.Option("--diversity", min=0.0, max=1.0, help="How varied the results are.")
    ] = 0.2,
    seen: Annotated[
        list[str] | None, typer.Option("--seen", help="An id to leave out; may be given again.")
    ] = None,
    guild: Guild = 0,
    as_json: AsJson = False,
) -> None:
    """Find texts like one or several, without those seen already."""

    async def work(bench: Bench, looked: Looked, tell: Callable[[str], None]) -> dict[str, Any]:
        tell("comparing")
        found = await bench.similar(
            looked, texts, limit=limit, diversity=diversity, seen=frozenset(seen or ())
        )
        results = [
            {"rank": rank, "id": item.id, "similarity": round(alike, 4), "text": item.text}
            for rank, (item, alike) in enumerate(found, start=1)
        ]
        lines = [f"{alike:.2f}  {item.id}: {_short(item.text)}" for item, alike in found]
        return _with({"texts": texts, "results": results}, None, lines)

    _run(work, table, {"text": text, "id": id_}, guild=guild, as_json=as_json)

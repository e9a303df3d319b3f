"""`marv eval`: measure what is configured, in a library of its own that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markdown import Markdown

from bot.commands.console import AsJson, errors, operator_settings, output, print_json, run_to_end

if TYPE_CHECKING:
    from rich.status import Status

    from bot.client import Marv
    from bot.services.evaluation.answers import AnswersResult
    from bot.services.evaluation.datasets import RetrievalSet
    from bot.services.evaluation.persona import PersonaCase, PersonaResult, SarcasmSet
    from bot.services.evaluation.report import Chart
    from bot.services.evaluation.retrieval import RetrievalResult
    from bot.settings import Settings

SEED = 20261124
evaluation = typer.Typer(help="Measure search, answers and the persona.")

Report = Annotated[
    Path | None, typer.Option("--report", help="A folder for report.md and its picture.")
]
Queries = Annotated[
    int | None, typer.Option("--queries", min=1, help="At most so many queries a set, evenly.")
]


@evaluation.command("retrieval")
def retrieval(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl, queries.jsonl, qrels.tsv.")],
    report: Report = None,
    queries: Queries = None,
    as_json: AsJson = False,
) -> None:
    """Measure search on a judged set: words alone, meaning alone, and both."""
    from bot.services.evaluation.datasets import read_retrieval_set
    from bot.services.evaluation.report import retrieval_chart, retrieval_markdown

    settings = operator_settings()
    chosen = read_retrieval_set(folder).sampled(queries)

    async def work() -> RetrievalResult:
        result = await _measure(settings, chosen)
        await _keep(report, retrieval_markdown(result), retrieval_chart(result))
        return result

    result = run_to_end(work())
    _show(result.as_json(), retrieval_markdown(result), as_json=as_json)


@evaluation.command("answers")
def answers(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl and questions.jsonl.")],
    report: Report = None,
    questions: Annotated[
        int | None, typer.Option("--questions", min=1, help="The first so many, evenly a label.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure answers: given when the corpus has them, and only then."""
    from bot.services.evaluation.answers import AnswersEvaluation
    from bot.services.evaluation.datasets import read_answer_set
    from bot.services.evaluation.report import answers_chart, answers_markdown

    settings = operator_settings()
    chosen = read_answer_set(folder).first(questions)

    async def work() -> AnswersResult:
        with errors.status(chosen.name) as status:
            async with _apart(settings) as marv:
                evaluated = AnswersEvaluation(
                    ingest=marv.services.library.ingest, ask=marv.services.ask
                )
                result = await evaluated.run(chosen, tell=_teller(status, chosen.name))
        await _keep(report, answers_markdown(result), answers_chart(result))
        return result

    result = run_to_end(work())
    _show(result.as_json(), answers_markdown(result), as_json=as_json)


@evaluation.command("persona")
def persona(
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="JSON lines: question, and perhaps facts and language."),
    ] = None,
    isarcasm: Annotated[
        Path | None,
        typer.Option("--isarcasm", help="iSarcasmEval's train.En.csv, to measure sarcasm by."),
    ] = None,
    report: Report = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help="At most so many cases, evenly.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the voice: whether facts survive it, how varied and how sarcastic it is."""
    from bot.services.evaluation.persona import read_cases, read_isarcasm
    from bot.services.evaluation.report import persona_chart, persona_markdown
    from bot.settings import SHIPPED_DATA

    settings = operator_settings()
    cases = read_cases(questions or SHIPPED_DATA / "persona" / "heldout.jsonl", count=count)
    examples = None if isarcasm is None else read_isarcasm(isarcasm)

    async def work() -> PersonaResult:
        result = await _voiced(settings, cases, examples)
        await _keep(report, persona_markdown(result), persona_chart(result))
        return result

    result = run_to_end(work())
    _show(result.as_json(), persona_markdown(result), as_json=as_json)


@evaluation.command("table")
def table(
    data: Annotated[Path, typer.Argument(help="The folder that holds the sets' folders.")],
    names: Annotated[
        list[str] | None, typer.Option("--set", help="Only this set; may be given again.")
    ] = None,
    report: Report = None,
    queries: Queries = None,
    as_json: AsJson = False,
) -> None:
    """Convert every retrieval set of a collection and measure one after the other."""
    from bot.services.evaluation.convert import RETRIEVAL_SETS
    from bot.services.evaluation.report import overview_chart, overview_markdown

    settings = operator_settings()
    chosen = names or RETRIEVAL_SETS

    async def work() -> list[RetrievalResult]:
        results = await _measure_all(settings, data, chosen, queries=queries)
        await _keep(report, overview_markdown(results), overview_chart(results))
        return results

    results = run_to_end(work())
    sets = [result.as_json() for result in results]
    _show({"sets": sets}, overview_markdown(results), as_json=as_json)


@evaluation.command("convert")
def convert_set(
    name: Annotated[str, typer.Argument(metavar="SET", help="The set, such as jsquad.")],
    source: Annotated[Path, typer.Argument(help="Where its files are, as published.")],
    out: Annotated[Path, typer.Argument(help="The folder to write.")],
    as_json: AsJson = False,
) -> None:
    """Convert a published data set into a folder to measure on."""
    from bot.services.evaluation.convert import convert

    written = convert(name, source, out)
    counts = ", ".join(f"{value} {key}" for key, value in written.items() if key not in _NAMES)
    _show(written, f"{written['set']}: {counts}, in {written['out']}", as_json=as_json)


_NAMES = ("set", "out")


@asynccontextmanager
async def _apart(settings: Settings) -> AsyncIterator[Marv]:
    """Open Marv with the configured models on an empty library, far from the operator's own."""
    from bot.app import open_marv

    with tempfile.TemporaryDirectory(prefix="marv-eval-") as directory:
        own = {"data_dir": Path(directory), "chroma_url": None, "chroma_api_key": None}
        async with open_marv(settings.model_copy(update=own)) as marv:
            _make_repeatable(marv)
            yield marv


def _make_repeatable(marv: Marv) -> None:
    """Seed the embedded voice; what a provider samples cannot be made repeatable."""
    from bot.adapters.llama import LlamaChat
    from bot.services.answer_by_quote import QuoteAnswerer
    from bot.services.metering import MeteredChat

    answerer = marv.services.promoting.cast.baseline.answerer
    chat = answerer.wrapper.chat if isinstance(answerer, QuoteAnswerer) else None
    if isinstance(chat, MeteredChat) and isinstance(chat.chat, LlamaChat):
        chat.chat.seed = SEED


async def _measure(settings: Settings, chosen: RetrievalSet) -> RetrievalResult:
    from bot.adapters.trec_measures import TrecMeasures
    from bot.services.evaluation.retrieval import RetrievalEvaluation

    measures = TrecMeasures.open()
    with errors.status(chosen.name) as status:
        async with _apart(settings) as marv:
            services = marv.services
            work = RetrievalEvaluation(
                ingest=services.library.ingest, search=services.search, measures=measures
            )
            return await work.run(chosen, tell=_teller(status, chosen.name))


async def _measure_all(
    settings: Settings, data: Path, names: Sequence[str], *, queries: int | None
) -> list[RetrievalResult]:
    from bot.services.evaluation.convert import convert
    from bot.services.evaluation.datasets import read_retrieval_set

    results = []
    with tempfile.TemporaryDirectory(prefix="marv-eval-sets-") as directory:
        folders = {name: Path(directory) / name for name in names}
        for name, folder in folders.items():
            convert(name, data, folder)
        for number, (name, folder) in enumerate(folders.items(), start=1):
            result = await _measure(settings, read_retrieval_set(folder).sampled(queries))
            errors.print(
                f"{number}/{len(folders)} {name}: {len(result.queries)} queries,"
                f" {result.seconds:.0f} s",
                highlight=False,
            )
            results.append(result)
    return results


async def _voiced(
    settings: Settings, cases: Sequence[PersonaCase], examples: SarcasmSet | None
) -> PersonaResult:
    from bot.adapters.sarcasm import LogisticTrainer
    from bot.services.evaluation.persona import PersonaEvaluation
    from bot.services.evaluation.voices import voice_of
    from bot.services.manners import Manner

    with errors.status("persona") as status:
        async with _apart(settings) as marv:
            services = marv.services
            await services.warm_up()
            evaluated = PersonaEvaluation(
                voice=voice_of(
                    services.promoting.cast.baseline.answerer,
                    services.promoting.cast.baseline.talker,
                    Manner(persona=services.chat.manners.personas.default),
                ),
                counter=services.chat.memory.counter,
                embedder=services.search.embedder,
                trainer=LogisticTrainer(),
                examples=examples,
            )
            return await evaluated.run(cases, tell=_teller(status, "persona"))


def _teller(status: Status, name: str) -> Callable[[str], None]:
    return lambda text: status.update(f"{name}: {text}")


async def _keep(folder: Path | None, text: str, chart: Chart) -> None:
    from bot.adapters.charts import MatplotlibPainter
    from bot.services.evaluation.report import write_report

    if folder is not None:
        page = await write_report(folder, text, chart, painter=MatplotlibPainter.open())
        errors.print(f"report: {page}", highlight=False, markup=False)


def _show(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        output.print(Markdown(text))

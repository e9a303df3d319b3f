"""Reports that people read: Markdown with pictures beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError
from bot.ports import ChartPainter
from bot.services.evaluation.answers import AnswersResult
from bot.services.evaluation.intervals import Interval
from bot.services.evaluation.persona import ENGLISH_ONLY, NOT_MEASURED, PersonaResult
from bot.services.evaluation.retrieval import ARMS, MEASURES, RetrievalResult
from bot.services.evaluation.slots import KINDS

SHOWN = ("ndcg@10", "recall@5", "mrr@10")  # of the table over all sets
_PICTURE = "figures.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Figures between 0 and 1 to be drawn, in words that every font has."""

    title: str
    groups: Sequence[str]
    series: Mapping[str, Sequence[float]]
    axis: str


async def write_report(folder: Path, text: str, chart: Chart, *, painter: ChartPainter) -> Path:
    """Write ``report.md`` and its picture, and return the page.

    Raises ConfigurationError where that cannot be.
    """
    picture = await asyncio.to_thread(
        painter.bars, title=chart.title, groups=chart.groups, series=chart.series, axis=chart.axis
    )
    body = f"{text.rstrip()}\n\n![{chart.title}]({_PICTURE})\n"
    return await asyncio.to_thread(_write, folder, body, picture)


def _write(folder: Path, body: str, picture: bytes) -> Path:
    page = folder / "report.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _PICTURE).write_bytes(picture)
        page.write_text(body, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--report {folder}: {error.strerror}") from error
    return page


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are figures."""
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def retrieval_markdown(result: RetrievalResult) -> str:
    """Return one set's figures with the intervals of the differences."""
    arms = [[arm, *(f"{result.mean(arm, each):.3f}" for each in MEASURES)] for arm in ARMS]
    gains = [
        [pair.replace("-", " − "), *(_interval(each[measure]) for measure in MEASURES)]
        for pair, each in result.differences().items()
    ]
    return "\n".join(
        (
            f"# Retrieval: {result.dataset}",
            "",
            f"{len(result.queries)} queries, {result.documents} documents, embedded by"
            f" {result.embedding_model}. Documents rank where the first of their passages does.",
            "",
            markdown_table(["arm", *MEASURES], arms),
            "",
            "Differences with their 95 % interval (paired bootstrap over the queries, 10,000"
            " resamples):",
            "",
            markdown_table(["difference", *MEASURES], gains),
        )
    )


def retrieval_chart(result: RetrievalResult) -> Chart:
    """Return one set's figures by measure and arm."""
    return Chart(
        title=f"Retrieval: {result.dataset}" if result.dataset.isascii() else "Retrieval",
        groups=MEASURES,
        series={arm: [result.mean(arm, measure) for measure in MEASURES] for arm in ARMS},
        axis="mean over queries",
    )


def overview_markdown(results: Sequence[RetrievalResult]) -> str:
    """Return the table of several sets: set, arm, measures."""
    rows = [
        [result.dataset, arm, *(f"{result.mean(arm, measure):.3f}" for measure in SHOWN)]
        for result in results
        for arm in ARMS
    ]
    gains = [
        [result.dataset, *(_interval(each["ndcg@10"]) for each in result.differences().values())]
        for result in results
    ]
    models = ", ".join(sorted({result.embedding_model for result in results}))
    return "\n".join(
        (
            "# Retrieval, set by set",
            "",
            f"Embedded by {models}.",
            "",
            markdown_table(["set", "arm", *SHOWN], rows),
            "",
            "By how much the fusion's nDCG@10 is better than each arm's (95 % interval, paired"
            " bootstrap over the queries):",
            "",
            markdown_table(["set", "hybrid − lexical", "hybrid − dense"], gains),
        )
    )


def overview_chart(results: Sequence[RetrievalResult]) -> Chart:
    """Return nDCG@10 by set and arm."""
    return Chart(
        title="nDCG@10 by set",
        groups=[result.dataset for result in results],
        series={arm: [result.mean(arm, "ndcg@10") for result in results] for arm in ARMS},
        axis="nDCG@10",
    )


def answers_markdown(result: AnswersResult) -> str:
    """Return one set's figures: who was answered, and what the answers are worth."""
    found = result.as_json()
    counts = [
        [label, str(each["answered"]), str(each["total"] - each["answered"]), str(each["total"])]
        for label, each in found["by_label"].items()
    ]
    return "\n".join(
        (
            f"# Answers: {result.dataset}",
            "",
            f"{found['questions']} questions, answered by {result.model} in"
            f" {result.seconds:.0f} s.",
            "",
            markdown_table(["label", "answered", "abstained", "total"], counts),
            "",
            markdown_table(
                ["figure", "share"],
                [[name.replace("_", " "), _share(found[name])] for name in _ANSWER_FIGURES],
            ),
            "",
            f"Exact, F1 (SQuAD's; by character in Japanese), contains and the citations are over"
            f" the {found['scored']} answerable questions that were answered and have a gold"
            " answer; sentences without support are over every answer.",
        )
    )


_ANSWER_FIGURES = (
    "answer_rate",
    "false_answer_rate",
    "exact",
    "f1",
    "contains",
    "citation_precision",
    "citation_recall",
    "unsupported_sentences",
)


def answers_chart(result: AnswersResult) -> Chart:
    """Return the share of answered questions by label."""
    counts = {label: result.answered(label) for label in result.labels}
    return Chart(
        title="Answered questions by label",
        groups=[label if label.isascii() else "other" for label in counts],
        series={"answered": [each["answered"] / each["total"] for each in counts.values()]},
        axis="share answered",
    )


def persona_markdown(result: PersonaResult) -> str:
    """Return the voice's figures, a column a language."""
    figures = {language: result.figures(language) for language in result.languages}
    names = [name for name in next(iter(figures.values())) if name != "slots"]
    rows = [
        [name.replace("_", " "), *(str(each[name]) for each in figures.values())] for name in names
    ]
    rows += [
        [
            f"{kind} kept",
            *("{kept} of {total}".format(**e["slots"][kind]) for e in figures.values()),
        ]
        for kind in KINDS
    ]
    return "\n".join(
        (
            f"# Persona: {result.model}",
            "",
            f"{len(result.replies)} replies in {result.seconds:.0f} s. The embedded voice is"
            " seeded; another model's next replies may differ.",
            "",
            markdown_table(["figure", *figures], rows),
            "",
            "## Sarcasm",
            "",
            _sarcasm_markdown(result),
        )
    )


def _sarcasm_markdown(result: PersonaResult) -> str:
    if (found := result.sarcasm) is None:
        return NOT_MEASURED
    rows = [
        ["whole replies", f"{found.replies:.2f}"],
        ["remarks alone", f"{found.remarks:.2f}"],
        ["plain facts, for comparison", f"{found.plain_facts:.2f}"],
    ]
    judge = found.judge
    weak = float(judge["accuracy"]) < float(judge["commoner_class"])
    return "\n".join(
        (
            markdown_table(["English texts", "share called sarcastic"], rows),
            "",
            f"The classifier ({judge['features']}, {judge['texts']} texts), cross-validated:"
            f" accuracy {judge['accuracy']} (always the commoner class:"
            f" {judge['commoner_class']}), F1 of the sarcastic {judge['f1']}."
            f" {_WEAK if weak else ''}{ENGLISH_ONLY}",
        )
    )


_WEAK = (
    "It is right less often than one that never says sarcastic would be, so these shares mean"
    " something only beside each other. "
)


def persona_chart(result: PersonaResult) -> Chart:
    """Return what is a share, by language."""
    names = ("facts_word_for_word", "own_words", "stock_openers", "distinct_2")
    return Chart(
        title="Persona",
        groups=[name.replace("_", " ") for name in names],
        series={
            language.value: [float(result.figures(language)[name] or 0.0) for name in names]
            for language in result.languages
        },
        axis="share",
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(interval: Interval) -> str:
    return f"{interval.mean:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"

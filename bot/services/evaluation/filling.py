"""Brings a corpus into a library by the same door as everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from bot.models import Language
from bot.services.evaluation.datasets import CORPUS, EvalDocument, UnusableSet
from bot.services.ingest import Batch, Ingest, IngestReport, SourceFile

GUILD = 0  # of a library made for measuring, which holds nothing else
DOCUMENTS_A_FILE = 200  # well under the parser's limits on one file
UNTITLED = "Untitled"  # one title for all that have none, so that it favours nobody

Tell = Callable[[str], None]


async def fill(ingest: Ingest, documents: Sequence[EvalDocument], *, tell: Tell) -> None:
    """Ingest a corpus; raises UnusableSet where the library refuses a part of it."""

    def progress(done: int, total: int, report: IngestReport) -> None:
        tell(f"reading the corpus: file {done} of {total}, {report.chunks} passages")

    files = [_file(number, group) for number, group in enumerate(_groups(documents), start=1)]
    report = await ingest.files(Batch(guild_id=GUILD), files, progress=progress)
    if report.refusals:
        error = report.refusals[0].error
        raise UnusableSet(
            f"the library does not take a part of {CORPUS}: {error.user_message(Language.ENGLISH)}"
        )


def _file(number: int, documents: Sequence[EvalDocument]) -> SourceFile:
    lines = (
        json.dumps(
            {"id": each.id, "title": each.title.strip() or UNTITLED, "text": each.text},
            ensure_ascii=False,
        )
        for each in documents
    )
    content = "\n".join(lines).encode()
    name = f"corpus-{number}.jsonl"
    return SourceFile(origin=name, source=name, read=lambda: content)


def _groups(documents: Sequence[EvalDocument]) -> Iterator[Sequence[EvalDocument]]:
    for start in range(0, len(documents), DOCUMENTS_A_FILE):
        yield documents[start : start + DOCUMENTS_A_FILE]

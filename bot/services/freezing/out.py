"""A frozen version's way out: one file a split, in the form that the trainer reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bot.dataset import Format, Row, Source, Split, Version
from bot.erasure import ExportedRow
from bot.errors import NothingToExport
from bot.faults.dataset import NoPreferences
from bot.services.dataset_lines import chat_line, preference_line
from bot.services.export import Manifest
from bot.services.export_writer import ExportWriter
from bot.services.freezing.versions import Versions

NAMES = {Format.CHAT: "openai-chat-jsonl", Format.PREFERENCE: "openai-preference-jsonl"}


def fits(row: Row, format_: Format) -> bool:
    """Tell whether a row can be written in a form.

    What a model said and members only preferred is nothing to be imitated word for word.
    """
    if format_ is Format.PREFERENCE:
        return row.rejected is not None
    return row.source is not Source.COMPARISON


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionExport:
    """Writes what may still be used of a version."""

    versions: Versions
    writer: ExportWriter

    async def write(
        self, guild_id: int, name: str, *, split: Split, format_: Format, path: Path
    ) -> Manifest:
        """Write one split of a version to ``path`` and its manifest beside it.

        Rows of members who were forgotten since, or who allow no training any
        more, are left out and counted. Raises VersionUnknown, NothingToExport,
        and NoPreferences where no row has a worse answer.
        """
        version = await self.versions.named(guild_id, name)
        try:
            written = await self.writer.write(
                self._lines(version, split, format_),
                guild_id=guild_id,
                path=path,
                format_=NAMES[format_],
            )
        except NothingToExport as error:
            if format_ is Format.PREFERENCE:
                raise NoPreferences(name) from error
            raise
        left_out = {}
        if format_ is Format.CHAT and (gone := version.rows.get(split, 0) - written.rows):
            left_out["no_consent"] = gone
        manifest = Manifest(
            path=path,
            rows=written.rows,
            sha256=written.sha256,
            left_out=left_out,
            versions={
                "dataset": f"{version.name}@{version.sha256[:12]}",
                "split": split,
                "persona": version.header["persona"],
            },
            format=NAMES[format_],
        )
        manifest.write()
        return manifest

    async def _lines(
        self, version: Version, split: Split, format_: Format
    ) -> AsyncIterator[tuple[bytes, ExportedRow]]:
        async for row in self.versions.store.rows(version.id, split):
            if not fits(row, format_):
                continue
            line = chat_line(row) if format_ is Format.CHAT else preference_line(row)
            yield line, ExportedRow(sha256="", turn_id=row.turn_id, example_id=row.example_id)

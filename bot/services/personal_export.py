"""Everything about a member as files: a ZIP that explains itself in both languages."""

from __future__ import annotations

import asyncio
import io
import json
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.faults.privacy import ExportTooSoon
from bot.ports.privacy import PersonalRecords
from bot.prompts import prompt

PAUSE_SECONDS = 600.0  # between two exports of one member

Sections = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalExport:
    """Gives members what is stored about them, at most once in ten minutes."""

    records: PersonalRecords
    _asked: dict[tuple[int, int], float] = field(default_factory=dict)

    async def write(self, guild_id: int, user_id: int, *, largest: int) -> tuple[bytes, ...]:
        """Return everything about a member as ZIP files of at most ``largest`` bytes each.

        Raises ExportTooSoon. A single row that is larger comes alone, whatever its size.
        """
        member, now = (guild_id, user_id), time.monotonic()
        if (waited := now - self._asked.get(member, now - PAUSE_SECONDS)) < PAUSE_SECONDS:
            raise ExportTooSoon(PAUSE_SECONDS - waited)
        sections = await self.records.about(guild_id, user_id)
        files = await asyncio.to_thread(_zips, sections, guild_id, user_id, largest)
        self._asked[member] = now
        return tuple(files)


def _zips(sections: Sections, guild_id: int, user_id: int, largest: int) -> list[bytes]:
    whole = _zip(sections, guild_id, user_id)
    if len(whole) <= largest or sum(map(len, sections.values())) < 2:
        return [whole]
    first, second = _halves(sections)
    return [
        *_zips(first, guild_id, user_id, largest),
        *_zips(second, guild_id, user_id, largest),
    ]


def _halves(sections: Sections) -> tuple[Sections, Sections]:
    """Return the first half of all rows and the second, under the same names."""
    half = sum(map(len, sections.values())) // 2
    first: dict[str, Sequence[Mapping[str, object]]] = {}
    second: dict[str, Sequence[Mapping[str, object]]] = {}
    for name, rows in sections.items():
        first[name], second[name] = rows[:half], rows[half:]
        half -= len(first[name])
    return first, second


def _zip(sections: Sections, guild_id: int, user_id: int) -> bytes:
    about = {
        "server": str(guild_id),
        "member": str(user_id),
        "written_at": datetime.now(UTC).isoformat(),
        **{name: [_readable(row) for row in rows] for name, rows in sections.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", prompt("personal_export"))
        archive.writestr("data.json", json.dumps(about, ensure_ascii=False, indent=2))
    return buffer.getvalue()


def _readable(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row whose ids survive programs that know no whole number above 2**53."""
    return {
        name: str(value) if isinstance(value, int) and name.endswith(("_id", "_by")) else value
        for name, value in row.items()
    }

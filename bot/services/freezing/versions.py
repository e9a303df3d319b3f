"""Versions: freezing what may be learnt from, and proving later that it is still the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.dataset import (
    FreezeOptions,
    FrozenRow,
    Row,
    Split,
    Version,
    VersionDraft,
)
from bot.faults.dataset import BadVersionName, NothingToFreeze, VersionExists, VersionUnknown
from bot.ports.dataset import ReviewStore, VersionStore
from bot.ports.promotion import Preferences
from bot.services.export import Export
from bot.services.freezing.candidates import Candidate, Candidates
from bot.services.freezing.groups import sides
from bot.services.freezing.near import normalised
from bot.services.freezing.seed import golden_questions

SCHEME = 1  # of the canonical JSON: another one gives other digests for the same rows
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a version is still what was frozen, and what it would be today.

    ``intact`` says that what is left of the rows, and the digests of the erased
    ones, still make the version's digest. ``gone`` and ``new`` count rows that
    freezing now, with the same options, would lose and gain.
    """

    version: Version
    intact: bool
    altered: tuple[int, ...]  # rows, counted from 1, that are not what was frozen
    gone: int
    new: int

    def as_json(self) -> dict[str, object]:
        """Return the verification as the command line prints it."""
        return {
            "name": self.version.name,
            "sha256": self.version.sha256,
            "ok": self.intact,
            "altered": list(self.altered),
            "erased": self.version.erased,
            "gone": self.gone,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Freezes and verifies."""

    store: VersionStore
    reviews: ReviewStore
    export: Export
    preferences: Preferences
    seed_file: Path
    golden_file: Path

    async def freeze(
        self, guild_id: int, name: str, *, by: int, options: FreezeOptions | None = None
    ) -> Version:
        """Freeze what may be learnt from now under a name.

        The same database and options always give the same digest. Raises
        BadVersionName, VersionExists and NothingToFreeze.
        """
        if not _NAME.fullmatch(name):
            raise BadVersionName(name)
        if await self.store.version(guild_id, name) is not None:
            raise VersionExists(name)
        draft = await self._draft(guild_id, name, by=by, options=options or FreezeOptions())
        return await self.store.freeze(draft)

    async def verify(self, guild_id: int, name: str) -> Verification:
        """Derive a version again, from its rows and from the database; raises VersionUnknown."""
        version = await self.named(guild_id, name)
        stored = await self.store.digests(version.id)
        altered = tuple(
            number
            for number, (digest, payload) in enumerate(stored, start=1)
            if payload is not None and sha256(payload) != digest
        )
        derived = version_digest(version.header, [digest for digest, _ in stored])
        options = FreezeOptions(**version.header["options"])
        now = await self._draft(guild_id, name, by=version.created_by, options=options)
        before, after = Counter(digest for digest, _ in stored), Counter(r.sha256 for r in now.rows)
        return Verification(
            version=version,
            intact=not altered and derived == version.sha256,
            altered=altered,
            gone=(before - after).total(),
            new=(after - before).total(),
        )

    async def named(self, guild_id: int, name: str) -> Version:
        """Return a version by its name; raises VersionUnknown."""
        version = await self.store.version(guild_id, name)
        if version is None:
            raise VersionUnknown(name)
        return version

    async def _draft(
        self, guild_id: int, name: str, *, by: int, options: FreezeOptions
    ) -> VersionDraft:
        rows, sides_, candidates = await self._assembled(guild_id, options)
        frozen = tuple(frozen_row(row) for row in rows)
        header = self._header(rows, options, candidates)
        return VersionDraft(
            guild_id=guild_id,
            name=name,
            sha256=version_digest(header, [row.sha256 for row in frozen]),
            header=canonical(header),
            rows=frozen,
            sides=sides_,
            created_by=by,
        )

    async def rows_now(
        self, guild_id: int, options: FreezeOptions
    ) -> tuple[list[Row], Mapping[str, int]]:
        """Return the rows that freezing now would give, and what it would leave out and why.

        Raises NothingToFreeze.
        """
        rows, _, candidates = await self._assembled(guild_id, options)
        return rows, candidates.left_out

    async def _assembled(
        self, guild_id: int, options: FreezeOptions
    ) -> tuple[list[Row], Mapping[str, Split], Candidates]:
        """Return what could be frozen, on its sides, and which side each example is on."""
        candidates = Candidates(
            export=self.export,
            seed_file=self.seed_file,
            preferences=self.preferences,
            cleaning=await self.export.cleaning(guild_id),
        )
        decisions = await self.reviews.decisions(guild_id)
        found = [each async for each in candidates.walk(guild_id, options, decisions)]
        settled = await self.store.sides(guild_id)
        placed = sides([each.member for each in found], settled)
        rows = [row for each in found if (row := self._placed(each, placed, candidates.left_out))]
        if options.seed:
            taken = frozenset(normalised(each.member.question) for each in found)
            rows += candidates.seeds(taken)
        rows += await candidates.chosen(guild_id)
        if not any(row.split is Split.TRAIN for row in rows):
            raise NothingToFreeze
        known = {key: side for key, side in placed.items() if side is not None}
        return rows, known, candidates

    def _placed(
        self, candidate: Candidate, placed: Mapping[str, Split | None], left_out: Counter[str]
    ) -> Row | None:
        side = placed[candidate.member.key]
        if side is None:
            left_out["bridges"] += 1
            return None
        if candidate.only_golden and side is not Split.GOLDEN:
            left_out["not_answered"] += 1
            return None
        if side is not Split.GOLDEN and self._is_golden(candidate.member.question):
            left_out["golden_question"] += 1
            return None
        return replace(candidate.row, split=side)

    def _is_golden(self, question: str) -> bool:
        return normalised(question) in golden_questions(self.golden_file)

    def _header(
        self, rows: Sequence[Row], options: FreezeOptions, candidates: Candidates
    ) -> dict[str, object]:
        personas = self.export.personas
        return {
            "scheme": SCHEME,
            "options": options.as_json(),
            "persona": f"{personas.default.name}@{personas.default.version}",
            "splits": dict(Counter(row.split.value for row in rows)),
            "sources": dict(Counter(row.source.value for row in rows)),
            "languages": dict(Counter(row.language.value for row in rows)),
            "left_out": dict(candidates.left_out),
            "redacted": dict(candidates.cleaning.replaced),
            "to_review": candidates.cleaning.to_review,
        }


def frozen_row(row: Row) -> FrozenRow:
    """Return a row as it is stored and hashed."""
    payload = canonical(
        {
            "messages": [{"role": m.role, "content": m.content} for m in row.messages],
            "source": row.source,
            "language": row.language,
            "split": row.split,
            "answered": row.answered,
            "facts": row.facts,
            "rejected": row.rejected,
        }
    )
    return FrozenRow(
        split=row.split,
        payload=payload,
        sha256=sha256(payload),
        turn_id=row.turn_id,
        example_id=row.example_id,
    )


def version_digest(header: Mapping[str, Any], digests: Iterable[str]) -> str:
    """Return the digest of a version: of its header and of its rows' digests, in order."""
    return sha256(canonical({"header": header, "rows": list(digests)}))


def canonical(value: object) -> str:
    """Return a value as the one JSON text that stands for it (keys sorted, no blanks)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

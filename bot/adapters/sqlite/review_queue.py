"""The turns that staff have not decided about, the most telling first, in SQLite."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from bot.adapters.sqlite.consents import TRAINING
from bot.adapters.sqlite.database import Database
from bot.feedback import Fault
from bot.models import Language, Provenance, TurnId
from bot.review import Candidate

VOTES = "(SELECT count(*) FROM votes v WHERE v.turn_id = t.id AND v.value = {value})"
REASONS = "(SELECT count(*) FROM votes v WHERE v.turn_id = t.id AND v.fault IS NOT NULL)"
WAITING = (
    " FROM turns t LEFT JOIN examples e ON e.turn_id = t.id"
    " LEFT JOIN dataset_reviews d ON d.guild_id = t.guild_id AND d.key = 'turn:' || t.id"
    " WHERE t.guild_id = ? AND (? IS NULL OR t.language = ?) AND d.decision IS NULL AND "
    "t.private = 0 AND t.answered = 1"
    " AND t.question IS NOT NULL AND t.answer IS NOT NULL AND"
    f" {TRAINING.format(guild='t.guild_id', member='t.author_id')}"
)


@dataclass(frozen=True, slots=True)
class SqliteReviewQueue:
    """Fulfils ``bot.ports.dataset.ReviewQueue``."""

    database: Database

    async def next(
        self, guild_id: int, *, offset: int, only: Language | None = None
    ) -> tuple[Candidate | None, int]:
        """Return the turn at an offset of the queue, and how many wait in it."""
        [[waiting]] = await self.database.rows(f"SELECT count(*){WAITING}", (guild_id, only, only))
        rows = await self.database.rows(
            "SELECT t.*, e.answer AS better,"
            f" {VOTES.format(value=1)} AS up, {VOTES.format(value=-1)} AS down,"
            f" {REASONS} AS reasons{WAITING}"
            " ORDER BY e.id IS NOT NULL DESC, up > 0 DESC, up - down DESC, reasons DESC,"
            " t.id DESC LIMIT 1 OFFSET ?",
            (guild_id, only, only, offset),
        )
        if not rows:
            return None, waiting
        row = rows[0]
        faults = await self.database.rows(
            "SELECT fault FROM votes WHERE turn_id = ? AND fault IS NOT NULL", (row["id"],)
        )
        candidate = Candidate(
            guild_id=guild_id,
            turn_id=TurnId(row["id"]),
            question=row["question"],
            answer=row["answer"],
            facts=row["facts"] or "",
            language=Language(row["language"]),
            provenance=Provenance(row["provenance"]),
            persona=row["persona"],
            model=row["model"],
            sources=tuple(each["title"] for each in json.loads(row["sources"] or "[]")),
            up=row["up"],
            down=row["down"],
            faults=Counter(Fault(each["fault"]) for each in faults),
            repaired=row["better"],
            parent_id=TurnId(row["parent_id"]) if row["parent_id"] is not None else None,
        )
        return candidate, waiting

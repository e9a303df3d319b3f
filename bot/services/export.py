"""The data set's way out: which turns may leave, as chat JSON lines, and why the others stay."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.erasure import ExportedRow
from bot.errors import NothingToExport
from bot.inquiry import Example
from bot.models import ChatMessage, Provenance, Turn
from bot.moderation import FINISH_REASON
from bot.persona import Persona
from bot.ports import ExampleStore, TurnLog
from bot.services.control_tokens import control_token
from bot.services.export_files import manifest_path
from bot.services.export_writer import ExportWriter
from bot.services.manners import Manner, Personas
from bot.services.redaction.exchanges import Cleaning
from bot.services.redaction.name_book import NameBook
from bot.services.redaction.redactor import Redactor
from bot.services.wrapping import wrap_messages
from bot.topics import SENSITIVE

FORMAT = "openai-chat-jsonl"
UNFINISHED = frozenset({"cut", "length", "content_filter", "empty", "error", "stopped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export holds, and what it left out and why."""

    path: Path
    rows: int
    sha256: str
    left_out: Mapping[str, int]
    versions: Mapping[str, str]
    format: str = FORMAT
    redacted: Mapping[str, int] = field(default_factory=dict)
    to_review: int = 0  # rows in which the rules were unsure of something

    def as_json(self) -> dict[str, object]:
        """Return the manifest as the command line's contract names it."""
        return {
            "path": str(self.path),
            "format": self.format,
            "rows": self.rows,
            "sha256": self.sha256,
            "left_out": dict(sorted(self.left_out.items())),
            "versions": dict(self.versions),
            "redacted": dict(sorted(self.redacted.items())),
            "to_review": self.to_review,
        }

    def write(self) -> None:
        """Write the manifest beside its file; the file travels, so it names no folder of here."""
        told = self.as_json() | {"path": self.path.name}
        text = json.dumps(told, ensure_ascii=False, indent=2)
        manifest_path(self.path).write_text(text + "\n", "utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Writes the turns that may leave, then the staff's examples; the same log, the same bytes."""

    log: TurnLog
    examples: ExampleStore
    writer: ExportWriter
    personas: Personas
    names: NameBook
    discord_permission: str | None = None

    async def write(self, guild_id: int, path: Path) -> Manifest:
        """Write what of the guild's log may leave to ``path`` and its manifest beside it.

        It is read and written one page at a time. Raises NothingToExport
        when nothing may leave; then no file is written.
        """
        left_out: Counter[str] = Counter()
        cleaning = await self.cleaning(guild_id)
        try:
            written = await self.writer.write(
                self._lines(guild_id, left_out, cleaning),
                guild_id=guild_id,
                path=path,
                format_=FORMAT,
            )
        except NothingToExport as error:
            reasons = ", ".join(f"{name}: {count}" for name, count in left_out.items())
            raise NothingToExport(
                f"nothing to export; left out: {reasons or 'no turns yet'}"
            ) from error
        manifest = Manifest(
            path=path,
            rows=written.rows,
            sha256=written.sha256,
            left_out=left_out,
            versions={"persona": _version(self.personas.default)},
            redacted=cleaning.replaced,
            to_review=cleaning.to_review,
        )
        manifest.write()
        return manifest

    async def count(self, guild_id: int) -> tuple[int, Counter[str]]:
        """Return how many rows may leave now, and how many may not by reason."""
        left_out: Counter[str] = Counter()
        rows = 0
        async for _ in self._lines(guild_id, left_out, Cleaning()):
            rows += 1
        return rows, left_out

    async def cleaning(self, guild_id: int) -> Cleaning:
        """Return what redacts a guild's texts: it knows the names of its members."""
        return Cleaning(redactor=Redactor(names=await self.names.names(guild_id)))

    async def _lines(
        self, guild_id: int, left_out: Counter[str], cleaning: Cleaning
    ) -> AsyncIterator[tuple[bytes, ExportedRow]]:
        """Yield a line for each row that may leave and what it is; count the others by reason."""
        repaired = await self.examples.repaired(guild_id)
        async for turn in self.log.turns(guild_id):
            reason = "repaired" if turn.id in repaired else self.reason_to_leave_out(turn)
            if reason:
                left_out[reason] += 1
            else:
                clean = await asyncio.to_thread(cleaning.turn, turn)
                line = self._line(self.prompt(clean), clean.answer or "")
                yield line, ExportedRow(sha256="", turn_id=turn.id)
        async for example in self.examples.examples(guild_id):
            if reason := self.reason_to_leave_out_example(example):
                left_out[reason] += 1
            else:
                written = await asyncio.to_thread(cleaning.example, example)
                line = self._line(self.example_prompt(written), written.answer)
                yield line, ExportedRow(sha256="", example_id=example.id)

    def reason_to_leave_out_example(self, example: Example) -> str | None:
        """Return why a staff's example may not leave: whose words its question is decides."""
        if not example.consented:
            return "no_consent"
        if example.question_provenance is Provenance.MESSAGE and not self.discord_permission:
            return "message_content"
        if control_token(example.question, example.facts, example.answer) is not None:
            return "control_token"
        return None

    def reason_to_leave_out(self, turn: Turn) -> str | None:
        """Return why a turn may not leave, or None when it may.

        Discord's Developer Policy forbids training on message content without
        its express permission, so what was read from a channel stays unless
        the operator recorded that permission; the member's consent is needed
        for everything a member typed.
        """
        if turn.finish_reason == FINISH_REASON:
            return "blocked"
        if not turn.consented and turn.provenance in (Provenance.INTERACTION, Provenance.MESSAGE):
            return "no_consent"
        if turn.provenance is Provenance.MESSAGE and not self.discord_permission:
            return "message_content"
        if turn.question is None or turn.answer is None:
            return "text_expired"
        return self._flaw(turn, turn.question, turn.facts or "", turn.answer)

    def _flaw(self, turn: Turn, *texts: str) -> str | None:
        """Return why a turn teaches nothing, or what must not be taught."""
        if turn.topic in SENSITIVE:
            return "sensitive"
        if turn.persona not in self.personas.known:
            return "persona_gone"
        if turn.finish_reason in UNFINISHED:
            return "unfinished"
        if control_token(*texts) is not None:
            return "control_token"
        return None if turn.answered else "not_answered"

    def _line(self, prompt: tuple[ChatMessage, ...], answer: str) -> bytes:
        messages = [
            {"role": message.role, "content": message.content}
            for message in (*prompt, ChatMessage(role="assistant", content=answer))
        ]
        return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"

    def example_prompt(self, example: Example) -> tuple[ChatMessage, ...]:
        """Return what a staff's example answers, in the manner of the default persona."""
        system = Manner(persona=self.personas.default).system(example.language)
        if example.facts:
            return wrap_messages(
                question=example.question,
                facts=example.facts,
                language=example.language,
                system_prompt=system,
            )
        return (
            ChatMessage(role="system", content=system),
            ChatMessage(role="user", content=example.question),
        )

    def prompt(self, turn: Turn) -> tuple[ChatMessage, ...]:
        """Return the prompt in the form that a fine-tuned persona meets in service."""
        manner = Manner(
            persona=self.personas.known[turn.persona], sarcasm=turn.sarcasm, topic=turn.topic
        )
        system = manner.system(turn.language)
        if turn.facts:
            return wrap_messages(
                question=turn.question or "",
                facts=turn.facts,
                language=turn.language,
                system_prompt=system,
            )
        return (
            ChatMessage(role="system", content=system),
            ChatMessage(role="user", content=turn.question or ""),
        )


def _version(persona: Persona) -> str:
    return f"{persona.name}@{persona.version}"

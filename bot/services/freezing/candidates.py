"""What could be frozen: the log, the staff's examples and the shipped set, with what ties them."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.comparison import Item, Side
from bot.dataset import Decision, FreezeOptions, Row, Source, Split
from bot.inquiry import Example
from bot.models import ChatMessage, Turn, TurnId
from bot.ports.promotion import Preferences
from bot.services.control_tokens import control_token
from bot.services.export import Export
from bot.services.freezing.groups import Member, side_of
from bot.services.freezing.near import normalised
from bot.services.freezing.seed import SeedExample, read_seed
from bot.services.manners import Manner
from bot.services.redaction.exchanges import Cleaning
from bot.services.wrapping import chat_messages, wrap_messages

EARLIER = 2  # exchanges of the conversation before a turn that go with it
OTHER_PERSONA = "other_persona"
REMEMBERED = 10_000  # turns whose words are at hand for the turns after them


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An example, not yet on a side; ``only_golden`` where there is nothing to be learnt."""

    member: Member
    row: Row
    only_golden: bool = False


@dataclass(slots=True, kw_only=True)
class Candidates:
    """Walks everything that could be frozen, and counts what is left out and why."""

    export: Export
    seed_file: Path
    preferences: Preferences
    cleaning: Cleaning
    left_out: Counter[str] = field(default_factory=Counter)
    _worse: dict[TurnId, str] = field(default_factory=dict)
    _recent: OrderedDict[TurnId, tuple[ChatMessage, ...]] = field(default_factory=OrderedDict)
    _elsewhere: set[TurnId] = field(default_factory=set)  # repaired, in another persona's voice
    _roots: dict[TurnId, TurnId] = field(default_factory=dict)

    async def walk(
        self, guild_id: int, options: FreezeOptions, decisions: Mapping[str, Decision]
    ) -> AsyncIterator[Candidate]:
        """Yield the turns by id, then the examples by id."""
        repaired = await self.export.examples.repaired(guild_id)
        async for turn in self.export.log.turns(guild_id):
            self._roots[turn.id] = self._roots.get(turn.parent_id or turn.id, turn.id)
            if turn.id in repaired:
                if self._foreign(turn):
                    self._elsewhere.add(turn.id)
                self._note_worse(turn)
                self.left_out["repaired"] += 1
                continue
            reason = self._reason(turn, decisions, only_kept=options.only_kept)
            if reason is None or reason == "not_answered":
                clean = await asyncio.to_thread(self.cleaning.turn, turn)
                yield self._of_turn(clean, only_golden=reason is not None)
            else:
                self.left_out[reason] += 1
        async for example in self.export.examples.examples(guild_id):
            reason = self.export.reason_to_leave_out_example(example)
            if decisions.get(f"example:{example.id}") is Decision.REJECT:
                reason = "rejected"
            elif reason is None and example.turn_id in self._elsewhere:
                reason = OTHER_PERSONA
            if reason:
                self.left_out[reason] += 1
            else:
                yield self._of_example(await asyncio.to_thread(self.cleaning.example, example))

    def seeds(self, taken: frozenset[str]) -> list[Row]:
        """Return the shipped examples whose question nobody asked here, on their own sides."""
        manner = Manner(persona=self.export.personas.default)
        rows = []
        for seed in read_seed(self.seed_file):
            if normalised(seed.question) in taken:
                self.left_out["asked_here"] += 1
                continue
            rows.append(seed_row(seed, manner))
        return rows

    async def chosen(self, guild_id: int) -> list[Row]:
        """Return the answers that members chose between, the questions of the validation part.

        They stay on that side, whatever becomes of them: models were judged by them.
        """
        manner = Manner(persona=self.export.personas.default)
        rows = []
        for item, side, *_ in await self.preferences.preferences(guild_id):
            if control_token(item.question, item.facts, *item.answers.values()) is not None:
                self.left_out["control_token"] += 1
            else:
                rows.append(chosen_row(item, side, manner))
        return rows

    def _reason(
        self, turn: Turn, decisions: Mapping[str, Decision], *, only_kept: bool
    ) -> str | None:
        decision = decisions.get(f"turn:{turn.id}")
        if decision is Decision.REJECT:
            return "rejected"
        reason = self.export.reason_to_leave_out(turn)
        if reason in (None, "not_answered") and self._foreign(turn):
            return OTHER_PERSONA
        if reason is None and only_kept and decision is not Decision.KEEP:
            return "not_reviewed"
        return reason

    def _foreign(self, turn: Turn) -> bool:
        """Tell whether another persona spoke: a version is one voice's."""
        return turn.persona != self.export.personas.default.name

    def _note_worse(self, turn: Turn) -> None:
        """Remember what staff wrote a better answer to, if its words may be used."""
        if self.export.reason_to_leave_out(turn) in (None, "not_answered") and turn.answer:
            self._worse[turn.id] = self.cleaning.text(turn.answer, turn.language)

    def _of_turn(self, turn: Turn, *, only_golden: bool) -> Candidate:
        asked = self.export.prompt(turn)
        system, last = asked[0], asked[-1]
        reply = ChatMessage(role="assistant", content=turn.answer or "")
        earlier = self._recent.get(turn.parent_id, ()) if turn.parent_id else ()
        if not only_golden:
            self._recent[turn.id] = (*earlier, last, reply)[-2 * EARLIER :]
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        ties: tuple[Hashable, ...] = (
            ("author", turn.author_id),
            ("conversation", self._roots[turn.id]),
        )
        return Candidate(
            member=Member(key=f"turn:{turn.id}", question=turn.question or "", ties=ties),
            row=Row(
                messages=(system, *earlier, last, reply),
                source=Source.TURN,
                language=turn.language,
                split=Split.TRAIN,
                answered=turn.answered,
                facts=turn.facts or "",
                turn_id=turn.id,
            ),
            only_golden=only_golden,
        )

    def _of_example(self, example: Example) -> Candidate:
        ties: list[Hashable] = [("author", example.asker_id)] if example.asker_id else []
        if example.turn_id is not None and example.turn_id in self._roots:
            ties.append(("conversation", self._roots[example.turn_id]))
        worse = self._worse.get(example.turn_id) if example.turn_id else None
        theirs = example.asker_id is not None or worse is not None
        return Candidate(
            member=Member(key=f"example:{example.id}", question=example.question, ties=tuple(ties)),
            row=Row(
                messages=(
                    *self.export.example_prompt(example),
                    ChatMessage(role="assistant", content=example.answer),
                ),
                source=Source(example.source),
                language=example.language,
                split=Split.TRAIN,
                facts=example.facts,
                rejected=worse,
                turn_id=example.turn_id if theirs else None,
                example_id=example.id,
            ),
        )


def chosen_row(item: Item, side: Side, manner: Manner) -> Row:
    """Return what members chose as a row with the answer that they did not."""
    prompt = wrap_messages(
        question=item.question,
        facts=item.facts,
        language=item.language,
        system_prompt=manner.system(item.language),
    )
    other = Side.A if side is Side.B else Side.B
    return Row(
        messages=(*prompt, ChatMessage(role="assistant", content=item.answers[side])),
        source=Source.COMPARISON,
        language=item.language,
        split=Split.VALIDATION,
        facts=item.facts,
        rejected=item.answers[other],
    )


def seed_row(seed: SeedExample, manner: Manner) -> Row:
    """Return a shipped example as a row, in the words that the model meets in service."""
    system = manner.system(seed.language)
    prompt = (
        wrap_messages(
            question=seed.question,
            facts=seed.facts,
            language=seed.language,
            system_prompt=system,
        )
        if seed.facts
        else chat_messages(message=seed.question, system_prompt=system)
    )
    return Row(
        messages=(*prompt, ChatMessage(role="assistant", content=seed.reply)),
        source=Source.SEED,
        language=seed.language,
        split=side_of(f"seed:{seed.id}", golden=False),
        facts=seed.facts,
    )

"""What members allow, what they were told, and everything that is known about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.consent import Door, PrivacyStatus, Scope


class ConsentStore(Protocol):
    """Each member's decision, and which notice they were shown."""

    async def decide(self, guild_id: int, user_id: int, scope: Scope, *, door: Door) -> None:
        """Record a member's decision on the notice of now."""
        ...

    async def status(self, guild_id: int, user_id: int) -> PrivacyStatus:
        """Return what a member decided and how much is kept about them in a guild."""
        ...

    async def claim_notice(self, guild_id: int, user_id: int) -> bool:
        """Tell, once for ever, that a member has yet to be shown the notice of now.

        Never where they have decided on it.
        """
        ...


class TextStore(Protocol):
    """The members' words, which go in time."""

    async def drop_texts(self, *, before: datetime) -> int:
        """Remove older texts whose author did not allow to keep them; return of how many turns."""
        ...

    async def drop_kept_texts(self, guild_id: int, *, before: datetime) -> int:
        """Remove a guild's older texts, allowed or not; return of how many turns."""
        ...

    async def guilds_with_texts(self) -> frozenset[int]:
        """Return the guilds of which any turn still has its text."""
        ...


class PersonalRecords(Protocol):
    """Everything that is stored about a member."""

    async def about(
        self, guild_id: int, user_id: int
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return a member's rows in a guild, by the name of what they are, the empty ones too."""
        ...


class EntryWords(Protocol):
    """Whose words the questions of library entries are."""

    async def set_author(self, guild_id: int, origin: str, author_id: int | None) -> None:
        """Remember whose words a document's question is; None for the staff's."""
        ...

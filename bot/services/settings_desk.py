"""The settings desk: what the staff of a server can set, layered server under channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.faults.setting import BadSetting, ServerWide
from bot.persona import MOST, PLAIN
from bot.ports import SettingsStore
from bot.preferences import (
    CHANNEL_KEYS,
    DEFAULT_PERSONA,
    ENTIRE_SERVER,
    PREFERENCE_KEYS,
    Layered,
    Origin,
    Preferences,
    QuietHours,
)

MOST_DAYS = 3650
MOST_DOLLARS = 100_000  # a day
MOST_QUESTIONS = 600  # a minute
MOST_PLACES = 5000  # whose settings are kept in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDesk:
    """Shows and changes what a server has set.

    What was read is kept: every command asks, and nobody else writes the settings.
    """

    store: SettingsStore
    personas: Sequence[str] = (DEFAULT_PERSONA,)  # the names of those that there are
    _known: dict[tuple[int, int | None], Layered] = field(default_factory=dict)
    _changes: Counter[int] = field(default_factory=Counter)

    async def show(self, guild_id: int, channel_id: int | None = None) -> Preferences:
        """Return the settings in force in a channel, or in the server at large."""
        return (await self.layered(guild_id, channel_id)).values

    async def layered(self, guild_id: int, channel_id: int | None = None) -> Layered:
        """Return the settings in force with the layer that each comes from.

        For a thread, ``channel_id`` is its parent's.
        """
        place, changes = (guild_id, channel_id), self._changes[guild_id]
        if (known := self._known.get(place)) is not None:
            return known
        layered = await self._read(guild_id, channel_id)
        if changes == self._changes[guild_id]:  # nobody changed them meanwhile
            if len(self._known) >= MOST_PLACES:
                self._known.clear()
            self._known[place] = layered
        return layered

    async def _read(self, guild_id: int, channel_id: int | None) -> Layered:
        layers = await self.store.layers(guild_id, channel_id)
        server = layers.get(ENTIRE_SERVER, {})
        channel = layers.get(channel_id, {}) if channel_id else {}
        origins = {
            key: Origin.CHANNEL
            if key in channel
            else Origin.SERVER
            if key in server
            else Origin.DEFAULT
            for key in PREFERENCE_KEYS
        }
        values: Mapping[str, object] = {**server, **channel}
        return Layered(values=replace(Preferences(), **values), origins=origins)  # type: ignore[arg-type]

    async def change(
        self,
        guild_id: int,
        changes: Mapping[str, object],
        *,
        changed_by: int,
        channel_id: int | None = None,
    ) -> Preferences:
        """Set what is given, leave the rest, and return the settings in force.

        Raises BadSetting for a value that cannot be, ServerWide for one that no
        channel can have of its own.
        """
        _check(changes, channel_id)
        if changes.get("persona", DEFAULT_PERSONA) not in self.personas:
            raise BadSetting("persona")
        place = channel_id or ENTIRE_SERVER
        try:
            await self.store.set_values(guild_id, place, changes, changed_by=changed_by)
        finally:
            self._forget(guild_id)
        return await self.show(guild_id, channel_id)

    async def change_text(
        self, guild_id: int, key: str, text: str, *, changed_by: int, channel_id: int | None = None
    ) -> Preferences:
        """Set one value from what staff typed, an empty text for none; raises BadSetting."""
        try:
            value = READERS[key](text.strip())
        except ValueError as error:
            raise BadSetting(key) from error
        return await self.change(
            guild_id, {key: value}, changed_by=changed_by, channel_id=channel_id
        )

    async def reset(self, guild_id: int, key: str, *, channel_id: int | None = None) -> Preferences:
        """Take a layer's value away, so that the layer below holds."""
        _check({key: getattr(Preferences(), key)}, channel_id)
        try:
            await self.store.clear_value(guild_id, channel_id or ENTIRE_SERVER, key)
        finally:
            self._forget(guild_id)
        return await self.show(guild_id, channel_id)

    def _forget(self, guild_id: int) -> None:
        """Read a server's settings anew: they have changed."""
        self._changes[guild_id] += 1
        for place in [place for place in self._known if place[0] == guild_id]:
            del self._known[place]


def _number(text: str) -> int | None:
    return int(text) if text else None


def _dollars(text: str) -> float | None:
    return float(text.removeprefix("$").strip()) if text else None


# How what staff type becomes a value; the other settings are chosen, not typed.
READERS: Mapping[str, Callable[[str], object]] = {
    "quiet_hours": lambda text: QuietHours.parse(text) if text else None,
    "retention_days": _number,
    "erase_after_days": int,
    "server_budget_usd": _dollars,
    "member_budget_usd": _dollars,
    "questions_per_minute": _number,
}

_BOUNDS: Mapping[str, tuple[float, float]] = {
    "retention_days": (1, MOST_DAYS),
    "sarcasm": (PLAIN, MOST),
    "erase_after_days": (0, MOST_DAYS),
    "server_budget_usd": (0, MOST_DOLLARS),
    "member_budget_usd": (0, MOST_DOLLARS),
    "questions_per_minute": (1, MOST_QUESTIONS),
}


def _check(changes: Mapping[str, object], channel_id: int | None) -> None:
    for key, value in changes.items():
        if key not in PREFERENCE_KEYS:
            raise KeyError(key)
        if channel_id and key not in CHANNEL_KEYS:
            raise ServerWide(key)
        if key in _BOUNDS and isinstance(value, int | float):
            least, most = _BOUNDS[key]
            if not least <= value <= most:
                raise BadSetting(key)

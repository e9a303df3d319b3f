"""Who may see a document, as a value: everyone in the server, a channel's readers, or roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who may see a document; without a channel and without roles, everyone in the server."""

    channel_id: int | None = None
    role_ids: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.channel_id is not None and self.role_ids:
            raise ValueError("an audience is a channel's readers or some roles, not both")

    @property
    def key(self) -> str:
        """Return the audience in one word, the same for equal ones, as the stores keep it."""
        if self.channel_id is not None:
            return f"channel:{self.channel_id}"
        if self.role_ids:
            return "roles:" + ",".join(map(str, sorted(self.role_ids)))
        return "everyone"

    @classmethod
    def of_key(cls, key: str) -> Audience:
        """Return the audience of a key; raises ValueError for what is none."""
        kind, _, ids = key.partition(":")
        if kind == "everyone" and not ids:
            return EVERYONE
        if kind == "channel":
            return cls(channel_id=int(ids))
        if kind == "roles":
            return cls(role_ids=frozenset(map(int, ids.split(","))))
        raise ValueError(f"no audience: {key[:40]}")


EVERYONE = Audience()

# Tells whether whoever will read a reply may see what belongs to an audience.
Viewer = Callable[[Audience], bool]


def sees_everything(audience: Audience) -> bool:
    """Be the viewer of the operator at the command line, who owns the files anyway."""
    return True

"""Who stands together: groups of examples that must not be divided, and their side.

What is connected by its author, by a conversation or by saying nearly the same
goes to one side as a whole, or a model would be judged by what it was trained
on. A side is settled by a hash and then kept for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.dataset import Split
from bot.services.freezing.near import pairs

GOLDEN_SHARE = 0.1
VALIDATION_SHARE = 0.1


@dataclass(slots=True)
class Groups:
    """A union-find over keys."""

    _parents: dict[Hashable, Hashable] = field(default_factory=dict)

    def find(self, key: Hashable) -> Hashable:
        """Return the key that stands for its group."""
        root = key
        while (parent := self._parents.setdefault(root, root)) != root:
            root = parent
        while self._parents[key] != root:
            self._parents[key], key = root, self._parents[key]
        return root

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make two groups one."""
        self._parents[self.find(one)] = self.find(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An example with what connects it: its question, and any number of ties."""

    key: str
    question: str
    ties: tuple[Hashable, ...] = ()


def sides(members: Sequence[Member], settled: Mapping[str, Split]) -> dict[str, Split | None]:
    """Return the side of each example by its key.

    None for one that connects examples which stand on different sides already:
    on either it would leak.
    """
    groups = Groups()
    for member in members:
        for tie in member.ties:
            groups.join(member.key, tie)
    for one, other in pairs([member.question for member in members]):
        groups.join(members[one].key, members[other].key)
    by_group: dict[Hashable, list[str]] = {}
    for member in members:
        by_group.setdefault(groups.find(member.key), []).append(member.key)
    found: dict[str, Split | None] = {}
    for keys in by_group.values():
        taken = {settled[key] for key in keys if key in settled}
        common = taken.pop() if len(taken) == 1 else None if taken else side_of(min(keys))
        found.update((key, settled.get(key, common)) for key in keys)
    return found


def side_of(key: str, *, golden: bool = True) -> Split:
    """Return the side that a hash of a key chooses; without ``golden``, train or validation."""
    share = int.from_bytes(hashlib.sha256(f"marv-side:{key}".encode()).digest()[:8]) / 2**64
    if golden and share < GOLDEN_SHARE:
        return Split.GOLDEN
    if share < GOLDEN_SHARE + VALIDATION_SHARE if golden else share < VALIDATION_SHARE:
        return Split.VALIDATION
    return Split.TRAIN

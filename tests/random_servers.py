"""Random Discord servers, and an oracle of who may read what in them.

The oracle follows Discord's documentation (Permissions, "Permission
overwrites") member by member and knows nothing of how Marv decides.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bot.audience import EVERYONE, Audience
from bot.services.readers import ChannelRules, Overwrite, ServerRules

ADMIN, VIEW, HISTORY, SEND = 1 << 3, 1 << 10, 1 << 16, 1 << 11
BITS = (0, VIEW, HISTORY, VIEW | HISTORY, VIEW | HISTORY | SEND)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    roles: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomServer:
    rules: ServerRules
    channels: dict[int, ChannelRules]
    people: tuple[Person, ...]
    audiences: tuple[Audience, ...]

    def permissions(self, person: Person, channel_id: int) -> int:
        """Compute a person's bits in a channel step by step."""
        everything = (1 << 40) - 1
        if person.id == self.rules.owner_id:
            return everything
        bits = self.rules.everyone
        for role in person.roles:
            bits |= self.rules.roles[role]
        if bits & ADMIN:
            return everything
        channel = self.channels[channel_id]
        bits &= ~channel.everyone.deny
        bits |= channel.everyone.allow
        allow = deny = 0
        for role in person.roles:
            if role in channel.roles:
                allow |= channel.roles[role].allow
                deny |= channel.roles[role].deny
        bits &= ~deny
        bits |= allow
        if person.id in channel.members:
            bits &= ~channel.members[person.id].deny
            bits |= channel.members[person.id].allow
        return bits

    def may_see(self, person: Person, audience: Audience) -> bool:
        """Tell whether a person belongs to an audience."""
        if audience.channel_id is not None:
            if audience.channel_id not in self.channels:
                return False
            bits = self.permissions(person, audience.channel_id)
            return bool(bits & VIEW) and bool(bits & HISTORY)
        if audience.role_ids:
            server = self.rules.everyone
            for role in person.roles:
                server |= self.rules.roles[role]
            omniscient = person.id == self.rules.owner_id or server & ADMIN
            return bool(omniscient) or any(role in audience.role_ids for role in person.roles)
        return True

    def readers(self, channel_id: int) -> Iterator[Person]:
        """Yield the people who see a channel."""
        for person in self.people:
            if self.permissions(person, channel_id) & VIEW:
                yield person


def random_server(chance: random.Random, *, every_member: bool = False) -> RandomServer:
    """Return a server; with ``every_member`` one person for each set of roles, twice.

    The second one of each set is a person whom channels have overwrites for.
    """
    role_ids = list(range(11, 11 + chance.randint(0, 4 if every_member else 6)))
    roles = {
        role: chance.choice(BITS) | (ADMIN if chance.random() < 0.08 else 0) for role in role_ids
    }
    if every_member:
        sets = [
            frozenset(role for bit, role in enumerate(role_ids) if mask >> bit & 1)
            for mask in range(1 << len(role_ids))
        ]
        people = [Person(100 + n, each) for n, each in enumerate(sets)]
        people += [Person(500, each) for each in sets] + [Person(501, each) for each in sets]
        special = [500, 501]
    else:
        people = [
            Person(100 + n, frozenset(role for role in role_ids if chance.random() < 0.35))
            for n in range(chance.randint(1, 12))
        ]
        special = [person.id for person in people]
    channels = {
        channel: _channel(chance, role_ids, special)
        for channel in range(1001, 1001 + chance.randint(1, 4))
    }
    rules = ServerRules(
        owner_id=chance.choice(people).id if chance.random() < 0.5 and not every_member else 1,
        everyone=chance.choice(BITS),
        roles=roles,
        channel=channels.get,
    )
    chosen = [
        frozenset(chance.sample(role_ids, chance.randint(1, len(role_ids))))
        for _ in range(2)
        if role_ids
    ]
    audiences = [
        EVERYONE,
        *(Audience(channel_id=channel) for channel in (*channels, 1999)),
        *(Audience(role_ids=each) for each in chosen),
    ]
    return RandomServer(
        rules=rules, channels=channels, people=tuple(people), audiences=tuple(audiences)
    )


def _channel(chance: random.Random, roles: list[int], people: list[int]) -> ChannelRules:
    return ChannelRules(
        everyone=_overwrite(chance),
        roles={role: _overwrite(chance) for role in roles if chance.random() < 0.5},
        members={person: _overwrite(chance) for person in people if chance.random() < 0.2},
    )


def _overwrite(chance: random.Random) -> Overwrite:
    allow = chance.choice((0, 0, VIEW, HISTORY, VIEW | HISTORY, SEND))
    deny = chance.choice((0, 0, VIEW, HISTORY, VIEW | HISTORY)) & ~allow
    return Overwrite(allow, deny)

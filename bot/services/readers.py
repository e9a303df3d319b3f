"""Whose eyes a reply meets: Discord's permissions, decided without a list of members.

Marv asks for no privileged intent, so nobody tells it who is in a server or
which roles they have. What every reader of a channel may read is therefore
decided over every combination of roles that a member could have. Source of the
rules: Discord's documentation, topic Permissions (overwrites).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import or_

from bot.audience import EVERYONE, Audience, Viewer

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
READ_MESSAGE_HISTORY = 1 << 16
READING = VIEW_CHANNEL | READ_MESSAGE_HISTORY


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies to a role or a member, as permission bits."""

    allow: int = 0
    deny: int = 0

    def __or__(self, other: Overwrite) -> Overwrite:
        """Add up the overwrites of two roles, as Discord does before it applies them."""
        return Overwrite(self.allow | other.allow, self.deny | other.deny)

    def on(self, permissions: int) -> int:
        """Return permissions after the overwrite: an allowance beats a denial."""
        return permissions & ~self.deny | self.allow


NOTHING = Overwrite()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """A channel's overwrites; a thread has its parent's."""

    everyone: Overwrite = NOTHING
    roles: Mapping[int, Overwrite] = field(default_factory=dict)
    members: Mapping[int, Overwrite] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """A server's roles with their permission bits, and its channels' overwrites by id.

    ``roles`` leaves @everyone out, whose bits are ``everyone``. ``channel``
    returns None for one that is gone: nobody reads it any more.
    """

    owner_id: int
    everyone: int
    roles: Mapping[int, int]
    channel: Callable[[int], ChannelRules | None]


@dataclass(frozen=True, slots=True)
class _Member:
    """A member as far as permissions go: roles, and overwrites of their own by channel."""

    server: int  # the bits of @everyone and the member's roles
    roles: frozenset[int]
    id: int | None = None

    def permissions(self, channel: ChannelRules) -> int:
        of_roles = reduce(or_, (channel.roles.get(each, NOTHING) for each in self.roles), NOTHING)
        own = channel.members.get(self.id, NOTHING) if self.id is not None else NOTHING
        return own.on(of_roles.on(channel.everyone.on(self.server)))


def member_viewer(server: ServerRules, member_id: int, role_ids: Iterable[int]) -> Viewer:
    """Return the eyes of one member, for a reply that only that member sees."""
    roles = frozenset(role_ids) & server.roles.keys()
    member = _Member(_bits(server, roles), roles, member_id)
    omniscient = member_id == server.owner_id or bool(member.server & ADMINISTRATOR)

    def sees(audience: Audience) -> bool:
        if audience.channel_id is not None and server.channel(audience.channel_id) is None:
            return False
        return omniscient or _sees(server, member, audience)

    return sees


def channel_viewer(server: ServerRules, channel_id: int) -> Viewer:
    """Return the eyes of everybody who may ever read a channel, for a public reply in it.

    An audience is seen when every possible reader of the channel is in it.
    A channel that Discord did not tell us of is read by who knows whom: there,
    only what everyone in the server may see is seen.
    """
    destination = server.channel(channel_id)

    def sees(audience: Audience) -> bool:
        if audience == EVERYONE:
            return True
        if destination is None:
            return False
        if audience.channel_id is not None and server.channel(audience.channel_id) is None:
            return False
        return all(
            _sees(server, member, audience)
            for member in _possible_members(server, destination, audience)
            if member.permissions(destination) & VIEW_CHANNEL
        )

    return sees


def _sees(server: ServerRules, member: _Member, audience: Audience) -> bool:
    if audience.role_ids:
        return bool(member.roles & audience.role_ids)
    if audience.channel_id is None:
        return True
    source = server.channel(audience.channel_id)
    return source is not None and member.permissions(source) & READING == READING


def _possible_members(
    server: ServerRules, destination: ChannelRules, audience: Audience
) -> Iterator[_Member]:
    """Yield members enough to find any reader of the destination who is not in the audience.

    Two roles suffice. Take such a reader: one role (or none) is what lets them
    into the destination, an allowing overwrite or a permission of its own; one
    role (or none) is what keeps them out of the source by a denying overwrite,
    and where none does, having fewer roles keeps them out all the more. Leaving
    out every other role takes away denials at the destination and allowances
    at the source, so the smaller member is such a reader too. Roles that
    neither channel nor audience tells apart count as one; administrators and
    the owner see everything and are left out.
    """
    source = server.channel(audience.channel_id) if audience.channel_id is not None else None
    source = source or ChannelRules()
    alike: dict[tuple[object, ...], int] = {}
    for role_id, bits in server.roles.items():
        if not bits & ADMINISTRATOR:
            profile = (
                bits & READING,
                destination.roles.get(role_id, NOTHING),
                source.roles.get(role_id, NOTHING),
                role_id in audience.role_ids,
            )
            alike.setdefault(profile, role_id)
    special = {*destination.members, *source.members} - {server.owner_id}
    members: dict[tuple[Overwrite, Overwrite], int | None] = {(NOTHING, NOTHING): None}
    for member_id in special:
        own = (destination.members.get(member_id, NOTHING), source.members.get(member_id, NOTHING))
        members.setdefault(own, member_id)
    for size in (0, 1, 2):
        for roles in combinations(alike.values(), size):
            bits = _bits(server, roles)
            yield from (_Member(bits, frozenset(roles), each) for each in members.values())


def _bits(server: ServerRules, role_ids: Iterable[int]) -> int:
    return reduce(or_, (server.roles[each] for each in role_ids), server.everyone)

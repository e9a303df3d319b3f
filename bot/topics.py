"""Subjects at which nobody should be sarcastic."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a message is about when it has to be taken seriously, the gravest first."""

    CRISIS = "crisis"  # somebody's life or safety
    MODERATION = "moderation"  # members who harm members
    MEDICAL = "medical"
    LEGAL = "legal"


SENSITIVE = frozenset({Topic.CRISIS, Topic.MEDICAL})  # never training data, whoever consents

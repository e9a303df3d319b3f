"""A rule that a check goes by: how grave its findings are, what they mean, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.findings import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a finding's id stands for."""

    severity: Severity
    meaning: str
    remedy: str


def rule(severity: Severity, meaning: str, remedy: str) -> Rule:
    """Return a rule; both texts are sentences for whoever looks after the file."""
    return Rule(severity=severity, meaning=meaning, remedy=remedy)

"""Every finding that a check can make, gathered from every family; and what collects them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.findings import Detail, Finding, Report, Severity
from bot.services.checks.file_rules import FILE
from bot.services.checks.handling_rules import OPERATIONS, PRIVACY
from bot.services.checks.rule import ERROR, Rule
from bot.services.checks.schema_rules import SCHEMA
from bot.services.checks.teaching_rules import BALANCE, CONSISTENCY, DIVERSITY, DUPLICATES, SIZE

KEPT = 100  # findings of one id; the others are only counted

RULES: Mapping[str, Rule] = {
    **FILE,
    **SCHEMA,
    **SIZE,
    **DUPLICATES,
    **BALANCE,
    **DIVERSITY,
    **CONSISTENCY,
    **PRIVACY,
    **OPERATIONS,
}


def found(
    id_: str, template: str, /, *, line: int = 0, column: int = 0, **values: object
) -> Finding:
    """Return a finding of a rule, at a place; ``template`` is English with the values' names."""
    return of_rule(id_, Detail(template, values), line=line, column=column)


def of_rule(id_: str, detail: Detail, *, line: int = 0, column: int = 0) -> Finding:
    """Return a finding of a rule, at a place, with its detail as it is."""
    rule = RULES[id_]
    return Finding(
        id=id_,
        severity=rule.severity,
        detail=detail,
        remedy=rule.remedy,
        line=line,
        column=column,
    )


@dataclass(slots=True)
class Findings:
    """Collects findings in bounded memory: the first of each id, and how many there were."""

    _kept: list[Finding] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> int:
        """Take findings; return how many of them are errors."""
        errors = 0
        for finding in findings:
            errors += finding.severity is ERROR
            self._counts[finding.id] += 1
            if self._counts[finding.id] <= KEPT:
                self._kept.append(finding)
        return errors

    def report(self, statistics: Mapping[str, object]) -> Report:
        """Return everything found, in the order of the lines."""
        severities: Counter[Severity] = Counter()
        for id_, count in self._counts.items():
            severities[RULES[id_].severity] += count
        return Report(
            findings=tuple(sorted(self._kept, key=lambda each: (each.line, each.column))),
            counts=dict(self._counts),
            severities=severities,
            statistics=statistics,
        )

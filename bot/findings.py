"""What a check of a data set finds, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: an error makes a file unfit, the others are for judgement."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_GRAVEST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Detail:
    """An English text with named places, and what stands in them: so it can be translated.

    A value that is a text of ours is a Detail itself, or a Listing of such;
    any other value is data, and the same in every language.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def detail(template: str, /, **values: object) -> Detail:
    """Return a text of ours; ``template`` has to be written out, so that tests see it."""
    return Detail(template, values)


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values; in English a comma stands between them."""

    parts: tuple[object, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found; ``line`` and ``column`` count from 1, 0 is the file as a whole."""

    id: str
    severity: Severity
    detail: Detail
    remedy: str
    line: int = 0
    column: int = 0

    @property
    def message(self) -> str:
        """Return what was found, in English."""
        return str(self.detail)

    def as_json(self) -> dict[str, object]:
        """Return the finding as the command line's contract names it."""
        return {
            "id": self.id,
            "severity": self.severity.value,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything found in a file, in the order of its lines, and figures about it.

    Of each id only the first findings are kept; ``counts`` has how many there were.
    """

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    severities: Mapping[Severity, int]
    statistics: Mapping[str, object] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Tell whether a trainer would take the file."""
        return not self.severities.get(Severity.ERROR)

    def gravest(self, limit: int) -> tuple[Finding, ...]:
        """Return the gravest findings, of each id the first before any second."""
        seen: Counter[str] = Counter()
        ranked = []
        for finding in self.findings:
            ranked.append((_GRAVEST_FIRST.index(finding.severity), seen[finding.id], finding))
            seen[finding.id] += 1
        ranked.sort(key=lambda each: each[:2])
        return tuple(finding for _, _, finding in ranked[:limit])

    def by_id(self, limit: int) -> tuple[tuple[Finding, ...], ...]:
        """Return the findings of each id, the gravest ids first."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.id, []).append(finding)
        ranked = sorted(groups.values(), key=lambda each: _GRAVEST_FIRST.index(each[0].severity))
        return tuple(map(tuple, ranked[:limit]))

    def as_json(self) -> dict[str, object]:
        """Return the report as the command line's contract names it."""
        return {
            "ok": self.ok,
            "findings": [finding.as_json() for finding in self.findings],
            "statistics": {
                **self.statistics,
                "severities": {each.value: self.severities.get(each, 0) for each in Severity},
                "counts": dict(sorted(self.counts.items())),
            },
        }

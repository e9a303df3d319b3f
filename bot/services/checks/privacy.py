"""Checks for personal data and secrets, and that somebody says whose words these are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.findings import Detail, Finding, Listing, detail
from bot.services.checks.examples import Example
from bot.services.checks.rules import found
from bot.services.export_files import manifest_path
from bot.services.redaction.redactor import Redactor
from bot.services.redaction.spans import Kind

_IDS = {
    Kind.SECRET: "privacy.secret",
    Kind.MENTION: "privacy.mention",
    Kind.SNOWFLAKE: "privacy.mention",
    Kind.INVITE: "privacy.mention",
}
_KINDS: Mapping[Kind, Detail] = {
    Kind.EMAIL: detail("email"),
    Kind.PHONE: detail("phone"),
    Kind.CARD: detail("card"),
    Kind.IP: detail("ip"),
    Kind.SECRET: detail("secret"),
    Kind.QUERY: detail("query"),
    Kind.INVITE: detail("invite"),
    Kind.MENTION: detail("mention"),
    Kind.SNOWFLAKE: detail("id"),
    Kind.POSTAL: detail("postal"),
    Kind.MY_NUMBER: detail("my_number"),
    Kind.NAME: detail("name"),
}


@dataclass(slots=True)
class PrivacyCheck:
    """Runs redaction's rules over every text but a system prompt that was seen before."""

    redactor: Redactor = field(default_factory=Redactor)
    kinds: Counter[str] = field(default_factory=Counter)
    _clean: set[str] = field(default_factory=set)  # system prompts without a find

    def see(self, example: Example) -> Iterator[Finding]:
        """Yield what one example tells of somebody; never the text itself."""
        told: set[tuple[str, Kind]] = set()
        for text in example.texts:
            if text in self._clean:
                continue
            spans = self.redactor.spans(text)
            if not spans and text == example.system and len(self._clean) < 100:
                self._clean.add(text)
            for span in spans:
                self.kinds[span.kind.value] += span.certain
                id_ = _IDS.get(span.kind, "privacy.personal") if span.certain else "privacy.unsure"
                if (id_, span.kind) not in told:
                    told.add((id_, span.kind))
                    kind = _KINDS[span.kind]
                    yield found(id_, "{kind}", line=example.line, column=1, kind=kind)

    def finish(self) -> Iterator[Finding]:
        """Yield nothing: everything was said at its line."""
        return iter(())

    def statistics(self) -> dict[str, object]:
        """Return how often each kind was found for certain."""
        return {"certain": dict(sorted((+self.kinds).items()))}


def provenance_findings(
    path: Path, sha256: str, left_out: Mapping[str, int] | None = None
) -> Iterator[Finding]:
    """Yield what the manifest beside a file says, or that there is none."""
    if left_out:
        reasons = tuple(
            detail("{reason}: {count}", reason=detail(reason), count=count)
            for reason, count in sorted(left_out.items())
        )
        yield found("privacy.consent", "{reasons}", reasons=Listing(reasons))
    if left_out is not None:  # it comes straight from the log: nobody has to say whose it is
        return
    try:
        manifest = json.loads(manifest_path(path).read_text("utf-8"))
    except (OSError, ValueError):
        yield found("privacy.provenance", "no manifest beside the file")
        return
    if not isinstance(manifest, dict) or manifest.get("sha256") != sha256:
        yield found("privacy.changed", "its SHA-256 differs")

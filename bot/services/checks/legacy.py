"""Checks the legacy form of prompt and completion, as OpenAI's retired prepare_data tool did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from bot.findings import Finding
from bot.services.checks.examples import Example, Shape
from bot.services.checks.faults import Fault, fault
from bot.services.checks.lines import Object
from bot.services.checks.rules import found

LONGEST_AFFIX = 30  # characters that are compared
FEWEST_TO_COMPARE = 2
MOSTLY_CAPITALS = 1 / 3
SHORT_SEPARATOR = 2  # characters; a letter that all prompts end with separates nothing


def legacy_faults(value: Object) -> Iterator[Fault]:
    """Yield what is wrong with one line."""
    prompt, completion = value.get("prompt"), value.get("completion")
    if not isinstance(prompt, str):
        yield fault("schema.legacy-field", "prompt is no text", ("prompt",))
    if not isinstance(completion, str) or not completion.strip():
        yield fault("schema.legacy-field", "completion is no text or empty", ("completion",))


@dataclass(slots=True)
class LegacyCheck:
    """Compares how prompts and completions begin and end, over the whole file."""

    rows: int = 0
    spaced: int = 0
    letters: int = 0
    capitals: int = 0
    prompt_start: str | None = None
    prompt_end: str | None = None
    completion_start: str | None = None
    completion_end: str | None = None

    def see(self, example: Example) -> Iterator[Finding]:
        """Take note of an example."""
        if example.shape is Shape.LEGACY:
            prompt, completion = example.context, example.answer
            self.rows += 1
            self.spaced += completion[0].isspace()
            self.letters += sum(map(str.isalpha, prompt + completion))
            self.capitals += sum(map(str.isupper, prompt + completion))
            self.prompt_start = _start(self.prompt_start, prompt)
            self.prompt_end = _end(self.prompt_end, prompt)
            self.completion_start = _start(self.completion_start, completion.lstrip())
            self.completion_end = _end(self.completion_end, completion)
        return iter(())

    def finish(self) -> Iterator[Finding]:
        """Yield what the file as a whole lacks."""
        if self.rows < FEWEST_TO_COMPARE:
            return
        if len(self.prompt_end or "") < SHORT_SEPARATOR and (self.prompt_end or "").isalnum():
            yield found("schema.legacy-separator", "prompts end by a letter")
        elif not self.prompt_end:
            yield found("schema.legacy-separator", "prompts end differently")
        for name, start in (("prompt", self.prompt_start), ("completion", self.completion_start)):
            if start and len(start) > SHORT_SEPARATOR:
                yield found(
                    "schema.legacy-prefix",
                    "every {name} begins with {start!r}",
                    name=name,
                    start=start,
                )
        if not self.completion_end:
            yield found("schema.legacy-ending", "completions end differently")
        if self.spaced < self.rows:
            yield found("schema.legacy-space", "{count} completions", count=self.rows - self.spaced)
        if self.letters and self.capitals / self.letters > MOSTLY_CAPITALS:
            yield found(
                "schema.legacy-upper",
                "{count} of {total} letters",
                count=self.capitals,
                total=self.letters,
            )


def _start(common: str | None, text: str) -> str:
    text = text[:LONGEST_AFFIX]
    return text if common is None else _shared(common, text)


def _end(common: str | None, text: str) -> str:
    text = text[-LONGEST_AFFIX:][::-1]
    return (text if common is None else _shared(common[::-1], text))[::-1]


def _shared(first: str, second: str) -> str:
    """Return what two texts begin with."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return "".join(character for character, _ in alike)

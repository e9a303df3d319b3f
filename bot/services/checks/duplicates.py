"""Checks for the same example twice, answers that disagree, and prompts of other sets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.findings import Finding
from bot.services.checks.examples import Example
from bot.services.checks.rules import found
from bot.services.freezing.near import grams, minima, normalised

GRAM = 5  # characters
BANDS, ROWS = 16, 4  # of minima (Broder 1997): pairs above about .5 meet in a band
NEARLY = 0.8  # share of equal minima, an estimate of the Jaccard similarity
MOST_NEAR = 50_000  # examples that are compared; a later one only with these


@dataclass(slots=True)
class NearIndex:
    """Finds a text that is nearly the same as an earlier one, by MinHash."""

    minima: list[NDArray[np.uint32]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    _bands: dict[bytes, int] = field(default_factory=dict)

    def match(self, text: str, line: int, *, keep: bool = True) -> int | None:
        """Return the line of a near text and remember this one."""
        if len(text) < GRAM:
            return None
        least = minima(grams(text, GRAM), BANDS * ROWS)
        position, best = len(self.minima), None
        keep = keep and position < MOST_NEAR
        for band in range(BANDS):
            key = bytes((band,)) + least[band * ROWS : (band + 1) * ROWS].tobytes()
            other = self._bands.setdefault(key, position) if keep else self._bands.get(key)
            if other is not None and other != position and best is None:
                alike = float(np.mean(self.minima[other] == least))
                best = self.lines[other] if alike >= NEARLY else None
        if keep:
            self.minima.append(least)
            self.lines.append(line)
        return best


@dataclass(slots=True)
class OtherSet:
    """The prompts of another file that this one must not share."""

    id: str
    prompts: dict[bytes, int] = field(default_factory=dict)
    near: NearIndex = field(default_factory=NearIndex)

    @classmethod
    def of(cls, id_: str, examples: Iterable[Example]) -> OtherSet:
        """Read the other file's examples."""
        other = cls(id_)
        for example in examples:
            prompt = normalised(example.question)
            other.prompts.setdefault(_digest(prompt), example.line)
            other.near.match(prompt, example.line)
        return other

    def shared(self, prompt: str) -> int | None:
        """Return the line that asks the same, or nearly."""
        exact = self.prompts.get(_digest(prompt))
        return exact if exact is not None else self.near.match(prompt, 0, keep=False)


@dataclass(slots=True)
class DuplicateCheck:
    """Compares each example with those before it, by digests and minima."""

    others: tuple[OtherSet, ...] = ()
    _exact: dict[bytes, int] = field(default_factory=dict)
    _same: dict[bytes, int] = field(default_factory=dict)
    _answers: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    _near: NearIndex = field(default_factory=NearIndex)

    def see(self, example: Example) -> Iterator[Finding]:
        """Yield what an example repeats."""
        prompt, answer = normalised(example.context), normalised(example.answer)
        yield from self._repeats(example, prompt, answer)
        yield from self._contradicts(example, prompt, answer)
        asked = normalised(example.question)
        for other in self.others:
            if asked and (line := other.shared(asked)) is not None:
                template = "line {other} of the other file asks the same"
                yield found(other.id, template, line=example.line, column=1, other=line)

    def _repeats(self, example: Example, prompt: str, answer: str) -> Iterator[Finding]:
        rejected = example.rejected or ""
        written = f"{example.system}\0{example.context}\0{example.answer}\0{rejected}"
        whole = f"{prompt}\0{answer}\0{normalised(rejected)}"
        near = self._near.match(f"{prompt}\n{answer}", example.line)
        first = self._exact.setdefault(_digest(written), example.line)
        same = self._same.setdefault(_digest(whole), example.line)
        if first != example.line:
            id_, line = "duplicates.exact", first
        elif same != example.line:
            id_, line = "duplicates.normalised", same
        elif near is not None:
            id_, line = "duplicates.near", near
        else:
            return
        yield found(id_, "as line {other}", line=example.line, column=1, other=line)

    def _contradicts(self, example: Example, prompt: str, answer: str) -> Iterator[Finding]:
        if not prompt or example.rejected is not None:
            return
        digest = _digest(answer)
        line, other = self._answers.setdefault(_digest(prompt), (example.line, digest))
        if other != digest:
            yield found(
                "duplicates.contradictory",
                "line {other} answers otherwise",
                line=example.line,
                column=1,
                other=line,
            )

    def finish(self) -> Iterator[Finding]:
        """Yield nothing: everything was said at its line."""
        return iter(())

    def statistics(self) -> dict[str, object]:
        """Return how many prompts differ, and how many examples were compared for likeness."""
        return {"different_prompts": len(self._answers), "compared": len(self._near.lines)}


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()

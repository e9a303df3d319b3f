"""Checks how long examples are in tokens, what is cut off, and what training costs.

Counted as OpenAI's notebook "Data preparation and analysis for chat model
fine-tuning" does: three tokens a message and three for the answer's start.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bot.findings import Finding
from bot.ports import TokenCounter
from bot.services.checks.examples import Example, text_of
from bot.services.checks.rules import found
from bot.services.checks.training import CHECKED, trainable

A_MESSAGE, AN_ANSWER = 3, 3  # tokens
OUTLIER = 10  # times the median answer
FEWEST_FOR_OUTLIERS = 10
# The notebook's rule for the number of epochs.
TARGET_EPOCHS, FEWEST_EPOCHS, MOST_EPOCHS = 3, 1, 25
FEWEST_EXAMPLES, MOST_EXAMPLES = 100, 25_000
NOTEBOOK_LIMIT = 4096  # tokens an example, when its figures were printed


@dataclass(slots=True)
class SizeCheck:
    """Counts the tokens of each example, for one model."""

    counter: TokenCounter
    model: str = ""
    epochs: int | None = None
    limit: int | None = None
    totals: array[int] = field(default_factory=lambda: array("l"))
    answers: array[int] = field(default_factory=lambda: array("l"))
    messages: array[int] = field(default_factory=lambda: array("l"))
    lines: array[int] = field(default_factory=lambda: array("l"))
    without_system: int = 0
    without_user: int = 0

    def __post_init__(self) -> None:
        known = trainable(self.model)
        self.limit = self.limit or (known.tokens if known else None)

    def see(self, example: Example) -> Iterator[Finding]:
        """Count an example; yield what the model's limit cuts off."""
        roles = [message.get("role") for message in example.messages]
        counts = [
            self.counter.count(text_of(message)) + self.counter.count(str(message.get("role")))
            for message in example.messages
        ]
        total = sum(counts) + A_MESSAGE * len(counts) + AN_ANSWER
        answered = sum(
            count - self.counter.count("assistant")
            for count, role in zip(counts, roles, strict=True)
            if role == "assistant"
        )
        self.totals.append(total)
        self.answers.append(answered)
        self.messages.append(len(roles))
        self.lines.append(example.line)
        self.without_system += "system" not in roles
        self.without_user += "user" not in roles
        if self.limit and total > self.limit:
            lost = total - counts[-1] >= self.limit
            id_ = "size.answer-lost" if lost else "size.truncated"
            yield found(
                id_,
                "{count} tokens; the limit is {limit}",
                line=example.line,
                column=1,
                count=total,
                limit=self.limit,
            )

    def finish(self) -> Iterator[Finding]:
        """Yield what the whole shows."""
        if len(self.answers) >= FEWEST_FOR_OUTLIERS:
            middle = max(1.0, float(np.median(self.answers)))
            for line, count in zip(self.lines, self.answers, strict=True):
                if count > OUTLIER * middle:
                    yield found(
                        "size.outlier",
                        "{count} tokens; the middle answer has {middle:.0f}",
                        line=line,
                        column=1,
                        count=count,
                        middle=middle,
                    )
        known = trainable(self.model)
        if self.model and (known is None or known.usd is None):
            yield found("size.no-price", "{model}", model=self.model)

    def statistics(self) -> dict[str, object]:
        """Return the distributions and the cost, in the notebook's names where it has one."""
        known = trainable(self.model)
        limit = self.limit or NOTEBOOK_LIMIT
        billed = sum(min(limit, total) for total in self.totals)
        epochs = self.epochs or usual_epochs(len(self.totals))
        usd = known.usd if known else None
        return {
            "model": self.model or None,
            "examples": len(self.totals),
            "missing_system": self.without_system,
            "missing_user": self.without_user,
            "messages_per_example": distribution(self.messages),
            "tokens_per_example": distribution(self.totals),
            "assistant_tokens_per_example": distribution(self.answers),
            "token_limit": limit,
            "over_limit": sum(total > limit for total in self.totals),
            "billed_tokens": billed,
            "epochs": epochs,
            "charged_tokens": billed * epochs,
            "usd": None if usd is None else round(billed * epochs * usd / 1e6, 4),
            "price_date": None if usd is None else CHECKED.isoformat(),
        }


def usual_epochs(examples: int) -> int:
    """Return the number of epochs that the notebook would train for."""
    if not examples:
        return TARGET_EPOCHS
    if examples * TARGET_EPOCHS < FEWEST_EXAMPLES:
        return min(MOST_EPOCHS, FEWEST_EXAMPLES // examples)
    if examples * TARGET_EPOCHS > MOST_EXAMPLES:
        return max(FEWEST_EPOCHS, MOST_EXAMPLES // examples)
    return TARGET_EPOCHS


def distribution(values: array[int]) -> dict[str, float]:
    """Return the least, the most, the mean and three percentiles; none of nothing."""
    if not values:
        return {}
    p5, p50, p95 = np.percentile(values, [5, 50, 95])
    return {
        "min": min(values),
        "max": max(values),
        "mean": round(float(np.mean(values)), 1),
        "p5": round(float(p5), 1),
        "p50": round(float(p50), 1),
        "p95": round(float(p95), 1),
    }

"""What model calls cost, from a dated table."""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import TokenUsage

AS_OF = "2025-08-07"  # list prices of that day; the provider's invoice is right where they differ


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens."""

    prompt: float
    completion: float


# A fine-tuned model is priced like its base here; the ledger of a later version knows better.
PRICES = {
    "gpt-4.1": Price(2.00, 8.00),
    "gpt-4.1-mini": Price(0.40, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.40),
    "gpt-4o": Price(2.50, 10.00),
    "gpt-4o-mini": Price(0.15, 0.60),
}


def cost_usd(model: str, usage: TokenUsage) -> float:
    """Return the price of a call; a model without a price costs nothing that we know of."""
    base = model.removeprefix("ft:").partition(":")[0]
    if (price := PRICES.get(base)) is None:
        return 0.0
    return (usage.prompt * price.prompt + usage.completion * price.completion) / 1_000_000

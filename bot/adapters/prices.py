"""The price table: the one that ships, and what the operator says over it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import ConfigurationError
from bot.usage import Price, PriceTable

Dollars = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]


class _ModelPrice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Dollars
    output: Dollars = Decimal(0)
    training: Dollars | None = None


class _PriceList(BaseModel):
    """Prices that one source said on one day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checked: date
    source: Annotated[str, Field(min_length=1)]
    models: dict[str, _ModelPrice]


_LISTS = TypeAdapter(list[_PriceList])


def load_prices(shipped: Path, override: Path | None = None) -> PriceTable:
    """Return the shipped prices, and over them the operator's.

    Raises ConfigurationError that says what is wrong with which file, and where.
    """
    prices = _read(shipped)
    if override is not None:
        prices |= _read(override)
    return PriceTable(prices=prices)


def _read(path: Path) -> dict[str, Price]:
    try:
        lists = _LISTS.validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the price table {path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"the price table {path} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(map(str, first["loc"])) or "the file"
        raise ConfigurationError(
            f"the price table {path} is wrong at {place}: {first['msg']}; data/prices.yaml shows"
            " the form"
        ) from error
    return {
        model: Price(
            prompt=price.input,
            completion=price.output,
            checked=each.checked,
            source=each.source,
            training=price.training,
        )
        for each in lists
        for model, price in each.models.items()
    }

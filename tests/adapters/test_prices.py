"""The price table: what ships is whole and dated, and an operator's file is checked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.adapters.prices import load_prices
from bot.errors import ConfigurationError
from bot.models import TokenUsage
from bot.settings import (
    DEFAULT_LOCAL_CHAT,
    DEFAULT_LOCAL_EMBEDDING,
    DEFAULT_OPENAI_CHAT,
    DEFAULT_OPENAI_EMBEDDING,
    LOCAL_PREFIX,
    PRICE_FILE,
    Settings,
)
from bot.usage import nanodollars

OWN = """
- checked: 2026-11-01
  source: our contract
  models:
    gpt-4.1-mini: {input: 0.30, output: 1.20}
    llama3.2: {input: 0}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "prices.yaml"
    path.write_text(OWN)
    return path


def test_the_default_models_have_prices_and_those_here_cost_nothing() -> None:
    table = load_prices(PRICE_FILE)

    for model in (DEFAULT_OPENAI_CHAT, DEFAULT_OPENAI_EMBEDDING):
        price = table.of(model)
        assert price is not None
        assert not price.free
    for model in (DEFAULT_LOCAL_CHAT, DEFAULT_LOCAL_EMBEDDING.removeprefix(LOCAL_PREFIX)):
        price = table.of(model)
        assert price is not None
        assert price.free


def test_a_million_tokens_cost_what_the_list_says() -> None:
    price = load_prices(PRICE_FILE).of("gpt-4.1-mini-2025-04-14")
    assert price is not None
    assert price.cost(TokenUsage(prompt=1_000_000)) == nanodollars(0.40)
    assert price.cost(TokenUsage(completion=1_000_000)) == nanodollars(1.60)
    assert price.cost(TokenUsage(prompt=1)) == 400


def test_every_price_says_when_and_where_it_was_found() -> None:
    for price in load_prices(PRICE_FILE).prices.values():
        assert date(2025, 1, 1) < price.checked
        assert price.source


def test_an_operators_prices_lie_over_those_that_ship(own: Path) -> None:
    table = load_prices(PRICE_FILE, own)

    mini, free, other = (table.of(each) for each in ("gpt-4.1-mini", "llama3.2", "gpt-4.1"))
    assert mini is not None
    assert (mini.prompt, mini.source) == (Decimal("0.3"), "our contract")
    assert free is not None
    assert free.free
    assert other is not None
    assert other.source != "our contract"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- {", "is not YAML"),
        ("gpt-x: 3", "should be a valid list"),
        (OWN.replace("0.30", "-1"), "gpt-4.1-mini → input"),
        (OWN.replace("0.30", ".nan"), "gpt-4.1-mini → input"),
        (OWN.replace("0.30", "cheap"), "gpt-4.1-mini → input"),
        (OWN.replace("output", "ouput"), "gpt-4.1-mini → ouput"),
        (OWN.replace("checked: 2026-11-01", "checked: soon"), "checked"),
        (OWN.replace("  source: our contract\n", ""), "source"),
        ("", "should be a valid list"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(own: Path, text: str, fault: str) -> None:
    own.write_text(text)
    with pytest.raises(ConfigurationError, match=fault) as refused:
        load_prices(PRICE_FILE, own)
    assert str(own) in str(refused.value)


def test_a_named_file_must_be_there_and_the_usual_one_need_not(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).price_override is None
    named = Settings(data_dir=tmp_path, prices=tmp_path / "mine.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_prices(PRICE_FILE, named.price_override)


def test_the_usual_file_is_in_the_data_directory(own: Path) -> None:
    assert Settings(data_dir=own.parent).price_override == own

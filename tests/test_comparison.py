"""Votes as figures, who would speak after a rollback, and what a report advises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scipy.stats import binomtest

from bot.comparison import HORIZON, Automatic, Figures, Side, Spread, Standing
from bot.dataset import Row, Source, Split
from bot.models import Language
from bot.promotion import Change, Promotion
from bot.services.comparing.advice import (
    Advice,
    contradictions,
    on_data,
    on_epochs,
    on_figures,
)
from bot.services.promoting import standing_order
from bot.services.wrapping import unwrapped, wrap_messages
from bot.tuning import LossPoint, TuningOptions, loss_points

EN, JA = Language.ENGLISH, Language.JAPANESE


@pytest.mark.parametrize("votes_b", range(HORIZON + 1))
def test_the_interval_is_wilsons_and_a_winner_is_significant(votes_b: int) -> None:
    standing = Standing(a=HORIZON - votes_b, b=votes_b)
    exact = binomtest(votes_b, HORIZON).proportion_ci(0.95, method="wilson")
    assert standing.share.low == pytest.approx(exact.low, abs=1e-6)
    assert standing.share.high == pytest.approx(exact.high, abs=1e-6)
    if standing.winner is not None:
        assert binomtest(votes_b, HORIZON).pvalue < 0.07
        assert standing.winner is (Side.B if votes_b > HORIZON / 2 else Side.A)
    if votes_b >= 33:
        assert standing.winner is Side.B
    assert (standing.strength.mean > 0) is (votes_b > HORIZON / 2)


def test_nobody_wins_before_the_horizon() -> None:
    assert Standing(a=0, b=48).winner is None
    assert Standing(a=0, b=0).share == Spread(mean=0.5, low=0.0, high=1.0)


def promotion(model: str, previous: str, change: Change) -> Promotion:
    return Promotion(
        guild_id=1, model=model, previous=previous, change=change, at=datetime.now(UTC)
    )


def test_rolling_back_goes_down_and_never_to_and_fro() -> None:
    history = [
        promotion("one", "baseline", Change.PROMOTED),
        promotion("two", "one", Change.PROMOTED),
    ]
    assert standing_order(history[::-1]) == ["baseline", "one", "two"]
    history.append(promotion("one", "two", Change.ROLLED_BACK))
    assert standing_order(history[::-1]) == ["baseline", "one"]
    history.append(promotion("baseline", "one", Change.FELL_BACK))
    assert standing_order(history[::-1]) == ["baseline"]
    history.append(promotion("two", "baseline", Change.PROMOTED))
    assert standing_order(history[::-1]) == ["baseline", "two"]


def points(*valid: float) -> list[LossPoint]:
    return [LossPoint(step=10 * n, valid=value) for n, value in enumerate(valid, start=1)]


@pytest.mark.parametrize(
    ("losses", "advice"),
    [
        (points(3.0, 1.2, 1.0, 1.3), Advice.FEWER_EPOCHS),
        (points(3.0, 2.0, 1.5), Advice.MORE_EPOCHS),
        (points(3.0, 1.17, 1.165), Advice.EPOCHS_FIT),
        (points(3.0), Advice.NO_VALIDATION),
        ([LossPoint(step=1, train=1.0)], Advice.NO_VALIDATION),
    ],
)
def test_the_losses_say_fewer_or_more_epochs(losses: list[LossPoint], advice: Advice) -> None:
    [line] = on_epochs(losses)
    assert line.advice is advice


def test_a_batchs_validation_loss_is_not_mixed_with_the_files() -> None:
    events: dict[int, dict[str, object]] = {
        0: {"full_valid_loss": 3.1},
        10: {"train_loss": 2.0, "valid_loss": 1.0},
        20: {"train_loss": float("nan"), "valid_loss": 1.9, "full_valid_loss": 1.4},
    }
    assert [point.valid for point in loss_points(events)] == [3.1, None, 1.4]
    assert [point.train for point in loss_points(events)] == [None, 2.0, None]
    del events[0]["full_valid_loss"], events[20]["full_valid_loss"]
    assert [point.valid for point in loss_points(events)] == [None, 1.0, 1.9]


def figures(facts: float, *, refusals: float = 1.0, own: float = 1.0) -> Figures:
    sure = Spread(mean=facts, low=facts, high=facts)
    return Figures(
        cases=60,
        persona=sure,
        facts=sure,
        citations=1.0,
        refusals=refusals,
        own=own,
        characters=80.0,
        distinct_2=0.9,
        seconds=1.0,
        usd=0.0,
    )


def test_figures_are_kept_as_they_were_and_say_what_fails() -> None:
    measured = Automatic(
        a={"all": figures(1.0)},
        b={"all": figures(0.9, refusals=0.5, own=0.8)},
        judge={"f1": 0.9},
        failures=("Where is the pier?",),
    )
    assert Automatic.of_json(measured.as_json()) == measured
    assert measured.grounding_lost == pytest.approx(10)
    lines = {line.advice: line for line in on_figures(measured)}
    assert lines[Advice.FACTS_LOST].values == {"lost": 6, "cases": 60}
    assert lines[Advice.FACTS_LOST].examples == ("Where is the pier?",)
    assert lines[Advice.ANSWERS_ANYWAY].values == {"percent": 50}
    assert lines[Advice.FEW_OWN].values == {"percent": 20}
    assert [line.advice for line in on_figures(None)] == [Advice.NOT_COMPARED]


def row(question: str, facts: str, language: Language = EN) -> Row:
    messages = wrap_messages(
        question=question, facts=facts, language=language, system_prompt="You are Marv."
    )
    reply = messages[-1].__class__(role="assistant", content=f"Oh. {facts}")
    return Row(
        messages=(*messages, reply),
        source=Source.STAFF,
        language=language,
        split=Split.TRAIN,
        facts=facts,
    )


def test_rows_that_contradict_each_other_are_named() -> None:
    rows = [
        row("When does it open?", "It opens at 9. [1]"),
        row("when does it open", "It opens at 10. [1]"),
        row("Who runs it?", "Mo runs it. [1]"),
        row("Who runs it?", "Mo runs it. [1]"),
    ]
    assert contradictions(rows) == ["When does it open?"]
    advice = {line.advice: line.values for line in on_data(rows)}
    assert advice[Advice.CONTRADICTIONS] == {"questions": 1}
    assert advice[Advice.LANGUAGE_SCARCE] == {"language": "ja", "rows": 0, "others": 4}
    assert advice[Advice.FEW_REFUSALS] == {"rows": 0, "of": 4}


@pytest.mark.parametrize("language", [EN, JA])
def test_a_question_comes_out_of_its_request_again(language: Language) -> None:
    question, facts = "なぜ？ Why: {so}?", "Facts: 事実: [1]"
    asked = wrap_messages(question=question, facts=facts, language=language, system_prompt="x")
    assert unwrapped(asked[-1].content, facts=facts, language=language) == question
    assert unwrapped("just this", facts=facts, language=language) == "just this"


def test_a_key_names_data_options_and_the_try() -> None:
    options = TuningOptions(model="m")
    key = options.key(guild_id=1, trainer="local", sha256="f" * 64)
    assert len(key) == 32
    others = {
        options.key(guild_id=2, trainer="local", sha256="f" * 64),
        options.key(guild_id=1, trainer="openai", sha256="f" * 64),
        options.key(guild_id=1, trainer="local", sha256="e" * 64),
        options.key(guild_id=1, trainer="local", sha256="f" * 64, attempt=2),
        TuningOptions(model="m", seed=1).key(guild_id=1, trainer="local", sha256="f" * 64),
    }
    assert len(others) == 5
    assert key not in others
    assert key == TuningOptions(model="m").key(guild_id=1, trainer="local", sha256="f" * 64)

"""What can be tuned at OpenAI, by what is known on one day."""

from __future__ import annotations

from bot.services.checks.training import CHECKED, MODELS, Trainable, trainable
from bot.tuning import Method, TunableModel


def known_models() -> tuple[TunableModel, ...]:
    """Return the models that jobs can be created with, by their dated names."""
    return tuple(_tunable(each.snapshot, each) for each in MODELS.values())


def described(name: str) -> TunableModel:
    """Return what is known of a model of any server; nothing is guessed."""
    known = trainable(name)
    if known is None:
        return TunableModel(name=name, methods=tuple(Method))
    return _tunable(name, known)


def _tunable(name: str, known: Trainable) -> TunableModel:
    methods = tuple(Method) if known.preferences else (Method.SUPERVISED,)
    return TunableModel(
        name=name,
        methods=methods,
        training_usd=known.usd,
        prices_from=CHECKED if known.usd is not None else None,
        shutdown=known.shutdown,
    )

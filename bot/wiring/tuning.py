"""Wires tuning: jobs and their files, and what is known of a data set before and after."""

from __future__ import annotations

from contextlib import AsyncExitStack

from bot.adapters.sarcasm import LogisticTrainer
from bot.adapters.sqlite import SqliteComparisons, SqliteTuningJobs, SqliteTurns
from bot.adapters.tokens import ToktokCounter
from bot.opening import open_trainers
from bot.services.cast import Cast
from bot.services.comparing.advice import Adviser
from bot.services.comparing.automatic import AutomaticComparison
from bot.services.comparing.trials import Trials
from bot.services.dataset_checking import DatasetChecking
from bot.services.freezing.seed import read_seed
from bot.services.freezing.versions import Versions
from bot.services.manners import Manners
from bot.services.promoting import Promoting
from bot.services.tuning.desk import TuningDesk
from bot.services.tuning.files import TrainingFiles
from bot.wiring.dataset import GOLDEN_FILE, SEED_FILE
from bot.wiring.foundation import Foundation


def open_tuning(foundation: Foundation, versions: Versions, stack: AsyncExitStack) -> TuningDesk:
    """Return the desk at which staff have models trained; ``stack`` closes the trainers."""
    settings = foundation.settings
    files = TrainingFiles(
        versions=versions.store, directory=settings.handover_dir, counter_of=ToktokCounter
    )
    files.sweep()
    return TuningDesk(
        trainers=open_trainers(settings, stack),
        store=SqliteTuningJobs(foundation.database),
        versions=versions,
        files=files,
        spending=foundation.spending,
        default_model=settings.default_tuning_model,
        missing="set OPENAI_API_KEY, or MARV_TUNING_BASE_URL and MARV_TUNING_API_KEY",
    )


def wire_promoting(
    foundation: Foundation, cast: Cast, tuning: TuningDesk, manners: Manners
) -> Promoting:
    """Return what compares models, promotes the better one, and rolls it back."""
    trials = Trials(
        store=SqliteComparisons(foundation.database),
        cast=cast,
        tuning=tuning,
        automatic=AutomaticComparison(
            embedder=foundation.models.embedder,
            trainer=LogisticTrainer(),
            prices=foundation.spending.prices,
            examples=tuple(read_seed(SEED_FILE)),
        ),
        manners=manners,
        golden_file=GOLDEN_FILE,
    )
    return Promoting(cast=cast, trials=trials)


def wire_checking(
    foundation: Foundation, tuning: TuningDesk, promoting: Promoting
) -> DatasetChecking:
    """Return what looks a data set over before it is trained on."""
    return DatasetChecking(
        versions=tuning.versions,
        files=tuning.files,
        jobs=tuning.store,
        log=SqliteTurns(foundation.database),
        counter_of=ToktokCounter,
        embedder=foundation.models.embedder,
        examples=promoting.trials.automatic.examples,
    )


def wire_adviser(tuning: TuningDesk, promoting: Promoting) -> Adviser:
    """Return what says whether a model is worth promoting."""
    return Adviser(
        tuning=tuning,
        comparisons=promoting.trials.store,
        versions=tuning.versions.store,
    )

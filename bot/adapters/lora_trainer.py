"""The child that trains a LoRA over the packaged Gemma on the CPU: one job's folder, one run.

The bot starts it (see ``bot.adapters.local_tuner``) in an interpreter that has the
packages of ``data/persona/requirements-train.txt``, and speaks to it by lines on its
standard input. By hand, on a folder that the bot left paused, with the rows put back::

    python -m bot.adapters.lora_trainer --job data/var/tuning/KEY --models data/var/models

It reads the rows into memory, deletes their copies, and only then waits for its turn.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.adapters.lora_examples import (
    Example,
    TokenisedExample,
    examples_digest,
    read_examples,
    tokenised,
)
from bot.adapters.lora_network import (
    Marks,
    batches,
    evaluate,
    learning_share,
    load_base,
    mean,
    reply_loss,
    trained_weights,
    write_adapter,
)
from bot.adapters.lora_orders import Orders, Stopped
from bot.adapters.tuning_folder import Hyperparameters, JobFolder, Progress
from bot.tuning import PAUSED, SUCCEEDED

KEEP_EVERY = 10  # steps between two points that a killed run goes on from
PROBE_EVERY = 10  # steps between two looks at a batch of the validation rows
CLIP = 1.0  # the longest gradient
NICENESS = 10
FIRST_TO_GO = "500"  # when memory runs out, this process rather than the bot


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description="Train a LoRA over the packaged Gemma.")
    parser.add_argument("--job", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--obey", action="store_true", help="wait for orders on standard input; stop at its end"
    )
    options = parser.parse_args(arguments)
    orders = Orders()
    if options.obey:
        orders.follow(sys.stdin)
    else:
        orders.begin()
    # libgomp reads it when torch first loads it: threads that wait must sleep, not spin.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    _step_back()

    def train(progress: Progress, rows: Rows) -> None:
        import_module("torch").set_num_threads(options.threads)
        _train(progress, rows, options.models, orders)

    run(JobFolder(path=options.job), train, orders=orders)


def run(folder: JobFolder, train: Callable[[Progress, Rows], None], *, orders: Orders) -> None:
    """Take a job from its rows to its adapter, or to where it is stopped or fails."""
    progress = Progress(folder)
    try:
        rows = _read(progress)
        progress.to("queued")
        orders.wait_for_go()
        progress.to("running")
        train(progress, rows)
        progress.to(SUCCEEDED)
        folder.say("The job has been successfully completed")
    except Stopped as stop:
        progress.to(PAUSED, error=stop.reason)
        folder.say(f"Paused after step {progress.state.step}")
    except BaseException as error:
        progress.to("failed", error=_told(error))
        folder.say(f"The job failed: {_told(error)}", level="error")
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a job learns from, in memory only."""

    training: list[Example]
    validation: list[Example]
    origin: Mapping[str, str]  # what the adapter says about them


def _read(progress: Progress) -> Rows:
    """Read the rows and delete their copies, whatever they hold, before anything else."""
    folder = progress.folder
    if not folder.training.is_file():
        raise Stopped("interrupted: the rows were swept away before they were read")
    try:
        training = read_examples(folder.training)
        validation = read_examples(folder.validation) if folder.validation.is_file() else []
        digest = hashlib.sha256(folder.training.read_bytes()).hexdigest()
    finally:
        folder.drop_copies()
    origin = {
        "marv.tuning.key": progress.state.key,
        "marv.training.sha256": digest,
        "marv.examples.sha256": examples_digest(training),
    }
    folder.say(f"Read {len(training)} rows to train on and {len(validation)} to validate with")
    return Rows(training=training, validation=validation, origin=origin)


def _train(progress: Progress, rows: Rows, models: Path, orders: Orders) -> None:
    folder, hyperparameters = progress.folder, progress.state.hyperparameters
    tokenizer, model = load_base(models, hyperparameters)
    orders.check()
    sequences = tokenised(rows.training, tokenizer)
    validation = tokenised(rows.validation, tokenizer)
    skipped = len(rows.training) - len(sequences)
    skipped_validation = len(rows.validation) - len(validation)
    if skipped or skipped_validation:
        folder.say(
            f"{skipped + skipped_validation} rows are too long and were left out",
            level="warn",
            data={"skipped": skipped, "skipped_validation": skipped_validation},
        )
    if not sequences:
        raise ValueError("no row is left to train on")
    course = Course(
        progress=progress,
        model=model,
        sequences=sequences,
        validation=validation,
        orders=orders,
        origin=rows.origin,
    )
    course.run()


@dataclass(slots=True, kw_only=True)
class Course:
    """The training itself: AdamW over the LoRA's weights, warmed up, then cooled by a cosine."""

    progress: Progress
    model: Any
    sequences: list[TokenisedExample]
    validation: list[TokenisedExample]
    orders: Orders
    origin: Mapping[str, str]
    step: int = 0
    epoch: int = 0
    place: int = 0  # batches done of the epoch
    tokens: int = 0
    _optimiser: Any = field(init=False)

    def __post_init__(self) -> None:
        weights = list(trained_weights(self.model).values())
        self._optimiser = import_module("torch").optim.AdamW(weights, lr=0.0, weight_decay=0.0)

    @property
    def hyperparameters(self) -> Hyperparameters:
        """Return what the run is made with."""
        return self.progress.state.hyperparameters

    @property
    def steps(self) -> int:
        """Return how many steps there are in all, those done before included."""
        an_epoch = math.ceil(len(self.sequences) / self.hyperparameters.batch)
        left = self.hyperparameters.epochs - self.epoch
        return self.step - self.place + an_epoch * left

    def run(self) -> None:
        """Train to the end, from the point that an earlier run kept if there is one."""
        if self.progress.folder.resume_point.exists():
            self._recall()
        else:
            self._mark_epoch("Before training")
        self.model.train()
        try:
            while self.epoch < self.hyperparameters.epochs:
                self._run_epoch()
        except Stopped:
            self._keep()
            raise
        self._write(self.progress.folder.adapter)

    def _run_epoch(self) -> None:
        seed = f"{self.hyperparameters.random_seed}:{self.epoch}"
        steps = self.steps
        for batch in batches(self.sequences, self.hyperparameters.batch, seed=seed)[self.place :]:
            self.orders.check()
            self._learn(batch, steps)
            self.place += 1
            if self.step % KEEP_EVERY == 0:
                self._keep()
        self.epoch, self.place = self.epoch + 1, 0
        metrics = self._mark_epoch(f"Epoch {self.epoch}/{self.hyperparameters.epochs}")
        self._write(self.progress.folder.checkpoint(self.step))
        self.progress.folder.note_checkpoint(self.step, metrics)
        self._keep()

    def _learn(self, batch: list[TokenisedExample], steps: int) -> None:
        """Take one step and tell of it."""
        torch = import_module("torch")
        share = learning_share(self.step, steps=steps, warmup=self.hyperparameters.warmup)
        [group] = self._optimiser.param_groups
        group["lr"] = self.hyperparameters.learning_rate * share
        loss, marks = reply_loss(self.model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(group["params"], CLIP)
        self._optimiser.step()
        self._optimiser.zero_grad()
        self.step += 1
        self.tokens += sum(map(len, batch))
        self.progress.at(self.step, tokens=self.tokens)
        self._tell_step(marks, steps)

    def _tell_step(self, marks: Marks, steps: int) -> None:
        data: dict[str, object] = {
            "step": self.step,
            "total_steps": steps,
            "train_loss": round(marks.loss, 5),
            "train_mean_token_accuracy": round(marks.accuracy, 5),
        }
        if self.validation and self.step % PROBE_EVERY == 0:
            size = self.hyperparameters.batch
            groups = batches(self.validation, size, seed="evaluation")
            probe = groups[(self.step // PROBE_EVERY) % len(groups)]
            [found] = evaluate(self.model, probe, size)
            data |= {"valid_loss": round(found.loss, 5)}
            data |= {"valid_mean_token_accuracy": round(found.accuracy, 5)}
        message = f"Step {self.step}/{steps}: training loss={marks.loss:.2f}"
        self.progress.folder.say(message, data=data)

    def _mark_epoch(self, what: str) -> dict[str, float]:
        """Measure on all the validation rows, tell of it, and return the metrics."""
        data: dict[str, float] = {"step": self.step, "total_steps": self.steps}
        message = f"{what}: no validation rows"
        if self.validation:
            size = self.hyperparameters.batch
            found = mean(list(evaluate(self.model, self.validation, size)))
            data |= {"full_valid_loss": round(found.loss, 5)}
            data |= {"full_valid_mean_token_accuracy": round(found.accuracy, 5)}
            message = f"{what}: full validation loss={found.loss:.2f}"
        self.progress.folder.say(message, data=data)
        return {name: value for name, value in data.items() if name.startswith("full_")}

    def _write(self, out: Path) -> None:
        state = self.progress.state
        write_adapter(
            self.model,
            out,
            name=state.suffix or "Marv",
            hyperparameters=state.hyperparameters,
            origin=self.origin,
        )

    def _keep(self) -> None:
        """Write down where to go on from."""
        path = self.progress.folder.resume_point
        unfinished = path.with_suffix(".part")
        weights = {name: each.detach() for name, each in trained_weights(self.model).items()}
        place = {name: getattr(self, name) for name in ("step", "epoch", "place", "tokens")}
        optimiser = self._optimiser.state_dict()
        point = {"weights": weights, "optimiser": optimiser, "place": place}
        import_module("torch").save(point, unfinished)
        unfinished.replace(path)

    def _recall(self) -> None:
        """Go on from what was kept; the rows may be fewer than they were then."""
        torch = import_module("torch")
        point = torch.load(self.progress.folder.resume_point, weights_only=True)
        weights = trained_weights(self.model)
        with torch.no_grad():
            for name, kept in point["weights"].items():
                weights[name].copy_(kept)
        self._optimiser.load_state_dict(point["optimiser"])
        for name, value in point["place"].items():
            setattr(self, name, value)
        self.progress.at(self.step, tokens=self.tokens)
        self.progress.folder.say(f"Going on after step {self.step}")


def _told(error: BaseException) -> str:
    """Return what may be read about an error: its kind and words, on one line."""
    words = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _step_back() -> None:
    """Let the bot go first, for the processor and when memory runs out."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(OSError):  # only Linux has it, and a sandbox may withhold it
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)


if __name__ == "__main__":
    main()

"""The local trainer: a LoRA over the embedded model, in a child process, one job at a time.

A job is a folder (``bot.adapters.tuning_folder``) whose name is its key, so that
asking twice for one key is one job. The child reads the rows into memory, deletes
their copies, and waits for its turn; it stops by itself, keeping where it was, when
its standard input ends, which it does however the bot ends.
"""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bot.adapters.trainer_child import TrainerChild, left_behind, missing_packages
from bot.adapters.tuning_folder import (
    BASE_MODEL,
    Hyperparameters,
    JobFolder,
    JobState,
)
from bot.faults.tuning import JobGone, TrainerMissing, TrainerRefused, TuningFailed
from bot.tuning import (
    CANCELLED,
    FAILED,
    PAUSED,
    RUNNING,
    Method,
    TrainerJob,
    TunableModel,
    TuningCheckpoint,
    TuningEvent,
    TuningRequest,
)

log = logging.getLogger(__name__)

METHODS = (Method.SUPERVISED,)
PAUSE_SECONDS = 60.0  # a step in progress, and loading the model, may take so long
STOP_SECONDS = 20.0  # for a checkpoint when the bot stops
INTERRUPTED = "interrupted: the training process was killed"
_KEY = re.compile(r"[0-9a-z]{8,64}")


@dataclass(slots=True, kw_only=True)
class LocalTuner:
    """Trains on this machine, with the packages of another interpreter (``python``).

    Jobs lie in ``directory``; ``models`` holds the base, as a file and as floats.
    """

    directory: Path
    models_directory: Path
    python: Path
    _children: dict[str, TrainerChild] = field(default_factory=dict)
    _watches: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _beginnings: set[str] = field(default_factory=set)
    _change: asyncio.Lock = field(default_factory=asyncio.Lock)
    _complete: bool = False

    @classmethod
    def open(cls, *, directory: Path, models_directory: Path, python: Path) -> LocalTuner:
        """Return the tuner, after deleting copies of rows that a kill left behind."""
        tuner = cls(directory=directory, models_directory=models_directory, python=python)
        tuner.sweep()
        return tuner

    @property
    def name(self) -> str:
        """Return the trainer's short name."""
        return "local"

    def sweep(self) -> None:
        """Delete the copies of rows that nobody will read any more."""
        for path in self.directory.glob("*"):
            if path.name not in self._children and (dropped := JobFolder(path=path).drop_copies()):
                log.warning("Deleted %d copies of rows that a killed run left behind", dropped)

    async def models(self) -> tuple[TunableModel, ...]:
        """Return the embedded base, with a note where the training packages are missing."""
        note = ""
        try:
            await self._need_packages()
        except TrainerMissing as error:
            note = error.remedy
        return (TunableModel(name=BASE_MODEL, methods=METHODS, note=note),)

    async def start(self, request: TuningRequest) -> TrainerJob:
        """Start or queue the job, or return the one of this key.

        Raises TrainerMissing, and TrainerRefused for a model or method that is not ours.
        """
        folder = self._folder(request.key)
        if folder is None:
            raise TrainerRefused("the key of a job is 8 to 64 letters and digits")
        async with self._change:
            if await asyncio.to_thread(folder.exists):
                return (await self._state(folder)).told()
            _check(request)
            await self._need_packages()
            with self._beginning(request.key):
                await asyncio.to_thread(_found, folder, request)
                try:
                    await self._launch(folder, request)
                except BaseException:
                    shutil.rmtree(folder.path, ignore_errors=True)  # as if nobody had asked
                    raise
            return (await self._state(folder)).told()

    async def find(self, key: str) -> TrainerJob | None:
        """Return the job of a key, if there is one."""
        with suppress(JobGone):
            return await self.job(key)
        return None

    async def job(self, job_id: str) -> TrainerJob:
        """Return a job as it is now; one whose child was killed is paused."""
        return (await self._state(await self._known(job_id))).told()

    async def events(self, job_id: str) -> tuple[TuningEvent, ...]:
        """Return what the job told so far, the oldest first."""
        return await asyncio.to_thread((await self._known(job_id)).events)

    async def checkpoints(self, job_id: str) -> tuple[TuningCheckpoint, ...]:
        """Return the adapters of the epochs, the newest first."""
        return await asyncio.to_thread((await self._known(job_id)).checkpoints)

    async def cancel(self, job_id: str) -> TrainerJob:
        """Kill the child; checkpoints stay, where it could have gone on from does not."""
        folder = await self._known(job_id)
        async with self._change:
            await self._end_child(folder)
            return (await asyncio.to_thread(_cancelled, folder)).told()

    async def pause(self, job_id: str) -> TrainerJob:
        """Have the child keep where it is and end."""
        folder = await self._known(job_id)
        async with self._change:
            if (child := self._children.get(job_id)) is not None:
                await child.pause(patience=PAUSE_SECONDS)
            await self._end_child(folder)
            state = await asyncio.to_thread(_settle, folder, PAUSED, None)
            return state.told()

    async def resume(self, job_id: str, request: TuningRequest) -> TrainerJob:
        """Go on from where the job was stopped, with the rows of ``request``."""
        folder = await self._known(job_id)
        async with self._change:
            if job_id in self._children and self._children[job_id].alive:
                return (await self._state(folder)).told()
            await self._end_child(folder)
            state = await asyncio.to_thread(_settle, folder, PAUSED, INTERRUPTED)
            if state.ended:
                return state.told()
            await self._need_packages()
            with self._beginning(job_id):
                fresh = replace(state, status=RUNNING[0], error=None)
                await asyncio.to_thread(folder.save, fresh)
                try:
                    await self._launch(folder, request)
                except BaseException:
                    _settle(folder, PAUSED, INTERRUPTED)
                    raise
            return (await self._state(folder)).told()

    async def close(self) -> None:
        """Interrupt what runs; it can be resumed."""
        async with self._change:
            children = [*self._children.values()]
            await asyncio.gather(*(child.orphan(patience=STOP_SECONDS) for child in children))
            await asyncio.gather(*self._watches.values())
            for child in children:
                await asyncio.to_thread(_settle, child.folder, PAUSED, INTERRUPTED)

    @contextmanager
    def _beginning(self, key: str) -> Iterator[None]:
        """Keep a job that has no child yet from looking like one whose child was killed."""
        self._beginnings.add(key)
        try:
            yield
        finally:
            self._beginnings.discard(key)

    async def _launch(self, folder: JobFolder, request: TuningRequest) -> None:
        """Copy the rows and start a child over them; whatever fails leaves no copy."""
        try:
            await asyncio.to_thread(_copy, folder, request)
            child = await TrainerChild.spawn(
                folder, python=self.python, models=self.models_directory
            )
        except OSError as error:
            folder.drop_copies()
            raise TuningFailed(f"the trainer could not be started: {error}") from error
        except BaseException:
            folder.drop_copies()
            raise
        key = folder.path.name
        self._children[key] = child
        self._watches[key] = asyncio.create_task(self._watch(child), name=f"training-{key[:8]}")
        self._next()

    async def _watch(self, child: TrainerChild) -> None:
        """Wait for a child's end, put down what it could not, and give the next one the floor."""
        status = await child.process.wait()
        await asyncio.to_thread(_after, child.folder, None if child.asked else status)
        self._children.pop(child.folder.path.name, None)
        self._watches.pop(child.folder.path.name, None)
        self._next()

    def _next(self) -> None:
        if any(child.going for child in self._children.values()):
            return
        waiting = (child for child in self._children.values() if child.alive and not child.asked)
        if (child := next(waiting, None)) is not None:
            child.go()

    async def _end_child(self, folder: JobFolder) -> None:
        """End whatever trains in a folder, ours or left behind by a killed bot."""
        key = folder.path.name
        if (child := self._children.get(key)) is not None:
            await child.kill()
        if (watch := self._watches.get(key)) is not None:
            await watch
        orphan = await asyncio.to_thread(left_behind, folder)
        if orphan is not None:
            with suppress(psutil.NoSuchProcess):
                await asyncio.to_thread(_end_orphan, orphan)

    async def _state(self, folder: JobFolder) -> JobState:
        if folder.path.name in self._children.keys() | self._beginnings:
            return await asyncio.to_thread(folder.state)
        return await asyncio.to_thread(_noticed, folder)

    async def _known(self, job_id: str) -> JobFolder:
        folder = self._folder(job_id)
        if folder is None or not await asyncio.to_thread(folder.exists):
            raise JobGone(f"there is no local job {job_id[:64]!r}")
        return folder

    def _folder(self, key: str) -> JobFolder | None:
        return JobFolder(path=self.directory / key) if _KEY.fullmatch(key) else None

    async def _need_packages(self) -> None:
        """Raise TrainerMissing, with the remedy, unless the interpreter can train."""
        if self._complete:
            return
        try:
            missing = await missing_packages(self.python)
        except OSError as error:
            raise TrainerMissing(f"MARV_TRAIN_PYTHON: {error}. {REMEDY}") from error
        if missing:
            raise TrainerMissing(f"{', '.join(missing)} not installed. {REMEDY}")
        self._complete = True


REMEDY = (
    "Run `make train-env`, or `pip install -r data/persona/requirements-train.txt` in a virtual"
    " environment of its own, and set MARV_TRAIN_PYTHON to its python."
)


def _check(request: TuningRequest) -> None:
    if request.options.model != BASE_MODEL:
        raise TrainerRefused(f"only {BASE_MODEL} is trained here")
    if request.options.method not in METHODS:
        raise TrainerRefused(f"only {', '.join(METHODS)} training is done here")


def _found(folder: JobFolder, request: TuningRequest) -> None:
    """Write a new job down."""
    folder.path.mkdir(parents=True, exist_ok=True)
    options = request.options
    folder.save(
        JobState(
            key=request.key,
            status=RUNNING[0],
            model=options.model,
            method=options.method,
            suffix=options.suffix,
            hyperparameters=Hyperparameters.of(options),
            created_at=datetime.now(UTC),
        )
    )


def _copy(folder: JobFolder, request: TuningRequest) -> None:
    folder.drop_copies()
    shutil.copyfile(request.training, folder.training)
    if request.validation is not None:
        shutil.copyfile(request.validation, folder.validation)


def _settle(folder: JobFolder, status: str, error: str | None) -> JobState:
    """Put down how a job without a child stands; one that has ended or paused stays as it is.

    A paused job can still be cancelled.
    """
    folder.drop_copies()
    state = folder.state()
    if state.ended or state.status == status:
        return state
    return folder.save(replace(state, status=status, error=error))


def _noticed(folder: JobFolder) -> JobState:
    """Return a job's state; one that seems to run without a process was interrupted."""
    state = folder.state()
    if state.status not in RUNNING or left_behind(folder) is not None:
        return state
    state = folder.state()  # it may have ended in between
    return _interrupted(folder) if state.status in RUNNING else state


def _cancelled(folder: JobFolder) -> JobState:
    before = folder.state()
    if not before.ended:
        folder.say("The job was cancelled")
    return _settle(folder, CANCELLED, None)


def _after(folder: JobFolder, exit_status: int | None) -> None:
    """Put down what a child that has ended could not; None for one that was asked to end."""
    folder.claim.unlink(missing_ok=True)
    folder.drop_copies()
    if exit_status is None or folder.state().status not in RUNNING:
        return
    if exit_status < 0:
        _interrupted(folder)
    else:
        reason = f"the trainer ended with status {exit_status}; see {folder.log.name}"
        folder.say(f"The job failed: {reason}", level="error")
        _settle(folder, FAILED, reason)


def _interrupted(folder: JobFolder) -> JobState:
    folder.say("The training process was interrupted", level="warn")
    return _settle(folder, PAUSED, INTERRUPTED)


def _end_orphan(process: psutil.Process) -> None:
    """Wait for it to keep where it is, which it does once its bot is gone; then kill it."""
    try:
        process.wait(PAUSE_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(PAUSE_SECONDS)

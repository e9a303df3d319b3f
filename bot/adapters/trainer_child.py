"""The child process of a local training job, as the bot sees it."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE, STDOUT, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.adapters.lora_orders import GO, PAUSE
from bot.adapters.tuning_folder import JobFolder, write_whole

HOME = Path(__file__).resolve().parents[2]  # of our packages
PROBE_SECONDS = 60.0
NEEDED = ("torch", "transformers", "peft", "gguf")
_MISSING = """
import importlib.util, sys
print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))
"""
# Our code comes after the interpreter's own packages, which are those that were pinned for it.
_TRAIN = """
import sys
sys.path.append(sys.argv.pop(1))
from bot.adapters.lora_trainer import main
main()
"""


@dataclass(slots=True, eq=False)
class TrainerChild:
    """A child over a job's folder; it has the floor once it was told to go.

    Whoever asks it to end puts down how the job stands then.
    """

    folder: JobFolder
    process: Process
    going: bool = False
    asked: bool = False

    @classmethod
    async def spawn(cls, folder: JobFolder, *, python: Path, models: Path) -> TrainerChild:
        """Start the child; raises OSError for an interpreter that is not there."""
        options = ["--job", str(folder.path), "--models", str(models), "--obey"]
        with folder.log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                str(python),
                "-c",
                _TRAIN,
                str(HOME),
                *options,
                stdin=PIPE,
                stdout=output,
                stderr=STDOUT,
                start_new_session=True,  # an interrupt is for the bot, which then stops us
            )
        with suppress(psutil.NoSuchProcess):  # it may have ended already
            started = psutil.Process(process.pid).create_time()
            claim = json.dumps({"pid": process.pid, "started": started})
            write_whole(folder.claim, claim.encode())
        return cls(folder, process)

    @property
    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self.process.returncode is None

    def go(self) -> None:
        """Tell it that it is its turn."""
        self.going = True
        self._say(GO)

    async def pause(self, *, patience: float) -> None:
        """Have it keep what it has and end; one that does not in time is killed."""
        self.asked = True
        self._say(PAUSE)
        await self._ended(patience)

    async def orphan(self, *, patience: float) -> None:
        """Cut the connection, at which it keeps what it has and ends, or kill it."""
        self.asked = True
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self._ended(patience)

    async def kill(self) -> None:
        """End it at once."""
        self.asked = True
        if self.alive:
            with suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()

    def _say(self, order: str) -> None:
        if self.alive and self.process.stdin is not None:
            self.process.stdin.write(f"{order}\n".encode())

    async def _ended(self, patience: float) -> None:
        try:
            await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            await self.kill()


async def missing_packages(python: Path) -> tuple[str, ...]:
    """Return what a training interpreter lacks; raises OSError where there is none."""
    process = await asyncio.create_subprocess_exec(
        str(python), "-c", _MISSING, *NEEDED, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PROBE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise OSError(f"{python.name} does not answer") from None
    if process.returncode:
        raise OSError(f"{python.name} ended with status {process.returncode}")
    return tuple(output.decode().split())


def left_behind(folder: JobFolder) -> psutil.Process | None:
    """Return the process that still trains in a folder, though an earlier bot started it."""
    try:
        claim = json.loads(folder.claim.read_text())
        process = psutil.Process(int(claim["pid"]))
        if process.create_time() != claim["started"]:
            return None  # the number was given to another program
    except (FileNotFoundError, ValueError, KeyError, psutil.NoSuchProcess):
        return None
    return None if process.status() == psutil.STATUS_ZOMBIE else process

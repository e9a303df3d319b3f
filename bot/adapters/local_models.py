"""Opens the voices that the local trainer made, beside the one that speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.llama import MARV_NAME, LlamaChat, packaged_gemma
from bot.adapters.tuning_folder import TUNED_PREFIX, JobFolder
from bot.faults.model import ModelGone

_NAME = re.compile(re.escape(TUNED_PREFIX) + r"([0-9a-z]{8,64})(?::step-(\d{1,9}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModels:
    """The shipped voice and the adapters in the folders of jobs, over one packaged base."""

    directory: Path  # of the jobs
    models_directory: Path
    shipped: Path

    def open(self, name: str) -> LlamaChat:
        """Return a voice, not yet loaded; raises ModelGone for a name without a file."""
        adapter = self.shipped if name == MARV_NAME else self._adapter(name)
        if not adapter.is_file():
            raise ModelGone(f"{name}: its adapter is not there any more")
        self.models_directory.mkdir(parents=True, exist_ok=True)
        return packaged_gemma(self.models_directory, name=name, adapter=adapter)

    def _adapter(self, name: str) -> Path:
        if (found := _NAME.fullmatch(name)) is None:
            raise ModelGone(f"{name[:100]!r} is no name of a local model")
        key, step = found.groups()
        folder = JobFolder(path=self.directory / key)
        return folder.adapter if step is None else folder.checkpoint(int(step))

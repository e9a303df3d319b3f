"""Backup and restore with real files: the drill of docs/operations.md."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters import chroma
from bot.app import open_marv
from bot.audience import sees_everything
from bot.errors import AlreadyRunning, IndexUnavailable, StoreFailed
from bot.maintenance import back_up, restore
from bot.models import EmbeddingSpace
from bot.settings import Settings
from tests.fakes import DIMENSIONS
from tests.killing import fake_models
from tests.test_lifecycle import run_marv

GUILD = 0


async def fill(settings: Settings, title: str, text: str) -> None:
    async with open_marv(settings, models=fake_models()) as marv:
        await marv.services.library.add_text(GUILD, title=title, text=text, added_by=1)


async def titles(settings: Settings) -> list[str]:
    async with open_marv(settings, models=fake_models()) as marv:
        found = await marv.services.library.documents(GUILD, viewer=sees_everything)
        return [each.title for each in found]


def test_the_drill_brings_a_lost_data_directory_back(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nThe tide turns twice a day.")
    copy = tmp_path / "elsewhere" / "marv.sqlite3"
    for command in (("ingest", "tides.md"), ("backup", str(copy))):
        assert run_marv(tmp_path, *command).returncode == 0

    shutil.rmtree(tmp_path / "var")
    drill = [run_marv(tmp_path, *each) for each in (("restore", str(copy)), ("rebuild",))]
    doctor = run_marv(tmp_path, "doctor", "--json")
    found = run_marv(tmp_path, "search", "when does the tide turn", "--json")

    assert [each.returncode for each in drill] == [0, 0], drill
    assert "Restored: 1 documents, 0 turns" in drill[0].stdout
    assert "1 passages" in drill[1].stdout
    checks = {each["name"]: each for each in json.loads(doctor.stdout)["checks"]}
    assert checks["database"]["ok"]
    assert checks["chroma"]["ok"]
    assert json.loads(found.stdout)["results"][0]["title"] == "Tides"


async def test_what_is_there_is_replaced_only_by_force_and_then_kept_beside(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await fill(settings, "Tides", "The tide turns twice a day.")
    await back_up(settings, copy)
    await fill(settings, "Moon", "The moon pulls the water.")

    with pytest.raises(StoreFailed, match="--force"):
        await restore(settings, copy, replace=False)
    assert await titles(settings) == ["Moon", "Tides"]
    restored = await restore(settings, copy, replace=True)

    assert await titles(settings) == ["Tides"]
    assert restored.replaced is not None
    with closing(sqlite3.connect(restored.replaced)) as old:
        assert old.execute("SELECT count(*) FROM documents").fetchone() == (2,)


async def test_the_index_of_another_database_is_not_believed(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await fill(settings, "Tides", "The tide turns twice a day.")
    await back_up(settings, copy)
    await fill(settings, "Moon", "The moon pulls the water.")

    await restore(settings, copy, replace=True)

    assert settings.chroma_url is not None
    async with chroma.connected(settings.chroma_url) as client:
        space = EmbeddingSpace(model="fake-bigrams", dimensions=DIMENSIONS)
        index = chroma.ChromaIndex(client=client, space=space)
        assert await index.guild_ids() == frozenset()


async def test_models_that_were_trained_here_come_back_and_rows_are_not_copied(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await fill(settings, "Tides", "The tide turns twice a day.")
    made, cut = settings.tuning_dir / ("a" * 32), settings.tuning_dir / ("b" * 32)
    (made / "checkpoints").mkdir(parents=True)
    cut.mkdir()
    for name in ("job.json", "adapter.gguf", "training.jsonl", "checkpoints/step-4.gguf"):
        (made / name).write_text(name)
    (cut / "job.json").write_text("no model yet")

    assert await back_up(settings, copy) == 1
    copied = {path.name for path in (tmp_path / "copy.sqlite3.models").rglob("*")}
    assert copied == {made.name, "job.json", "adapter.gguf", "checkpoints", "step-4.gguf"}
    shutil.rmtree(settings.tuning_dir)
    settings.tuning_dir.mkdir()
    restored = await restore(settings, copy, replace=True)

    assert restored.models == 1
    assert (made / "adapter.gguf").read_text() == "adapter.gguf"
    assert not cut.exists()
    again = await restore(settings, copy, replace=True)
    assert again.models == 0


async def test_a_restore_waits_for_no_running_marv(settings: Settings, tmp_path: Path) -> None:
    async with open_marv(settings, models=fake_models()):
        await back_up(settings, copy := tmp_path / "copy.sqlite3")
        with pytest.raises(AlreadyRunning):
            await restore(settings, copy, replace=True)


async def test_an_index_that_cannot_be_dropped_leaves_everything_as_it_was(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await fill(settings, "Tides", "The tide turns twice a day.")
    await back_up(settings, copy)
    await fill(settings, "Moon", "The moon pulls the water.")
    away = settings.model_copy(update={"chroma_url": "http://127.0.0.1:9"})

    with pytest.raises(IndexUnavailable):
        await restore(away, copy, replace=True)

    assert await titles(settings) == ["Moon", "Tides"]
    assert not list(settings.data_dir.glob("*.restoring*"))


def damaged(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    copy.write_bytes(content)


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA user_version = 9999")


def foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as database:
        database.execute("CREATE TABLE recipes (cake TEXT)")
        database.execute("PRAGMA user_version = 3")


def no_database(copy: Path) -> None:
    copy.write_text("This is a poem." * 100)


@pytest.mark.parametrize("spoil", [damaged, newer, foreign, no_database, Path.unlink])
async def test_what_is_no_sound_backup_is_refused_and_nothing_is_touched(
    settings: Settings, tmp_path: Path, spoil: object
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await fill(settings, "Tides", "The tide turns twice a day.")
    await back_up(settings, copy)
    assert callable(spoil)
    spoil(copy)

    with pytest.raises(StoreFailed):
        await restore(settings, copy, replace=True)

    assert await titles(settings) == ["Tides"]
    assert not list(settings.data_dir.glob("*.restoring*"))

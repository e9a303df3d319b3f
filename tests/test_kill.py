"""Marv is killed with -9, again and again, and forgets nothing that it promised."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.canaries import needles, search
from tests.killing import child, kill_while_ingesting, kill_while_logging

SEED = 20261123


def test_no_acknowledged_turn_is_lost_to_kill_nine(tmp_path: Path) -> None:
    damage = kill_while_logging(tmp_path, kills=5, seed=SEED)

    assert damage.acknowledged
    assert damage.nothing, damage


def test_an_ingest_killed_midway_leaves_whole_documents_and_an_equal_index(tmp_path: Path) -> None:
    damage = kill_while_ingesting(tmp_path, kills=3, seed=SEED)

    assert damage.interrupted
    assert damage.nothing, damage


@pytest.mark.parametrize("stage", ["rows", "files"])  # the others take as long and find no more
def test_an_erasure_killed_midway_is_finished_by_the_next_start(tmp_path: Path, stage: str) -> None:
    found: dict[str, list[bytes]] = {key: [*forms] for key, forms in needles().items()}
    with child("forget", tmp_path) as marv:
        for key, vectors in marv.hear()["vectors"].items():
            found[key] = [bytes.fromhex(each) for each in vectors]
        while marv.hear().get("stage") != stage:
            pass
        if stage == "files":
            time.sleep(0.7)  # while the new index is being filled beside the old one
        marv.kill()

    with child("forget", tmp_path) as again:
        heard = again.wait()

    assert again.state == {"resumed": True}
    receipt = heard[-1]["receipt"]
    assert receipt["erased"]["turns"] == 6
    assert receipt["erased"]["channel_messages"] == 2
    assert "dataset:before" in receipt["marked"]
    assert search(tmp_path, found) == []
    assert not [*tmp_path.rglob("chroma-*")], "nothing of an exchange is left"

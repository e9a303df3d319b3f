"""Marv is killed with -9, again and again, and forgets nothing that it promised."""

from __future__ import annotations

from pathlib import Path

from tests.killing import kill_while_ingesting, kill_while_logging

SEED = 20261123


def test_no_acknowledged_turn_is_lost_to_kill_nine(tmp_path: Path) -> None:
    damage = kill_while_logging(tmp_path, kills=5, seed=SEED)

    assert damage.acknowledged
    assert damage.nothing, damage


def test_an_ingest_killed_midway_leaves_whole_documents_and_an_equal_index(tmp_path: Path) -> None:
    damage = kill_while_ingesting(tmp_path, kills=3, seed=SEED)

    assert damage.interrupted
    assert damage.nothing, damage

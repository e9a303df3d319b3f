"""What operators copy: the unit and the handbook agree with the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.settings import environment_names

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "deploy" / "marv.service"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_every_setting_that_a_deployment_names_exists() -> None:
    named = set(re.findall(r"\bMARV_[A-Z_]+\b", UNIT.read_text("utf-8") + OPERATIONS))
    assert {"MARV_DATA_DIR", "MARV_LOG_FORMAT"} <= named
    assert named <= set(environment_names())


def test_every_command_of_the_handbook_exists() -> None:
    from typer.main import get_command

    from bot.cli import app

    commands = set(getattr(get_command(app), "commands", {}))
    named = set(re.findall(r"^marv ([a-z-]+)", OPERATIONS, re.MULTILINE))
    assert {"backup", "restore", "rebuild", "doctor"} <= named
    assert named <= commands


def test_the_extra_that_the_handbook_offers_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    offered = re.findall(r"--extra (\w+)", OPERATIONS)
    assert offered
    assert set(offered) <= set(project["optional-dependencies"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = UNIT.read_text("utf-8")
    here = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", unit, flags=re.MULTILINE)
    copy = tmp_path / "marv.service"
    copy.write_text(re.sub(r"^Documentation=.*$", "", here, flags=re.MULTILINE))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")

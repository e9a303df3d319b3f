"""What operators copy: the unit, the image and the compose file agree with the code."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import environment_names

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "deploy" / "marv.service"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


@pytest.fixture
def compose() -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_compose_runs_the_chroma_that_the_lock_pins(compose: Any) -> None:  # noqa: ANN401
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    [pinned] = [each["version"] for each in lock["package"] if each["name"] == "chromadb"]
    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{pinned}"


def test_every_setting_that_a_deployment_names_exists(compose: Any) -> None:  # noqa: ANN401
    named = set(compose["services"]["marv"]["environment"])
    for text in (UNIT.read_text("utf-8"), DOCKERFILE, OPERATIONS):
        named |= set(re.findall(r"\bMARV_[A-Z_]+\b", text))
    assert named <= set(environment_names())
    assert {"MARV_DATA_DIR", "MARV_CHROMA_URL", "MARV_METRICS_PORT"} <= named


def test_compose_is_whole_and_publishes_nothing(compose: Any) -> None:  # noqa: ANN401
    services, networks = compose["services"], compose["networks"]
    for service in services.values():
        assert "ports" not in service
        assert set(service["networks"]) <= set(networks)
        assert all(each.split(":")[0] in compose["volumes"] for each in service["volumes"])
    assert services["chroma"]["networks"] == ["inside"]
    assert networks["inside"]["internal"] is True
    assert services["chroma"]["healthcheck"]["test"]
    host = services["marv"]["environment"]["MARV_CHROMA_URL"].split("/")[2].split(":")[0]
    assert host in services
    assert set(services["marv"]["depends_on"]) <= set(services)
    grace = float(services["marv"]["stop_grace_period"].removesuffix("s"))
    assert float(services["marv"]["environment"]["MARV_STOP_SECONDS"]) + 10 <= grace


def test_the_image_is_locked_without_tools_and_not_root() -> None:
    stages = DOCKERFILE.split("FROM ")[1:]
    syncs = re.findall(r"uv sync .*", DOCKERFILE)
    assert syncs
    assert all("--locked --no-dev" in each for each in syncs)
    assert "\nUSER marv\n" in stages[-1]
    assert "HEALTHCHECK" in stages[-1]
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists(), name


def test_the_build_is_given_what_the_image_copies_and_no_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert lines[1] == "*"
    assert {name for each in copied for name in each.split()} == let_in
    assert "data/var" in lines
    assert not any(name.startswith(".env") for name in let_in)


def test_the_extra_that_the_image_offers_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra in re.findall(r"--extra (\w+)", DOCKERFILE + OPERATIONS):
        assert extra in project["optional-dependencies"]


def test_every_command_of_the_handbook_exists() -> None:
    from typer.main import get_command

    from bot.cli import app

    commands = set(getattr(get_command(app), "commands", {}))
    named = set(re.findall(r"^marv ([a-z-]+)", OPERATIONS, re.MULTILINE))
    assert {"backup", "restore", "rebuild", "doctor"} <= named
    assert named <= commands


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


def health() -> Any:  # noqa: ANN401 - a module
    spec = importlib.util.spec_from_file_location("healthcheck", ROOT / "deploy/healthcheck.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def metrics() -> Iterator[HTTPServer]:
    """Answers with what the test has put into its ``said``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(getattr(self.server, "said", "").encode())

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("connected", "status"), [("1.0", 0), ("0.0", 1)])
def test_a_container_is_healthy_while_marv_is_connected(
    metrics: HTTPServer, monkeypatch: pytest.MonkeyPatch, connected: str, status: int
) -> None:
    metrics.said = f"# HELP\nmarv_gateway_connected {connected}\n"  # type: ignore[attr-defined]
    monkeypatch.setenv("MARV_METRICS_PORT", str(metrics.server_port))
    assert health().main() == status


def test_a_container_without_metrics_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARV_METRICS_PORT", "9")
    assert os.environ["MARV_METRICS_PORT"] == "9"
    assert health().main() == 1

"""The command line as an operator runs it: real processes, the embedded models, JSON out."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.settings import SHIPPED_DATA
from tests.killing import bare_environment

LIBRARY = SHIPPED_DATA / "library"
EXTRA = "# Keys\n\nThe spare key of the boat shed hangs behind the clock.\n"
PASSAGE_KEYS = {"title", "heading", "source", "text"}


@dataclass(frozen=True, slots=True)
class Shell:
    """A terminal in a directory of its own."""

    directory: Path

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.directory,
            env={
                **bare_environment(),
                "MARV_DATA_DIR": str(self.directory / "var"),
                **(environment or {}),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str) -> dict[str, Any]:
        """Run a command that must succeed; its standard output is one JSON object."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        [line] = done.stdout.splitlines()
        value = json.loads(line)
        assert isinstance(value, dict)
        return value

    def failure(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Run a command that must fail in words; return what it says, in one line."""
        done = self.run(*arguments, environment=environment)
        assert done.returncode != 0
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="module")
def reports(shell: Shell) -> tuple[dict[str, Any], ...]:
    """The sample library and a broken file: read, read again, and read after changes."""
    folder = shell.directory / "library"
    shutil.copytree(LIBRARY, folder)
    (folder / "keys.md").write_text(EXTRA)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    first = shell.json("ingest", str(folder))
    again = shell.json("ingest", str(folder))
    (folder / "keys.md").unlink()
    welcome = folder / "welcome.md"
    welcome.write_text(welcome.read_text("utf-8") + "\nThe harbour cat is called Bilge.\n", "utf-8")
    return first, again, shell.json("ingest", str(folder))


@pytest.fixture(scope="module")
def library(shell: Shell, reports: tuple[dict[str, Any], ...]) -> Shell:
    """A terminal whose data directory holds the sample library."""
    assert reports
    return shell


def test_doctor_is_content_with_a_fresh_directory(tmp_path: Path) -> None:
    report = Shell(tmp_path).json("doctor")

    assert report["ok"] is True
    names = {check["name"] for check in report["checks"]}
    assert {"data directory", "database", "chroma", "embeddings", "chat"} <= {
        name.lower() for name in names
    }
    assert all(set(check) == {"name", "ok", "detail", "remedy"} for check in report["checks"])


def test_ingest_counts_documents_and_names_refusals(reports: tuple[dict[str, Any], ...]) -> None:
    first, *_ = reports
    known = len(list(LIBRARY.iterdir())) + 1
    assert first["documents"] == {
        "added": known,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "refused": 1,
    }
    assert first["chunks"] >= first["embedded"] > 0
    assert first["seconds"] > 0
    [refusal] = first["refusals"]
    assert refusal["source"] == "broken.pdf"
    assert refusal["reason"]


def test_a_second_ingest_embeds_nothing(reports: tuple[dict[str, Any], ...]) -> None:
    first, again, _ = reports
    assert (again["chunks"], again["embedded"]) == (0, 0)
    assert again["documents"]["unchanged"] == first["documents"]["added"]
    assert again["documents"]["added"] == again["documents"]["changed"] == 0


def test_a_vanished_file_takes_its_document_along(reports: tuple[dict[str, Any], ...]) -> None:
    *_, after = reports
    assert after["documents"]["removed"] == 1
    assert after["documents"]["changed"] == 1
    assert after["documents"]["added"] == 0
    assert 0 < after["embedded"] <= 2


def test_search_prints_ranked_passages(library: Shell) -> None:
    found = library.json("search", "what is the harbour cat called", "--limit", "3")

    assert found["query"] == "what is the harbour cat called"
    assert [result["rank"] for result in found["results"]] == [1, 2, 3]
    keys = PASSAGE_KEYS | {"rank", "score", "document_id", "chunk_id"}
    assert all(set(result) == keys for result in found["results"])
    best = found["results"][0]
    assert best["source"] == "welcome.md"
    assert "Bilge" in best["text"]
    assert all("boat shed" not in result["text"] for result in found["results"])


@pytest.mark.parametrize(
    ("question", "source", "fact"),
    [
        ("When does the Spring Regatta start?", "events.md", "18 April"),
        ("日本支部の集まりはいつですか？", "faq-ja.md", "第二日曜日"),
    ],
)
def test_ask_answers_and_cites(library: Shell, question: str, source: str, fact: str) -> None:
    answer = library.json("ask", question)

    assert answer["question"] == question
    assert answer["answered"] is True
    assert fact in answer["answer"]
    assert [citation["source"] for citation in answer["citations"]] == [source]
    for citation in answer["citations"]:
        assert set(citation) >= PASSAGE_KEYS | {"n"}
        assert f"[{citation['n']}]" in answer["answer"]
    assert answer["finish_reason"]
    assert answer["model"]
    assert answer["seconds"] > 0


def test_ask_says_so_when_the_documents_do_not(library: Shell) -> None:
    answer = library.json("ask", "What is the capital of Mongolia?")

    assert answer["answered"] is False
    assert answer["citations"] == []
    assert answer["nearest"]
    assert all(set(passage) >= PASSAGE_KEYS for passage in answer["nearest"])
    assert "Ulaanbaatar" not in answer["answer"]


def test_export_refuses_what_nobody_consented_to(library: Shell) -> None:
    target = library.directory / "out" / "set.jsonl"

    said = library.failure("dataset", "export", str(target), "--json")

    assert said.startswith("marv: ")
    assert not target.exists()


def test_backup_is_a_whole_copy_and_never_overwrites(library: Shell) -> None:
    copy = library.directory / "copies" / "marv.sqlite3"

    done = library.run("backup", str(copy))

    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM documents").fetchone()[0] > 0
    assert "exists" in library.failure("backup", str(copy))


def test_rebuild_keeps_what_a_search_finds(library: Shell) -> None:
    before = library.json("search", "quiet hours of the workshop")

    done = library.run("rebuild")

    assert done.returncode == 0, done.stderr
    assert library.json("search", "quiet hours of the workshop") == before


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"MARV_RETENTION_HOURS": "soon"}, "MARV_RETENTION_HOURS"),
        ({"MARV_COLOUR": "teal"}, "MARV_COLOUR"),
        ({"DISCORD_TOKEN": "hunter2"}, "DISCORD_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    said = Shell(tmp_path).failure("search", "tea", "--json", environment=environment)

    assert said.startswith(f"marv: {named}")
    assert not set(environment.values()) & set(said.split())
    assert not (tmp_path / "var").exists()


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    said = Shell(tmp_path).failure("ingest", "nowhere.md", "--json")

    assert said == "marv: there is no file or folder nowhere.md"


def test_an_unknown_command_is_named(tmp_path: Path) -> None:
    assert "No such command 'serach'" in Shell(tmp_path).failure("serach", "tea")


def test_a_folder_of_refused_files_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")

    done = Shell(tmp_path).run("ingest", "broken.pdf", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["documents"]["refused"] == 1


def test_an_address_inside_is_refused_at_the_command_line(tmp_path: Path) -> None:
    said = Shell(tmp_path).failure("add-url", "http://169.254.169.254/latest/meta-data", "--json")

    assert "does not lead to a public host" in said


def test_a_refresh_of_nothing_says_so(tmp_path: Path) -> None:
    report = Shell(tmp_path).json("refresh")

    assert set(report["pages"].values()) == {0}
    assert report.keys() >= {"chunks", "embedded", "more", "seconds", "problems"}


def test_usage_is_added_up_from_the_ledger(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert "no database yet" in shell.failure("usage")
    shell.json("ingest", str(LIBRARY / "welcome.md"))
    shell.json("ask", "Who is welcome?")

    found = shell.json("usage", "--days", "2")

    assert found["total"]["calls"] > 0
    assert found["total"]["prompt_tokens"] > 0
    assert found["total"]["cost_usd"] == 0, "the embedded models cost nothing"
    assert found["unknown_prices"] == []
    assert {each["kind"] for each in found["models"]} >= {"embedding"}
    assert [each["member"] for each in found["members"]] == ["0"]
    (shell.directory / "var" / "prices.yaml").write_text("- {}")
    assert "prices.yaml" in shell.failure("usage")


def test_a_version_is_frozen_verified_exported_and_checked(shell: Shell) -> None:
    frozen = shell.json("dataset", "freeze", "v1")
    assert shell.json("dataset", "verify", "v1")["ok"]
    [listed] = shell.json("dataset", "versions")["versions"]
    manifest = shell.json("dataset", "export", "out.jsonl", "--version", "v1")
    checked = shell.run("dataset", "check", "out.jsonl", "--no-meaning", "--json")
    again = shell.run("dataset", "freeze", "v1")

    assert listed == frozen
    assert manifest["rows"] == frozen["rows"]["train"]
    assert manifest["versions"]["dataset"] == f"v1@{frozen['sha256'][:12]}"
    report = json.loads(checked.stdout)
    assert report["statistics"]["size"]["examples"] == manifest["rows"]
    errors = [each for each in report["findings"] if each["severity"] == "error"]
    assert (checked.returncode, errors) == (0, []), "what Marv exports passes his own check"
    assert again.returncode == 1
    assert "marv: v1" in again.stderr


def test_a_broken_training_file_is_refused_with_the_line(shell: Shell) -> None:
    lines = ['{"messages": [{"role": "user", "content": "Q"}]}', "no JSON"]
    (shell.directory / "bad.jsonl").write_text("\n".join(lines), "utf-8")

    done = shell.run("dataset", "check", "bad.jsonl", "--no-meaning", "--json")

    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert not report["ok"]
    assert 2 in [each["line"] for each in report["findings"] if each["severity"] == "error"]
    assert all(each["remedy"] for each in report["findings"])


def test_legacy_pairs_are_converted_and_imported(shell: Shell) -> None:
    pairs = [{"prompt": f"Q{n} ->", "completion": f" A{n} END"} for n in range(3)]
    (shell.directory / "old.jsonl").write_text("\n".join(map(json.dumps, pairs)), "utf-8")

    assert shell.json("dataset", "convert", "old.jsonl", "new.jsonl")["rows"] == 3
    assert shell.json("dataset", "import", "new.jsonl") == {"imported": 3}
    line = (shell.directory / "new.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(line)["messages"][-1] == {"role": "assistant", "content": "A0"}

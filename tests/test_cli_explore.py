"""`marv explore`, `embed` and `models` as an operator runs them: real processes, JSON out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.exploring.test_analyst import WORDS
from tests.openai_server import serving
from tests.test_cli import LIBRARY, Shell

PNG = b"\x89PNG\r\n\x1a\n"
SENTENCES = (
    "The {0} of our sailing boat needs a new {1} before the {2} meets the sea, trip {n}.",
    "Bake the {0} with {1} and sugar, then let the {2} cool for {n} minutes.",
    "The tax office asked for {0}, {1} and {2} of the year {n}.",
)
KINDS = ("boats", "cakes", "taxes")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("explore"))
    random = np.random.default_rng(3)
    with (shell.directory / "talk.csv").open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines)
        rows.writerow(("id", "text", "kind"))
        for number in range(60):
            group = number % 3
            words = random.choice(WORDS[group][:3], 3, replace=False)
            sentence = SENTENCES[group].format(*words, n=number)
            rows.writerow((f"t{number}", sentence, KINDS[group]))
    return shell


def test_topics_prints_its_contract_and_draws(shell: Shell) -> None:
    found = shell.json("explore", "topics", "talk.csv", "--text", "text", "--out", "map.png")

    assert found["items"] == 60
    assert {topic["size"] for topic in found["topics"]} <= set(range(1, 61))
    assert sum(topic["size"] for topic in found["topics"]) == 60
    assert set(found["topics"][0]) >= {"name", "terms", "size", "stability", "typical", "trend"}
    assert (shell.directory / "map.png").read_bytes().startswith(PNG)


def test_outliers_prints_its_contract(shell: Shell) -> None:
    found = shell.json("explore", "outliers", "talk.csv", "--text", "text", "--label", "kind")

    assert len(found["items"]) == 60
    assert set(found["items"][0]) >= {"id", "percentile", "text", "nearest"}
    assert found["items"][0]["percentile"] == 100.0
    assert {each["id"] for each in found["items"]} == {f"t{number}" for number in range(60)}


def test_diversity_prints_its_contract(shell: Shell) -> None:
    found = shell.json(
        "explore", "diversity", "talk.csv", "--text", "text", "--against", "talk.csv"
    )

    assert set(found) >= {"vendi", "distinct_2", "self_bleu", "items"}
    assert found["items"] == 60
    assert found["duplicate_heavy"]["vendi"] < found["vendi"] == found["before"]["vendi"]


def test_classify_prints_its_contract_draws_and_exports(shell: Shell) -> None:
    found = shell.json(
        *("explore", "classify", "talk.csv", "--text", "text", "--label", "kind"),
        *("--out", "confusion.png", "--export", "labels.csv"),
    )

    assert set(found) >= {"accuracy", "macro_f1", "baselines", "coverage"}
    assert set(found["baselines"]) >= {"tfidf", "majority"}
    assert set(found["baselines"]["tfidf"]) == {"accuracy", "macro_f1"}
    assert found["accuracy"] > 0.9
    assert (shell.directory / "confusion.png").read_bytes().startswith(PNG)
    with (shell.directory / "labels.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 60
    assert {row["predicted"] for row in rows} == set(KINDS)


def test_classify_by_name_works_without_a_label(shell: Shell) -> None:
    found = shell.json(
        *("explore", "classify", "talk.csv", "--text", "text"),
        *("--labels", "sailing boats, baking cakes, paying taxes"),
    )

    assert found["accuracy"] is None
    assert "zero-shot" in found["method"]
    assert sum(found["predicted"].values()) == 60
    assert min(found["predicted"].values()) >= 10


def test_map_writes_a_page(shell: Shell) -> None:
    found = shell.json(
        *("explore", "map", "talk.csv", "--text", "text", "--label", "kind", "--out", "map.html")
    )

    assert len(found["points"]) == 60
    assert found["groups"] == sorted(KINDS)
    assert "<canvas" in (shell.directory / "map.html").read_text("utf-8")


def test_the_library_is_explored_without_a_file(shell: Shell) -> None:
    shell.json("ingest", str(LIBRARY))

    found = shell.json("explore", "outliers", "--limit", "3")

    assert len(found["items"]) == 3
    assert found["compared"] > 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("topics", "talk.csv"), "--text: name the column; there are id, text, kind"),
        (("topics", "talk.csv", "--text", "body"), "no column 'body'; it has 'id'"),
        (("topics", "nowhere.csv", "--text", "text"), "there is no file nowhere.csv"),
        (("topics", "few.csv", "--text", "text"), "1 texts, and at least 10 are needed"),
        (("topics", "empty.csv", "--text", "text"), "is empty"),
        (("topics", "--text", "text"), "name the table too"),
        (("topics", "talk.csv", "--text", "text", "--written"), "too small to name topics"),
        (("classify", "talk.csv", "--text", "text"), "--label"),
        (("classify", "talk.csv", "--text", "text", "--label", "id"), "labels"),
        (("classify", "talk.csv", "--text", "text", "--labels", "one"), "two labels"),
        (("map", "talk.csv", "--text", "text", "--out", "no/where.png"), "cannot be written"),
        (("diversity", "talk.csv", "--text", "text", "--against", "few.csv"), "at least 2"),
    ],
)
def test_bad_input_says_what_to_do(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    (shell.directory / "few.csv").write_text("text\none\n")
    (shell.directory / "empty.csv").write_text("")

    assert said in shell.failure("explore", *arguments, "--json")


def test_embed_writes_vectors_beside_the_table_and_goes_on(shell: Shell) -> None:
    preview = shell.json("embed", "talk.csv", "--column", "text", "--preview")
    found = shell.json("embed", "talk.csv", "--column", "text", "--out", "out.csv")
    again = shell.json(
        *("embed", "talk.csv", "--column", "text", "--dimensions", "32", "--out", "out.parquet")
    )

    assert preview["preview"]
    assert preview["cost_usd"] == 0.0
    assert again["to_embed"] == 0
    assert (found["rows"], found["dimensions"], again["dimensions"]) == (60, 512, 32)
    with (shell.directory / "out.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    full = np.array([json.loads(row["embedding"]) for row in rows])
    assert full.shape == (60, 512)
    assert rows[0]["id"] == "t0"
    parquet = pytest.importorskip("pyarrow.parquet").read_table(shell.directory / "out.parquet")
    short = np.array(parquet["embedding"].to_pylist())
    assert np.allclose(np.linalg.norm(short, axis=1), 1.0, atol=1e-5)
    expected = full[:, :32] / np.linalg.norm(full[:, :32], axis=1, keepdims=True)
    assert np.allclose(short, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--column", "body"), "no column 'body'"),
        (("--column", "text", "--out", "x.xlsx"), ".csv or .parquet"),
        (("--column", "text", "--out", "talk.csv"), "itself"),
        (("--column", "text", "--dimensions", "513"), "512 at most"),
    ],
)
def test_embed_refuses_in_words(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    assert said in shell.failure("embed", "talk.csv", *arguments, "--json")


def test_money_is_not_spent_unasked(shell: Shell) -> None:
    paid = {"OPENAI_API_KEY": "sk-nobody", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}

    said = shell.failure("embed", "talk.csv", "--column", "text", "--json", environment=paid)

    assert "--yes" in said
    assert "text-embedding-3-small" in said
    assert "list price of 20" in said


def test_the_models_are_listed_with_prices_and_dates(shell: Shell) -> None:
    found = {row["model"]: row for row in shell.json("models", "embeddings")["models"]}

    small = found["text-embedding-3-small"]
    assert small["dimensions"] == 1536
    assert small["pages_per_dollar"] == 62_500
    assert small["price_checked"]
    assert found["use-multilingual"]["configured"]
    assert found["use-multilingual"]["texts_per_second"] > 0


def test_a_second_run_has_nothing_left_to_compute(shell: Shell) -> None:
    kept = Path(shell.directory, "var", "explore", "results")
    shell.json("explore", "outliers", "talk.csv", "--text", "text")
    before = sorted(kept.iterdir())

    shell.json("explore", "outliers", "talk.csv", "--text", "text")

    assert sorted(kept.iterdir()) == before


def test_similar_finds_rows_like_a_text_without_the_seen(shell: Shell) -> None:
    wanted = ("similar", "A mast for my sailing boat", "--in", "talk.csv", "--text", "text")
    found = shell.json(*wanted, "--limit", "5")
    first = found["results"][0]["id"]
    again = shell.json(*wanted, "--limit", "5", "--seen", first)

    assert all("boat" in result["text"] for result in found["results"])
    assert first not in {result["id"] for result in again["results"]}
    assert "blank" in shell.failure("similar", " ", "--in", "talk.csv", "--text", "text")


def test_a_providers_embeddings_are_priced_before_and_charged_after(shell: Shell) -> None:
    with serving() as server:
        paid = {
            "MARV_EMBEDDING_BASE_URL": server.url,
            "MARV_EMBEDDING_API_KEY": "sk-embedding",
            "MARV_EMBEDDING_MODEL": "text-embedding-3-small",
            "MARV_DATA_DIR": str(shell.directory / "paid"),
        }
        wanted = ("embed", "talk.csv", "--column", "text", "--out", "paid.csv", "--yes", "--json")
        done = shell.run(*wanted, environment=paid)
        again = shell.run(*wanted, environment=paid)
        used = shell.run("usage", "--json", environment=paid)

    assert done.returncode == again.returncode == 0, done.stderr
    first, second = json.loads(done.stdout), json.loads(again.stdout)
    assert first["to_embed"] == 60
    assert first["tokens"] > 600
    assert first["cost_usd"] == pytest.approx(first["tokens"] * 0.02 / 1e6)
    assert (second["to_embed"], second["cost_usd"]) == (0, 0.0)
    assert "text-embedding-3-small" in used.stdout
    [model] = json.loads(used.stdout)["models"]
    assert model["prompt_tokens"] == first["tokens"]

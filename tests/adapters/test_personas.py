"""Personas and help texts as files: what is right, what is refused, and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.adapters.personas import load_help, load_persona, load_personas
from bot.errors import ConfigurationError
from bot.models import Language
from bot.opening import PERSONAS, open_personas
from bot.settings import SHIPPED_DATA, Settings
from bot.topics import Topic

EN, JA = Language.ENGLISH, Language.JAPANESE


def written(path: Path, **changes: object) -> Path:
    content = yaml.safe_load((PERSONAS / "butler.yaml").read_text("utf-8"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content | changes, allow_unicode=True), "utf-8")
    return path


def test_the_operators_own_persona_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    written(tmp_path / "own" / "x.yaml", name="grump")

    personas = open_personas(tmp_path / "own")

    assert personas.names == ("marv", "archivist", "butler", "grump")
    assert personas.default.name == "marv"


def test_the_operators_file_replaces_a_shipped_persona_and_changes_its_version(
    tmp_path: Path,
) -> None:
    shipped = load_personas(PERSONAS)
    written(tmp_path / "mine.yaml", about={"en": "Mine.", "ja": "私の。"})

    found = load_personas(PERSONAS, tmp_path)

    assert found["butler"].about == {EN: "Mine.", JA: "私の。"}
    assert found["butler"].version != shipped["butler"].version
    assert found["marv"] == shipped["marv"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "No Spaces"}, "name"),
        ({"about": {"en": "Only English."}}, "about.ja"),
        ({"dial": {"en": ["one"], "ja": ["一"]}}, "dial"),
        ({"remarks": {"openers": {"en": {4: ["Too loud."]}, "ja": {}}}}, "remarks"),
        ({"remarks": {"jokes": {"en": {}, "ja": {}}}}, "remarks"),
        ({"surprise": 1}, "surprise"),
        ({"examples": [{"language": "fr", "question": "?", "reply": "!"}]}, "examples"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_place(
    tmp_path: Path, changes: dict[str, object], named: str
) -> None:
    path = written(tmp_path / "mine.yaml", **changes)

    with pytest.raises(ConfigurationError, match=rf"mine\.yaml.*{named}"):
        load_persona(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"name: [", b"- a list"])
def test_what_is_no_persona_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"broken\.yaml"):
        load_persona(path)


def test_every_topic_has_help_in_both_languages_and_the_operators_file_wins(
    tmp_path: Path,
) -> None:
    shipped = load_help(SHIPPED_DATA / "help.yaml")
    assert {(topic, language) for topic in shipped for language in shipped[topic]} == {
        (topic, language) for topic in Topic for language in Language
    }
    assert all(len(text) <= 1024 for texts in shipped.values() for text in texts.values())
    assert "988" in shipped[Topic.CRISIS][EN]
    assert "0120-279-338" in shipped[Topic.CRISIS][JA]

    settings = Settings(data_dir=tmp_path)
    assert settings.help_path == SHIPPED_DATA / "help.yaml"
    (tmp_path / "help.yaml").write_text("crisis: {en: call, ja: 電話}\n", "utf-8")
    assert settings.help_path == tmp_path / "help.yaml"
    with pytest.raises(ConfigurationError, match="moderation"):
        load_help(settings.help_path)

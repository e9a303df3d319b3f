"""Personas in YAML files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ConfigurationError
from bot.models import Language, Persona, PersonaExample


class _Example(BaseModel):
    model_config = ConfigDict(extra="forbid")

    language: Literal["en", "ja"]
    question: str
    reply: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    system_prompt: dict[Literal["en", "ja"], str]
    examples: list[_Example]


def load_remarks(path: Path) -> tuple[tuple[str, str], ...]:
    """Read (reply, facts) of each example of a seed set in JSON lines.

    Raises ConfigurationError that names the file.
    """
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return tuple((row["reply"], row["facts"]) for row in rows)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"the seed set {path.name} cannot be read: {error}") from error


def load_persona(path: Path) -> Persona:
    """Read a persona; its version is the first 12 digits of the file's SHA-256.

    Raises ConfigurationError that names the file and what is wrong in it.
    """
    try:
        content = path.read_bytes()
        parsed = _File.model_validate(yaml.safe_load(content))
        prompts = {language: parsed.system_prompt[language.value] for language in Language}
    except (OSError, yaml.YAMLError, ValidationError, KeyError) as error:
        raise ConfigurationError(f"the persona {path.name} cannot be read: {error}") from error
    return Persona(
        name=parsed.name,
        version=hashlib.sha256(content).hexdigest()[:12],
        system_prompt=prompts,
        examples=tuple(
            PersonaExample(
                language=Language(example.language),
                question=example.question,
                reply=example.reply,
            )
            for example in parsed.examples
        ),
    )

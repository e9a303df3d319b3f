"""Personas and help texts in YAML files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ConfigurationError
from bot.models import Language
from bot.persona import Persona, PersonaExample, Remark
from bot.topics import Topic

Value = TypeVar("Value")
Code = Literal["en", "ja"]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Level = Annotated[int, Field(ge=0, le=3)]
Lines = Annotated[list[Line], Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Example(_Model):
    language: Code
    question: Line
    reply: Annotated[str, Field(min_length=1, max_length=1000)]
    sarcasm: list[Level] = [1, 2, 3]


class _InBoth(_Model, Generic[Value]):
    """Something in both languages: they are equals, so neither may be missing."""

    en: Value
    ja: Value

    def by_language(self) -> Mapping[Language, Value]:
        return {Language.ENGLISH: self.en, Language.JAPANESE: self.ja}


class _File(_Model):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    about: _InBoth[Line]
    adapter: str | None = None
    system_prompt: _InBoth[Annotated[str, Field(min_length=1, max_length=4000)]]
    dial: _InBoth[tuple[Line, Line, Line, Line]]
    remarks: dict[Remark, _InBoth[dict[Annotated[int, Field(ge=1, le=3)], Lines]]] = {}
    examples: list[_Example] = []


class _Help(_Model):
    crisis: _InBoth[str]
    moderation: _InBoth[str]
    medical: _InBoth[str]
    legal: _InBoth[str]


Parsed = TypeVar("Parsed", bound=_Model)


def load_personas(*directories: Path) -> dict[str, Persona]:
    """Read every ``*.yaml`` of some directories, by name; a later directory's replaces.

    A directory need not exist. Raises ConfigurationError.
    """
    paths = [path for each in directories for path in sorted(each.glob("*.yaml"))]
    return {persona.name: persona for persona in map(load_persona, paths)}


def load_persona(path: Path) -> Persona:
    """Read a persona; its version is the first 12 digits of the file's SHA-256.

    Raises ConfigurationError that names the file and what is wrong in it.
    """
    content, parsed = _read(path, _File, "the persona")
    return Persona(
        name=parsed.name,
        version=hashlib.sha256(content).hexdigest()[:12],
        about=parsed.about.by_language(),
        adapter=parsed.adapter,
        system_prompt=parsed.system_prompt.by_language(),
        dial=parsed.dial.by_language(),
        remarks={
            kind: {
                language: {level: tuple(lines) for level, lines in levels.items()}
                for language, levels in texts.by_language().items()
            }
            for kind, texts in parsed.remarks.items()
        },
        examples=tuple(
            PersonaExample(
                language=Language(example.language),
                question=example.question,
                reply=example.reply,
                sarcasm=frozenset(example.sarcasm),
            )
            for example in parsed.examples
        ),
    )


def load_help(path: Path) -> dict[Topic, Mapping[Language, str]]:
    """Read what to show under an answer about something serious; raises ConfigurationError."""
    _, parsed = _read(path, _Help, "the help texts")
    return {topic: getattr(parsed, topic).by_language() for topic in Topic}


def _read(path: Path, kind: type[Parsed], what: str) -> tuple[bytes, Parsed]:
    try:
        content = path.read_bytes()
        return content, kind.model_validate(yaml.safe_load(content))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{what} {path.name} cannot be read: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in each['loc']) or 'the file'}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        raise ConfigurationError(f"{what} {path.name} is not right: {faults}") from error

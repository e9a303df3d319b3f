"""The embedded moderation rules: a YAML file of patterns, and what is taken off a text first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ConfigurationError
from bot.moderation import Category, Judge, Verdict

FILE = "moderation_rules.yaml"
BESIDE = 40  # characters before and after a hit in which `unless` is looked for
BETWEEN_WORDS = r"(?:[^\w.!?;:\n]|_){0,3}"  # what a blank of an English pattern stands for
SCORE = 1.0  # rules do not doubt
_BLANK = re.compile(r"(\[[^\]]*\])| ")  # but not within a set of characters
_LIST = re.compile(r"<([^\W\d]\w*)>")
_LEET = str.maketrans("0134578@$!€", "oieastbasie")
_DISGUISED = re.compile(r"[^\s]*[^\W\d_][^\s]*")  # a word with a letter in it
_SWAPPED = re.compile(r"(?<=[a-z])[0134578@$!€]|[0134578@$!€](?=[a-z])")
# Letters one by one, at least three of them: k i l l, k.y.s, d-i-e
_SPACED = re.compile(r"(?<![a-z0-9])[a-z](?:[ .\-_*|]{1,2}[a-z]){2,}(?![a-z0-9])")
_KANA_OR_KANJI = r"[\u3040-\u30fa\u30fc-\u30ff\u4e00-\u9fff]"
_BETWEEN_JAPANESE = re.compile(rf"(?<={_KANA_OR_KANJI})[ \t・.*_\-|/]{{1,3}}(?={_KANA_OR_KANJI})")
_REPEATED = re.compile(r"([a-z])\1{2,}")
# Cyrillic and Greek letters that look like Latin ones
_LOOKALIKES = str.maketrans("аеорсухіјѕԁոαορυι", "aeopcyxijsdnaopui")
_LATIN = re.compile(r"[a-z]")


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    category: Category
    language: Literal["en", "ja"]
    patterns: list[str]
    unless: list[str] = []
    blocks: bool = True


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lists: dict[str, str]
    rules: list[_Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Patterns of one category, and what beside a hit makes it harmless."""

    category: Category
    blocks: bool
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None

    def hits(self, text: str) -> bool:
        """Tell whether a text that was made plain has a hit that counts."""
        for found in self.pattern.finditer(text):
            beside = text[max(0, found.start() - BESIDE) : found.end() + BESIDE]
            if self.unless is None or not self.unless.search(beside):
                return True
        return False


@dataclass(frozen=True, slots=True)
class RuleModerator:
    """Fulfils ``bot.ports.moderation.Rules``."""

    rules: tuple[Rule, ...]

    @classmethod
    def load(cls) -> RuleModerator:
        """Read the rules that come with Marv; raises ConfigurationError that says what is wrong."""
        try:
            content = files("bot").joinpath(FILE).read_text("utf-8")
            parsed = _File.model_validate(yaml.safe_load(content))
            return cls(tuple(_compiled(rule, parsed.lists) for rule in parsed.rules))
        except (OSError, yaml.YAMLError, ValidationError, re.error, KeyError) as error:
            raise ConfigurationError(f"{FILE} cannot be read: {error}") from error

    def check(self, text: str) -> Verdict:
        """Judge a text as it is and without its disguises."""
        said = plain(text)
        meant = undisguised(said)
        readings = {said, _REPEATED.sub(r"\1\1", meant), _REPEATED.sub(r"\1", meant)}
        hit = [rule for rule in self.rules if any(rule.hits(each) for each in readings)]
        return Verdict(
            source=Judge.RULES,
            scores={rule.category: SCORE for rule in hit},
            blocking=frozenset(rule.category for rule in hit if rule.blocks),
        )


def plain(text: str) -> str:
    """Return a text in NFKC and lower case, without invisible characters and stacked marks."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    return "".join(each for each in folded if unicodedata.category(each) not in ("Cf", "Mn"))


def undisguised(text: str) -> str:
    """Return a plain text with look-alikes, digits for letters and blanks between them undone."""
    text = " ".join(map(_latin, text.split(" ")))
    text = _DISGUISED.sub(lambda word: _SWAPPED.sub(_letter, _SWAPPED.sub(_letter, word[0])), text)
    text = _SPACED.sub(lambda letters: re.sub(r"[^a-z]", "", letters[0]), text)
    return _BETWEEN_JAPANESE.sub("", text)


def _letter(swapped: re.Match[str]) -> str:
    return swapped[0].translate(_LEET)


def _latin(word: str) -> str:
    """Return a word that mixes alphabets in Latin; one in another alphabet stays."""
    return word.translate(_LOOKALIKES) if _LATIN.search(word) else word


def _whole_words(part: str) -> str:
    return rf"\b(?:{part})\b"


def _compiled(rule: _Rule, lists: dict[str, str]) -> Rule:
    english = rule.language == "en"

    def pattern(parts: list[str]) -> re.Pattern[str]:
        text = _LIST.sub(lambda name: lists[name[1]], "|".join(parts))
        if english:
            text = _BLANK.sub(lambda found: found[1] or BETWEEN_WORDS, text)
        return re.compile(text, re.MULTILINE | (re.ASCII if english else re.NOFLAG))

    return Rule(
        category=rule.category,
        blocks=rule.blocks,
        pattern=pattern(rule.patterns),
        unless=pattern([_whole_words(each) if english else each for each in rule.unless])
        if rule.unless
        else None,
    )

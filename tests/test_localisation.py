"""Both languages everywhere: every command, option, choice and text, and no text too many."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
import simcord
from discord import app_commands

from bot.client import Marv
from bot.localisation import CHOICES, COMMAND_NAMES, DESCRIPTIONS
from bot.models import Language
from bot.services.export import UNFINISHED
from cogs.dataset_texts import LEFT_OUT
from cogs.texts import TEXTS

ROOT = Path(__file__).resolve().parents[1]
SLASH_NAME = re.compile(r"[-_'\w]{1,32}")


def walked(marv: Marv) -> Iterator[object]:
    """Yield every command, group and menu."""
    yield from marv.tree.walk_commands()
    for kind in (discord.AppCommandType.user, discord.AppCommandType.message):
        yield from marv.tree.get_commands(type=kind)


def strings(marv: Marv) -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the names that must be slash names, the menus', the descriptions and the choices."""
    names: set[str] = set()
    menus: set[str] = set()
    descriptions: set[str] = set()
    choices: set[str] = set()
    for command in walked(marv):
        if isinstance(command, app_commands.ContextMenu):
            menus.add(command.name)
            continue
        assert isinstance(command, app_commands.Command | app_commands.Group)
        names.add(command.name)
        descriptions.add(command.description)
        if isinstance(command, app_commands.Command):
            for parameter in command.parameters:
                names.add(parameter.display_name)
                descriptions.add(str(parameter.description))
                choices |= {choice.name for choice in parameter.choices}
    return names, menus, descriptions, choices


async def test_every_command_has_its_japanese_and_no_entry_is_dead(
    simcord_env: simcord.Env, marv: Marv
) -> None:
    names, menus, descriptions, choices = strings(marv)

    assert names | menus == set(COMMAND_NAMES)
    assert descriptions == set(DESCRIPTIONS)
    assert choices == set(CHOICES)
    assert "…" not in descriptions, "discord.py's own text for an option that has none"


async def test_the_japanese_keeps_discords_rules(simcord_env: simcord.Env, marv: Marv) -> None:
    names, menus, _, _ = strings(marv)

    for name in names:
        japanese = COMMAND_NAMES[name]
        assert SLASH_NAME.fullmatch(japanese), japanese
        assert japanese == japanese.lower()
    assert all(1 <= len(COMMAND_NAMES[name]) <= 32 for name in menus)
    assert all(1 <= len(each) <= 100 for each in (*DESCRIPTIONS.values(), *CHOICES.values()))


@pytest.mark.parametrize("siblings", ["commands", "options"])
async def test_no_two_siblings_share_a_japanese_name(
    simcord_env: simcord.Env, marv: Marv, siblings: str
) -> None:
    groups: list[list[str]] = [[command.name for command in marv.tree.get_commands()]]
    for command in marv.tree.walk_commands():
        if isinstance(command, app_commands.Group):
            groups.append([child.name for child in command.commands])
        elif siblings == "options":
            groups.append([parameter.display_name for parameter in command.parameters])
    for group in groups:
        japanese = [COMMAND_NAMES[name] for name in group]
        assert len(set(japanese)) == len(japanese), japanese


def said() -> tuple[set[str], set[str]]:
    """Return the keys that the code hands to ``say``, and every other text constant of it."""
    keys: set[str] = set()
    constants: set[str] = set()
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]):
        if path.name.endswith("texts.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                keys |= set(possible(node.args[0]))
    return keys, constants


def possible(argument: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument can be, as far as the source tells."""
    if isinstance(argument, ast.Constant):
        yield str(argument.value)
    elif isinstance(argument, ast.IfExp):
        yield from possible(argument.body)
        yield from possible(argument.orelse)


def test_every_text_is_used_and_every_used_text_exists() -> None:
    keys, constants = said()

    assert keys <= set(TEXTS), keys - set(TEXTS)
    assert set(TEXTS) <= keys | constants, set(TEXTS) - keys - constants
    assert set(LEFT_OUT) <= constants | UNFINISHED, set(LEFT_OUT) - constants


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_both_languages_of_a_text_have_the_same_places(key: str) -> None:
    english, japanese = (places(TEXTS[key][language]) for language in Language)
    assert english == japanese


def places(text: str) -> list[str]:
    return sorted(
        f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name is not None
    )

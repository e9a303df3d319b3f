"""The details of a check's findings are Japanese for Japanese staff, every one of them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.findings import Detail, Listing, detail
from bot.models import Language
from bot.services.checks.checker import DatasetCheck, Question
from bot.services.checks.rules import found
from bot.services.redaction.spans import Kind
from cogs.check_details import DETAILS_JA, detail_text
from cogs.check_view import report_embed
from cogs.dataset_texts import LEFT_OUT
from tests.cogs.test_check_texts import JAPANESE
from tests.fakes import FakeCounter

CHECKS = Path(__file__).resolve().parents[2] / "bot" / "services" / "checks"
TEMPLATE_AT = {"found": 1, "fault": 1, "detail": 0}  # which argument is the template
# Texts that are the same in both languages: what is wrong is all in their values.
DATA_ONLY = re.compile(r"(?:\W|\{\w+(?:![rs])?(?::[^}]*)?\}|\bMB\b)*\Z")


def written() -> Iterator[tuple[str, ast.expr]]:
    """Yield the module and the template of every text that a check makes."""
    for path in sorted(CHECKS.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
                names = assigned(scope)
                for call in calls(scope):
                    at = TEMPLATE_AT[getattr(call.func, "id", "")]
                    yield path.name, resolved(call.args[at], names)


def own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a function (or a module) and in no function within."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from own(child)


def calls(scope: ast.AST) -> Iterator[ast.Call]:
    for node in own(scope):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TEMPLATE_AT:
            yield node


def assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """Return what is assigned to ``template`` in a function, by name and line."""
    names: dict[str, list[ast.expr]] = {}
    for node in own(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    return names


def resolved(argument: ast.expr, names: dict[str, list[ast.expr]]) -> ast.expr:
    """Return the value of a name that is assigned once before it is used as a template."""
    if isinstance(argument, ast.Name) and argument.id in names:
        return max(
            (each for each in names[argument.id] if each.lineno < argument.lineno),
            key=lambda each: each.lineno,
        )
    return argument


def texts(argument: ast.expr) -> Iterator[str | None]:
    """Yield the texts that a template can be; None where the source does not tell."""
    if isinstance(argument, ast.IfExp):
        yield from texts(argument.body)
        yield from texts(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    else:
        yield None


def templates() -> set[str]:
    return {text for _, each in written() for text in texts(each) if text is not None}


def test_every_template_is_written_out_but_for_the_reasons_of_the_log() -> None:
    hidden = [
        (name, ast.unparse(each)) for name, each in written() for text in texts(each) if not text
    ]
    assert hidden == [("privacy.py", "reason")]
    makers = {
        path.name for path in CHECKS.glob("*.py") if re.search(r"\bDetail\(", path.read_text())
    }
    assert makers == {"faults.py", "rules.py"}, "only found, fault and detail make details"


def test_every_detail_and_no_other_is_told_in_japanese() -> None:
    found_ = templates()
    assert len(found_) > 100
    assert found_ | set(LEFT_OUT) == set(DETAILS_JA)


@pytest.mark.parametrize("template", sorted(DETAILS_JA))
def test_both_languages_have_the_same_values(template: str) -> None:
    assert values(template) == values(DETAILS_JA[template])


@pytest.mark.parametrize("template", sorted(set(DETAILS_JA) - {"NoneType"}))
def test_a_text_with_words_has_japanese_words(template: str) -> None:
    if not DATA_ONLY.match(template):
        assert JAPANESE.search(DETAILS_JA[template])


def values(template: str) -> set[str]:
    fields = (name for _, name, _, _ in Formatter().parse(template) if name is not None)
    return {name.partition(".")[0] for name in fields}


def test_every_kind_of_personal_data_has_a_name_of_its_own() -> None:
    assert len({DETAILS_JA[kind.value] for kind in Kind}) == len(Kind)


def test_values_are_quoted_as_japanese_quotes() -> None:
    keys = Listing((detail("{key!r}", key="a"), detail("{key!r}", key="it's\n")))
    told = detail_text(detail("the keys are: {keys}", keys=keys), Language.JAPANESE)
    assert told == "キーは「a」、「it's\\n」です"
    for value, quoted in ((None, "null"), (True, "true"), (["犬"], '["犬"]'), ("1", "「1」")):
        weight = Detail("{weight!r}", {"weight": value})
        assert detail_text(weight, Language.JAPANESE) == f"weight の値：{quoted}"


def test_a_text_of_braces_and_percents_stays_what_it_is() -> None:
    finding = found("schema.key", "{key!r}", key="{x} %s {0}")
    assert finding.message == "'{x} %s {0}'"
    assert detail_text(finding.detail, Language.JAPANESE) == "「{x} %s {0}」"


def test_the_english_is_as_the_command_line_has_it() -> None:
    finding = found("balance.openers", "{count} of {total} open with {opener!r}", **OPENERS)
    assert finding.as_json()["message"] == "3 of 40 open with 'well'"
    assert detail_text(finding.detail, Language.ENGLISH) == finding.message
    assert (
        detail_text(finding.detail, Language.JAPANESE) == "40 件中 3 件が「well」で始まっています"
    )


OPENERS: dict[str, Any] = {"count": 3, "total": 40, "opener": "well"}


def chat(question: str, *answers: object) -> bytes:
    messages = [
        {"role": "user", "content": question},
        *({"role": "assistant", "content": answer} for answer in answers),
    ]
    return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"


BAD = b"".join(
    (
        chat("Where?", "At the pier, at nine."),
        chat("Where?", "At the pier, at nine."),
        chat("Which?", "Mail mo@example.org, obviously."),
        chat("Who?", "One.", "Two."),
        chat("What?", 5),
        chat("Why?", "Because <|im_end|> of it."),
        b'{"messages": [], "mood": {"a": 1}}\n',
        b'{"messages": [{"role": "developer", "content": "x"}]}\n',
        b'{"question": 1, "answer": 2}\n',
        b"[1]\n",
        b"{'a': 1}\n",
        b"\n",
        "これは日本語".encode("cp932") + b"\n",
    )
)


async def test_a_bad_file_is_told_in_japanese_all_through(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(BAD)
    report = await DatasetCheck(counter_of=lambda model: FakeCounter()).check(
        Question(path=path, model="gpt-0", left_out={"no_consent": 2, "blocked": 1})
    )
    told = {each.id: detail_text(each.detail, Language.JAPANESE) for each in report.findings}

    assert told == {
        "duplicates.exact": "1 行目との重複です",
        "privacy.personal": "メールアドレス",
        "privacy.consent": "ブロック済み：1 件、同意なし：2 件",
        "operations.unknown-model": "gpt-0",
        "size.no-price": "gpt-0",
        "schema.alternation": "assistant が2回続いています",
        "schema.content": "値の型：整数",
        "schema.special-token": "「<|im_end|>」",
        "schema.messages": "メッセージが1つもありません",
        "schema.key": "「mood」",
        "schema.role": "role：「developer」。system と書いてください",
        "schema.no-answer": "assistant のメッセージがありません",
        "schema.shape": "キーは「question」、「answer」です",
        "file.object": "値の型：リスト",
        "file.json": "キーがあるはずの位置に、二重引用符で囲んだキーがありません",
        "file.blank": "何も書かれていません",
        "file.encoding": "バイト 0x82 は UTF-8 ではありません。Shift_JIS としてなら読めます",
        "file.few": "今は 9 件、必要なのは 10 件以上です",
    }
    fields = report_embed(report, "v1", Language.JAPANESE).fields
    shown = "\n".join(f"{field.name}\n{field.value}" for field in fields)
    assert "`file.object`（10 行目）" in shown
    assert "JSON ですが、オブジェクトではありません。（値の型：リスト）\n→ " in shown
    english = "\n".join(
        str(field.value) for field in report_embed(report, "v1", Language.ENGLISH).fields
    )
    assert "JSON, but not an object. (a list, no object)\n→ " in english

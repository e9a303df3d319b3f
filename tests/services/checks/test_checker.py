"""Checks of training files: nasty bytes, wrong forms, doubles, and other validators' verdicts."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bot.adapters.tokens import ToktokCounter
from bot.findings import Report, Severity
from bot.services.checks.checker import DatasetCheck, Question
from bot.services.checks.lines import Line
from bot.services.checks.places import column_of
from bot.services.checks.rules import KEPT, RULES, found
from bot.services.checks.schema import SchemaCheck
from tests.fakes import FakeCounter, FakeEmbedder

ROOT = Path(__file__).resolve().parents[3]


def chat(question: str, answer: str, **more: object) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "system", "content": "You are Marv."},
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ],
        **more,
    }


WORDS = [
    "harbor",
    "lantern",
    "clay",
    "violet",
    "engine",
    "marble",
    "thunder",
    "pepper",
    "canyon",
    "ribbon",
    "anchor",
    "meadow",
]


def rows(count: int = 12) -> list[dict[str, Any]]:
    """Examples that have little in common."""
    dice = random.Random(7)  # noqa: S311 - nothing secret
    return [
        chat(f"What of {' '.join(dice.sample(WORDS, 5))} {n}?", " ".join(dice.choices(WORDS, k=9)))
        for n in range(count)
    ]


def lines_of(values: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in values)


async def checked(tmp_path: Path, content: bytes, golden: Path | None = None) -> Report:
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    return await DatasetCheck(counter_of=lambda model: FakeCounter()).check(
        Question(path=path, golden=golden)
    )


def ids(report: Report) -> set[str]:
    return set(report.counts)


GOOD = lines_of(rows())


@pytest.mark.parametrize(
    ("content", "id_", "line", "column"),
    [
        (b"\xef\xbb\xbf" + GOOD, "file.bom", 1, 1),
        (GOOD + "これは日本語".encode("cp932") + b"\n", "file.encoding", 13, 1),
        (GOOD + b'{"messages": "\xff"}\n', "file.encoding", 13, 15),
        (GOOD + b"\x00\x01\x02\n", "file.nul", 13, 1),
        (GOOD + b"\n", "file.blank", 13, 1),
        (GOOD + b'{"messages": [{"role": "us', "file.cut", 13, 24),
        (GOOD + b"{'messages': []}\n", "file.json", 13, 2),
        (GOOD + b"[1]\n", "file.object", 13, 1),
        (GOOD + b'{"messages": [], "messages": []}\n', "file.duplicate-key", 13, 18),
        (GOOD + b'{"messages": NaN}\n', "file.nan", 13, 14),
        (GOOD + b'{"messages": -Infinity}\n', "file.nan", 13, 14),
        (GOOD + b'{"messages": "\\ud800"}\n', "file.surrogate", 13, 14),
        (GOOD + b'{"a":' * 300 + b"1" + b"}" * 300 + b"\n", "file.nested", 13, 1),
        (GOOD + b"[" * 100_000 + b"\n", "file.nested", 13, 1),
        (GOOD + b'{"messages": ' + b"9" * 5000 + b"}\n", "file.json", 13, 1),
        (GOOD.replace(b"\n", b"\r\n"), "file.crlf", 0, 0),
        (b"", "file.few", 0, 0),
        (lines_of(rows(9)), "file.few", 0, 0),
    ],
)
async def test_bytes_are_found_wrong_where_they_are(
    tmp_path: Path, content: bytes, id_: str, line: int, column: int
) -> None:
    report = await checked(tmp_path, content)

    [finding] = [each for each in report.findings if each.id == id_]
    assert (finding.line, finding.column) == (line, column)
    assert finding.message
    assert finding.remedy


async def test_a_line_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    report = await checked(tmp_path, GOOD + lines_of([chat("long?", "word " * 2_000_000)]))

    assert report.ok
    assert report.statistics["size"]["examples"] == 13  # type: ignore[index]


async def test_a_well_made_file_has_nothing_but_remarks(tmp_path: Path) -> None:
    report = await checked(tmp_path, GOOD)

    assert report.ok
    assert not report.severities.get(Severity.WARNING), report.counts


def message_of(role: str, **more: object) -> dict[str, Any]:
    return {"role": role, "content": "words", **more}


CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        ({}, "schema.shape"),
        ({"prompt": "a", "completion": "b"}, "schema.mixed"),
        (chat("q", "a", meta=1), "schema.key"),
        ({"messages": []}, "schema.messages"),
        ({"messages": ["hello"]}, "schema.message"),
        ({"messages": [{"content": "x"}]}, "schema.message"),
        ({"messages": [message_of("wizard")]}, "schema.role"),
        ({"messages": [message_of("developer"), message_of("assistant")]}, "schema.role"),
        ({"messages": [message_of("user", mood=1), message_of("assistant")]}, "schema.message-key"),
        ({"messages": [message_of("user"), message_of("assistant", weight=2)]}, "schema.weight"),
        ({"messages": [message_of("user"), message_of("assistant", weight=True)]}, "schema.weight"),
        (
            {"messages": [message_of("user", weight=1), message_of("assistant")]},
            "schema.weight-role",
        ),
        (
            {"messages": [message_of("user"), message_of("assistant", weight=0)]},
            "schema.nothing-trained",
        ),
        ({"messages": [message_of("user")]}, "schema.no-answer"),
        ({"messages": [message_of("assistant"), message_of("user")]}, "schema.last"),
        (
            {"messages": [message_of("user"), message_of("user"), message_of("assistant")]},
            "schema.alternation",
        ),
        (
            {"messages": [message_of("user"), message_of("system"), message_of("assistant")]},
            "schema.system-place",
        ),
        (chat("q", "  "), "schema.content"),
        ({"messages": [message_of("user"), {"role": "assistant", "content": 1}]}, "schema.content"),
        ({"messages": [message_of("user", content=[]), message_of("assistant")]}, "schema.content"),
        (
            {
                "messages": [
                    message_of("user", content=[{"type": "video"}]),
                    message_of("assistant"),
                ]
            },
            "schema.part",
        ),
        (
            {"messages": [message_of("user"), message_of("assistant", tool_calls=[{"id": 1}])]},
            "schema.tool-calls",
        ),
        (
            {
                "messages": [
                    message_of("user"),
                    message_of("assistant", tool_calls=[CALL]),
                    message_of("user"),
                    message_of("assistant"),
                ]
            },
            "schema.tool-orphan",
        ),
        (chat("q", "a", tools=[{"type": "function"}]), "schema.tools"),
        (chat("q", "a <|endoftext|> b"), "schema.special-token"),
    ],
)
async def test_forms_are_found_wrong(tmp_path: Path, value: dict[str, Any], id_: str) -> None:
    report = await checked(tmp_path, GOOD + lines_of([value]))

    assert [each.line for each in report.findings if each.id == id_] == [13]
    assert report.ok == (RULES[id_].severity is not Severity.ERROR)


def preference(wanted: str, other: str, **more: object) -> dict[str, Any]:
    return {
        "input": {"messages": [message_of("user")]},
        "preferred_output": [{"role": "assistant", "content": wanted}],
        "non_preferred_output": [{"role": "assistant", "content": other}],
        **more,
    }


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        (preference("a", "a"), "schema.preference-same"),
        (preference("a", "b", preferred_output=[]), "schema.preference"),
        (preference("a", "b", preferred_output=[message_of("user")]), "schema.preference"),
        (
            preference("a", "b", input={"messages": [message_of("assistant")]}),
            "schema.preference-last",
        ),
        (preference("a", "b", input="x"), "schema.preference"),
    ],
)
async def test_preferences_have_rules_of_their_own(
    tmp_path: Path, value: dict[str, Any], id_: str
) -> None:
    report = await checked(tmp_path, lines_of([preference("a", "b"), value]))

    assert [each.line for each in report.findings if each.id == id_] == [2]


async def test_the_legacy_form_is_checked_as_prepare_data_did(tmp_path: Path) -> None:
    values = [{"prompt": f"SAY {word.upper()}", "completion": word.upper()} for word in WORDS]

    report = await checked(tmp_path, lines_of(values))

    assert {
        "schema.legacy",
        "schema.legacy-separator",
        "schema.legacy-prefix",
        "schema.legacy-ending",
        "schema.legacy-space",
        "schema.legacy-upper",
    } <= ids(report)


async def test_doubles_contradictions_and_leaks_are_told_apart(tmp_path: Path) -> None:
    first = rows(12)
    long = "The lantern by the harbor is lit at dusk and put out again at dawn by the keeper."
    values = [
        *first,
        first[0],
        chat(first[1]["messages"][1]["content"].upper(), first[1]["messages"][2]["content"]),
        chat("When is the lantern by the old harbor lit?", long),
        chat("When is the lantern by the old harbor lit??", long.replace("again", "once")),
    ]
    golden = tmp_path / "golden.jsonl"
    golden.write_bytes(lines_of([first[3]]))

    report = await checked(tmp_path, lines_of(values), golden=golden)

    where = {(each.id, each.line) for each in report.findings if each.id.startswith("duplicates")}
    assert where == {
        ("duplicates.exact", 13),
        ("duplicates.normalised", 14),
        ("duplicates.near", 16),
        ("duplicates.contradictory", 16),
        ("duplicates.golden", 4),
    }
    assert not report.ok


async def test_secrets_and_persons_are_named_by_kind_and_never_quoted(tmp_path: Path) -> None:
    canary = "sk-proj-abcdefghijklmnopqrstuv123"
    values = [*rows(), chat("my key?", f"It is {canary}."), chat("メールは?", "a@example.jpです。")]

    report = await checked(tmp_path, lines_of(values))

    assert {(each.id, each.line) for each in report.findings if each.line} >= {
        ("privacy.secret", 13),
        ("privacy.personal", 14),
    }
    assert canary not in json.dumps(report.as_json())


async def test_answers_are_held_against_the_facts_of_their_prompt(tmp_path: Path) -> None:
    prompt = "Question: when?\nFacts: The gate opens at 9 on Monday. [1]"
    values = [
        *rows(),
        chat(prompt, "The gate opens at 9 on Monday. [1] Riveting."),
        chat(prompt + " ", "The gate opens at 11 on Monday. [1] Riveting."),
        chat(prompt + "  ", "The gate opens at 9 on Monday. [4] Riveting."),
    ]

    report = await checked(tmp_path, lines_of(values))

    where = {(each.id, each.line) for each in report.findings if each.id.startswith("consis")}
    assert where == {("consistency.facts", 14), ("consistency.citation", 15)}


async def test_what_repeats_all_over_is_said_of_the_file(tmp_path: Path) -> None:
    values = [
        chat(f"{word} {n}?", "I'm sorry, I can't help with that.")
        for n in range(3)
        for word in WORDS
    ]

    report = await checked(tmp_path, lines_of(values))

    assert {
        "balance.refusals",
        "balance.openers",
        "balance.lengths",
        "diversity.distinct-2",
        "diversity.self-bleu",
    } <= ids(report)


async def test_meaning_is_compared_where_an_embedder_is_given(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    values = rows(40)
    path.write_bytes(lines_of([*values, values[5]]))

    report = await DatasetCheck(
        counter_of=lambda model: FakeCounter(), embedder=FakeEmbedder()
    ).check(Question(path=path))

    assert [each.line for each in report.findings if each.id == "duplicates.meaning"] == [41]
    assert report.statistics["meaning"]["vendi_score"] > 1  # type: ignore[index]


async def test_of_one_id_only_the_first_findings_are_kept(tmp_path: Path) -> None:
    report = await checked(tmp_path, b"\n" * 500)

    assert sum(each.id == "file.blank" for each in report.findings) == KEPT
    assert report.counts["file.blank"] == 500


def test_the_gravest_come_first_and_no_id_crowds_out_another() -> None:
    findings = (
        found("file.crlf", ""),
        found("file.blank", "1"),
        found("file.blank", "2"),
        found("file.nul", ""),
    )
    report = Report(findings=findings, counts={}, severities={})

    assert [each.id for each in report.gravest(3)] == ["file.blank", "file.nul", "file.blank"]
    grouped = [[each.message for each in alike] for alike in report.by_id(2)]
    assert grouped == [["1", "2"], [""]]


def test_every_finding_is_in_the_table_of_the_documentation() -> None:
    table = (ROOT / "docs" / "dataset-checks.md").read_text("utf-8")
    rows_ = [line.split("|")[1:5] for line in table.splitlines() if line.startswith("| `")]

    documented = [tuple(cell.strip().strip("`") for cell in row) for row in rows_]

    assert documented == [
        (id_, rule.severity.value, rule.meaning, rule.remedy) for id_, rule in RULES.items()
    ]


@pytest.mark.parametrize(
    ("path", "column"),
    [((), 1), (("a",), 2), (("a", 1), 12), (("a", 1, "b"), 13), (("a", 9), 2)],
)
def test_a_column_is_that_of_the_key_or_the_value_or_what_holds_it(
    path: tuple[Any, ...], column: int
) -> None:
    assert column_of('{"a": [10, {"b":2}]}', path) == column


async def test_the_toy_file_has_the_notebooks_own_numbers(shared_data: Path) -> None:
    report = await DatasetCheck(counter_of=ToktokCounter).check(
        Question(path=shared_data / "cookbook" / "toy_chat_fine_tuning.jsonl")
    )

    notebook: Any = report.statistics["notebook"]
    assert notebook["examples"] == 5
    assert (notebook["missing_system"], notebook["missing_user"]) == (1, 1)
    assert notebook["messages_per_example"]["min"] == 2
    assert notebook["messages_per_example"]["max"] == 9
    assert notebook["messages_per_example"]["mean"] == 3.8
    assert notebook["tokens_per_example"]["mean"] == 1648.4
    assert notebook["assistant_tokens_per_example"]["max"] == 8000
    assert notebook["over_limit"] == 1
    assert (notebook["billed_tokens"], notebook["epochs"], notebook["charged_tokens"]) == (
        4306,
        20,
        86120,
    )
    assert {each.id for each in report.findings if each.severity is Severity.ERROR} == {"file.few"}


async def test_what_any_of_three_validators_refuses_is_refused(shared_data: Path) -> None:
    folder = shared_data / "ft_validator_cases"
    verdicts = json.loads((folder / "verdicts.json").read_text())
    for name, verdict in verdicts.items():
        report = await DatasetCheck(counter_of=lambda model: FakeCounter()).check(
            Question(path=folder / name)
        )
        refused = any(said.startswith("FAIL") for said in verdict.values())

        assert not (refused and report.ok), name
        assert report.ok == (not refused) or name == "ok9.jsonl"  # too few for OpenAI's API


def nullable(schema: object) -> object:
    """Say OpenAPI 3.0's ``nullable`` as JSON Schema does."""
    if isinstance(schema, list):
        return [nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: nullable(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [{"type": "null"}, inner]} if schema.get("nullable") is True else inner


def test_whatever_openais_schema_refuses_is_refused(shared_data: Path) -> None:
    path = shared_data / "openai_openapi" / "finetune_input_schemas_2025-03-22.json"
    document: Any = nullable(json.loads(path.read_text()))
    registry: Registry[Any] = Registry().with_resource(
        "urn:openai", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    names = {"messages": "FineTuneChatRequestInput", "input": "FineTunePreferenceRequestInput"}
    validators = {
        key: jsonschema.Draft202012Validator(
            {"$ref": f"urn:openai#/components/schemas/{name}"}, registry=registry
        )
        for key, name in names.items()
    }
    dice = random.Random(20261124)  # noqa: S311 - nothing secret
    refused = 0
    for _ in range(1500):
        key = dice.choice(["messages", "input"])
        value = mangled(copy.deepcopy(SAMPLES[key]), dice)
        if key not in value or validators[key].is_valid(value):
            continue
        refused += 1
        line = Line(number=1, text=json.dumps(value), value=value)
        errors = [each for each in SchemaCheck().look(line) if each.severity is Severity.ERROR]
        assert errors, value
    assert refused > 300


SAMPLES: dict[str, dict[str, Any]] = {
    "messages": {
        "messages": [
            message_of("system", name="s"),
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "assistant", "content": None, "weight": 0, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": "result"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {}}}],
        "parallel_tool_calls": False,
        "functions": [{"name": "look", "description": "d"}],
    },
    "input": {
        **preference("a", "b"),
        "preferred_completion": [{"role": "assistant", "content": "x"}],
        "non_preferred_completion": [{"role": "assistant", "content": "y"}],
    },
}
ODD = [None, 1, 2.5, True, "odd", "", [], {}, ["x"], {"x": 1}, {"type": "text"}, -1]


def mangled(value: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """Change, drop or add one thing somewhere in a value."""
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [value]
    while waiting:
        each = waiting.pop()
        keys: Any = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            places.append((each, key))
            if isinstance(each[key], dict | list):
                waiting.append(each[key])
    holder, key = dice.choice(places)
    if dice.random() < 0.3:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(dice.choice(ODD))
    return value

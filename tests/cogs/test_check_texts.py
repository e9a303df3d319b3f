"""Every rule of a check speaks Japanese too."""

from __future__ import annotations

import re

import pytest

from bot.services.checks.rules import RULES
from cogs.check_texts import RULES_JA

JAPANESE = re.compile("[\u3041-\u309f\u30a0-\u30ff\u4e00-\u9fff]")


def test_every_rule_and_no_other_is_told_in_japanese() -> None:
    assert set(RULES_JA) == set(RULES)


@pytest.mark.parametrize("id_", sorted(RULES_JA))
def test_meaning_and_remedy_are_japanese(id_: str) -> None:
    for text in RULES_JA[id_]:
        assert JAPANESE.search(text), text


@pytest.mark.parametrize("id_", sorted(RULES_JA))
def test_no_text_is_the_english_one(id_: str) -> None:
    rule = RULES[id_]
    assert not {rule.meaning, rule.remedy} & set(RULES_JA[id_])

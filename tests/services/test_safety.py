"""What may leave in a message, whole or cut anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ChunkId, DocumentId, Language, Passage
from bot.services.safety import Shield, shield_for

SOURCE = "https://harbor.example/rules"
PASSAGE = Passage(
    chunk_id=ChunkId(1),
    document_id=DocumentId(1),
    title="Rules",
    heading=(),
    text="Book at https://forms.example/boat or ask. Call client.run() or guild.me.",
    source=SOURCE,
)
SHIELD = shield_for([PASSAGE], Language.ENGLISH)
GONE = "[link removed]"

HOSTILE = [
    "Look: https://evil.example/x",
    "Look: <https://evil.example/x>",
    "[harmless](https://evil.example/x)",
    "[harmless](<https://evil.example/x>)",
    "[harmless](https://evil.example/x 'a title')",
    "[https://harbor.example/rules](https://evil.example/x)",
    "[har[m]less](https://evil.example/x)",
    "![a cat](https://evil.example/cat.png)",
    "![](https://evil.example/cat.png)",
    "[1]: https://evil.example/x",
    "https://harbor.example@evil.example/",
    "https://harbor.example.evil.example/rules",
    "https://harbor.example/rules/../../evil",
    "h\u200bttps://evil.example/x",
    "https://ev\u00adil.example/x",
    "\u202ehttps://evil.example/x",
    "www.evil.example",
    "Download from www.suspicioussite.xyz now",
    "go to evil-site.com/free",
    "ftp://evil.example/x",
    "javascript://evil.example/%0aalert(1)",
    "discord.gg/abcdef",
    "https://discord.gg/abcdef",
    "discord.com/invite/abcdef",
    "[rules](https://discord.gg/abcdef)",
    "@everyone look",
    "@here look",
    "<@123456789012345678>",
    "<@!123456789012345678>",
    "<@&123456789012345678>",
    "@e\u200bveryone",
    "`code` https://evil.example `more`",
    "```\ncode\n```\nhttps://evil.example",
    "日本語のhttps://evil.example/パスです",
]
ADDRESS = re.compile(r"(?:https?|ftp|javascript)://[^\s<>`]+|www\.[^\s<>`]+|discord\.gg/\S+", re.I)
PING = re.compile(r"@everyone|@here|<@[!&]?\d+>")


def harms(text: str) -> list[str]:
    links = [link.rstrip(").,'\"") for link in ADDRESS.findall(text)]
    return [link for link in links if link != SOURCE] + PING.findall(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_loses_its_sting(text: str) -> None:
    clean = SHIELD.clean(text)

    assert not harms(clean)
    assert "evil" not in clean
    assert "suspicious" not in clean
    assert "abcdef" not in clean


@pytest.mark.parametrize("text", HOSTILE)
def test_no_prefix_of_a_hostile_text_stings(text: str) -> None:
    whole = f"Fine. {text} And more."
    for end in range(len(whole) + 1):
        shown = SHIELD.clean_unfinished(whole[:end])
        assert not harms(shown), whole[:end]
        assert "evil" not in shown


def test_a_sources_address_stays_a_link_without_a_preview() -> None:
    assert SHIELD.clean(f"See {SOURCE}.") == f"See <{SOURCE}>."
    assert SHIELD.clean(f"See [the rules]({SOURCE}).") == f"See the rules (<{SOURCE}>)."
    assert SHIELD.clean(f"See [evil.com]({SOURCE}).") == f"See <{SOURCE}>."


def test_an_address_of_the_cited_text_is_shown_and_not_linked() -> None:
    assert (
        SHIELD.clean("Book at https://forms.example/boat.")
        == "Book at `https://forms.example/boat`."
    )


def test_code_and_ordinary_text_stay_as_they_are() -> None:
    text = (
        "Call `client.run(token)`, guild.me or 3.14 [1].\n```py\n@bot.event\ndef x(): ...\n```\n"
        "Costs 5 €/h; e.g. a@b is no mention. 犬は「OK」です。 :smile: <:marv:1> <t:1> 👩‍🚀"
    )

    assert SHIELD.clean(text) == text


def test_a_snippet_names_an_address_without_its_scheme() -> None:
    shield = shield_for([PASSAGE], Language.ENGLISH, snippet=True)

    assert shield.clean(f"{PASSAGE.text} @everyone discord.gg/x {SOURCE}") == (
        "Book at forms.example/boat or ask. Call client.run() or guild.me."
        f" @\u2060everyone {GONE} <{SOURCE}>"
    )


def test_a_removed_link_is_said_in_the_answers_language() -> None:
    assert Shield(language=Language.JAPANESE).clean("https://evil.example") == "［リンク省略］"


@given(st.text(alphabet=st.sampled_from("[]()<>@!&`htps:/.evlw \n12"), max_size=60))
def test_no_text_escapes(text: str) -> None:
    assert not harms(SHIELD.clean(text))


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    clean = SHIELD.clean(text)

    assert SHIELD.clean(clean) == clean


@pytest.mark.parametrize("name", ["naughty_strings", "naughty_strings_security"])
def test_naughty_strings_are_harmless(shared_data: Path, name: str) -> None:
    path = shared_data / "openai_evals_misc" / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts = [
        row["completion"] if "completion" in row else row["input"][-1]["content"] for row in rows
    ]
    assert len(texts) > 100
    assert not [text for text in texts if harms(SHIELD.clean(text))]

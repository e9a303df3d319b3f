"""The documentation of a real project, when it lies beside the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.loaders.reading import read
from bot.adapters.tokens import ToktokCounter

DOCS = Path(__file__).parents[4] / "shared" / "data" / "discordpy_docs"

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason=f"{DOCS} is not there")


def test_every_page_has_a_title_and_headings() -> None:
    counter = ToktokCounter()
    for path in sorted(DOCS.rglob("*.rst")):
        [document] = read(path.read_bytes(), path.name, counter)
        text = "\n".join(chunk.text for chunk in document.chunks)

        assert document.title
        assert not any(
            mark in text for mark in (":meth:", ":class:", ":ref:", ".. note", "|coroutine")
        )
        assert all(len(name) < 120 for chunk in document.chunks for name in chunk.heading)
        assert text.count("```") % 2 == 0


def test_the_faq_has_its_questions_as_headings() -> None:
    [document] = read((DOCS / "en" / "faq.rst").read_bytes(), "faq.rst", ToktokCounter())

    found = [chunk for chunk in document.chunks if "What is a coroutine?" in chunk.heading]
    assert document.title == "Frequently Asked Questions"
    assert found[0].heading == ("Coroutines", "What is a coroutine?")
    assert found[0].text.startswith("A coroutine_link is a function that must be invoked")


def test_loading_prints_nothing() -> None:
    program = """
import sys
from pathlib import Path
from bot.adapters.loaders.restructured import load_restructured
for path in Path(sys.argv[1]).rglob("*.rst"):
    load_restructured(path.read_bytes(), path.name)
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(DOCS)], capture_output=True, text=True, check=True
    )

    assert (run.stdout, run.stderr) == ("", "")

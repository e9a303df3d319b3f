"""What each text format reads as."""

from __future__ import annotations

from bot.adapters.loaders.markdown import load_markdown
from bot.adapters.loaders.markup import load_html
from bot.adapters.loaders.plain import load_text
from bot.adapters.loaders.restructured import load_restructured
from bot.adapters.loaders.tables import load_table
from bot.models import LoadedDocument, Section

GUIDE = """---
title: From the front matter
tags: [a, b]
---
# Guide

Hello *there*, see [the site](https://example.com/a) or <https://example.com/b>.

## Install

1. Get it
2. Run `marv`:

   ```sh
   marv --now
   ```

### On Linux

- one
  - nested
- two

| Key | Value |
|-----|-------|
| a   | 1     |

Use /ban <member> [reason].
"""


def headings(document: LoadedDocument) -> list[tuple[str, ...]]:
    return [section.heading for section in document.sections]


def test_markdown_keeps_headings_code_lists_tables_and_links() -> None:
    [document] = load_markdown(GUIDE.encode(), "guide.md")

    assert document.title == "Guide"
    assert headings(document) == [(), ("Install",), ("Install", "On Linux")]
    top, install, linux = (section.text for section in document.sections)
    assert top == ("Hello there, see the site (https://example.com/a) or https://example.com/b.")
    assert install == "1. Get it\n2. Run `marv`:\n\n  ```sh\n  marv --now\n  ```"
    assert linux == (
        "- one\n  - nested\n- two\n\nKey | Value\na | 1\n\nUse /ban <member> [reason]."
    )


def test_markdown_front_matter_is_no_text_but_may_name_the_document() -> None:
    [document] = load_markdown(b"---\ntitle: 'Rules'\n---\n\nBe nice.\n", "x.md")

    assert document.title == "Rules"
    assert document.sections == (Section(heading=(), text="Be nice."),)


def test_markdown_rule_at_the_top_is_not_front_matter() -> None:
    [document] = load_markdown(b"---\n\nBe nice.\n\n---\n", "house_rules.md")

    assert document.title == "House rules"
    assert document.sections[0].text == "Be nice."


def test_markdown_never_closes_a_fence_early() -> None:
    [document] = load_markdown(b"````\n```\ncode\n```\n````\n", "x.md")

    assert document.sections[0].text == "````\n```\ncode\n```\n````"


def test_a_heading_with_nothing_below_it_is_kept_as_text() -> None:
    [document] = load_markdown(b"# FAQ\n\n## Is it free?\n\n## Yes\n\nIt is.\n", "x.md")

    assert document.sections == (
        Section(heading=("Is it free?",), text="Is it free?"),
        Section(heading=("Yes",), text="It is."),
    )


def test_html_reads_the_text_and_leaves_the_furniture() -> None:
    page = """<!doctype html><html><head><title>T - Site</title><style>p{}</style></head><body>
    <nav><ul><li>Home</li></ul></nav><script>alert("no")</script>
    <h2>First</h2><p>One<br>two &amp; <a href="https://e.com">three</a></p>
    <table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p></td><td>2</td></tr></table>
    <pre><code class="language-py">if x:
    y()
</code></pre><footer>(c)</footer></body></html>"""

    [document] = load_html(page.encode(), "x.html")

    assert document.title == "T - Site"
    assert document.sections == (
        Section(
            heading=("First",),
            text="One\ntwo & three\n\na | b\n1 | 2\n\n```py\nif x:\n    y()\n```",
        ),
    )


def test_html_survives_tags_that_nobody_closed() -> None:
    [document] = load_html(b"<ul><li>a<li>b<table><tr><td>c<td>d<pre>e", "x.html")

    words = document.sections[0].text.split()
    assert [word for word in words if word.isalpha()] == ["a", "b", "c", "d", "e"]


def test_restructured_text_keeps_what_only_sphinx_knows() -> None:
    text = """:orphan:

Title
=====

.. versionadded:: 2.0

Call :meth:`~discord.Client.run` or :ref:`the setup <logging_setup>`, a |thing|_.

Sub
---

.. code-block:: python3
    :emphasize-lines: 2

    a = 1

.. mystery:: of the
    :option: any

    Some *content* here.

.. toctree::

    other/page
"""
    [document] = load_restructured(text.encode(), "x.rst")

    assert document.title == "Title"
    assert document.sections == (
        Section(
            heading=(),
            text="New in version 2.0\n\nCall `discord.Client.run` or the setup, a thing.",
        ),
        Section(heading=("Sub",), text="```python3\na = 1\n```\n\nof the\n\nSome content here."),
    )


def test_restructured_text_cannot_read_other_files() -> None:
    text = ".. include:: /etc/passwd\n\n.. csv-table::\n    :file: /etc/passwd\n\nSafe.\n"

    [document] = load_restructured(text.encode(), "x.rst")

    whole = "\n".join(section.text for section in document.sections)
    assert "Safe." in whole
    assert "root:" not in whole


def test_restructured_text_keeps_a_broken_table_as_it_is() -> None:
    text = "T\n=\n\n=== ===\n a   b\nmalformed, this\n=== ===\n\nAfter.\n"

    [document] = load_restructured(text.encode(), "x.rst")

    assert "malformed, this" in document.sections[0].text
    assert document.sections[0].text.endswith("After.")


def test_plain_text_joins_lines_that_the_width_broke() -> None:
    text = (
        "The library is free software and you may\nuse it as you like.\n- a list\n- stays a list\n"
    )
    [document] = load_text(text.encode(), "docs/read_me.txt")

    assert document.title == "Read me"
    assert document.sections[0].text == (
        "The library is free software and you may use it as you like.\n- a list\n- stays a list"
    )


def test_plain_text_joins_japanese_lines_without_a_space() -> None:
    line = "これは四十文字を超えるように書かれた、とても長い日本語の行であり、途中で折り返されて"
    [document] = load_text(f"{line}\nいます。\n".encode(), "x.txt")

    assert document.sections[0].text == f"{line}います。"


def test_csv_reads_as_one_line_of_pairs_a_row() -> None:
    [document] = load_table('名前,値\n"a\nb",1\n,\nc,\n'.encode(), "price_list.csv")

    assert document.title == "Price list"
    assert document.sections == (Section(heading=(), text="名前: a b; 値: 1\n名前: c"),)


def test_csv_finds_its_delimiter_and_takes_rows_of_any_length() -> None:
    [semicolons] = load_table(b"a;b\n1,5;2;3\n", "x.csv")
    [tabs] = load_table(b"a\tb\n1\n", "x.tsv")

    assert semicolons.sections[0].text == "a: 1,5; b: 2; 3"
    assert tabs.sections[0].text == "a: 1"

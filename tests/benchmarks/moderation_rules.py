"""How good the embedded moderation rules are: ``python -m tests.benchmarks.moderation_rules DATA``.

``DATA`` is the directory of third-party data, harmless as a whole: food reviews (cookbook),
Japanese Wikipedia (jsquad, jaquad), discord.py's documents in both languages, chats among
strangers (realpersonachat_ja) and tweets (isarcasm). Prints for each language the recall and the
precision on the labelled set in tests/data/moderation, for each source the share of texts that the
rules block, with ``--show`` those texts, and how long a text takes. The set was written by whoever
wrote the rules, and the rules were mended by it: see its recall as a check that they still work.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.adapters.moderation_rules import RuleModerator
from bot.models import Language
from tests.moderation_set import harmful, harmless


def reviews(data: Path) -> Iterator[str]:
    with (data / "cookbook" / "fine_food_reviews_1k.csv").open(encoding="utf-8") as file:
        yield from (row["Text"] for row in csv.DictReader(file))


def tweets(data: Path) -> Iterator[str]:
    with (data / "isarcasm" / "train.En.csv").open(encoding="utf-8") as file:
        yield from (row["tweet"] for row in csv.DictReader(file))


def squad(*names: str) -> Callable[[Path], Iterator[str]]:
    """Return what reads the passages and questions of files in SQuAD's form."""

    def read(data: Path) -> Iterator[str]:
        for name in names:
            for article in json.loads((data / name).read_text("utf-8"))["data"]:
                for paragraph in article["paragraphs"]:
                    yield paragraph["context"]
                    yield from (each["question"] for each in paragraph["qas"])

    return read


def documents(data: Path) -> Iterator[str]:
    path = data / "discordpy_docs" / "sections_en_ja.jsonl"
    for line in path.read_text("utf-8").splitlines():
        yield from (text for text in json.loads(line).values() if isinstance(text, str))


def chats(data: Path) -> Iterator[str]:
    path = data / "realpersonachat_ja" / "dialogues_sample600.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield from (each["text"] for each in json.loads(line)["utterances"])


SOURCES: dict[str, Callable[[Path], Iterator[str]]] = {
    "cookbook reviews (en)": reviews,
    "discord.py docs (en, ja)": documents,
    "jsquad (ja)": squad("jsquad/valid-v1.3.json"),
    "realpersonachat (ja)": chats,
    "jaquad (ja)": squad("jaquad/jaquad_dev_0000.json", "jaquad/jaquad_dev_0001.json"),
    "isarcasm tweets (en)": tweets,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", action="store_true", help="print what is blocked")
    given = parser.parse_args()
    rules = RuleModerator.load()
    for language in Language:
        print(json.dumps(labelled(rules, language)))
    for name, read in SOURCES.items():
        print(json.dumps(third_party(rules, name, list(read(given.data)), show=given.show)))


def labelled(rules: RuleModerator, language: Language) -> dict[str, object]:
    """Return recall and precision on the labelled set of a language."""
    caught = [category in rules.check(text).blocking for category, text in harmful(language)]
    wrong = [text for text in harmless(language) if rules.check(text).blocked]
    return {
        "set": f"labelled ({language.value})",
        "harmful": len(caught),
        "harmless": len(harmless(language)),
        "recall": round(sum(caught) / len(caught), 3),
        "precision": round(sum(caught) / (sum(caught) + len(wrong)), 3),
    }


def third_party(
    rules: RuleModerator, name: str, texts: list[str], *, show: bool
) -> dict[str, object]:
    """Return how many harmless texts are blocked, and how long one takes."""
    seconds: list[float] = []
    blocked: list[str] = []
    for text in texts:
        began = time.perf_counter()
        verdict = rules.check(text)
        seconds.append(time.perf_counter() - began)
        if verdict.blocked:
            blocked.append(text)
            if show:
                print(sorted(verdict.blocking), text[:200].replace("\n", " "))
    return {
        "set": name,
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "blocked": len(blocked),
        "false_positive_rate": round(len(blocked) / len(texts), 6),
        "ms_p50": round(statistics.median(seconds) * 1000, 2),
        "ms_max": round(max(seconds) * 1000, 1),
    }


if __name__ == "__main__":
    main()

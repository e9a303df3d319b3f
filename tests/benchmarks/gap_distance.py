"""Measure at which distance questions that mean the same become one gap, in both languages.

``python -m tests.benchmarks.gap_distance`` prints, for the embedded embedder, a line a distance:
groups found (of 10), adjusted Rand index, homogeneity, completeness. ``SAME_QUESTION`` in
``bot/wiring/inquiries.py`` mixes no two meanings where the vectors are centred, and one where they
are not (in a library too small to know its mean).
"""

from __future__ import annotations

import asyncio

import numpy as np

from bot.adapters.clustering import AgglomerativeClusterer
from bot.adapters.local_embeddings import UseEmbedder
from bot.ports import Vectors

GROUPS = [
    [
        "Where can I park?",
        "Is there a parking lot near the harbor?",
        "Where do I leave my car?",
        "駐車場はどこですか？",
        "車を止める場所はありますか",
    ],
    [
        "How much is the membership fee?",
        "What does it cost to be a member?",
        "membership price?",
        "会費はいくらですか？",
    ],
    ["Can I bring my dog?", "Are dogs allowed in the clubhouse?", "犬を連れて行ってもいいですか？"],
    [
        "What is the wifi password?",
        "How do I get on the wifi?",
        "Wi-Fiのパスワードを教えてください",
    ],
    ["Who is the president of the club?", "Who runs this club?", "会長は誰ですか？"],
    ["When is the next meeting?", "What date do you meet next?", "次の集まりはいつですか？"],
    ["How do I reset my password?", "I forgot my password, what now?", "パスワードを忘れました"],
    ["Do you ship to Canada?", "Can you send orders to Canada?"],
    ["Why is the bot so rude?", "why does marv insult me"],
    ["Which glue is waterproof?", "What adhesive resists water?"],
]
DISTANCES = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9)


async def embedded() -> Vectors:
    """Return the questions' vectors."""
    embedder = UseEmbedder()
    try:
        return await embedder.embed_documents([each for group in GROUPS for each in group])
    finally:
        await embedder.close()


def main() -> None:
    """Print the table."""
    from sklearn.metrics import adjusted_rand_score, completeness_score, homogeneity_score

    vectors = asyncio.run(embedded())
    truth = [number for number, group in enumerate(GROUPS) for _ in group]
    for name, rows in (("raw", vectors), ("centred", vectors - vectors.mean(axis=0))):
        for distance in DISTANCES:
            found = np.zeros(len(truth), dtype=int)
            groups = AgglomerativeClusterer(distance=distance).groups(rows)
            for number, members in enumerate(groups):
                found[list(members)] = number
            print(
                f"{name:8} {distance:.2f}  groups {len(groups):2}"
                f"  ARI {adjusted_rand_score(truth, found):.2f}"
                f"  homogeneity {homogeneity_score(truth, found):.2f}"
                f"  completeness {completeness_score(truth, found):.2f}"
            )


if __name__ == "__main__":
    main()

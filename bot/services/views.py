"""Passages and answers as the JSON that the command line promises."""

from __future__ import annotations

from typing import Any

from bot.models import Answer, Passage


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a passage as JSON."""
    return {
        "title": passage.title,
        "heading": list(passage.heading),
        "source": passage.source,
        "text": passage.text,
        "document_id": passage.document_id,
        "chunk_id": passage.chunk_id,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON."""
    return {
        "answered": answer.answered,
        "answer": answer.text,
        "citations": [
            {"n": citation.n, **passage_json(citation.passage)} for citation in answer.citations
        ],
        "nearest": [passage_json(passage) for passage in answer.nearest],
        "quoted": answer.quoted,
        "model": answer.model,
        "finish_reason": answer.finish_reason,
        "words_only": answer.words_only,
    }

"""Rows of a data set as lines of JSON, in the forms that trainers read."""

from __future__ import annotations

import json

from bot.dataset import Row


def chat_line(row: Row) -> bytes:
    """Return a supervised example; only the wanted answer, the last message, is trained on.

    ``weight`` 0 keeps an earlier reply of the assistant from being learnt
    (OpenAI's ``FineTuneChatRequestInput``: 0 or 1, on assistant messages only).
    """
    last = len(row.messages) - 1
    messages: list[dict[str, object]] = []
    for position, message in enumerate(row.messages):
        line: dict[str, object] = {"role": message.role, "content": message.content}
        if message.role == "assistant" and position != last:
            line["weight"] = 0
        messages.append(line)
    return as_line({"messages": messages})


def preference_line(row: Row) -> bytes:
    """Return a preference example (``FineTunePreferenceRequestInput``); needs ``rejected``."""
    if row.rejected is None:
        raise ValueError("a row without a worse answer is no preference")
    *prompt, wanted = row.messages
    return as_line(
        {
            "input": {"messages": [{"role": m.role, "content": m.content} for m in prompt]},
            "preferred_output": [{"role": wanted.role, "content": wanted.content}],
            "non_preferred_output": [{"role": "assistant", "content": row.rejected}],
        }
    )


def as_line(value: object) -> bytes:
    """Return a value as one line of JSON, its text unescaped."""
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"

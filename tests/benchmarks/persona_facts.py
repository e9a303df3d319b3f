"""Measure Marv's own voice on held-out facts: ``python -m tests.benchmarks.persona_facts``.

Prints, for each language, how often the facts survive word for word, how often
the reply passes the check, how long it takes, how varied it is, and how long
the event loop was held up meanwhile. ``--show`` prints the replies too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.llama import LlamaChat, marv_270m
from bot.models import Language
from bot.services.remarks import wraps_faithfully
from bot.services.wrapping import VOICE, Wrapper, wrap_messages

LAG_PROBE_SECONDS = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A held-out question with the facts to be voiced."""

    language: Language
    question: str
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the model made of a case."""

    case: Case
    reply: str
    seconds: float
    tokens: int

    @property
    def verbatim(self) -> bool:
        return self.case.facts in self.reply

    @property
    def faithful(self) -> bool:
        return self.reply != self.case.facts and wraps_faithfully(self.reply, self.case.facts)

    @property
    def opener(self) -> str:
        return self.reply.partition(self.case.facts)[0].strip()

    @property
    def closer(self) -> str:
        return self.reply.partition(self.case.facts)[2].strip()


async def main() -> None:
    """Run every case, one after the other as the bot does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heldout", type=Path, default=Path("data/persona/heldout.jsonl"))
    parser.add_argument("--adapter", type=Path, default=Path("data/persona/marv-270m.gguf"))
    parser.add_argument("--models", type=Path, default=Path("data/var/models"))
    parser.add_argument("--temperature", type=float, default=None)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    options.models.mkdir(parents=True, exist_ok=True)
    chat = marv_270m(options.models, adapter=options.adapter)
    lags: list[float] = []
    probe = asyncio.create_task(probe_lag(lags))
    started = time.perf_counter()
    await chat.start()
    print(f"loaded in {time.perf_counter() - started:.1f} s")
    temperature = Wrapper(chat=chat).temperature
    if options.temperature is not None:
        temperature = options.temperature
    outcomes = [await run(chat, case, temperature) for case in read_cases(options.heldout)]
    await chat.close()
    probe.cancel()
    for language in Language:
        report(language, [item for item in outcomes if item.case.language is language])
    lags.sort()
    p99, worst = lags[int(len(lags) * 0.99)], lags[-1]
    print(f"event loop lag: p99 {p99 * 1000:.1f} ms, max {worst * 1000:.1f} ms")
    if options.show:
        show(outcomes)


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a JSON-lines file."""
    return [
        Case(language=Language(line["language"]), question=line["question"], facts=line["facts"])
        for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


async def run(chat: LlamaChat, case: Case, temperature: float) -> Outcome:
    """Voice one case and take the time."""
    messages = wrap_messages(
        question=case.question,
        facts=case.facts,
        language=case.language,
        system_prompt=VOICE[case.language],
    )
    reply, tokens, started = "", 0, time.perf_counter()
    async for delta in chat.stream(messages, max_tokens=300, temperature=temperature):
        reply += delta.text
        tokens = delta.usage.completion if delta.usage else tokens
    seconds = time.perf_counter() - started
    return Outcome(case=case, reply=reply.strip(), seconds=seconds, tokens=tokens)


async def probe_lag(lags: list[float]) -> None:
    """Record by how much each short sleep overran, until cancelled."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(LAG_PROBE_SECONDS)
        lags.append(time.perf_counter() - started - LAG_PROBE_SECONDS)


def report(language: Language, outcomes: list[Outcome]) -> None:
    """Print one language's figures in a line."""
    n = len(outcomes)
    seconds = sorted(item.seconds for item in outcomes)
    print(
        f"{language}: facts verbatim {sum(item.verbatim for item in outcomes)}/{n}, "
        f"accepted {sum(item.faithful for item in outcomes)}/{n}, "
        f"median {statistics.median(seconds):.2f} s, p90 {seconds[int(n * 0.9)]:.2f} s, "
        f"{statistics.median(item.tokens for item in outcomes):.0f} tokens, "
        f"distinct openers {len({item.opener for item in outcomes})}, "
        f"closers {len({item.closer for item in outcomes})}"
    )


def show(outcomes: list[Outcome]) -> None:
    """Print the replies, marked by what became of the facts."""
    for item in outcomes:
        mark = "ok " if item.faithful else ("NO " if item.verbatim else "BAD")
        print(f"{mark} {item.seconds:.2f} {item.case.question}\n    {item.reply}")


if __name__ == "__main__":
    asyncio.run(main())

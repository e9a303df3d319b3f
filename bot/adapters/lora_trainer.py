r"""Trains Marv's voice: a LoRA over the packaged Gemma, on the CPU, as a llama.cpp adapter.

Run it with the packages of ``data/persona/requirements-train.txt``::

    python -m bot.adapters.lora_trainer --seed data/persona/seed.jsonl \
        --out data/persona/marv-270m.gguf

The weights that are trained on are those that are served: the quantised file,
read back to floats. The vocabulary of 262,144 words makes the output layer the
dearest part, so it and the loss are computed at the reply's tokens only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import math
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.adapters.llama import GEMMA_SHA256, ensure_model, gemma_prompt
from bot.models import ChatMessage, Language
from bot.services.wrapping import VOICE, chat_messages, wrap_messages

log = logging.getLogger(__name__)

# llama.cpp's names for the matrices that the adapter changes.
MATRICES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_PARAMETER = re.compile(r"layers\.(\d+)\.([\w.]+)\.lora_([AB])\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What a run is made with, besides its examples."""

    rank: int = 16
    alpha: int = 32
    learning_rate: float = 6e-4
    epochs: int = 3
    batch: int = 8
    warmup: float = 0.1
    bfloat16: bool = False
    random_seed: int = 20260101


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line of the seed set."""

    language: Language
    question: str
    facts: str
    reply: str

    def messages(self) -> tuple[ChatMessage, ...]:
        """Return what the model is asked, word for word as in service."""
        voice = VOICE[self.language]
        if not self.facts:
            return chat_messages(message=self.question, system_prompt=voice)
        return wrap_messages(
            question=self.question, facts=self.facts, language=self.language, system_prompt=voice
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenisedExample:
    """An example as token ids."""

    prompt: tuple[int, ...]
    reply: tuple[int, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and train."""
    default = Hyperparameters()
    parser = argparse.ArgumentParser(description="Train Marv's voice on the CPU.")
    parser.add_argument("--seed", type=Path, default=Path("data/persona/seed.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("data/persona/marv-270m.gguf"))
    parser.add_argument("--work", type=Path, default=Path("data/var/models"))
    parser.add_argument("--rank", type=int, default=default.rank)
    parser.add_argument("--learning-rate", type=float, default=default.learning_rate)
    parser.add_argument("--epochs", type=int, default=default.epochs)
    parser.add_argument("--batch", type=int, default=default.batch)
    parser.add_argument(
        "--bfloat16", action="store_true", help="twice as fast on processors with AMX"
    )
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    hyperparameters = Hyperparameters(
        rank=options.rank,
        alpha=2 * options.rank,
        learning_rate=options.learning_rate,
        epochs=options.epochs,
        batch=options.batch,
        bfloat16=options.bfloat16,
    )
    # libgomp reads it when torch first loads it: threads that wait must sleep, not spin.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import_module("torch").set_num_threads(options.threads)
    train(options.seed, options.out, work=options.work, hyperparameters=hyperparameters)


def train(seed: Path, out: Path, *, work: Path, hyperparameters: Hyperparameters) -> None:
    """Train on every line of ``seed`` and write the adapter to ``out``."""
    started = time.monotonic()
    tokenizer, model = load_base(work, hyperparameters)
    sequences = [tokenised(example, tokenizer) for example in read_seed(seed)]
    fit(model, sequences, hyperparameters)
    write_adapter(model, out, seed=seed, hyperparameters=hyperparameters)
    log.info("wrote %s after %.0f s", out, time.monotonic() - started)


def read_seed(path: Path) -> list[Example]:
    """Return the examples of a JSON-lines file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        Example(
            language=Language(line["language"]),
            question=line["question"],
            facts=line["facts"],
            reply=line["reply"],
        )
        for line in map(json.loads, lines)
    ]


def load_base(work: Path, hyperparameters: Hyperparameters) -> tuple[Any, Any]:
    """Return the tokenizer and the model with a fresh LoRA; the base is dequantised once."""
    torch, transformers, peft = map(import_module, ("torch", "transformers", "peft"))
    torch.manual_seed(hyperparameters.random_seed)
    work.mkdir(parents=True, exist_ok=True)
    gguf_path = work / "gemma-3-270m-q4_k_m.gguf"
    ensure_model(gguf_path, GEMMA_SHA256)
    floats = work / "gemma-3-270m-floats"
    if not (floats / "config.json").exists():
        _dequantise(gguf_path, floats)
    tokenizer = transformers.AutoTokenizer.from_pretrained(floats)
    base = transformers.AutoModelForCausalLM.from_pretrained(
        floats, dtype=torch.bfloat16 if hyperparameters.bfloat16 else torch.float32
    )
    adaptation = peft.LoraConfig(
        r=hyperparameters.rank,
        lora_alpha=hyperparameters.alpha,
        target_modules=[name.rpartition(".")[2] for name in MATRICES],
        task_type="CAUSAL_LM",
    )
    return tokenizer, peft.get_peft_model(base, adaptation)


def _dequantise(gguf_path: Path, floats: Path) -> None:
    transformers = import_module("transformers")
    where = {"pretrained_model_name_or_path": str(gguf_path.parent), "gguf_file": gguf_path.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    model = transformers.AutoModelForCausalLM.from_pretrained(**where)
    # What is left of the quantiser would refuse to save plain floats.
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    tokenizer.save_pretrained(floats)
    model.save_pretrained(floats)


def tokenised(example: Example, tokenizer: Any) -> TokenisedExample:  # noqa: ANN401
    """Return the ids of prompt and reply, split where generation starts."""
    prompt = tokenizer("<bos>" + gemma_prompt(example.messages()), add_special_tokens=False)
    reply = tokenizer(example.reply + "<end_of_turn>", add_special_tokens=False)
    return TokenisedExample(prompt=tuple(prompt["input_ids"]), reply=tuple(reply["input_ids"]))


def batches(
    sequences: Sequence[TokenisedExample], size: int, shuffler: random.Random
) -> Iterator[list[TokenisedExample]]:
    """Yield an epoch in random order, each batch of similar lengths: padding costs time."""
    pool = sorted(sequences, key=lambda item: (len(item.prompt), shuffler.random()))
    groups = [pool[start : start + size] for start in range(0, len(pool), size)]
    shuffler.shuffle(groups)
    yield from groups


def fit(
    model: Any,  # noqa: ANN401
    sequences: Sequence[TokenisedExample],
    hyperparameters: Hyperparameters,
) -> None:
    """Train the LoRA's weights with AdamW, warmed up and then cooled down by a cosine."""
    torch = import_module("torch")
    steps = hyperparameters.epochs * math.ceil(len(sequences) / hyperparameters.batch)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=hyperparameters.learning_rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, _rate(steps, hyperparameters.warmup))
    shuffler = random.Random(hyperparameters.random_seed)  # noqa: S311 - order, not secrecy
    model.train()
    for epoch in range(hyperparameters.epochs):
        losses = []
        for batch in batches(sequences, hyperparameters.batch, shuffler):
            with torch.autocast("cpu", torch.bfloat16, enabled=hyperparameters.bfloat16):
                loss = reply_loss(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            losses.append(loss.item())
        log.info("epoch %d: loss %.3f", epoch + 1, sum(losses) / len(losses))


def _rate(steps: int, warmup: float) -> Callable[[int], float]:
    """Return the share of the learning rate at each step."""
    rising = max(1, round(steps * warmup))

    def share(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))

    return share


def reply_loss(model: Any, batch: Sequence[TokenisedExample]) -> Any:  # noqa: ANN401
    """Return the mean cross-entropy of the batch's reply tokens."""
    torch = import_module("torch")
    longest = max(len(item.prompt) + len(item.reply) for item in batch)
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    rows: list[int] = []
    columns: list[int] = []
    targets: list[int] = []
    for row, item in enumerate(batch):
        tokens = item.prompt + item.reply
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        rows += [row] * len(item.reply)
        columns += range(len(item.prompt) - 1, len(tokens) - 1)
        targets += item.reply
    causal = model.get_base_model()
    hidden = causal.model(input_ids=ids, attention_mask=mask).last_hidden_state
    logits = causal.lm_head(hidden[rows, columns])
    return torch.nn.functional.cross_entropy(logits, torch.tensor(targets))


def write_adapter(
    model: Any,  # noqa: ANN401
    out: Path,
    *,
    seed: Path,
    hyperparameters: Hyperparameters,
) -> None:
    """Write the LoRA as llama.cpp reads it, in 16 bits, with what it was made from."""
    gguf, numpy = import_module("gguf"), import_module("numpy")
    out.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(str(out), "gemma3")
    writer.add_type("adapter")
    writer.add_name("Marv 270M")
    writer.add_description("Sarcastic wrapping of given facts, English and Japanese")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(hyperparameters.alpha))
    writer.add_string("marv.base.sha256", GEMMA_SHA256)
    writer.add_string("marv.seed.sha256", hashlib.sha256(seed.read_bytes()).hexdigest())
    for name in hyperparameters.__slots__:
        writer.add_string(f"marv.train.{name}", str(getattr(hyperparameters, name)))
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            values = weight.detach().to("cpu").numpy()
            writer.add_tensor(tensor_name(name), numpy.ascontiguousarray(values, numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensor_name(parameter: str) -> str:
    """Return llama.cpp's name of a LoRA parameter of PEFT's."""
    if (found := _PARAMETER.search(parameter)) is None:
        raise ValueError(f"not a LoRA parameter: {parameter}")
    layer, matrix, half = found.groups()
    return f"blk.{layer}.{MATRICES[matrix]}.weight.lora_{half.lower()}"


if __name__ == "__main__":
    main()

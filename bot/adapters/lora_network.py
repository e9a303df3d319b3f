"""The network that the local trainer trains: the packaged Gemma, a LoRA over it, and its losses.

The weights that are trained on are those that are served: the quantised file, read
back to floats. The vocabulary of 262,144 words makes the output layer the dearest
part, so it and the loss are computed at the reply's tokens only.
"""

from __future__ import annotations

import math
import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.adapters.llama import GEMMA_SHA256, ensure_model
from bot.adapters.lora_examples import TokenisedExample
from bot.adapters.tuning_folder import Hyperparameters

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
class Marks:
    """How well a batch or a file is told: nats a token, and the share guessed right."""

    loss: float
    accuracy: float
    tokens: int  # of replies


def load_base(models: Path, hyperparameters: Hyperparameters) -> tuple[Any, Any]:
    """Return the tokenizer and the model with a fresh LoRA; the base is dequantised once.

    ``models`` holds the packaged file, and beside it the same as floats (1.1 GB).
    Raises ChatFailed for another file than the packaged one.
    """
    torch, transformers, peft = map(import_module, ("torch", "transformers", "peft"))
    torch.manual_seed(hyperparameters.random_seed)
    models.mkdir(parents=True, exist_ok=True)
    packaged = models / "gemma-3-270m-q4_k_m.gguf"
    ensure_model(packaged, GEMMA_SHA256)
    floats = models / "gemma-3-270m-floats"
    if not floats.is_dir():
        _dequantise(packaged, floats)
    tokenizer = transformers.AutoTokenizer.from_pretrained(floats)
    base = transformers.AutoModelForCausalLM.from_pretrained(floats, dtype=torch.float32)
    adaptation = peft.LoraConfig(
        r=hyperparameters.rank,
        lora_alpha=hyperparameters.alpha,
        target_modules=[name.rpartition(".")[2] for name in MATRICES],
        task_type="CAUSAL_LM",
    )
    return tokenizer, peft.get_peft_model(base, adaptation)


def _dequantise(packaged: Path, floats: Path) -> None:
    """Write the floats under another name first: a killed run leaves no half model."""
    transformers = import_module("transformers")
    where = {"pretrained_model_name_or_path": str(packaged.parent), "gguf_file": packaged.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    model = transformers.AutoModelForCausalLM.from_pretrained(**where)
    # What is left of the quantiser would refuse to save plain floats.
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    for leftover in floats.parent.glob(f"{floats.name}.*.part"):
        shutil.rmtree(leftover)
    unfinished = floats.with_name(f"{floats.name}.{os.getpid()}.part")
    tokenizer.save_pretrained(unfinished)
    model.save_pretrained(unfinished)
    unfinished.rename(floats)


def trained_weights(model: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the LoRA's weights by PEFT's names."""
    return {name: each for name, each in model.named_parameters() if each.requires_grad}


def batches(
    sequences: Sequence[TokenisedExample], size: int, *, seed: str
) -> list[list[TokenisedExample]]:
    """Return an epoch in an order that ``seed`` settles, each batch of similar lengths.

    Padding costs time.
    """
    shuffler = random.Random(seed)  # noqa: S311 - order, not secrecy
    pool = sorted(sequences, key=lambda item: (len(item.prompt), shuffler.random()))
    groups = [pool[start : start + size] for start in range(0, len(pool), size)]
    shuffler.shuffle(groups)
    return groups


def learning_share(step: int, *, steps: int, warmup: float) -> float:
    """Return the share of the learning rate at a step from 0: a ramp, then a cosine."""
    rising = max(1, round(steps * warmup))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def reply_loss(model: Any, batch: Sequence[TokenisedExample]) -> tuple[Any, Marks]:  # noqa: ANN401
    """Return the mean cross-entropy of the batch's reply tokens, differentiable, and marks."""
    torch = import_module("torch")
    longest = max(map(len, batch))
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    rows: list[int] = []
    columns: list[int] = []
    wanted: list[int] = []
    for row, item in enumerate(batch):
        tokens = item.prompt + item.reply
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        rows += [row] * len(item.reply)
        columns += range(len(item.prompt) - 1, len(tokens) - 1)
        wanted += item.reply
    causal = model.get_base_model()
    hidden = causal.model(input_ids=ids, attention_mask=mask).last_hidden_state
    logits = causal.lm_head(hidden[rows, columns])
    targets = torch.tensor(wanted)
    loss = torch.nn.functional.cross_entropy(logits, targets)
    right = (logits.detach().argmax(dim=-1) == targets).float().mean().item()
    return loss, Marks(loss=loss.item(), accuracy=right, tokens=len(wanted))


def evaluate(model: Any, sequences: Sequence[TokenisedExample], size: int) -> Iterator[Marks]:  # noqa: ANN401
    """Yield the marks of each batch, learning nothing."""
    torch = import_module("torch")
    model.eval()
    try:
        for batch in batches(sequences, size, seed="evaluation"):
            with torch.no_grad():
                yield reply_loss(model, batch)[1]
    finally:
        model.train()


def mean(marks: Sequence[Marks]) -> Marks:
    """Return the marks of all the tokens together."""
    tokens = sum(each.tokens for each in marks)
    return Marks(
        loss=sum(each.loss * each.tokens for each in marks) / tokens,
        accuracy=sum(each.accuracy * each.tokens for each in marks) / tokens,
        tokens=tokens,
    )


def write_adapter(
    model: Any,  # noqa: ANN401
    out: Path,
    *,
    name: str,
    hyperparameters: Hyperparameters,
    origin: Mapping[str, str],
) -> None:
    """Write the LoRA as llama.cpp reads it, in 16 bits, with what it was made from.

    The file is whole or not there; the same weights and words make the same bytes.
    """
    gguf, numpy = import_module("gguf"), import_module("numpy")
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f"{out.name}.{os.getpid()}.part")
    writer = gguf.GGUFWriter(str(unfinished), "gemma3")
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(hyperparameters.alpha))
    told = {"marv.base.sha256": GEMMA_SHA256, **origin}
    told |= {f"marv.train.{key}": str(value) for key, value in _slots(hyperparameters)}
    for key, value in told.items():
        writer.add_string(key, value)
    for parameter, weight in trained_weights(model).items():
        values = weight.detach().to("cpu").numpy()
        writer.add_tensor(tensor_name(parameter), numpy.ascontiguousarray(values, numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.replace(out)


def _slots(hyperparameters: Hyperparameters) -> Iterator[tuple[str, object]]:
    return ((name, getattr(hyperparameters, name)) for name in hyperparameters.__slots__)


def tensor_name(parameter: str) -> str:
    """Return llama.cpp's name of a LoRA parameter of PEFT's."""
    if (found := _PARAMETER.search(parameter)) is None:
        raise ValueError(f"not a LoRA parameter: {parameter}")
    layer, matrix, half = found.groups()
    return f"blk.{layer}.{MATRICES[matrix]}.weight.lora_{half.lower()}"

"""What a GGUF file says about itself (specification: docs/gguf.md of ggml)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

FLOAT32, STRING = 6, 8


def read_header(path: Path) -> dict[str, str | float]:
    """Return the metadata of an adapter, which holds strings and floats only."""
    with path.open("rb") as file:
        magic, _, _, count = struct.unpack("<4sIQQ", file.read(24))
        assert magic == b"GGUF"
        return dict(_pair(file) for _ in range(count))


def _pair(file: BinaryIO) -> tuple[str, str | float]:
    key, [kind] = _string(file), struct.unpack("<I", file.read(4))
    if kind == STRING:
        return key, _string(file)
    assert kind == FLOAT32
    return key, float(struct.unpack("<f", file.read(4))[0])


def _string(file: BinaryIO) -> str:
    [length] = struct.unpack("<Q", file.read(8))
    return file.read(length).decode()

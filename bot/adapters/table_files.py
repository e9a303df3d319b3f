"""Tables with vectors beside them, as CSV or as Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import ConfigurationError
from bot.ports.models import Vectors

PLACES = 7  # that a float32 has


def write_vectors(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    name: str,
    vectors: Sequence[Vectors | None],
) -> None:
    """Write the rows with one more column of vectors; a row without a text has none.

    In CSV a vector is a JSON array. The file appears whole or not at all.
    Raises ConfigurationError for another ending, or where it cannot be written.
    """
    writers = {".csv": _csv, ".parquet": _parquet}
    write = writers.get(path.suffix.casefold())
    if write is None:
        raise ConfigurationError(f"{path.name}: the file to write ends in .csv or .parquet")
    part = path.with_name(f".{path.name}.part")
    try:
        write(part, columns, rows, name, vectors)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error


def _csv(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    name: str,
    vectors: Sequence[Vectors | None],
) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        out.writerow((*columns, name))
        for row, vector in zip(rows, vectors, strict=True):
            out.writerow((*(row[column] for column in columns), _array(vector)))


def _array(vector: Vectors | None) -> str:
    if vector is None:
        return ""
    return json.dumps([float(f"{value:.{PLACES}g}") for value in vector.tolist()])


def _parquet(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    name: str,
    vectors: Sequence[Vectors | None],
) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ConfigurationError(
            "Parquet needs pyarrow: pip install 'marv[tables]', or write a .csv"
        ) from error
    texts = {column: pa.array([row[column] for row in rows], pa.string()) for column in columns}
    values = [None if each is None else each.tolist() for each in vectors]
    width = next((len(each) for each in vectors if each is not None), 0)
    column = pa.array(values, pa.list_(pa.float32(), width) if width else pa.list_(pa.float32()))
    pq.write_table(pa.table({**texts, name: column}), path)

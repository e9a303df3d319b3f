"""Files and folders of this machine as sources of an ingest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.refusals import MAX_FILE_BYTES, DocumentRefused, RefusalReason
from bot.services.ingest import SourceFile


def source_files(paths: Iterable[Path]) -> Iterator[SourceFile]:
    """Yield each file, and each file under each folder, in a stable order.

    Hidden files and folders are passed over, and so are links: they may lead
    out of the folder. Raises FileNotFoundError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir():
            yield from _under(path)
        elif path.is_file():
            yield _source(path, path.name)
        else:
            raise FileNotFoundError(path)


def roots(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return what the origins of everything under the folders among ``paths`` begin with."""
    return tuple(f"{path.resolve()}/" for path in paths if path.is_dir())


def _under(folder: Path) -> Iterator[SourceFile]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield _source(path, relative.as_posix())


def _source(path: Path, name: str) -> SourceFile:
    return SourceFile(
        origin=path.resolve().as_posix(), source=name, read=lambda: _content(path, name)
    )


def _content(path: Path, name: str) -> bytes:
    """Read a file, or refuse one that is huge or may not be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DocumentRefused(name, RefusalReason.TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise DocumentRefused(name, RefusalReason.BROKEN, error.strerror or "") from error

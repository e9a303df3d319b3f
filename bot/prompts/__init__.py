"""Prompts and other long texts, kept as text so that they can be reviewed as text."""

from importlib.resources import files


def prompt(name: str) -> str:
    """Return the prompt ``name`` (a file of this package without its ending)."""
    return files(__name__).joinpath(f"{name}.txt").read_text("utf-8").strip()

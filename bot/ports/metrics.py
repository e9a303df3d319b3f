"""What Marv tells of its work, for whoever counts it; never who it was for."""

from __future__ import annotations

from typing import Literal, Protocol

ModelKind = Literal["chat", "embedding", "rerank"]
Arms = Literal["both", "words"]
Way = Literal["persona", "channel", "none", "paused", "failed"]


class Metrics(Protocol):
    """Counts what happens."""

    def request_ended(self, door: str, name: str, outcome: str, *, seconds: float) -> None:
        """Count a command, button, form or event."""
        ...

    def model_called(self, kind: ModelKind, model: str, outcome: str, *, seconds: float) -> None:
        """Count a call of a model, retries included; ``outcome`` is ``ok`` or the error's name."""
        ...

    def tokens_used(self, model: str, *, prompt: int, completion: int) -> None:
        """Count tokens as the model's server does."""
        ...

    def searched(self, arms: Arms, *, seconds: float) -> None:
        """Count a search of the library."""
        ...

    def routed(self, way: Way) -> None:
        """Count a question of a server that has routes, by where it was led."""
        ...

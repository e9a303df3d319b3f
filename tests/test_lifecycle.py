"""Starting, dying and mending: real processes on a real Chroma, models without weights."""

from __future__ import annotations

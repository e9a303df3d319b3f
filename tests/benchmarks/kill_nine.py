"""Kill Marv with -9 fifty times while it logs and twenty times while it ingests.

Run with ``python -m tests.benchmarks.kill_nine [KILLS_LOGGING KILLS_INGESTING]``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.killing import kill_while_ingesting, kill_while_logging

SEED = 20261123


def main(logging_kills: int = 50, ingest_kills: int = 20) -> int:
    """Print the damage of both series; return 0 only when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        logged = kill_while_logging(Path(folder) / "log", kills=logging_kills, seed=SEED)
        print(json.dumps({"logging": asdict(logged)}))
        ingested = kill_while_ingesting(Path(folder) / "ingest", kills=ingest_kills, seed=SEED)
        print(json.dumps({"ingest": asdict(ingested)}))
    return int(not (logged.nothing and ingested.nothing))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

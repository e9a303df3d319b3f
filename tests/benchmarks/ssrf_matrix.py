"""Try every way inside that tests/ssrf.py knows and print who got there.

Run with ``python -m tests.benchmarks.ssrf_matrix``. The control runs the same
attempts without the check of resolved addresses, to show that the count counts.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.ssrf import AdmitsAll, run_matrix


async def main() -> int:
    """Print the count; return 0 only when nobody arrived."""
    verdict = await run_matrix()
    control = await run_matrix(policy=AdmitsAll())
    bad = len(verdict.connections) + verdict.arrived + len(verdict.let_in)
    print(
        json.dumps(
            {
                "cases": verdict.cases.total(),
                "by_kind": dict(verdict.cases),
                "connections_to_non_public": len(verdict.connections),
                "arrived_at_the_listener": verdict.arrived,
                "pages_let_in": len(verdict.let_in),
                "outcomes": dict(verdict.outcomes),
                "control_connections_to_non_public": len(control.connections),
            }
        )
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

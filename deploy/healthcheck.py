"""Exit with 0 while Marv is connected to Discord, as its metrics say."""

from __future__ import annotations

import os
import sys
import urllib.request

CONNECTED = "marv_gateway_connected 1.0"


def main() -> int:
    """Ask Marv's metrics on loopback; no proxy is asked."""
    port = int(os.environ.get("MARV_METRICS_PORT") or 9464)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=4) as answer:
            metrics = answer.read().decode()
    except OSError:
        return 1
    return 0 if CONNECTED in metrics.splitlines() else 1


if __name__ == "__main__":
    sys.exit(main())

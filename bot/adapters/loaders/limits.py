"""Takes from the reading process what it does not need."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

EXTRA_MEMORY_BYTES = 512 * 2**20
_PR_SET_PDEATHSIG = 1
_MAX_OPEN_FILES = 64


def confine() -> None:
    """Limit memory and files of this process; where the system has no limits, do nothing."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: _address_space() + EXTRA_MEMORY_BYTES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in wanted.items():
        with suppress(OSError, ValueError):  # macOS refuses some of them
            resource.setrlimit(limit, (value, value))


def die_with(parent: int) -> None:
    """Ask Linux to end this process when its parent ends, however that ends.

    Elsewhere the end of standard input, or the alarm of ``be_done_in``, does it.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def be_done_in(seconds: int) -> None:
    """End this process in ``seconds`` unless told otherwise by 0, even inside native code."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def _address_space() -> int:
    """Return the bytes of address space in use, on Linux; 0.5 GB is taken for it elsewhere."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return EXTRA_MEMORY_BYTES
    return int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")

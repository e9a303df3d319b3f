"""The child process that computes, one job after the other, until its standard input ends.

It lets everything else go first. An error ends it: the
parent starts another, and the log names the kind and the place of the error,
never its text, which might quote what somebody wrote.
"""

from __future__ import annotations

import os
import pickle
import sys
from types import TracebackType
from typing import BinaryIO

LENGTH_BYTES = 8
_NICENESS = 5


def main() -> None:
    """Answer jobs."""
    answers = _take_stdout()
    sys.excepthook = _name_the_place
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    while job := _next_frame(sys.stdin.buffer):
        function, arguments = pickle.loads(job)  # noqa: S301 - our own parent's
        answer = pickle.dumps(function(*arguments), 5)
        answers.write(len(answer).to_bytes(LENGTH_BYTES, "big"))
        answers.write(answer)
        answers.flush()


def _next_frame(jobs: BinaryIO) -> bytes:
    """Return the next job, empty when the parent is gone."""
    return jobs.read(int.from_bytes(jobs.read(LENGTH_BYTES), "big"))


def _take_stdout() -> BinaryIO:
    """Keep standard output for answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _name_the_place(
    kind: type[BaseException], _: BaseException, trace: TracebackType | None
) -> None:
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
    sys.stderr.write(f"marv: a computation failed: {kind.__name__} in {place}\n")


if __name__ == "__main__":
    main()

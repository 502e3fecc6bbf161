"""The process that reads a file: limits first, parsers afterwards.

Started by `cases.dicom.inspection` with the file as its input. Writes its answer as JSON; says
nothing else anywhere.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

UNFIT = "unfit"


def bind(*, memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    """Set the limits of this process; none of them can be raised again."""
    # A second later the system kills what the signal at the limit did not end.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, output_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        # No further process; one whose user is root is not held by this one.
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))


def go_first() -> None:
    """Let the system end this process before any other where memory runs out, if it lets us."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def answer(extension: str) -> dict[str, Any]:
    """What is in the file that is this process's input, or why it is not kept."""
    # Not before the limits are set.
    from cases.dicom.judging import judge  # noqa: PLC0415
    from cases.dicom.reasons import Reason, Unfit  # noqa: PLC0415

    with os.fdopen(0, "rb", closefd=False) as file:
        try:
            return judge(file, extension)
        except Unfit as error:
            return {UNFIT: error.reason.value}
        except MemoryError:
            return {UNFIT: Reason.TOO_MUCH_MEMORY.value}


def main() -> None:
    """Read the file within the limits that stand on the command line."""
    memory_bytes, cpu_seconds, output_bytes = map(int, sys.argv[1:4])
    go_first()
    bind(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds, output_bytes=output_bytes)
    said = answer(sys.argv[4])
    sys.stdout.write(json.dumps(said, default=bytes.hex))
    sys.stdout.flush()


if __name__ == "__main__":
    main()

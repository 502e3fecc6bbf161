"""How many files are read at once on this machine, whoever uploads them.

Each reading may take a gigabyte; without a bound a handful of uploads would take the machine.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.dicom.reasons import Reason, Unfit

SLOTS = 3
#: One folder for all processes of the user who runs the site; another's is not touched.
FOLDER = Path(tempfile.gettempdir(), f"tumorboard-reading-{os.getuid()}")
WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.1


@contextmanager
def slot() -> Iterator[None]:
    """Hold one of the slots; the system frees it too where the process ends.

    Raises:
        Unfit: all were taken for as long as it is reasonable to wait.
    """
    end = time.monotonic() + WAIT_SECONDS
    while (taken := _free()) is None:
        if time.monotonic() >= end:
            raise Unfit(Reason.BUSY)
        time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        os.close(taken)


def _free() -> int | None:
    """The descriptor of a slot that nobody held and that is held now; None where all are."""
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(SLOTS):
        path = FOLDER / str(number)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            # Of the open file and not of the process, as `lockf` is: threads exclude each other.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return descriptor
    return None

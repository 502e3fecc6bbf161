"""What many followers of a meeting ask for at the same moment, read once for all of them.

When the board moves on, two hundred pages ask for the same case within a second. Who may read is
asked for each of them by the door of the page; only what all who may read see alike is shared,
within one institution, for a moment.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from tumorboard.tenancy.scope import current_institution_id

#: [INT] Seconds for which one reading serves all; as late a page may be that was told of nothing.
KEEP_SECONDS = 2.0

T = TypeVar("T")

_lock = threading.Lock()
_kept: dict[Hashable, tuple[float, Future[Any]]] = {}


def shared(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` says, read now or by somebody else a moment ago.

    Args:
        key: everything that `read` depends on beside the institution, above all the revision of
            the meeting and, where it shows what only some may see, the reader's permissions.

    Raises:
        Whatever `read` raises; then the next one reads anew.
    """
    whole = (current_institution_id(), key)
    with _lock:
        _forget()
        kept = _kept.get(whole)
        mine: Future[T] = Future()
        if kept is None:
            _kept[whole] = (time.monotonic() + KEEP_SECONDS, mine)
    if kept is not None:
        theirs: T = kept[1].result()
        return theirs
    try:
        mine.set_result(read())
    except BaseException as error:
        with _lock:
            _kept.pop(whole, None)
        mine.set_exception(error)
    return mine.result()


def _forget() -> None:
    """Drop what is too old; the caller holds the lock."""
    now = time.monotonic()
    for key in [key for key, (until, _) in _kept.items() if until < now]:
        del _kept[key]

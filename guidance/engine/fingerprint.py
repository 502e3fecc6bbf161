"""What tells one engine from another: the hash of the code that turns facts into an answer."""

import functools
import hashlib
from pathlib import Path

GUIDANCE = Path(__file__).resolve().parent.parent
#: The packages whose code takes part in an answer.
PACKAGES = ("engine", "calculators")


@functools.cache
def engine_fingerprint() -> str:
    """Return the SHA-256 of the engine's and the calculators' source, by path.

    An edition says what the guidance is, this says what read it. The same facts, edition and
    fingerprint give the same answer; with another fingerprint they usually do, and `replay` tells.
    """
    digest = hashlib.sha256()
    for path in sorted(path for name in PACKAGES for path in (GUIDANCE / name).rglob("*.py")):
        digest.update(f"{path.relative_to(GUIDANCE).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

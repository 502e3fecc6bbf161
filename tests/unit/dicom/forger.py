"""A reading process that writes into what it is to read; run by `test_inspection`."""

import os
import sys
from contextlib import suppress


def main() -> None:
    """Put other bytes at the beginning, if that can be done, and say that all is well."""
    with suppress(OSError):
        os.pwrite(0, b"forged", 0)
    sys.stdout.write('{"kind": "pdf"}')


if __name__ == "__main__":
    main()

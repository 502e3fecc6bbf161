"""The whole matrix of isolation: every route, every role, every kind of foreign row.

Run with `TUMORBOARD_EMBEDDED=test python -m tests.isolation_matrix`. It takes about a quarter of an
hour; the suite tries a sample that is complete in routes. It prints how many cells were tried and
ends with 1 where an answer told a foreign row from a missing one.
"""

import os
import sys

import pytest

WHERE = "tests/integration/isolation/test_matrix.py"


def main() -> int:
    """Try every cell."""
    os.environ["TUMORBOARD_MATRIX"] = "whole"
    return int(pytest.main([WHERE, "-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly"]))


if __name__ == "__main__":
    sys.exit(main())

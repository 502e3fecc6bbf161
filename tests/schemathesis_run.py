"""Made-up requests to every operation of the REST API of a running server, with two institutions.

Run with `TUMORBOARD_EMBEDDED=test python -m tests.schemathesis_run [number [most]]`; another
number makes up other requests, at most so many of each kind to each operation. It takes some
minutes. It prints how many requests were answered how, and ends with 1 where one was answered with
500, against the schema, or with a word of the other institution.
"""

import os
import sys

import pytest

WHERE = "tests/integration/api/test_made_up.py"


def main() -> int:
    """Try every operation at length."""
    given = sys.argv[1:]
    os.environ["TUMORBOARD_MADE_UP"] = given[0] if given else "1"
    os.environ["TUMORBOARD_MADE_UP_MOST"] = given[1] if given[1:] else "25"
    options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return int(pytest.main([WHERE, "-k", "running_server", *options]))


if __name__ == "__main__":
    sys.exit(main())

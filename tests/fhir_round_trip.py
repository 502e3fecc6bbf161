"""Sends every example of unpacked npm packages into a FHIR server and compares what comes back.

    TUMORBOARD_EMBEDDED=test python -m tests.fhir_round_trip FOLDER

Tells what was refused and why; fails where something of what an example said was lost.
"""

import os
import sys

import pytest

FOLDER = "FHIR_EXAMPLES"
TEST = "tests/integration/fhir/writing/test_round_trip.py"

if __name__ == "__main__":
    os.environ[FOLDER] = sys.argv[1]
    sys.exit(pytest.main([TEST, "-q", "-p", "no:cacheprovider", "-k", "every"]))

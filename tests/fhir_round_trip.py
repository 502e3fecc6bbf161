"""Sends every example of mCODE and of R4 into a FHIR server and compares what comes back.

    TUMORBOARD_EMBEDDED=test python -m tests.fhir_round_trip [FOLDER ...]

Without a folder it installs HL7's packages `hl7.fhir.us.mcode` and `hl7.fhir.r4.examples` with npm,
below `var/`, and sends both. Tells what was refused and why; fails where something of what an
example said was lost.
"""

import os
import sys

import pytest

from tests.judges import packages

FOLDER = "FHIR_EXAMPLES"
TEST = "tests/integration/fhir/writing/test_round_trip.py"


def main() -> int:
    """Send all."""
    folders = sys.argv[1:]
    if not folders:
        packages.install(with_examples=True)
        folders = [str(packages.MODULES / name) for name in (packages.MCODE, packages.EXAMPLES)]
    os.environ[FOLDER] = os.pathsep.join(folders)
    return int(pytest.main([TEST, "-q", "-p", "no:cacheprovider", "-k", "every"]))


if __name__ == "__main__":
    sys.exit(main())

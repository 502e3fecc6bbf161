"""Holds every FHIR resource that can leave against R4's JSON Schema and Medplum's rules.

    TUMORBOARD_EMBEDDED=test python -m tests.leaving_resources

Installs what judges with npm, below `var/`. Prints figures; ends with 1 where a judge complains of
something that `tests/judges/waived.yaml` does not waive, or waives what nobody complains of.
"""

import os
import sys

import pytest

from tests.judges import packages

WHOLE = "FHIR_LEAVING"
TEST = "tests/integration/fhir/leaving/test_judged.py"


def main() -> int:
    """Judge all."""
    packages.install()
    os.environ[WHOLE] = "yes"
    return int(pytest.main([TEST, "-q", "-p", "no:cacheprovider", "-k", "all_that_leaves"]))


if __name__ == "__main__":
    sys.exit(main())

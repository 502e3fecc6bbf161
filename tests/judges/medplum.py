"""What `@medplum/core` has against resources: R4's rules, and the profiles of mCODE."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.judges import packages
from tests.judges.finding import Finding, place

JUDGE = "medplum"
SCRIPT = Path(__file__).with_name("medplum.mjs")


def findings(resources: Iterable[dict[str, Any]]) -> list[Finding]:
    """Everything that Medplum has against resources, those in Bundles too."""
    lines = "".join(f"{json.dumps(each)}\n" for each in resources)
    done = subprocess.run(
        ["node", str(SCRIPT), str(packages.MODULES)],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return [Finding(JUDGE, **{**each, "at": place(each["at"])}) for each in said]

"""How many assessments one core makes in a second, over the cases of the demo.

Run with `python -m benchmarks.assess`.
"""

import time
from pathlib import Path

import yaml

from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts

CASES = Path(__file__).resolve().parent.parent / "tumorboard/operations/demo/cases.yaml"
SECONDS = 3.0
BUDGET = 10_000


def main() -> None:
    """Measure and print."""
    content = yaml.safe_load(CASES.read_text())
    facts = [parse_facts({**content["defaults"], **case["facts"]}) for case in content["cases"]]
    edition = load_edition()
    begin = time.perf_counter()
    count = 0
    while (elapsed := time.perf_counter() - begin) < SECONDS:
        for each in facts:
            assess(each, edition)
        count += len(facts)
    print(f"{count / elapsed:,.0f} assessments a second (budget: at least {BUDGET:,})")


if __name__ == "__main__":
    main()

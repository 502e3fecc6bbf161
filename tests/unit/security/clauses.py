"""Which test proves which clause, read from the docstrings of the tests.

A test that proves a clause says so as `ASVS v5.0.0-6.2.1: …` or `HIPAA 164.312(b): …`; further
numbers of the same standard may follow in the same docstring without its name.

`python -m tests.unit.security.clauses` prints all of them.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
#: Number and level of every requirement of ASVS 5.0.0, one a line; its words are not ours to keep.
ASVS_NUMBERS = Path(__file__).with_name("asvs-5.0.0.txt")
#: The technical safeguards of 45 CFR 164.312 that stand for themselves, in their order.
HIPAA_SAFEGUARDS = (
    "164.312(a)(1)",
    "164.312(a)(2)(i)",
    "164.312(a)(2)(ii)",
    "164.312(a)(2)(iii)",
    "164.312(a)(2)(iv)",
    "164.312(b)",
    "164.312(c)(1)",
    "164.312(c)(2)",
    "164.312(d)",
    "164.312(e)(1)",
    "164.312(e)(2)(i)",
    "164.312(e)(2)(ii)",
)
#: What tests prove of the rule's other sections.
HIPAA_BESIDE = (
    "164.308(a)(1)(ii)(D)",
    "164.308(a)(3)(ii)(C)",
    "164.308(a)(5)(ii)(C)",
    "164.502(b)",
    "164.528(b)(2)",
    "164.528(c)",
)

#: A mention that does not give the version and the whole number is a mistake, and is found too.
ASVS_MENTION = re.compile(r"\bASVS\b(?: v5\.0\.0-(?=\d+\.\d+\.\d+\b))?")
ASVS_NUMBER = re.compile(r"(?<![v\d.])\d{1,2}\.\d{1,2}\.\d{1,2}(?![\d.]*\d)")
HIPAA_NUMBER = re.compile(r"164\.\d{3}(?:\([0-9A-Za-z]+\))+")


class Proof(NamedTuple):
    """One clause that one test names."""

    standard: str
    number: str
    test: str


def levels() -> dict[str, int]:
    """The level of every requirement of ASVS 5.0.0, by its number."""
    lines = ASVS_NUMBERS.read_text("utf-8").splitlines()
    return {number: int(level) for number, level in (line.split() for line in lines)}


def proofs() -> list[Proof]:
    """Every clause that a test names, by standard, number and test."""
    found = [proof for test, text in docstrings() for proof in proofs_of(test, text)]
    return sorted(found, key=lambda proof: (proof.standard, _order(proof.number), proof.test))


def proofs_of(test: str, text: str) -> Iterator[Proof]:
    """The clauses that one docstring names.

    Args:
        test: `tests/…/test_x.py::test_y`.
    """
    if ASVS_MENTION.search(text):
        yield from (Proof("ASVS", number, test) for number in ASVS_NUMBER.findall(text))
    if "HIPAA" in text:
        yield from (Proof("HIPAA", number, test) for number in HIPAA_NUMBER.findall(text))


def docstrings() -> Iterator[tuple[str, str]]:
    """Each test whose docstring names a standard, with that docstring."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text("utf-8")
        # Reading a file costs a hundredth of parsing it, and few name a standard.
        if "ASVS" not in source and "HIPAA" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                text = ast.get_docstring(node) or ""
                if "ASVS" in text or "HIPAA" in text:
                    yield f"{path.relative_to(ROOT)}::{node.name}", text


def _order(number: str) -> list[tuple[int, str]]:
    """6.10 after 6.9."""
    parts = re.split(r"[.()]+", number)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def main() -> None:
    """Print every clause with its tests, and how many there are."""
    tests_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for proof in proofs():
        tests_of[proof.standard, proof.number].append(proof.test)
    for (standard, number), tests in tests_of.items():
        print(standard, number)
        for test in dict.fromkeys(tests):
            print("   ", test)
    tests = {test for found in tests_of.values() for test in found}
    print(f"{len(tests)} tests name {len(tests_of)} clauses.")


if __name__ == "__main__":
    main()

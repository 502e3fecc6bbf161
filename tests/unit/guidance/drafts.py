"""Small editions written in a test, and what the loader tells about them."""

from collections.abc import Iterable
from textwrap import dedent

from guidance.engine.places import Document, read_document
from guidance.engine.problems import ContentProblem

#: Facts of every kind, for conditions to read.
FACTS = """
facts:
- {number: 1, name: age_years, kind: integer, low: 0, high: 120}
- {number: 2, name: differentiation, kind: enum, values: {well: Well, poor: Poor}}
- {number: 3, name: mri_available, kind: bool3}
- {number: 4, name: new_symptoms, kind: list, values: {pain: Pain, jaundice: Jaundice}}
- {number: 5, name: resection_date, kind: date}
- {number: 6, name: treatments, kind: records, shorthand: type,
   fields: [{name: type, kind: enum, values: {SSA: SSA, TACE: TACE}}]}
- {number: 7, name: study_outcome, kind: enum,
   values: {positive: Positive, negative: Negative, not_available: Not available}}
- {number: 8, name: ki67_percent, kind: decimal, low: 0, high: 100}
- {number: 9, name: height, kind: decimal}
"""


def draft(**files: str) -> dict[str, Document]:
    """The documents of YAML texts, by file name."""
    return {name: read_document(f"{name}.yaml", dedent(text)) for name, text in files.items()}


def told(problems: Iterable[ContentProblem]) -> list[str]:
    """Problems as an author reads them, in order of their places."""
    return [str(problem) for problem in sorted(problems)]

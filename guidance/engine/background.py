"""What the sources say of a case beyond its assessment.

Computed when somebody reads, from the stored facts and the edition that answered them: the same
facts and edition always give the same background.
"""

from typing import Any

from guidance.engine import disagreements, tables, uncovered
from guidance.engine.assess import assess_reading
from guidance.engine.concern import shown_codes
from guidance.engine.edition import Edition
from guidance.engine.eligibility import judge, relevant
from guidance.engine.facts import Facts
from guidance.engine.growth import explain_growth
from guidance.engine.intervals import compare_policies
from guidance.engine.notes import substitution_notes
from guidance.engine.reading import read_case
from guidance.engine.staging import explain_stage

#: Reference tables of which some rows concern single cases.
TABLES = ("prognosis", "response", "reports", "classification")


def read_background(facts: Facts, edition: Edition) -> dict[str, Any]:
    """Return what stands beside the answer of `assess`, as JSON-able values.

    `stage` and `growth` (None where nothing is known) are computed; `options` are the
    treatments that the answer or a proposal puts before the board, each with how the case
    stands to its criteria (section 11); `intervals` are all policies side by side (7.3);
    `prognosis`, `response`, `reports` and `classification` are the rows of the reference
    tables that concern the case; `substitutions` say more on studies (section 4);
    `disagreements` and `uncovered` are what the sources contradict or leave open here.
    No rating and no recommendation follows from any of it.
    """
    reading, grading = read_case(facts)
    answer = assess_reading(reading, grading, edition)
    codes = shown_codes(answer)
    return {
        "stage": explain_stage(reading, edition),
        "growth": explain_growth(reading, edition),
        "options": judge(reading, edition, relevant(reading, answer["actions"], edition)),
        "intervals": compare_policies(reading, answer["scenario"], edition),
        "substitutions": substitution_notes(reading, answer["scenario"], edition),
        "disagreements": disagreements.concerning(reading, codes, edition),
        "uncovered": uncovered.concerning(reading, codes, edition),
        **{name: tables.concerning(edition.tables[name], reading) for name in TABLES},
    }

"""T, N, M and stage of an assessment, as its edition reckons them from its facts."""

from typing import Any

from cases.models import Assessment
from guidance.editions import shelf
from guidance.engine.facts import parse_facts
from guidance.engine.reading import read_case
from guidance.engine.staging import explain_stage


def staging_of(assessment: Assessment) -> dict[str, Any]:
    """What `explain_stage` says of a stored assessment, without the rest of its background.

    Asks the database for the edition once in a process.

    Raises:
        NoEdition: the edition is not loaded any more.
    """
    edition = shelf.edition(assessment.edition_version)
    reading, _ = read_case(parse_facts(assessment.facts, edition.dictionary))
    return explain_stage(reading, edition)

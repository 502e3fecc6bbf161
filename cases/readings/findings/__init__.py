"""What observations mean, in whatever format they came."""

from cases.readings.answer import Coded
from cases.readings.findings import facts, laboratory, specimen_columns, staging
from cases.readings.findings.finding import Finding
from cases.readings.findings.outcomes import outcome_of
from cases.readings.naming import OTHER_MEANING, Named, find_or_tell
from cases.readings.notebook import Notebook
from cases.readings.reading import Kind, Reading
from cases.terminology.codes import LocalCodes

__all__ = ["Finding", "read"]

PLACES = ("fact", "analyte", "tnm", "record", "target_response", "response")


def read(finding: Finding, *, local: LocalCodes, notebook: Notebook) -> None:
    """Write down what an observation says, or why it says nothing here."""
    named = find_or_tell(finding.about, *PLACES, local=local, notebook=notebook)
    if named is None:
        return
    if named.name == "study_outcome" and isinstance(finding.answer, Coded):
        _read_outcome(named, finding, local=local, notebook=notebook)
    elif named.kind == "fact":
        facts.read(named, finding, local=local, notebook=notebook)
    elif named.kind == "analyte":
        laboratory.read(named, finding, notebook=notebook)
    elif named.kind == "tnm":
        staging.read(named, finding, notebook=notebook)
    elif named.kind == "record":
        specimen_columns.read(named, finding, local=local, notebook=notebook)
    else:
        notebook.tell_code(named.code, OTHER_MEANING)


def _read_outcome(named: Named, finding: Finding, *, local: LocalCodes, notebook: Notebook) -> None:
    """A status of the disease may also be said as a category of RECIST."""
    outcome = outcome_of(finding.answer, local=local) if isinstance(finding.answer, Coded) else ""
    if not outcome or outcome == "not_available":
        facts.read(named, finding, local=local, notebook=notebook)
        return
    notebook.say(
        Reading(
            Kind.RESULT,
            {"outcome": outcome},
            finding.origin,
            subject=finding.subject,
            belongs_to=finding.study,
            on=finding.on,
        )
    )

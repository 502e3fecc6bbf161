"""Refusing to enter a patient who seems to be here already."""

from collections.abc import Sequence

from cases.models import Patient
from cases.selectors.duplicates import Candidate, candidates
from cases.services.errors import ServiceError


class PossibleDuplicate(ServiceError):
    """A patient like the one to be added is here already; `candidates` says who, and why."""

    def __init__(self, found: Sequence[Candidate]) -> None:
        self.candidates = list(found)
        super().__init__(
            "A patient who may be the same is here already. Use that one, or say that this is "
            "another person."
        )


def refuse_duplicate(patient: Patient) -> None:
    """Refuse `patient`, who is not saved yet, where somebody like this is here already.

    The same name alone is no reason: without dates of birth it says too little.

    Raises:
        PossibleDuplicate: record number, or name and date of birth agree with a patient's.
    """
    found = candidates(
        record_number=patient.record_number,
        family_name=patient.family_name,
        given_name=patient.given_name,
        birth_date=patient.birth_date,
    )
    likely = [candidate for candidate in found if candidate.is_likely]
    if likely:
        raise PossibleDuplicate(likely)

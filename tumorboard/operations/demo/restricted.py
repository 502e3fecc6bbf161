"""A restricted record of the demo hospital, and somebody who opened it with a reason."""

from cases.models.break_glass import BreakGlassCause, Verdict
from cases.services import break_glass, cases, patients, restrictions
from tumorboard.accounts.models import User

RECORD_NUMBER = "N-0950"


def add_restricted(*, coordinator: User, chair: User, clinician: User, officer: User) -> None:
    """A case that coordinator and chair see; the clinician opened it once, which was reviewed."""
    patient = patients.add(
        record_number=RECORD_NUMBER, family_name="Anybody", given_name="Staff", by=coordinator
    )
    case = cases.open_case(patient=patient, title="pNET of a member of the staff", by=coordinator)
    restrictions.restrict(
        case=case,
        people=[coordinator.pk, chair.pk],
        reason="Works in this hospital.",
        by=coordinator,
    )
    glass = break_glass.open_record(
        record_number=RECORD_NUMBER,
        cause=BreakGlassCause.ON_CALL,
        words="Called to the ward at night; the usual team was not there.",
        by=clinician,
    )
    assert glass is not None  # noqa: S101 - it was restricted just now
    break_glass.end(glass=glass, by=clinician)
    break_glass.review(
        glass=glass,
        verdict=Verdict.JUSTIFIED,
        words="The duty roster of that night says so.",
        by=officer,
    )

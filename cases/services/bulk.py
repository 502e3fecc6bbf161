"""Doing one thing to several cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from cases.models import Case, Meeting
from cases.services import agendas
from cases.services.errors import ServiceError
from tumorboard.accounts.models import User


@dataclass(frozen=True)
class Outcome:
    """What became of one case; `reason` is empty where it was done."""

    case: Case
    reason: str = ""


@transaction.atomic
def put_on(*, meeting: Meeting, cases: Iterable[Case], by: User) -> list[Outcome]:
    """Put each case last on the list of `meeting`; one that is refused holds up no other."""
    outcomes = []
    for case in cases:
        try:
            agendas.put_on(meeting=meeting, case=case, by=by)
            outcomes.append(Outcome(case))
        except ServiceError as error:
            outcomes.append(Outcome(case, str(error)))
    return outcomes

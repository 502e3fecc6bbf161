"""Doing one thing to several cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from cases.models import Case, Meeting
from cases.services import agendas
from cases.services.cases import lock_all
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
    cases = list(cases)
    # The meeting before the cases, and those in one order, whatever the order of the list.
    Meeting.objects.select_for_update().filter(pk=meeting.pk).first()
    lock_all(case.pk for case in cases)
    for case in cases:
        try:
            agendas.put_on(meeting=meeting, case=case, by=by)
            outcomes.append(Outcome(case))
        except ServiceError as error:
            outcomes.append(Outcome(case, str(error)))
    return outcomes

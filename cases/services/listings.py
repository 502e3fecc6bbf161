"""Putting several cases on a list at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from cases.models import Case, Meeting
from cases.models.agenda_item import ListingReason
from cases.selectors.candidates import Candidate, candidates_among
from cases.selectors.standards import standings
from cases.services.agendas import put_on
from cases.services.cases import lock_all
from cases.services.errors import Refused
from cases.services.tracks import settle_by_protocol
from tumorboard.accounts.models import User

NO_STANDARD = "No standard of this board is for the case."


@dataclass
class Listed:
    """How many cases came onto the list, and why the others did not, each reason once."""

    count: int = 0
    refusals: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def put_on_several(
    *, meeting: Meeting, cases: Sequence[Case], by_protocol: bool = False, by: User
) -> Listed:
    """Put cases on the list of `meeting` in the order given, each that is not refused.

    Each is listed because of its heaviest reason, see `cases.selectors.candidates`.

    Args:
        cases: with their assessments.
        by_protocol: settle each by the standard of the board that is for it; one that no standard
            settles stays off the list.
    """
    done = Listed()
    # The meeting before the cases, and those in one order, whatever the order of the list.
    Meeting.objects.select_for_update().filter(pk=meeting.pk).first()
    lock_all(case.pk for case in cases)
    asking = candidates_among([case.pk for case in cases])
    known = standings(cases, meeting.board) if by_protocol else {}
    for case in cases:
        try:
            with transaction.atomic():
                item = put_on(
                    meeting=meeting, case=case, because=_because(asking.get(case.pk)), by=by
                )
                if by_protocol:
                    if case.pk not in known:
                        raise Refused(NO_STANDARD)
                    settle_by_protocol(item=item, standard=known[case.pk].standard, by=by)
        except Refused as refused:
            reason = str(refused)
            done.refusals[reason] = done.refusals.get(reason, 0) + 1
        else:
            done.count += 1
    return done


def _because(asking: Candidate | None) -> ListingReason:
    return asking.because if asking else ListingReason.PERSON

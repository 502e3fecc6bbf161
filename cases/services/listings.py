"""Putting several cases on a list at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from cases.models import AgendaItem, Case, Meeting
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
    """What became of each case: its item on the list, or why it has none."""

    items: dict[UUID, AgendaItem] = field(default_factory=dict)
    reasons: dict[UUID, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many cases came onto the list."""
        return len(self.items)

    @property
    def refusals(self) -> dict[str, int]:
        """Why the others did not, each reason once, with how many cases it kept off."""
        return Counter(self.reasons.values())


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
            done.reasons[case.pk] = str(refused)
        else:
            done.items[case.pk] = item
    return done


def _because(asking: Candidate | None) -> ListingReason:
    return asking.because if asking else ListingReason.PERSON

"""Until when a recommendation is due and who sees to it, once a decision is signed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from cases.models import Assessment, Board, Case, DraftRecommendation, Recommendation
from cases.selectors.due_dates import timing_of
from cases.selectors.task_owners import owner_on
from tumorboard.accounts.models import User


@dataclass(frozen=True)
class Terms:
    """The day of one task and its owner."""

    due_on: datetime.date
    owner: User


def terms_of(
    recommendations: Sequence[Recommendation | DraftRecommendation],
    *,
    case: Case,
    assessment: Assessment,
    board: Board,
    on: datetime.date,
    signer: User,
) -> list[Terms]:
    """The terms of each recommendation of a decision that `signer` signs on the day `on`.

    What was written counts. Else the one day that the guidance or the institution gives, and the
    days of the board where no interval speaks of it. Reads the `owner` of each; fetch it with
    them.
    """
    # Read only where somebody gave no day: what is signed has all.
    timing = cache(partial(timing_of, case, assessment))
    otherwise = owner_on(board, otherwise=signer)
    unless_given = on + datetime.timedelta(days=board.task_days)
    return [
        Terms(
            due_on=asked.due_on or timing().due_on(asked, today=on) or unless_given,
            owner=asked.owner or otherwise,
        )
        for asked in recommendations
    ]

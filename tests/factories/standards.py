"""Standards of care of boards, and what is settled by them, made as a person would."""

import itertools
from typing import Any

from cases.models import AgendaItem, Board, Case, Decision, Standard
from cases.models.agenda_item import Track
from cases.selectors.cases import one
from cases.services import facts, results, standards, tracks
from cases.services.assessments import assessed_once
from tests.factories.boards import draft, make_board, make_item, make_meeting, sign
from tests.factories.completeness import make_complete_case
from tumorboard.accounts.models import User

_numbers = itertools.count(1)

#: Routine surveillance without a sign of recurrence, as `make_complete_case` has it.
SETTLED = {"scenario": "SC-03", "branch": "B-03-NEG"}


#: What else is asked for before nothing is missing or provisional at that result.
SETTLING: dict[str, Any] = {
    "metastases_known": False,
    "stage_class": "early",
}
#: And of the result itself.
READ = {"imaging_clinical_discordant": False, "report_complex_or_subtle": False}


def make_settled_case(*, by: User, **given: Any) -> Case:
    """A case in which nothing is missing, provisional or contradicted."""
    with assessed_once():
        case = make_complete_case(by=by)
        results.change(result=case.results.get(), by=by, **READ)
        facts.answer(case=case, answers={**SETTLING, **given}, by=by)
    return one(case.pk)


def make_standard(*, by: User, board: Board | None = None, **fields: Any) -> Standard:
    """A standard for surveillance without a sign of recurrence; audited as seldom as can be."""
    given = {
        "name": f"Surveillance {next(_numbers)}",
        "source": "SOP 7, version 2, page 3",
        "audit_percent": 1,
        "despite_guidance": True,
        **SETTLED,
        **fields,
    }
    return standards.add(board=board or make_board(by=by), by=by, **given)


def settle(item: AgendaItem, *, by: User) -> None:
    """Have an item settled by a standard of its board, whatever its case says."""
    item.track, item.standard = Track.PROTOCOL, make_standard(by=by, board=item.meeting.board)
    item.save(update_fields=["track", "standard"])


def make_protocol_item(
    *, by: User, standard: Standard | None = None, case: Case | None = None
) -> AgendaItem:
    """A complete case that is settled by a standard."""
    standard = standard or make_standard(by=by)
    item = make_item(
        by=by,
        meeting=make_meeting(by=by, board=standard.board),
        case=case or make_settled_case(by=by),
        question="Go on as planned?",
    )
    return tracks.settle_by_protocol(item=item, standard=standard, by=by)


def sign_by_protocol(*, by: User, standard: Standard, signer: User | None = None) -> Decision:
    """A signed decision of the protocol track."""
    item = make_protocol_item(by=by, standard=standard)
    draft(item, by=by)
    return sign(item, by=signer or by)

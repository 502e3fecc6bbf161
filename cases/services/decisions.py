"""Signing the board's decisions.

Lock order: meeting, item, case, and last the chain of the board.
"""

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Assessment, Decision, Participant, Recommendation
from cases.selectors.agendas import decision_of
from cases.services import events, protocol_audits, tracks
from cases.services.agendas import lock_item, refuse_elsewhere
from cases.services.assessments import is_outdated, place
from cases.services.cases import lock
from cases.services.chains import link_hash, next_place
from cases.services.checks import check_version, said, text_fault
from cases.services.content_hash import SCHEME, assessment_hash, content_hash
from cases.services.decision_sheets import (
    ASKED,
    CONCLUSION,
    GROUPS,
    Sheet,
    opinions_as_json,
    sheet_of,
)
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from cases.services.tasks import follow
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import zoned_moment

#: What a signature says.
MEANING = "I sign this as the decision of the board."
#: As long as the other reasons that a decision keeps.
LONGEST_REASON = 500


class AlreadySigned(Refused):
    """Somebody signed before; `decision` is what they signed."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__(
            f"{decision.signer_name} signed this decision already, on "
            f"{zoned_moment(decision.signed_at)}. Nothing was signed a second time."
        )


@transaction.atomic
def sign(
    *,
    item: AgendaItem,
    assessment_id: UUID,
    draft_version: int,
    signer_role: str,
    by: User,
    seen: str | None = None,
    accepted: Mapping[str, str] | None = None,
) -> Decision:
    """Sign the draft of `item` as the board's decision, or as the next version of an amended one.

    Args:
        assessment_id: the assessment that the signer saw; the decision quotes it.
        draft_version: the version of the draft that the signer saw.
        signer_role: the role in which they sign, in words.
        seen: `Sheet.seen` of the sheet that the signer saw, made for them.
        accepted: why the signer accepts what is lacking, by its group ("quorum", "gap", "early").

    Raises:
        AlreadySigned: somebody signed it before.
        Changed: the draft was saved again since.
        Refused: there is no draft, the case was taken off the list, the case's assessment is
            another one by now or would be by the guidance in force, the sheet is another one,
            the standard of the protocol track no longer settles the case (an amendment keeps the
            standard of what it replaces), or the case stands undecided on another coming list.
        Invalid: what a decision needs is missing: what `Sheet.gaps` says by field; or something is
            lacking that the signer did not accept: what `acceptance_faults` says.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    # Read under its lock: nobody acknowledges or withdraws meanwhile.
    item.case = case = lock(item.case)
    sheet = sheet_of(item, signer=by)
    signed = decision_of(item)
    if signed is not None and (sheet is None or sheet.draft.amends is None):
        raise AlreadySigned(signed)
    if sheet is None:
        message = "There is nothing to sign yet. Write the decision first."
        raise Refused(message)
    if signed is None:
        # Two boards would decide the same; an amended decision is the same one.
        refuse_elsewhere(case=case, besides=item)
    check_version(current=sheet.draft.version, if_match=draft_version)
    assessment = case.assessment
    if assessment is None or assessment.id != assessment_id:
        message = (
            "The guidance for this case has changed since you opened this page. "
            "Look at what it says now, then sign."
        )
        raise Refused(message)
    if is_outdated(case):
        message = (
            "The guidance in force has changed since this case was assessed. "
            "Look at what it says now, then sign."
        )
        raise Refused(message)
    if seen is not None and seen != sheet.seen:
        message = (
            "The question, who was present, what is missing, until when something is due, or what "
            "stands beside the guidance has changed since you opened this page. "
            "Look at what stands there now, then sign."
        )
        raise Refused(message)
    if sheet.gaps:
        raise Invalid(sheet.gaps)
    if sheet.draft.amends is None:
        # An error in what was signed can be corrected, whatever became of standard and case.
        tracks.check_track(item)
    decision = _decision(sheet, assessment, signer_role=signer_role, by=by)
    decision.accepted = _accepted(sheet, accepted or {})
    _save(decision, sheet)
    _close_amendment(sheet)
    record(action="decision.signed", subject=decision, by=by)
    events.decided(decision=decision)
    # Not assessed anew: a signature changes nothing that is known of the case, and whatever a new
    # day or edition would say, the case was decided on what the board saw.
    place(case=case, assessment=assessment, decided=decision)
    case.save(update_fields=["readiness"])
    protocol_audits.draw(decision=decision)
    follow(decision=decision, by=by)
    return decision


def _decision(sheet: Sheet, assessment: Assessment, *, signer_role: str, by: User) -> Decision:
    item = sheet.item
    return Decision(
        agenda_item=item,
        case=item.case,
        version=sheet.version,
        assessment=assessment,
        assessment_hash=assessment_hash(assessment),
        board=item.meeting.board,
        board_name=item.meeting.board.name,
        meeting_starts_at=item.meeting.starts_at,
        question=item.question,
        track=item.track,
        standard_name=sheet.standard_name,
        standard_source=sheet.standard_source,
        rationale=sheet.draft.rationale,
        **{name: getattr(sheet.draft, name) for name in CONCLUSION},
        opinions=opinions_as_json(sheet.opinions),
        quoted=sheet.annotations.as_json(),
        signed_by=by,
        signer_name=by.name,
        signer_role=signer_role,
        signed_at=timezone.now(),
        meaning=MEANING,
        hash_scheme=SCHEME,
    )


def _accepted(sheet: Sheet, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """What is lacking with the reason why the signer accepts it."""
    if errors := acceptance_faults(sheet, reasons):
        raise Invalid(errors)
    return [
        {"what": one.what, "text": one.text, "reason": said(reasons[one.group])}
        for one in sheet.lacking
    ]


def acceptance_faults(sheet: Sheet, reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with the reasons for accepting what is lacking, given by its group.

    By field: `quorum_reason`, `gap_reason`, `early_reason`.
    """
    errors: dict[str, list[str]] = {}
    for group in GROUPS:
        reason = said(reasons.get(group, ""))
        lacking = " ".join(one.text for one in sheet.of_group(group))
        if not lacking:
            continue
        if not reason:
            errors[f"{group}_reason"] = [f"{lacking} Say why you sign all the same."]
        elif fault := text_fault(reason, most=LONGEST_REASON):
            errors[f"{group}_reason"] = [fault]
    return errors


def _save(decision: Decision, sheet: Sheet) -> None:
    """Write the decision with all that belongs to it, at the end of its board's chain."""
    asked = [
        # The day and the owner that the sheet shows are signed too, chosen by a person or not.
        Recommendation(
            decision=decision,
            **{name: getattr(row, name) for name in ASKED}
            | {"due_on": term.due_on, "owner_id": term.owner.pk},
        )
        for row, term in zip(sheet.recommendations, sheet.terms, strict=True)
    ]
    participants = [Participant(decision=decision, **asdict(p)) for p in sheet.people]
    decision.content_hash = content_hash(decision, asked, participants)
    following = next_place(sheet.item.meeting.board)
    decision.chain_position = following.position
    decision.previous_hash = following.previous_hash
    decision.chain_hash = link_hash(
        board_id=sheet.item.meeting.board_id,
        position=following.position,
        previous_hash=following.previous_hash,
        content_hash=decision.content_hash,
    )
    decision.save(force_insert=True)
    Recommendation.objects.bulk_create(asked)
    Participant.objects.bulk_create(participants)


def _close_amendment(sheet: Sheet) -> None:
    """What was being amended is signed: the draft is closed as it was before."""
    draft = sheet.draft
    if draft.amends is not None:
        draft.amends, draft.amendment_reason = None, ""
        draft.version += 1
        draft.save(update_fields=["amends", "amendment_reason", "version"])

"""Signing the board's decisions."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Decision, Participant, Recommendation
from cases.services.agendas import lock_item
from cases.services.assessments import is_outdated, place
from cases.services.cases import lock
from cases.services.checks import check_version
from cases.services.content_hash import content_hash
from cases.services.decision_drafts import refuse_signed
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: What a signature says.
MEANING = "I sign this as the decision of the board."


@transaction.atomic
def sign(
    *,
    item: AgendaItem,
    assessment_id: UUID,
    draft_version: int,
    signer_role: str,
    by: User,
    seen: str | None = None,
) -> Decision:
    """Sign the draft of `item` as the board's decision.

    Args:
        assessment_id: the assessment that the signer saw; the decision quotes it.
        draft_version: the version of the draft that the signer saw.
        signer_role: the role in which they sign, in words.
        seen: `Sheet.seen` of the sheet that the signer saw.

    Raises:
        Changed: the draft was saved again since.
        Refused: there is no draft, it is signed already, the case was taken off the list, the
            case's assessment is another one by now or would be by the guidance in force, or
            the sheet is another one.
        Invalid: what a decision needs is missing: a recommendation, a rationale, who was
            present, or the acknowledgment of a critical check.
    """
    item = lock_item(item)
    # Read under its lock: nobody acknowledges or withdraws meanwhile.
    item.case = case = lock(item.case)
    refuse_signed(item)
    sheet = sheet_of(item)
    if sheet is None:
        message = "There is nothing to sign yet. Write the decision first."
        raise Refused(message)
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
            "The question, who was present, or what stands beside the guidance has changed since "
            "you opened this page. Look at what stands there now, then sign."
        )
        raise Refused(message)
    if sheet.gaps:
        raise Invalid(sheet.gaps)
    decision = Decision(
        agenda_item=item,
        case=case,
        version=1,
        assessment_id=assessment_id,
        question=item.question,
        rationale=sheet.draft.rationale,
        signed_by=by,
        signer_name=by.name,
        signer_role=signer_role,
        signed_at=timezone.now(),
        meaning=MEANING,
        quoted=sheet.annotations.as_json(),
    )
    asked = [
        Recommendation(
            decision=decision, position=r.position, kind=r.kind, code=r.code, text=r.text
        )
        for r in sheet.recommendations
    ]
    participants = [
        Participant(decision=decision, name=a.name, specialty=a.specialty) for a in sheet.present
    ]
    decision.content_hash = content_hash(decision, asked, participants)
    decision.save(force_insert=True)
    Recommendation.objects.bulk_create(asked)
    Participant.objects.bulk_create(participants)
    record(action="decision.signed", subject=decision, by=by)
    # Not assessed anew: a signature changes nothing that is known of the case, and whatever a new
    # day or edition would say, the case was decided on what the board saw.
    place(case=case, assessment=assessment, decided=decision)
    case.save(update_fields=["readiness"])
    return decision

"""Writing a decision before it is signed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Decision, DecisionDraft, DraftRecommendation
from cases.models.conclusion import Outcome, Recommended
from cases.models.decision_draft import DraftDissent
from cases.selectors.concordance import standing_on
from cases.services.agendas import lock_item
from cases.services.checks import check_version, said
from cases.services.draft_faults import faults_of
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@dataclass(frozen=True)
class Concluded:
    """The coded part of a conclusion, by the choices of `cases.models.conclusion`."""

    outcome: str = str(Outcome.RECOMMENDATION)
    no_recommendation_reason: str = ""
    no_recommendation_text: str = ""
    concordance: str = ""
    deviation_reason: str = ""
    deviation_text: str = ""
    confidence: str = ""
    stage_discussed: bool = False
    guideline_discussed: bool = False
    #: Discussed before treatment began; None: not said.
    is_prospective: bool | None = None
    amendment_reason: str = ""


@dataclass(frozen=True)
class Dissented:
    """Who would decide otherwise, and what."""

    name: str
    text: str


@transaction.atomic
def save_draft(
    *,
    item: AgendaItem,
    rationale: str,
    recommendations: Sequence[Recommended],
    by: User,
    if_match: int | None = None,
    conclusion: Concluded | None = None,
    dissents: Sequence[Dissented] = (),
) -> DecisionDraft:
    """Keep what has been written so far for `item`; it may be incomplete.

    What a signature needs beside that, `cases.services.decision_checks.gaps_of` says.

    Args:
        conclusion: the coded part. None leaves it as it is; how a decision stands to the guidance
            is then taken from what is coded, as far as nobody said it.

    Raises:
        Invalid: a code is not known, a text is too long, an owner is no member, a claim that the
            guidance says so is not true; the field is `recommendations.<place>.<field>` or
            `dissents.<place>.<field>`, counted from 0, or that of the conclusion.
        Changed: somebody else saved since version `if_match` (0 where there was no draft).
        Refused: the decision is signed and no amendment is open, or the case was taken off the
            list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is None or draft.amends is None:
        refuse_signed(item)
    check_version(current=draft.version if draft else 0, if_match=if_match)
    rationale = said(rationale)
    recommendations = [replace(r, text=said(r.text)) for r in recommendations]
    dissents = [Dissented(said(d.name), said(d.text)) for d in dissents]
    if draft is None:
        draft = DecisionDraft(agenda_item=item)
    else:
        draft.version += 1
    standing = standing_on(item.case.assessment, recommendations) if item.case.assessment else None
    if conclusion is not None:
        for name, value in asdict(conclusion).items():
            setattr(draft, name, said(value) if isinstance(value, str) else value)
    elif standing is not None and not draft.concordance:
        draft.concordance = standing.concordance
    draft.rationale, draft.changed_by, draft.changed_at = rationale, by, timezone.now()
    if errors := faults_of(draft, recommendations, dissents, standing):
        raise Invalid(errors)
    draft.save()
    draft.recommendations.all().delete()
    DraftRecommendation.objects.bulk_create(
        DraftRecommendation(draft=draft, position=position, **asdict(recommended))
        for position, recommended in enumerate(recommendations, start=1)
    )
    draft.dissents.all().delete()
    DraftDissent.objects.bulk_create(
        DraftDissent(draft=draft, **asdict(dissented)) for dissented in dissents
    )
    record(action="decision.draft.saved", subject=item, by=by)
    return draft


def refuse_signed(item: AgendaItem) -> None:
    """Raise `Refused` where `item` has a signed decision."""
    if Decision.objects.filter(agenda_item=item).exists():
        message = "This decision is signed and cannot be changed."
        raise Refused(message)

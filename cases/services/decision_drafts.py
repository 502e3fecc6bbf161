"""Writing a decision before it is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Decision, DecisionDraft, DraftRecommendation
from cases.models.conclusion import RecommendationKind
from cases.selectors.recommended import codes_to_choose
from cases.services.agendas import lock_item
from cases.services.checks import check_version, text_fault
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@dataclass(frozen=True)
class Recommended:
    """One recommendation as typed: its kind, its code where the kind has codes, and words."""

    kind: str
    code: str = ""
    text: str = ""


@transaction.atomic
def save_draft(
    *,
    item: AgendaItem,
    rationale: str,
    recommendations: Sequence[Recommended],
    by: User,
    if_match: int | None = None,
) -> DecisionDraft:
    """Keep what has been written so far for `item`.

    Raises:
        Invalid: a recommendation's kind or code is not known; the field is
            `recommendations.<place>.<field>`, counted from 0.
            A rationale that is too long is refused likewise.
        Changed: somebody else saved since version `if_match` (0 where there was no draft).
        Refused: the decision is signed, or the case was taken off the list.
    """
    item = lock_item(item)
    refuse_signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    check_version(current=draft.version if draft else 0, if_match=if_match)
    recommendations = [Recommended(r.kind, r.code, r.text.strip()) for r in recommendations]
    _check_draft(rationale.strip(), recommendations)
    if draft is None:
        draft = DecisionDraft(agenda_item=item)
    else:
        draft.version += 1
    draft.rationale, draft.changed_by, draft.changed_at = rationale.strip(), by, timezone.now()
    draft.save()
    draft.recommendations.all().delete()
    DraftRecommendation.objects.bulk_create(
        DraftRecommendation(draft=draft, position=position, **asdict(recommended))
        for position, recommended in enumerate(recommendations, start=1)
    )
    record(action="decision.draft.saved", subject=item, by=by)
    return draft


def refuse_signed(item: AgendaItem) -> None:
    """Raise `Refused` where `item` has a signed decision."""
    if Decision.objects.filter(agenda_item=item).exists():
        message = "This decision is signed and cannot be changed."
        raise Refused(message)


def _check_draft(rationale: str, recommendations: Sequence[Recommended]) -> None:
    errors: dict[str, list[str]] = {}
    most = DecisionDraft._meta.get_field("rationale").max_length or 0
    if fault := text_fault(rationale, most=most):
        errors["rationale"] = [fault]
    codes = codes_to_choose()
    for index, recommended in enumerate(recommendations):
        field, reason = _fault(recommended, codes.get(recommended.kind, {}))
        if reason:
            errors[f"recommendations.{index}.{field}"] = [reason]
    if errors:
        raise Invalid(errors)


def _fault(recommended: Recommended, codes: Mapping[str, str]) -> tuple[str, str]:
    """The field that cannot be accepted and why; empty where all can."""
    longest = DraftRecommendation._meta.get_field("text").max_length or 0
    if recommended.kind not in RecommendationKind.values:
        return "kind", "Choose what kind of recommendation this is."
    if recommended.code and recommended.code not in codes:
        return "code", "This is not a code for this kind of recommendation."
    if fault := text_fault(recommended.text, most=longest):
        return "text", fault
    if not recommended.code and not recommended.text:
        if codes:
            return "code", "Choose one, or say in words what is recommended."
        return "text", "Say in words what is recommended."
    return "", ""

"""What of a draft cannot be kept, by field; a draft that is only incomplete has no fault."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from cases.models import DecisionDraft, DraftRecommendation
from cases.models.conclusion import Conclusion, Intent, RecommendationKind, Recommended
from cases.models.decision_draft import DraftDissent
from cases.selectors.concordance import Standing
from cases.selectors.recommended import codes_to_choose
from cases.services.checks import due_fault, field_errors, text_fault
from tumorboard.accounts.models import Membership

if TYPE_CHECKING:
    from cases.services.decision_drafts import Dissented

Faults = dict[str, list[str]]

#: The columns of the coded part.
CODED = tuple(field.name for field in Conclusion._meta.get_fields())

NOT_A_MEMBER = "Choose somebody who works here."
NOT_EARLIER = "Choose an earlier recommendation that is not an alternative itself."


def faults_of(
    draft: DecisionDraft,
    recommendations: Sequence[Recommended],
    dissents: Sequence["Dissented"],
    standing: Standing | None,
) -> Faults:
    """Why what was typed cannot be kept; empty where it can.

    Args:
        draft: with the coded part and the rationale as typed.
        standing: how the recommendations stand to the guidance; None without an assessment.
    """
    errors = field_errors(draft, names=CODED)
    most = DecisionDraft._meta.get_field("rationale").max_length or 0
    if fault := text_fault(draft.rationale, most=most):
        errors["rationale"] = [fault]
    if standing and (refusal := standing.refusal(draft.concordance)):
        errors["concordance"] = [refusal]
    codes = codes_to_choose()
    people = members_among(r.owner_id for r in recommendations)
    for place, asked in enumerate(recommendations):
        field, reason = _fault(asked, codes.get(asked.kind, {}))
        if reason:
            errors[f"recommendations.{place}.{field}"] = [reason]
        if fault := due_fault(asked.due_on):
            errors[f"recommendations.{place}.due_on"] = [fault]
        if asked.intent not in ("", *Intent.values):
            errors[f"recommendations.{place}.intent"] = ["This is not a choice."]
        if not is_earlier(asked.alternative_to, place, recommendations):
            errors[f"recommendations.{place}.alternative_to"] = [NOT_EARLIER]
        if asked.owner_id is not None and asked.owner_id not in people:
            errors[f"recommendations.{place}.owner_id"] = [NOT_A_MEMBER]
    return {**errors, **_dissent_faults(dissents)}


def members_among(people: Iterable[UUID | None]) -> set[UUID]:
    """Those of `people` who are members of the institution."""
    wanted = {person for person in people if person is not None}
    if not wanted:
        return set()
    return set(
        Membership.objects.filter(user__in=wanted, user__is_active=True).values_list(
            "user_id", flat=True
        )
    )


def is_earlier(
    position: int | None,
    place: int,
    recommendations: Sequence[Recommended] | Sequence[DraftRecommendation],
) -> bool:
    """Whether `position` (from 1) is what the recommendation at `place` (from 0) may replace."""
    if position is None:
        return True
    return 1 <= position <= place and recommendations[position - 1].alternative_to is None


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


def _dissent_faults(dissents: Sequence["Dissented"]) -> Faults:
    errors: Faults = {}
    longest: dict[str, int] = {
        field.name: field.max_length or 0 for field in DraftDissent._meta.concrete_fields
    }
    names: set[str] = set()
    for place, said in enumerate(dissents):
        if not said.name:
            errors[f"dissents.{place}.name"] = ["Choose who would decide otherwise."]
        elif fault := text_fault(said.name, most=longest["name"]):
            errors[f"dissents.{place}.name"] = [fault]
        elif said.name in names:
            errors[f"dissents.{place}.name"] = ["Each person dissents once."]
        if not said.text:
            errors[f"dissents.{place}.text"] = ["Say what they would decide instead."]
        elif fault := text_fault(said.text, most=longest["text"]):
            errors[f"dissents.{place}.text"] = [fault]
        names.add(said.name)
    return errors

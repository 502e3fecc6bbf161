"""What a signature needs of a draft; a draft may lack all of it."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from cases.models import Attendance, DecisionDraft, DraftRecommendation, Recommendation
from cases.models.conclusion import NEEDS_TEXT, Concordance, Outcome
from cases.models.decision_draft import DraftDissent
from cases.models.opinion import Opinion
from cases.selectors.concordance import Standing, standing_on
from cases.selectors.due_dates import Timing, timing_of
from cases.services.checks import due_fault
from cases.services.draft_faults import NOT_A_MEMBER, NOT_EARLIER, is_earlier, members_among

Gaps = dict[str, list[str]]


def gaps_of(
    draft: DecisionDraft,
    recommendations: Sequence[DraftRecommendation],
    dissents: Sequence[DraftDissent],
    present: Sequence[Attendance],
) -> Gaps:
    """What the coded part of `draft` lacks before it can be signed, by field.

    The fields are those of `cases.services.decision_drafts.save_draft`. What has changed since
    the draft was saved counts: the guidance, who is a member, what day it is.

    Args:
        present: who is noted as present at the meeting.
    """
    if draft.outcome == Outcome.NONE:
        gaps = _without_recommendation(draft, recommendations)
    else:
        assessment = draft.agenda_item.case.assessment
        standing = standing_on(assessment, recommendations) if assessment else None
        gaps = _concordance(draft, standing)
        if not recommendations:
            gaps["recommendations"] = [
                "Add at least one recommendation, or say that there is none and why."
            ]
    today = timezone.localdate()
    case = draft.agenda_item.case
    timing = timing_of(case, case.assessment) if case.assessment else None
    people = members_among(r.owner_id for r in recommendations)
    signed = _signed_days(draft)
    for place, asked in enumerate(recommendations):
        if asked.due_on not in signed and (reason := _day_fault(asked.due_on, today)):
            gaps[f"recommendations.{place}.due_on"] = [reason]
        if not is_earlier(asked.alternative_to, place, recommendations):
            gaps[f"recommendations.{place}.alternative_to"] = [NOT_EARLIER]
        if timing and (reason := _untimed(asked, timing, today)):
            gaps[f"recommendations.{place}.due_on"] = [reason]
        if asked.owner_id is not None and asked.owner_id not in people:
            gaps[f"recommendations.{place}.owner_id"] = [NOT_A_MEMBER]
    if dissents:
        gaps |= _dissents(draft, dissents, present)
    return gaps


def _without_recommendation(
    draft: DecisionDraft, recommendations: Sequence[DraftRecommendation]
) -> Gaps:
    gaps: Gaps = {}
    if not draft.no_recommendation_reason:
        gaps["no_recommendation_reason"] = ["Say why the board recommends nothing."]
    elif draft.no_recommendation_reason == NEEDS_TEXT and not draft.no_recommendation_text:
        gaps["no_recommendation_text"] = ["Say in words why the board recommends nothing."]
    if recommendations:
        gaps["recommendations"] = [
            "The decision says that there is no recommendation. "
            "Remove the recommendations, or say that there is one."
        ]
    return gaps


def _concordance(draft: DecisionDraft, standing: Standing | None) -> Gaps:
    if not draft.concordance:
        return {"concordance": ["Say how the decision stands to the guidance."]}
    if standing and (refusal := standing.refusal(draft.concordance)):
        return {"concordance": [refusal]}
    if draft.concordance != Concordance.DEVIATES:
        return {}
    if not draft.deviation_reason:
        return {"deviation_reason": ["Say why the decision departs from the guidance."]}
    if draft.deviation_reason == NEEDS_TEXT and not draft.deviation_text:
        return {"deviation_text": ["Say in words why the decision departs from the guidance."]}
    return {}


def _signed_days(draft: DecisionDraft) -> set[datetime.date | None]:
    """The days of the version that is being amended: they may have passed meanwhile."""
    if draft.amends is None:
        return set()
    signed = Recommendation.objects.filter(
        decision__agenda_item=draft.agenda_item_id, decision__version=draft.amends
    )
    return set(signed.values_list("due_on", flat=True))


def _day_fault(due_on: datetime.date | None, today: datetime.date) -> str:
    if due_on is not None and due_on < today:
        return "The day has passed. Choose today or a later day."
    return due_fault(due_on)


def _untimed(asked: DraftRecommendation, timing: Timing, today: datetime.date) -> str:
    """Which windows a day is to be chosen from; empty where there is one, or none is needed.

    A rule that lacks a fact is named with it.
    """
    windows = timing.windows_for(asked)
    if asked.due_on or not windows or timing.due_on(asked, today=today):
        return ""
    local = [f"local policy gives {window.months}" for window in windows if window.is_local]
    named = [f"{w.months} ({w.rule})" for w in windows if not w.is_local and not w.missing]
    given = [*local, *([f"the sources give {', '.join(named)}"] if named else [])]
    lacking = [f"{w.rule} is {w.months}" for w in windows if w.missing]
    return f"Choose when: {'; '.join([*given, *lacking])}."


def _dissents(
    draft: DecisionDraft, dissents: Sequence[DraftDissent], present: Sequence[Attendance]
) -> Gaps:
    """Only who was there, or gave an opinion before, can dissent."""
    known = {attendance.name for attendance in present}
    known.update(
        Opinion.objects.filter(item=draft.agenda_item_id).values_list("person__name", flat=True)
    )
    return {
        f"dissents.{place}.name": [
            f"{said.name} is neither present nor gave an opinion. Note who is present first."
        ]
        for place, said in enumerate(dissents)
        if said.name not in known
    }

"""What the resources of a signed decision have in common: their rows and what they refer to."""

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from cases.fhir.source import reference
from cases.models import Assessment, Decision, Task
from cases.models.conclusion import Concordance
from guidance.fhir.publication import base_at, resource_id

#: Scenarios of the guidance; what else an assessment is about has no plan.
SCENARIO = "SC-"
#: Long columns that no resource tells.
UNREAD = (
    "quoted",
    "assessment__facts",
    "assessment__origins",
    "assessment__answer",
    "case__referral_text",
)


def signed(rows: QuerySet[Decision]) -> QuerySet[Any]:
    """Decisions with the case, the meeting, and the versions before and after each.

    `previous` is the id of the version that each amends; `amended_at` is when it was amended
    itself, None while it is in force.
    """
    same = Decision.objects.filter(agenda_item=OuterRef("agenda_item"))
    before = same.filter(version__lt=OuterRef("version")).order_by("-version")
    after = same.filter(version__gt=OuterRef("version")).order_by("version")
    return (
        rows.select_related("case", "assessment", "agenda_item")
        .defer(*UNREAD)
        .annotate(
            previous=Subquery(before.values("pk")[:1]),
            amended_at=Subquery(after.values("signed_at")[:1]),
        )
    )


def decisions() -> QuerySet[Any]:
    """Signed decisions with those who were there and what follows from each."""
    tasks = Task.objects.order_by("recommendation__position")
    rows = signed(Decision.objects.all())
    return rows.prefetch_related("participants", Prefetch("tasks", queryset=tasks))


def amends(decision: Any, resource_type: str) -> dict[str, str] | None:
    """The same resource of the version that a decision amends."""
    return reference(resource_type, decision.previous) if decision.previous else None


def followed(decision: Decision) -> list[str]:
    """The plan of the guidance that a decision follows, where it says that it follows it."""
    plan = plan_of(decision.assessment)
    return [plan] if plan and decision.concordance == Concordance.CONCORDANT else []


def plan_of(assessment: Assessment) -> str:
    """The plan of an assessment's scenario in its edition; empty where it is in none."""
    if not assessment.scenario.startswith(SCENARIO):
        return ""
    base = base_at(settings.SITE_URL)
    plan = f"{base}/PlanDefinition/{resource_id(assessment.scenario)}"
    return f"{plan}|{assessment.edition_version}"

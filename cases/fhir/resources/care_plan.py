"""CarePlan: what a signed decision asks for."""

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import instant, person
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.narrowings import of_case
from cases.fhir.signed import amends, decisions, followed
from cases.fhir.source import Source, Stand, reference
from cases.models import Decision
from cases.models.conclusion import Outcome


class DecisionCarePlan(Source):
    """One signed version of a decision that recommends something.

    In force until it is amended; then it is revoked, and the plan that replaces it names it. So it
    has two versions at most, though its row is never changed. How far each activity is stands in
    the ServiceRequest that it refers to, and in that one's Task.
    """

    resource_type: ClassVar[str] = "CarePlan"
    model = Decision
    shared = staticmethod(decisions)
    narrowings: ClassVar = of_case()

    def rows(self) -> QuerySet[Any]:
        """Decisions that recommend something, with what follows from each."""
        return decisions().filter(outcome=Outcome.RECOMMENDATION)

    def is_among(self, row: Any) -> bool:
        """Whether it recommends something."""
        return bool(row.outcome == Outcome.RECOMMENDATION)

    def project(self, row: Any) -> dict[str, Any]:
        """For whom, of whom, why, and each thing that is asked for."""
        replaced = amends(row, self.resource_type)
        return said(
            resourceType=self.resource_type,
            instantiatesCanonical=followed(row),
            replaces=[replaced] if replaced else [],
            status="revoked" if row.amended_at else "active",
            intent="plan",
            title=row.board_name,
            description=row.rationale,
            subject=subject_of(row),
            period=said(start=instant(row.signed_at), end=_until(row)),
            created=instant(row.signed_at),
            author=person(row.signed_by_id, row.signer_name),
            contributor=[{"display": each.name} for each in row.participants.all()],
            careTeam=[reference("CareTeam", row.board_id)] if row.board_id else [],
            addresses=[condition_of(row)],
            supportingInfo=[
                reference("ClinicalImpression", row.pk),
                reference("GuidanceResponse", row.assessment_id),
            ],
            activity=[
                {"reference": reference("ServiceRequest", task.pk)} for task in row.tasks.all()
            ],
        )

    def stand(self, row: Any) -> Stand:
        """The first version; from its amendment on the second."""
        if row.amended_at:
            return Stand(2, row.amended_at, row)
        return Stand(1, row.signed_at, row)

    def former(self, row: Any) -> Sequence[Stand]:
        """As it was signed, where it was amended since."""
        if not row.amended_at:
            return ()
        before = copy.copy(row)
        before.amended_at = None
        return (Stand(1, row.signed_at, before),)


def _until(decision: Any) -> str | None:
    """Since when it is in force no more; None while it is."""
    return instant(decision.amended_at) if decision.amended_at else None

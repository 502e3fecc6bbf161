"""DetectedIssue: a check of the guidance that somebody acknowledged."""

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery

from cases.fhir.references import instant, person
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.narrowings import by_moment, of_case
from cases.fhir.source import Source, Stand, reference
from cases.fhir.vocabulary import choice, guidance_address
from cases.models import Acknowledgment
from cases.models.acknowledgment import CAUTION, CRITICAL

SEVERITY = {CRITICAL: "high", CAUTION: "moderate"}


class AcknowledgedIssue(Source):
    """A check with why the case goes on all the same.

    What was withdrawn is no mitigation any more: that is the second version of the same issue.
    Checks that nobody has acknowledged stand in the GuidanceResponse.
    """

    resource_type: ClassVar[str] = "DetectedIssue"
    model = Acknowledgment
    narrowings: ClassVar = of_case(identified=by_moment("assessment__made_at"))

    def rows(self) -> QuerySet[Any]:
        """Acknowledgments, each with when it was withdrawn."""
        taken_back = Acknowledgment.objects.filter(withdraws=OuterRef("pk")).values("at")
        rows = Acknowledgment.objects.filter(withdraws=None)
        rows = rows.select_related("case", "assessment", "by").defer(
            "case__referral_text",
            "assessment__facts",
            "assessment__origins",
            "assessment__answer",
        )
        return rows.annotate(withdrawn_at=Subquery(taken_back[:1]))

    def project(self, row: Any) -> dict[str, Any]:
        """The check, how severe it is, and who acknowledged it why."""
        check = {
            "system": guidance_address("CodeSystem", "check"),
            "version": row.assessment.edition_version,
            "code": row.check_code,
        }
        mitigation = {
            "action": choice("acknowledgment-reason", row.reason, text=row.text),
            "date": instant(row.at),
            "author": person(row.by_id, row.by.name),
        }
        return said(
            resourceType=self.resource_type,
            status="final",
            code={"coding": [check]},
            severity=SEVERITY[row.severity],
            patient=subject_of(row),
            identifiedDateTime=instant(row.assessment.made_at),
            implicated=[condition_of(row)],
            evidence=[{"detail": [reference("GuidanceResponse", row.assessment_id)]}],
            detail=row.check_text,
            mitigation=[] if row.withdrawn_at else [mitigation],
        )

    def stand(self, row: Any) -> Stand:
        """The first version; once it is withdrawn, the second."""
        return Stand(2, row.withdrawn_at, row) if row.withdrawn_at else Stand(1, row.at, row)

    def former(self, row: Any) -> Sequence[Stand]:
        """As it was acknowledged, where that was withdrawn since."""
        if not row.withdrawn_at:
            return ()
        before = copy.copy(row)
        before.withdrawn_at = None
        return (Stand(1, row.at, before),)

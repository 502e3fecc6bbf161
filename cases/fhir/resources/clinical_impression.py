"""ClinicalImpression: what a board thought, in the words and codes that were signed."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet

from cases.fhir.references import extension, instant, person
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.narrowings import by_moment, of_case
from cases.fhir.signed import amends, decisions, followed, signed
from cases.fhir.source import Source, reference
from cases.fhir.vocabulary import choice
from cases.models import Decision


class DecisionImpression(Source):
    """One signed version of a decision. It never changes: an amendment is another one.

    What it asks for stands in the CarePlan of the same id; who signed what in which place of the
    chain, in the Provenance.
    """

    resource_type: ClassVar[str] = "ClinicalImpression"
    model = Decision
    shared = staticmethod(decisions)
    stamp: ClassVar[str] = "signed_at"
    narrowings: ClassVar = of_case(date=by_moment("signed_at"))

    def rows(self) -> QuerySet[Any]:
        """Signed decisions with those who were there."""
        return signed(Decision.objects.all()).prefetch_related("participants")

    def project(self, row: Any) -> dict[str, Any]:
        """The question, the answer, the reasons, and who would have decided otherwise."""
        return said(
            resourceType=self.resource_type,
            extension=list(_codes(row)),
            status="completed",
            description=row.question,
            subject=subject_of(row),
            effectiveDateTime=instant(row.meeting_starts_at or row.signed_at),
            date=instant(row.signed_at),
            assessor=person(row.signed_by_id, row.signer_name),
            previous=amends(row, self.resource_type),
            problem=[condition_of(row)],
            protocol=followed(row),
            summary=row.rationale,
            supportingInfo=[
                reference("GuidanceResponse", row.assessment_id),
                reference("Appointment", row.agenda_item.meeting_id),
            ],
            note=list(_notes(row)),
        )


def _codes(decision: Decision) -> Iterator[dict[str, Any]]:
    """The coded conclusion, for which R4 has no elements."""
    coded = {
        "outcome": decision.outcome,
        "no-recommendation-reason": decision.no_recommendation_reason,
        "concordance": decision.concordance,
        "deviation-reason": decision.deviation_reason,
        "confidence": decision.confidence,
        "track": decision.track,
    }
    words = {
        "no-recommendation-reason": decision.no_recommendation_text,
        "deviation-reason": decision.deviation_text,
    }
    for name, code in coded.items():
        if code:
            value = choice(name, code, text=words.get(name, ""))
            yield extension(f"decision-{name}", valueCodeableConcept=value)
    if decision.standard_name:
        standard = f"{decision.standard_name} ({decision.standard_source})"
        yield extension("decision-standard", valueString=standard)
    if decision.amendment_reason:
        yield extension("decision-amendment-reason", valueString=decision.amendment_reason)


def _notes(decision: Decision) -> Iterator[dict[str, Any]]:
    """Opinions that were given before, and dissents."""
    for opinion in decision.opinions:
        yield {
            "authorString": opinion["name"],
            "time": opinion["given_at"],
            "text": opinion["text"],
        }
    for participant in decision.participants.all():
        if participant.dissent:
            yield {"authorString": participant.name, "text": f"Dissent: {participant.dissent}"}

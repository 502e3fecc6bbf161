"""What all resources of treatments share: course, intent, reason of the end."""

from typing import Any

from django.db.models import QuerySet

from cases.fhir.references import extension
from cases.fhir.resources import mcode
from cases.fhir.resources.codings import concept, quantity
from cases.fhir.resources.elements import LONG_OF_CASE
from cases.models import Treatment
from cases.models.treatment import MEDICAL, SURGICAL, StopReason

#: Reasons of an end before its time.
BROKEN_OFF = frozenset(
    {
        StopReason.PROGRESSION,
        StopReason.TOXICITY,
        StopReason.PATIENT_WISH,
        StopReason.COMORBIDITY,
    }
)


def treatments(**wanted: Any) -> QuerySet[Any]:
    """The treatments of certain types."""
    return Treatment.objects.filter(**wanted).select_related("case").defer(LONG_OF_CASE)


def status_of(row: Treatment, *, going_on: str) -> str:
    """How far a treatment is, by R4's code; "unknown" where the row does not say.

    Args:
        going_on: what the type of resource calls one that goes on.
    """
    if row.stop_reason in BROKEN_OFF:
        return "stopped"
    if row.ongoing:
        return going_on
    has_ended = row.ongoing is False or row.end is not None or bool(row.stop_reason)
    return "completed" if has_ended or row.type in SURGICAL else "unknown"


def intent_of(row: Treatment) -> list[dict[str, Any]]:
    """What it was meant to reach, by mCODE's extension."""
    if not row.intent:
        return []
    words = str(row.get_intent_display())
    return [{"url": mcode.INTENT, "valueCodeableConcept": concept(f"intent/{row.intent}", words)}]


def numbers_of(row: Treatment) -> list[dict[str, Any]]:
    """Line, cycles and activity, for which R4 has no element."""
    found = []
    if row.line is not None:
        found.append(extension("treatment-line", valuePositiveInt=row.line))
    if row.cycles is not None:
        found.append(extension("treatment-cycles", valuePositiveInt=row.cycles))
    if row.activity_gbq is not None:
        activity = quantity(row.activity_gbq, "GBq")
        found.append(extension("treatment-activity", valueQuantity=activity))
    return found


def words_of(row: Treatment) -> str:
    """The kind of treatment, with its agent or technique."""
    kind = str(row.get_type_display())
    return f"{kind}: {row.agent}" if row.agent else kind


def stopped_for(row: Treatment) -> dict[str, Any]:
    """Why it ended."""
    if not row.stop_reason:
        return {}
    first = mcode.TERMINATION_REASONS.get(row.stop_reason)
    return concept(
        f"stop-reason/{row.stop_reason}", str(row.get_stop_reason_display()), first=first
    )


def resource_type_of(row: Treatment) -> str:
    """What a treatment is as a resource: a course of a medicine, or something done."""
    return "MedicationStatement" if row.type in MEDICAL else "Procedure"

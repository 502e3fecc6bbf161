"""What the pages of a case show of devices, allergies and renal function."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from cases.models import Allergy, Case, FactAnswer, LabResult
from cases.models.feasibility import Substance
from cases.selectors.feasibility import (
    KIDNEY,
    allergies_of,
    devices_of,
    feasibility_facts,
    is_severe,
    kidney_of,
    words,
)
from cases.web.lab_page import answers_of, said
from tumorboard.accounts.permissions import Permission

#: The questions that the record stands beside, in the dictionary's order.
ASKED = (
    "mri_contraindicated",
    "mri_contraindication_reason",
    "iodinated_contrast_severe_allergy",
    "renal_impairment_significant",
    "gbca_permitted",
)


def feasibility_section(
    case: Case, *, results: Sequence[LabResult] | None = None
) -> dict[str, Any]:
    """Devices, reactions and renal function on the page of a case.

    Three queries, two where the laboratory values of the case are given.
    """
    today = timezone.localdate()
    rows = _kidney_results(case) if results is None else results
    return {
        "devices": devices_of(case.patient),
        "allergies": allergies_of(case.patient),
        "kidney": kidney_of(rows, on=today),
    }


def feasibility_page(case: Case, *, granted: Collection[Permission]) -> dict[str, Any]:
    """The context of the page of feasibility.

    Args:
        granted: what the reader may do; only what these open is linked.
    """
    today = timezone.localdate()
    section = feasibility_section(case)
    devices, allergies = section["devices"], section["allergies"]
    known = dict(feasibility_facts(devices, allergies, on=today))
    answers = answers_of(case, ASKED)
    gadolinium = [row for row in allergies if is_severe(row, Substance.GADOLINIUM_CONTRAST, today)]
    permitted = answers.get("gbca_permitted")
    return {
        "case": case,
        "feasibility": section,
        "said": [said(case, name, known, answers, granted) for name in ASKED],
        "words": words(),
        "gadolinium": _gadolinium(gadolinium, permitted),
    }


def _gadolinium(severe: Sequence[Allergy], answer: FactAnswer | None) -> dict[str, str]:
    """A severe reaction to gadolinium beside what was answered; empty where there is none."""
    if not severe:
        return {}
    permitted = answer is not None and answer.value is True
    said = words()["gadolinium"]
    return {
        "severity": "CAUTION" if permitted else "INFO",
        "text": said["permitted" if permitted else "asked"],
        "source": said["source"],
    }


def _kidney_results(case: Case) -> list[LabResult]:
    rows = LabResult.objects.filter(case=case, analyte__in=KIDNEY)
    return list(rows.order_by("taken_on", "entered_at", "id"))

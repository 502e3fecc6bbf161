"""The parts of a case's record, for every page that shows them: the case's own, and the board's."""

from collections.abc import Sequence
from typing import Any

from cases.models import Case
from cases.selectors.completeness import Completeness
from cases.selectors.imaging import Imaging, imaging_of
from cases.selectors.lab_results import results_of
from cases.selectors.lesions import LesionRecord
from cases.selectors.notices import Notice, notices_of
from cases.web.completeness import completeness_section
from cases.web.feasibility_page import feasibility_section
from cases.web.imaging_section import imaging_section
from cases.web.lab_page import labs_section
from cases.web.lesion_page import section_of as lesions_section
from cases.web.specimens import pathology_section
from cases.web.treatments import treatments_section


def record_sections(
    case: Case,
    *,
    imaging: Imaging | None = None,
    lesions: LesionRecord | None = None,
    notices: Sequence[Notice] | None = None,
    completeness: Completeness | None = None,
) -> dict[str, Any]:
    """The context of the sections of `templates/cases/parts` for an assessed case.

    Args:
        imaging: the studies and results, where they were read already.
        lesions: the lesions, where they were read already.
        notices: what speaks against the result in play, where it was read already.
        completeness: what is missing, where another day or board counts than today and its own.
    """
    results, imaging = results_of(case), imaging or imaging_of(case)
    return {
        "notices": notices_of(case.pk, imaging=imaging) if notices is None else notices,
        **(completeness_section(case) if completeness is None else {"completeness": completeness}),
        **imaging_section(case, imaging=imaging),
        "lesions": lesions_section(case, record=lesions),
        "labs": labs_section(case, results=results),
        **pathology_section(case),
        **treatments_section(case),
        "feasibility": feasibility_section(case, results=results),
    }

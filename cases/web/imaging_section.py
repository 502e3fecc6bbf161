"""What the page of a case shows of its imaging."""

from typing import Any

from cases.models import Case
from cases.selectors.imaging import Imaging
from cases.selectors.pacs import on_case_page
from cases.selectors.study_lines import study_lines


def imaging_section(case: Case, *, imaging: Imaging | None = None) -> dict[str, Any]:
    """The context of `cases/parts/imaging_section.html` for an assessed case, in five queries.

    Args:
        imaging: where it was read already; then it is three.
    """
    lines = study_lines(case, edition_version=case.assessment.edition_version, imaging=imaging)
    pacs = on_case_page(line.study for line in lines)
    return {
        "study_lines": [
            {"line": line, "viewer_url": pacs.viewer_links.get(line.study.pk, "")} for line in lines
        ],
        "pacs": pacs,
        "held_count": sum(line.files.held for line in lines),
        "discrepant_count": sum(line.is_discrepant for line in lines),
        "unfinished_count": sum(bool(line.missing) for line in lines),
    }

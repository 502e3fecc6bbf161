"""The page of what the sources say of a case beyond its answer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.selectors.background import Background, background_of
from cases.selectors.imaging import imaging_of
from cases.web.fields import if_granted, where_answered
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Stage, treatment options, intervals side by side, where sources differ, what is open."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    background = background_of(case.assessment)
    asked = _Asked(case, background, request)
    context = {
        "case": case,
        "assessment": case.assessment,
        "background": background.read,
        "stage_words": background.stage,
        "common": background.common,
        "stage_missing": asked.linked(background.read["stage"]["missing"]),
        "growth_missing": asked.linked((background.read["growth"] or {}).get("missing", ())),
        "options": [
            {**option, "asked": asked.linked(option["missing"])}
            for option in background.shown_options
        ],
        "policies": [
            {**policy, "asked": asked.linked(policy["missing"])}
            for policy in background.read["intervals"]["policies"]
        ],
        "tables": [
            (heading, [_in_words(row) for row in background.read[name]])
            for name, heading in TABLES
            if background.read[name]
        ],
    }
    return render(request, "cases/background.html", context)


#: Reference tables with rows for the case, and their headings.
TABLES = (
    ("prognosis", "Reported associations"),
    ("response", "Reading response"),
    ("reports", "What the report should contain"),
    ("classification", "On this type of tumor"),
)


class _Asked:
    """Unknown facts by label, each with the address where it is answered."""

    def __init__(self, case: Case, background: Background, request: InstitutionRequest) -> None:
        self.case, self.labels, self.granted = case, background.labels, request.permissions
        self.current = imaging_of(case).current

    def linked(self, names: Iterable[str]) -> list[dict[str, str]]:
        """The facts of `names`."""
        return [{"label": self.labels[name], "url": self._url(name)} for name in names]

    def _url(self, name: str) -> str:
        return if_granted(where_answered(self.case, name, current=self.current), self.granted)


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a reference table: its first cell as the head, the others as labeled lines."""
    head, *others = row["cells"].values()
    return {"id": row["id"], "head": head["text"], "others": others, "source": row["source"]}

"""GuidanceResponse: what an edition of the guidance said of a case at one time."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet

from cases.fhir.references import instant
from cases.fhir.resources import codings
from cases.fhir.resources.elements import condition_of, said, subject_of
from cases.fhir.resources.narrowings import of_case
from cases.fhir.signed import plan_of
from cases.fhir.source import Source
from cases.models import Assessment
from cases.selectors.concepts import label_of

#: The id, within the resource, of what the guidance said.
ANSWER = "answer"


class AssessmentResponse(Source):
    """One assessment. They are only ever added to; the newest of a case is the one that counts.

    Its module is the plan of the scenario in the edition that was asked; where the case belongs to
    none, the edition as a whole.
    """

    resource_type: ClassVar[str] = "GuidanceResponse"
    model = Assessment
    stamp: ClassVar[str] = "made_at"
    narrowings: ClassVar = of_case()

    def rows(self) -> QuerySet[Any]:
        """Assessments with their cases."""
        rows = Assessment.objects.select_related("case")
        return rows.defer("facts", "origins", "case__referral_text")

    def project(self, row: Assessment) -> dict[str, Any]:
        """The edition, the answer in short, and which facts are missing."""
        missing = row.answer.get("missing") or []
        plan = plan_of(row)
        module = {"moduleCanonical": plan} if plan else {"moduleUri": _edition(row)}
        return said(
            resourceType=self.resource_type,
            contained=[_answer(row)],
            **module,
            status=_status(row, missing),
            subject=subject_of(row),
            occurrenceDateTime=instant(row.made_at),
            reasonReference=[condition_of(row)],
            outputParameters={"reference": f"#{ANSWER}"},
            dataRequirement=[_wanted(name) for name in missing],
        )


def _edition(assessment: Assessment) -> str:
    base = settings.SITE_URL.rstrip("/")
    return f"{base}/guidance/{assessment.edition_version}/fhir.json"


def _status(assessment: Assessment, missing: list[str]) -> str:
    """Whether more is wanted to answer at all, or to answer better."""
    if not missing:
        return "success"
    return "data-requested" if plan_of(assessment) else "data-required"


def _wanted(fact: str) -> dict[str, Any]:
    path = f"fact/{fact}"
    coding = codings.concept(path, label_of(path))["coding"]
    return {"type": "Observation", "codeFilter": [{"path": "code", "code": coding}]}


def _answer(assessment: Assessment) -> dict[str, Any]:
    return {
        "resourceType": "Parameters",
        "id": ANSWER,
        "parameter": [
            {"name": name, "valueString": str(value)} for name, value in _said(assessment)
        ],
    }


def _said(assessment: Assessment) -> Iterator[tuple[str, Any]]:
    """What the answer comes down to; the whole of it is in the REST API and on the page."""
    answer = assessment.answer
    short = {
        "edition": assessment.edition_version,
        "edition-hash": assessment.edition_hash,
        "scenario": assessment.scenario,
        "branch": assessment.branch,
        "board-level": assessment.board_level,
        "top-study": answer.get("top"),
        "grade": answer.get("grade"),
    }
    yield from ((name, value) for name, value in short.items() if value)
    for name, key in (("action", "actions"), ("check", "warnings")):
        yield from ((name, code) for code in answer.get(key) or ())

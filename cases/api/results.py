"""Results of studies over the wire: read, enter, correct."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Result, Study
from cases.models.result import Outcome
from cases.selectors.facts import RESULT_FACTS
from cases.services import results
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

#: What a nuclear study shows, beside the facts of every result.
UPTAKE = (
    "sstr_result",
    "krenning_grade",
    "sstr_uptake_homogeneous",
    "sstr_suvmax",
    "fdg_result",
)
EXAMPLE = {
    "study": ID,
    "outcome": "progression",
    "summary": "Two new lesions in segment VI.",
    "new_lesions": True,
}


@shown_as({"id": ID, **EXAMPLE, "case": ID, "entered_at": AT}, A_result=EXAMPLE)
class ResultSerializer(RowSerializer):
    """What a study showed; fields that are null or empty are unknown."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id", read_only=True)

    class Meta:
        model = Result
        fields = (
            "id", "study", "case", "outcome", "summary", *RESULT_FACTS, *UPTAKE, "kept_reason",
            "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("study",)


class ResultList(ReadList):
    """Results."""

    model = Result
    resource = "DiagnosticReport"
    serializer_class = ResultSerializer
    one = "api_result"
    filters: ClassVar = {
        "case": by_id("case_id"),
        "study": by_id("study_id"),
        "outcome": by_code("outcome", Outcome),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}
    problems = (409,)

    @lists(ResultSerializer)
    def get(self, request: Request) -> Response:
        """The institution's results."""
        return self.answer_page()

    @adds(ResultSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Enter the result of a study; its case is assessed anew."""
        values = self.parsed(request)
        study = self.referred(Study, "study", values.pop("study_id"))
        return self.created(results.enter(study=study, by=request.user, **values))


class ResultOne(Changes):
    """One result."""

    model = Result
    resource = "DiagnosticReport"
    serializer_class = ResultSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PATCH": Permission.RESULT_WRITE}

    def change(self, row: Result, values: dict[str, Any]) -> Result:
        """Correct a result."""
        return results.change(result=row, by=self.request.user, **values)

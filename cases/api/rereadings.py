"""The board's own readings of studies over the wire: read, add, change."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Rereading, Study
from cases.models.rereading import Agreement
from cases.services import rereadings as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "study": ID,
    "outcome": "progression",
    "agreement": "major",
    "words": "A new lesion in segment 7.",
    "read_on": "2026-11-12",
    "read_by": "Board radiologist",
}


@shown_as({"id": ID, "case": ID, **EXAMPLE, "entered_at": AT}, A_major_discrepancy=EXAMPLE)
class RereadingSerializer(RowSerializer):
    """What the board sees on a study; the result as reported stays as it is."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id", read_only=True)

    class Meta:
        model = Rereading
        fields = (
            "id", "study", "case", "outcome", "agreement", "words", "read_on", "read_by",
            "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("study",)


class RereadingList(ReadList):
    """Readings of the board."""

    model = Rereading
    resource = "DiagnosticReport"
    serializer_class = RereadingSerializer
    one = "api_rereading"
    filters: ClassVar = {
        "case": by_id("case_id"),
        "study": by_id("study_id"),
        "agreement": by_code("agreement", Agreement),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @lists(RereadingSerializer)
    def get(self, request: Request) -> Response:
        """What boards saw on studies."""
        return self.answer_page()

    @adds(RereadingSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Keep what the board sees on a study; the case is assessed anew."""
        values = self.parsed(request)
        study = self.referred(Study, "study", values.pop("study_id"))
        return self.created(services.add(study=study, by=request.user, **values))


class RereadingOne(Changes):
    """One reading of the board."""

    model = Rereading
    resource = "DiagnosticReport"
    serializer_class = RereadingSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PATCH": Permission.RESULT_WRITE}

    def change(self, row: Rereading, values: dict[str, Any]) -> Rereading:
        """Correct a reading."""
        return services.change(rereading=row, by=self.request.user, **values)

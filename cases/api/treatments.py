"""Treatments over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Case, Treatment
from cases.models.treatment import TreatmentType
from cases.services import treatments as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "case": ID,
    "type": "everolimus",
    "line": 2,
    "intent": "disease_control",
    "start": "2025-02-03",
    "end": "2025-11-10",
    "ongoing": False,
    "best_response": "SD",
    "stop_reason": "progression",
}


@shown_as(
    {"id": ID, **EXAMPLE},
    A_second_line_that_was_stopped=EXAMPLE,
    A_resection={
        "case": ID,
        "type": "surgery_primary",
        "intent": "curative",
        "start": "2024-05-14",
        "agent": "distal pancreatectomy",
        "margin": "R0",
    },
)
class TreatmentSerializer(RowSerializer):
    """One treatment; what is null or empty is unknown."""

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = Treatment
        fields = (
            "id", "case", "type", "agent", "target", "intent", "line", "start", "end", "ongoing",
            "cycles", "activity_gbq", "best_response", "stop_reason", "margin", "note",
        )  # fmt: skip
        read_only_fields = ("id",)
        fixed = ("case",)


class TreatmentList(ReadList):
    """Treatments."""

    model = Treatment
    resource = "Procedure"
    serializer_class = TreatmentSerializer
    one = "api_treatment"
    filters: ClassVar = {"case": by_id("case_id"), "type": by_code("type", TreatmentType)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(TreatmentSerializer)
    def get(self, request: Request) -> Response:
        """The institution's treatments."""
        return self.answer_page()

    @adds(TreatmentSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a treatment to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class TreatmentOne(Changes, Removes):
    """One treatment."""

    model = Treatment
    resource = "Procedure"
    serializer_class = TreatmentSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: Treatment, values: dict[str, Any]) -> Treatment:
        """Correct a treatment."""
        return services.change(treatment=row, by=self.request.user, **values)

    def remove(self, row: Treatment) -> None:
        """Take back a treatment."""
        services.remove(treatment=row, by=self.request.user)

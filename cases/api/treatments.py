"""Treatments over the wire: read, add."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.serializers import ID, RowSerializer
from cases.api.views import ReadList, ReadOne, adds, lists
from cases.models import Case, Treatment
from cases.services import treatments as services
from tumorboard.accounts.permissions import Permission


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A second line that was stopped",
            request_only=True,
            value={
                "case": ID,
                "type": "everolimus",
                "line": 2,
                "intent": "disease_control",
                "start": "2025-02-03",
                "end": "2025-11-10",
                "ongoing": False,
                "best_response": "SD",
                "stop_reason": "progression",
            },
        ),
        OpenApiExample(
            "A resection",
            request_only=True,
            value={
                "case": ID,
                "type": "surgery_primary",
                "intent": "curative",
                "start": "2024-05-14",
                "agent": "distal pancreatectomy",
                "margin": "R0",
            },
        ),
    ]
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


class TreatmentList(ReadList):
    """Treatments."""

    model = Treatment
    resource = "Procedure"
    serializer_class = TreatmentSerializer
    filters = {"case": "case_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(TreatmentSerializer, "case")
    def get(self, request: Request) -> Response:
        """The institution's treatments."""
        return self.answer_page()

    @adds(TreatmentSerializer)
    def post(self, request: Request) -> Response:
        """Add a treatment to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class TreatmentOne(ReadOne):
    """One treatment."""

    model = Treatment
    resource = "Procedure"
    serializer_class = TreatmentSerializer

"""Laboratory values over the wire: read, add."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.serializers import ID, RowSerializer, YesNo
from cases.api.views import ReadList, ReadOne, adds, lists
from cases.models import Case, LabResult
from cases.services import lab_results as services
from tumorboard.accounts.permissions import Permission


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Chromogranin A above its limit",
            request_only=True,
            value={
                "case": ID,
                "analyte": "chromogranin_a",
                "value": "345",
                "unit": "ng/mL",
                "upper_limit": "100",
                "taken_on": "2026-11-02",
                "laboratory": "City",
            },
        ),
        OpenApiExample(
            "A value below detection",
            request_only=True,
            value={
                "case": ID,
                "analyte": "gastrin",
                "comparator": "<",
                "value": "10",
                "unit": "pg/mL",
                "taken_on": "2026-11-02",
            },
        ),
    ]
)
class LabResultSerializer(RowSerializer):
    """One laboratory value, with the limits that the laboratory gave."""

    case = serializers.UUIDField(source="case_id")
    as_reported = YesNo(
        write_only=True,
        default=False,
        help_text="True: an unlikely value is what the laboratory gave, as a person confirmed.",
    )

    class Meta:
        model = LabResult
        fields = (
            "id", "case", "analyte", "comparator", "value", "unit", "lower_limit", "upper_limit",
            "taken_on", "laboratory", "note", "as_reported", "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")


class LabResultList(ReadList):
    """Laboratory values."""

    model = LabResult
    resource = "Observation"
    serializer_class = LabResultSerializer
    filters = {"case": "case_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(LabResultSerializer, "case")
    def get(self, request: Request) -> Response:
        """The institution's laboratory values."""
        return self.answer_page()

    @adds(LabResultSerializer)
    def post(self, request: Request) -> Response:
        """Add a laboratory value to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class LabResultOne(ReadOne):
    """One laboratory value."""

    model = LabResult
    resource = "Observation"
    serializer_class = LabResultSerializer

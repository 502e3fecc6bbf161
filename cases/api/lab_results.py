"""Laboratory values over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, YesNo
from cases.models import Case, LabResult
from cases.services import lab_results as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "case": ID,
    "analyte": "chromogranin_a",
    "value": "345",
    "unit": "ng/mL",
    "upper_limit": "100",
    "taken_on": "2026-11-02",
    "laboratory": "City",
}


@shown_as(
    {"id": ID, **EXAMPLE, "value": "345.0000", "upper_limit": "100.0000", "entered_at": AT},
    Chromogranin_A_above_its_limit=EXAMPLE,
    A_value_below_detection={
        "case": ID,
        "analyte": "gastrin",
        "comparator": "<",
        "value": "10",
        "unit": "pg/mL",
        "taken_on": "2026-11-02",
    },
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
        fixed = ("case",)


class LabResultList(ReadList):
    """Laboratory values."""

    model = LabResult
    resource = "Observation"
    serializer_class = LabResultSerializer
    one = "api_lab_result"
    filters: ClassVar = {"case": by_id("case_id")}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(LabResultSerializer)
    def get(self, request: Request) -> Response:
        """The institution's laboratory values."""
        return self.answer_page()

    @adds(LabResultSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a laboratory value to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class LabResultOne(Changes, Removes):
    """One laboratory value."""

    model = LabResult
    resource = "Observation"
    serializer_class = LabResultSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: LabResult, values: dict[str, Any]) -> LabResult:
        """Correct a laboratory value."""
        return services.change(lab_result=row, by=self.request.user, **values)

    def remove(self, row: LabResult) -> None:
        """Take back a laboratory value."""
        services.remove(lab_result=row, by=self.request.user)

"""Specimens and their pathology over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, Text
from cases.models import Case, Specimen
from cases.models.specimen import SpecimenKind
from cases.services import specimens as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "case": ID,
    "taken_on": "2026-10-05",
    "kind": "biopsy",
    "site": "liver",
    "differentiation": "well",
    "ki67_percent": "4.50",
    "grade": "G2",
    "who_version": "WHO2022",
}


@shown_as({"id": ID, **EXAMPLE, "entered_at": AT}, A_biopsy=EXAMPLE)
class SpecimenSerializer(RowSerializer):
    """What was taken from the tumor, and what pathology said of it; null or empty is unknown."""

    case = serializers.UUIDField(source="case_id")
    hormones = serializers.ListField(
        child=Text(), allow_null=True, required=False, help_text="Empty: none was found."
    )

    class Meta:
        model = Specimen
        fields = (
            "id", "case", "taken_on", "reported_on", "kind", "site", "laboratory",
            "report_number", "differentiation", "subtype", "ki67_percent", "mitoses_per_10hpf",
            "grade", "who_version", "chromogranin_a", "synaptophysin", "hormones", "size_mm",
            "margin", "nodes_examined", "nodes_positive", "vascular_invasion",
            "perineural_invasion", "report", "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("case",)


class SpecimenList(ReadList):
    """Specimens and their pathology."""

    model = Specimen
    resource = "Specimen"
    serializer_class = SpecimenSerializer
    one = "api_specimen"
    filters: ClassVar = {"case": by_id("case_id"), "kind": by_code("kind", SpecimenKind)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(SpecimenSerializer)
    def get(self, request: Request) -> Response:
        """The institution's specimens."""
        return self.answer_page()

    @adds(SpecimenSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a specimen to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class SpecimenOne(Changes, Removes):
    """One specimen."""

    model = Specimen
    resource = "Specimen"
    serializer_class = SpecimenSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: Specimen, values: dict[str, Any]) -> Specimen:
        """Correct a specimen."""
        return services.change(specimen=row, by=self.request.user, **values)

    def remove(self, row: Specimen) -> None:
        """Take back a specimen."""
        services.remove(specimen=row, by=self.request.user)

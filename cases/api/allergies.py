"""Reactions to substances over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Allergy, Patient
from cases.models.feasibility import Substance
from cases.services import allergies as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "patient": ID,
    "substance": "iodinated_contrast",
    "agent": "iohexol",
    "reaction": "urticaria",
    "severity": "mild",
    "occurred_on": "2019-03-04",
}


@shown_as({"id": ID, **EXAMPLE, "entered_at": AT}, A_reaction_to_contrast=EXAMPLE)
class AllergySerializer(RowSerializer):
    """A reaction of a patient to a substance; what is null or empty is unknown."""

    patient = serializers.UUIDField(source="patient_id")

    class Meta:
        model = Allergy
        fields = (
            "id", "patient", "substance", "agent", "reaction", "severity", "occurred_on",
            "refuted_on", "note", "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("patient",)


class AllergyList(ReadList):
    """Reactions."""

    model = Allergy
    resource = "AllergyIntolerance"
    serializer_class = AllergySerializer
    one = "api_allergy"
    filters: ClassVar = {
        "patient": by_id("patient_id"),
        "substance": by_code("substance", Substance),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(AllergySerializer)
    def get(self, request: Request) -> Response:
        """What the institution's patients reacted to."""
        return self.answer_page()

    @adds(AllergySerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a reaction of a patient; the patient's cases are assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        patient = self.referred(Patient, "patient", values.pop("patient_id"))
        return self.created(services.add(patient=patient, by=request.user, **values))


class AllergyOne(Changes, Removes):
    """One reaction."""

    model = Allergy
    resource = "AllergyIntolerance"
    serializer_class = AllergySerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: Allergy, values: dict[str, Any]) -> Allergy:
        """Correct a reaction, or say that it was refuted."""
        return services.change(allergy=row, by=self.request.user, **values)

    def remove(self, row: Allergy) -> None:
        """Take back a reaction."""
        services.remove(allergy=row, by=self.request.user)

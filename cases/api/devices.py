"""Implanted devices over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Device, Patient
from cases.models.feasibility import DeviceKind
from cases.services import devices as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "patient": ID,
    "kind": "pacemaker",
    "mri_safety": "conditional",
    "implanted_on": "2021-06-08",
    "checked_on": "2026-11-02",
}


@shown_as({"id": ID, **EXAMPLE, "entered_at": AT}, A_pacemaker=EXAMPLE)
class DeviceSerializer(RowSerializer):
    """A device that is implanted in a patient; what is null or empty is unknown."""

    patient = serializers.UUIDField(source="patient_id")

    class Meta:
        model = Device
        fields = (
            "id", "patient", "kind", "mri_safety", "implanted_on", "removed_on", "checked_on",
            "note", "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("patient",)


class DeviceList(ReadList):
    """Devices."""

    model = Device
    resource = "Device"
    serializer_class = DeviceSerializer
    one = "api_device"
    filters: ClassVar = {"patient": by_id("patient_id"), "kind": by_code("kind", DeviceKind)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(DeviceSerializer)
    def get(self, request: Request) -> Response:
        """The devices of the institution's patients."""
        return self.answer_page()

    @adds(DeviceSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a device of a patient; the patient's cases are assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        patient = self.referred(Patient, "patient", values.pop("patient_id"))
        return self.created(services.add(patient=patient, by=request.user, **values))


class DeviceOne(Changes, Removes):
    """One device."""

    model = Device
    resource = "Device"
    serializer_class = DeviceSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: Device, values: dict[str, Any]) -> Device:
        """Correct a device, or say that it was removed."""
        return services.change(device=row, by=self.request.user, **values)

    def remove(self, row: Device) -> None:
        """Take back a device."""
        services.remove(device=row, by=self.request.user)

"""Patients over the wire: read, search, add, change."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, Endpoint, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.replays import once
from cases.api.values import RowSerializer, Strict, Text, YesNo
from cases.models import Patient
from cases.selectors.cases import patient_by_record_number
from cases.services import patients
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

EXAMPLE = {
    "record_number": "N-0001",
    "family_name": "Example",
    "given_name": "Alex",
    "birth_date": "1968-05-02",
    "sex": "female",
}


@shown_as(
    {"id": ID, **EXAMPLE, "created_at": AT},
    A_patient=EXAMPLE,
    A_pseudonymous_patient={"record_number": "STUDY-17"},
)
class PatientSerializer(RowSerializer):
    """A patient. Name, date of birth and sex may be unknown: empty or null."""

    confirmed_new = YesNo(
        write_only=True,
        required=False,
        help_text="true: somebody has looked, and nobody who is here already is this patient. "
        "Else a patient whose name and date of birth are those of another one, or nearly, is a "
        "conflict of the type urn:tumorboard:problem:possible-duplicate, which names `candidates`.",
    )

    class Meta:
        model = Patient
        fields = (
            "id", "record_number", "family_name", "given_name", "birth_date", "sex", "created_at",
            "confirmed_new",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")
        fixed = ("confirmed_new",)


@shown_as(A_record_number={"record_number": "N-0001"})
class SearchSerializer(Strict):
    """A record number, in a body: addresses are logged, and it is patient data."""

    record_number = Text(max_length=60)


@shown_as({"results": [{"id": ID, **EXAMPLE, "created_at": AT}]})
class FoundSerializer(serializers.Serializer):
    """The patient with the record number, or nobody."""

    results = PatientSerializer(many=True)


class PatientList(ReadList):
    """Patients."""

    model = Patient
    resource = "Patient"
    serializer_class = PatientSerializer
    one = "api_patient"
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}
    problems = (409,)

    @lists(PatientSerializer)
    def get(self, request: Request) -> Response:
        """The institution's patients."""
        return self.answer_page()

    @adds(PatientSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a patient; one who seems to be here already only once that is confirmed."""
        values = self.parsed(request)
        is_confirmed = values.pop("confirmed_new", False)
        return self.created(patients.add(is_confirmed=is_confirmed, by=request.user, **values))


class PatientSearch(Endpoint):
    """Finding a patient without writing a record number into an address."""

    model = Patient
    resource = "Patient"
    serializer_class = SearchSerializer
    permissions: ClassVar = {"POST": Permission.CASE_READ}
    interactions: ClassVar = {"POST": "s"}
    has_tag = False

    @extend_schema(responses={200: FoundSerializer})
    @once
    def post(self, request: ApiRequest) -> Response:
        """The patient with a record number, in whatever case it is typed."""
        assert self.institution is not None  # noqa: S101 - the scope is entered
        patient = patient_by_record_number(self.parsed(request)["record_number"])
        record(
            action="patient.searched",
            subject=self.institution,
            by=request.user,
            criteria=["record_number"],
            found=0 if patient is None else 1,
        )
        if patient is not None:
            record(action="patient.read", subject=patient, by=request.user)
        self.written = patient
        return Response(FoundSerializer({"results": [patient] if patient else []}).data)


class PatientOne(Changes):
    """One patient."""

    model = Patient
    resource = "Patient"
    serializer_class = PatientSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PATCH": Permission.CASE_WRITE}

    def change(self, row: Patient, values: dict[str, Any]) -> Patient:
        """Correct who a patient is."""
        return patients.change(patient=row, by=self.request.user, **values)

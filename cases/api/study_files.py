"""Files of studies over the wire: brought, read about, given out, confirmed, discarded."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, OneRow, ReadList, Removes, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.files import KINDS, PARTIAL, GivesFile, TakesFile
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import Strict
from cases.models import Study, StudyFile
from cases.models.study_file import FileKind, FileState
from cases.selectors.study_files import CONTENT_TYPES, content_of, saved_as
from cases.services import study_files as services
from cases.services.errors import Invalid
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.sent_files import file_response

NOTHING_CAME = "Send the file as the body, its length in the header Content-Length."


@shown_as(
    {
        "id": ID,
        "study": ID,
        "case": ID,
        "kind": "pdf",
        "size": 48_213,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "state": "stored",
        "virus_check": "clean",
        "uploaded_at": AT,
    }
)
class StudyFileSerializer(serializers.ModelSerializer):
    """What is known of a file, but not its name: it may name the patient.

    `stored`: it can be fetched; `held`: a person must say first whether it is this patient's;
    `waiting`: for the virus check; `infected`: it holds a virus and was not kept.
    """

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = StudyFile
        fields = (
            "id", "study", "case", "kind", "size", "sha256", "state", "virus_check", "uploaded_at",
        )  # fmt: skip


@shown_as(None, It_is_this_patients={"state": "stored"})
class ConfirmationSerializer(Strict):
    """That a held file is this patient's all the same."""

    state = serializers.ChoiceField(choices=[FileState.STORED.value])


class StudyFileList(ReadList):
    """What files studies have."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
    filters: ClassVar = {
        "case": by_id("case_id"),
        "study": by_id("study_id"),
        "kind": by_code("kind", FileKind),
        "state": by_code("state", FileState),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @lists(StudyFileSerializer)
    def get(self, request: Request) -> Response:
        """What files the institution's studies have."""
        return self.answer_page()


class StudyFiles(TakesFile, OneRow):
    """The files of one study, as somewhere to bring another."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
    one = "api_study_file"
    permissions: ClassVar = {"POST": Permission.RESULT_WRITE}
    interactions: ClassVar = {"POST": "c"}

    @extend_schema(
        request={kind.media_type: OpenApiTypes.BINARY for kind in KINDS},
        responses={201: StudyFileSerializer},
    )
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Bring a file of a study: PDF, PNG, JPEG, DICOM, or a ZIP of its DICOM files."""
        study = Study.objects.filter(pk=pk).first()
        if study is None:
            raise Http404
        _ = request.data  # Reads the body.
        if self.content is None:
            raise Invalid({services.FILE: [NOTHING_CAME]})
        file = services.upload(study=study, name=self.name, content=self.content, by=request.user)
        return self.created(file)


class StudyFileOne(Changes, Removes):
    """What is known of one file of a study."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.RESULT_WRITE,
        "DELETE": Permission.RESULT_WRITE,
    }
    #: Whose file it is says a person: no scope opens that.
    interactions: ClassVar = {"GET": "r", "DELETE": "u"}

    @extend_schema(request=ConfirmationSerializer, responses=StudyFileSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Say that a held file is this patient's all the same; it can be used from then on."""
        return super().patch(request, pk)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The confirmation, checked for form."""
        serializer = ConfirmationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: StudyFile, values: dict[str, Any]) -> StudyFile:
        """Confirm it."""
        return services.confirm(file=row, by=self.request.user)

    def remove(self, row: StudyFile) -> None:
        """Delete it with its content."""
        services.discard(file=row, by=self.request.user)


class StudyFileContent(GivesFile):
    """One file of a study itself."""

    model = StudyFile
    resource = "ImagingStudy"
    serializer_class = StudyFileSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Range", str, OpenApiParameter.HEADER, description="One range of bytes: 206."
            )
        ],
        responses={
            (code, kind): OpenApiTypes.BINARY
            for code in (200, PARTIAL)
            for kind in CONTENT_TYPES.values()
        },
    )
    def get(self, request: ApiRequest, pk: UUID) -> HttpResponseBase:
        """A stored file as it was brought, or a part of it; one that is not stored is not there."""
        file = self.get_object()
        if file.state != FileState.STORED:
            raise Http404
        record(action="case.study_file.downloaded", subject=file, by=request.user)
        return file_response(
            request._request, content_of(file), **saved_as(file), tag=f'"{file.sha256}"'
        )

"""Exports of many cases over the wire: ask for a table, follow it, fetch it."""

import json
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Endpoint, ReadList, ReadOne, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.files import GivesFile
from cases.api.replays import once
from cases.api.values import Strict
from cases.documents.tables import CONTENT_TYPES, as_file
from cases.models import ExportFile
from cases.models.case import BoardLevel, Preparation, Readiness
from cases.selectors import case_list
from cases.services import export_files as services
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: The kinds of file, with their content types.
KINDS = {**CONTENT_TYPES, "jsonl": "application/x-ndjson"}
EXAMPLE = {"format": "csv", "columns": ["diagnosis", "status"], "readiness": "ready"}
ANSWER = {
    "id": ID,
    "format": "csv",
    "columns": ["diagnosis", "status"],
    "filters": {"readiness": "ready"},
    "state": "done",
    "row_count": 120,
    "done_count": 120,
    "has_stopped": False,
    "requested_at": AT,
    "file": f"/api/v1/i/north/exports/{ID}/file/",
}


@shown_as(ANSWER, The_cases_that_are_ready=EXAMPLE, All_cases={"format": "jsonl"})
class ExportSerializer(Strict, serializers.ModelSerializer):
    """A table of cases that a worker collects. `file` is where it is, for an hour."""

    format = serializers.ChoiceField(choices=ExportFile.Format.choices, default="csv")
    columns = serializers.ListField(
        child=serializers.ChoiceField(
            choices=[(c.key, c.label) for c in case_list.COLUMNS.values()]
        ),
        default=list(case_list.DEFAULT_COLUMNS),
        allow_empty=False,
        help_text="Beside who the patient is.",
    )
    readiness = serializers.ChoiceField(choices=Readiness.choices, required=False, write_only=True)
    preparation = serializers.ChoiceField(
        choices=Preparation.choices, required=False, write_only=True
    )
    board = serializers.ChoiceField(choices=BoardLevel.choices, required=False, write_only=True)
    scenario = serializers.CharField(required=False, write_only=True, max_length=60)
    row_count = serializers.SerializerMethodField(help_text="How many cases it has or will have.")
    has_stopped = serializers.BooleanField(
        read_only=True, help_text="The collecting failed for good: ask anew."
    )
    file = serializers.SerializerMethodField()

    class Meta:
        model = ExportFile
        fields = (
            "id", "format", "columns", *case_list.FILTERS, "filters", "state", "row_count",
            "done_count", "has_stopped", "requested_at", "file",
        )  # fmt: skip
        read_only_fields = ("id", "filters", "state", "done_count", "requested_at")

    def get_row_count(self, row: ExportFile) -> int:
        """How many cases it has."""
        return len(row.cases)

    @extend_schema_field({"type": ["string", "null"]})
    def get_file(self, row: ExportFile) -> Any:
        """The address of the file; null until it is done."""
        if row.state != ExportFile.State.DONE:
            return None
        return reverse("api_export_file", kwargs={"slug": self.context["view"].slug, "pk": row.pk})


class OwnExports(Endpoint):
    """Of exports, each person and each client sees their own."""

    def get_queryset(self) -> QuerySet[Any]:
        """Those of the caller that are kept still."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return services.kept(rows, by=self.request.user)


class ExportList(OwnExports, ReadList):
    """Exports."""

    model = ExportFile
    resource = "Group"
    serializer_class = ExportSerializer
    noun = "export"
    one = "api_export"
    permissions: ClassVar = {"GET": Permission.CASE_EXPORT, "POST": Permission.CASE_EXPORT}
    problems = (409,)

    @lists(ExportSerializer)
    def get(self, request: Request) -> Response:
        """The tables that the caller has asked for within the hour."""
        return self.answer_page()

    @adds(ExportSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Ask for a table of cases; a worker collects it."""
        values = self.parsed(request)
        query = case_list.asked(values, columns=values["columns"])
        if query.scenario != values.get("scenario", ""):
            raise Invalid({"scenario": ["There is no such scenario in the guidance."]})
        return self.created(services.ask(query=query, kind=values["format"], by=request.user))


class ExportOne(OwnExports, ReadOne):
    """One export."""

    model = ExportFile
    resource = "Group"
    serializer_class = ExportSerializer
    noun = "export"
    permissions: ClassVar = {"GET": Permission.CASE_EXPORT}


class ExportContent(OwnExports, GivesFile):
    """The file of one export."""

    model = ExportFile
    resource = "Group"
    serializer_class = ExportSerializer
    permissions: ClassVar = {"GET": Permission.CASE_EXPORT}
    problems = (409,)

    @extend_schema(
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in KINDS.values()}
    )
    def get(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """The table, for an hour after it was asked for, and for who asked for it."""
        file = self.get_object()
        if file.state != ExportFile.State.DONE:
            message = "The table is being collected still."
            raise Refused(message)
        if not services.is_whole(file):
            message = "A case of this table was restricted or erased since. Ask for a new one."
            raise Refused(message)
        record(action="export.downloaded", subject=file, by=request.user, shown=file.cases)
        response = HttpResponse(_content(file), content_type=KINDS[file.format])
        name = f"cases-{file.requested_at.date().isoformat()}.{file.format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _content(file: ExportFile) -> bytes:
    if file.format != ExportFile.Format.JSON_LINES:
        return as_file(file.table, ending=file.format, title="Cases")
    heads, *rows = file.table
    lines = (json.dumps(dict(zip(heads, row, strict=True)), ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()

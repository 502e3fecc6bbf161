"""Imports of many cases over the wire: send a table, say what its columns mean, have it written."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code
from cases.api.problems import problem
from cases.api.replays import once
from cases.api.tables import KINDS
from cases.api.values import Strict
from cases.models import ImportFile, ImportRow
from cases.selectors import imports as selectors
from cases.services.errors import Invalid
from cases.services.imports import uploads
from cases.services.imports.fields import guess, memory_key
from cases.services.imports.limits import TableError
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

ROW = {
    "id": ID,
    "name": "import.csv",
    "state": "checked",
    "row_count": 120,
    "done_count": 0,
    "uploaded_at": AT,
}
MAPPING = {"MRN": "record_number", "Ki-67": "ki67_percent", "Remarks": ""}


@shown_as(ROW)
class ImportSerializer(serializers.ModelSerializer):
    """A table of cases, and how far it has come.

    `uploaded`: say what its columns mean; `checked`: have it written; `running`; `done`.
    """

    class Meta:
        model = ImportFile
        fields: tuple[str, ...] = ("id", "name", "state", "row_count", "done_count", "uploaded_at")
        read_only_fields = fields


class CountsSerializer(serializers.Serializer):
    """How many rows are in which state."""

    waiting = serializers.IntegerField(help_text="Not checked yet.")
    good = serializers.IntegerField(help_text="They will be cases.")
    bad = serializers.IntegerField(help_text="They have errors, and will be none.")
    known = serializers.IntegerField(help_text="Their record number is here already.")
    written = serializers.IntegerField(help_text="They are cases.")


@shown_as(
    {
        **ROW,
        "columns": list(MAPPING),
        "mapping": MAPPING,
        "rows": {"waiting": 0, "good": 112, "bad": 5, "known": 3, "written": 0},
        "has_stopped": False,
    }
)
class ImportProgressSerializer(ImportSerializer):
    """One import. `mapping` is what its columns mean; while `uploaded`, what they probably mean."""

    columns = serializers.ListField(child=serializers.CharField())
    mapping = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    has_stopped = serializers.SerializerMethodField(
        help_text="The writing failed for good: set `state` to `running` again to go on."
    )

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "columns", "mapping", "rows", "has_stopped")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_mapping(self, row: ImportFile) -> Any:
        """By column: a field, or nothing where the column is left out."""
        if row.state != ImportFile.State.UPLOADED:
            return row.mapping
        known = selectors.remembered(memory_key(heading) for heading in row.columns)
        return {name: each.field for name, each in guess(row.columns, known).items()}

    @extend_schema_field(CountsSerializer)
    def get_rows(self, row: ImportFile) -> Any:
        """How many rows are in which state."""
        return CountsSerializer(selectors.counts(row)).data

    def get_has_stopped(self, row: ImportFile) -> bool:
        """Whether somebody has to start it again."""
        return selectors.has_stopped(row)


@shown_as(
    What_the_columns_mean={"mapping": MAPPING},
    It_is_to_be_written={"state": "running"},
)
class ImportChangeSerializer(Strict):
    """What the columns mean, whereupon every row is checked; or that the good rows are written."""

    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=80), required=False
    )
    state = serializers.ChoiceField(choices=[ImportFile.State.RUNNING.value], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if len(attrs) != 1:
            reason = "Give `mapping`, or `state` with `running`."
            raise serializers.ValidationError({"": [reason]})
        return attrs


class RowErrorSerializer(serializers.Serializer):
    """What is wrong with one cell; without a column, with the row."""

    column = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


@shown_as(
    {
        "id": ID,
        "line": 7,
        "state": "bad",
        "case": None,
        "errors": [
            {
                "column": "Ki-67",
                "field": "ki67_percent",
                "value": "101",
                "reason": "Must be at most 100 % positive nuclei, not 101.",
            }
        ],
    }
)
class ImportRowSerializer(serializers.ModelSerializer):
    """What became of one row, by its line of the file."""

    line = serializers.IntegerField(source="number")
    case = serializers.UUIDField(source="case_id", allow_null=True)
    # Fields do not stay on the class.
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = ImportRow
        fields = ("id", "line", "state", "case", "errors")
        read_only_fields = fields

    @extend_schema_field(RowErrorSerializer(many=True))
    def get_errors(self, row: ImportRow) -> Any:
        """All that is wrong with it."""
        return row.errors or []


class ImportList(ReadList):
    """Imports."""

    model = ImportFile
    resource = "Bundle"
    serializer_class = ImportSerializer
    noun = "import"
    one = "api_import"
    filters: ClassVar = {"state": by_code("state", ImportFile.State)}
    permissions: ClassVar = {"GET": Permission.CASE_IMPORT, "POST": Permission.CASE_IMPORT}
    parser_classes = KINDS
    #: The file that was sent (`cases.api.tables`).
    name = ""
    content = b""

    @lists(ImportSerializer)
    def get(self, request: Request) -> Response:
        """The tables of cases that were sent or uploaded, and how far each has come."""
        return self.answer_page()

    @extend_schema(
        request={kind.media_type: OpenApiTypes.BINARY for kind in KINDS},
        responses={201: ImportProgressSerializer},
    )
    @once
    def post(self, request: ApiRequest) -> Response:
        """Send a table of cases as CSV, XLSX or lines of JSON; nothing of it is written yet."""
        _ = request.data  # Reads the body.
        try:
            new = uploads.upload(name=self.name, content=self.content, by=request.user)
        except TableError as error:
            # An answer and no error: that somebody sent a virus must stay in the audit.
            return problem("unprocessable-entity", errors=[("", str(error))])
        self.serializer_class = ImportProgressSerializer
        return self.created(new)


class ImportOne(Changes):
    """One import."""

    model = ImportFile
    resource = "Bundle"
    serializer_class = ImportProgressSerializer
    noun = "import"
    permissions: ClassVar = {"GET": Permission.CASE_IMPORT, "PATCH": Permission.CASE_IMPORT}

    @extend_schema(request=ImportChangeSerializer, responses=ImportProgressSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Say what the columns mean, which checks every row; then have the good rows written."""
        return super().patch(request, pk)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The change, checked for form."""
        serializer = ImportChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: ImportFile, values: dict[str, Any]) -> ImportFile:
        """Call the service of the step."""
        if "state" in values:
            return uploads.start(file=row, by=self.request.user)
        mapping = values["mapping"]
        if unknown := mapping.keys() - set(row.columns):
            reason = "The file has no such column."
            raise Invalid({f"mapping.{name}": [reason] for name in sorted(unknown)})
        try:
            return uploads.choose_columns(file=row, mapping=mapping, by=self.request.user)
        except Invalid as error:
            placed = {
                f"mapping.{name}" if name else "mapping": why for name, why in error.errors.items()
            }
            raise Invalid(placed) from None


class ImportRows(ReadList):
    """The rows of one import."""

    model = ImportRow
    resource = "Bundle"
    serializer_class = ImportRowSerializer
    filters: ClassVar = {"state": by_code("state", ImportRow.State)}
    permissions: ClassVar = {"GET": Permission.CASE_IMPORT}
    listing = "import.rows.read"

    #: The import that the address names; none while the API only describes itself.
    file: ImportFile | None = None

    def get_queryset(self) -> QuerySet[Any]:
        """The rows of the file."""
        return super().get_queryset().filter(file=self.file)

    def about(self, rows: Any) -> list[UUID] | None:
        """The cases that rows have become."""
        return [row.case_id for row in rows if row.case_id]

    @extend_schema(responses=ImportRowSerializer(many=True))
    def get(self, request: ApiRequest, pk: UUID) -> Response:
        """What became of each row: what is wrong with it, or which case it is."""
        self.file = ImportFile.objects.filter(pk=pk).first()
        if self.file is None:
            raise Http404
        record(action="import.read", subject=self.file, by=request.user)
        return self.answer_page()

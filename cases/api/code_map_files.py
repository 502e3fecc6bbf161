"""Tables of code mappings over the wire: sent, looked at row by row, taken over, fetched."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.code_maps import refuse_systems
from cases.api.endpoint import Changes, Endpoint
from cases.api.examples import AT, ID, shown_as
from cases.api.files import PlainFile
from cases.api.problems import problem
from cases.api.replays import once
from cases.api.tables import CsvBody, WorkbookBody
from cases.api.values import Strict
from cases.documents.tables import CONTENT_TYPES, as_file
from cases.models import CodeMapFile, CodeMapping
from cases.selectors import code_maps
from cases.services import code_map_files as services
from cases.services.errors import Invalid
from cases.services.imports.limits import TableError
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

KINDS = (CsvBody, WorkbookBody)
UPLOADED, WRITTEN = "uploaded", "written"
STATES = [(UPLOADED, "Looked at"), (WRITTEN, "Taken over")]
DOES = [(word, word) for word in ("add", "change", "nothing", "wrong")]


class CodeRowErrorSerializer(serializers.Serializer):
    """What is wrong with one column."""

    column = serializers.CharField()
    reason = serializers.CharField()


class CodeRowSerializer(serializers.Serializer):
    """One row of the table, by its line, and what it would do now."""

    line = serializers.IntegerField()
    system = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    concept = serializers.CharField(allow_blank=True)
    does = serializers.ChoiceField(choices=DOES)
    # Fields do not stay on the class.
    errors = CodeRowErrorSerializer(many=True)  # type: ignore[assignment]


@shown_as(
    {
        "id": ID,
        "state": UPLOADED,
        "uploaded_at": AT,
        "counts": {"add": 1, "change": 0, "nothing": 0, "wrong": 1},
        "rows": [
            {
                "line": 2,
                "system": "LAB",
                "code": "CGA",
                "concept": "analyte/chromogranin_a",
                "does": "add",
                "errors": [],
            },
            {
                "line": 3,
                "system": "LAB",
                "code": "XYZ",
                "concept": "analyte/nothing",
                "does": "wrong",
                "errors": [
                    {"column": "concept", "reason": "Choose one of the concepts in the list."}
                ],
            },
        ],
    }
)
class CodeMapFileSerializer(serializers.Serializer):
    """A table of codes. It is taken over as a whole, and only where no row is wrong."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    uploaded_at = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = CodeRowSerializer(many=True)


@shown_as(None, It_is_to_be_taken_over={"state": WRITTEN})
class TakingOverSerializer(Strict):
    """That a table is to be taken over."""

    state = serializers.ChoiceField(choices=[WRITTEN])


class OfCodeMapFile(Endpoint):
    """How a table of codes is answered: with what each row would do now."""

    model = CodeMapFile
    resource = "ConceptMap"
    serializer_class = CodeMapFileSerializer
    noun = "code_map.file"

    def shown(self, row: CodeMapFile) -> dict[str, Any]:
        """The table with its rows, as they stand against what codes mean now."""
        rows = [_row(each) for each in services.preview(row)]
        said = {
            "id": row.pk,
            "state": WRITTEN if row.written_at else UPLOADED,
            "uploaded_at": row.uploaded_at,
            "counts": {word: sum(each["does"] == word for each in rows) for word, _ in DOES},
            "rows": rows,
        }
        data: dict[str, Any] = self.get_serializer(said).data
        return data


class CodeMapFileList(OfCodeMapFile):
    """Somewhere to send a table of codes."""

    one = "api_code_map_file"
    permissions: ClassVar = {"POST": Permission.TERMINOLOGY_MANAGE}
    interactions: ClassVar = {"POST": "c"}
    parser_classes = KINDS
    #: The file that was sent (`cases.api.tables`).
    name = ""
    content = b""

    @extend_schema(
        request={kind.media_type: OpenApiTypes.BINARY for kind in KINDS},
        responses={201: CodeMapFileSerializer},
    )
    @once
    def post(self, request: ApiRequest) -> Response:
        """Send a table of codes as CSV or XLSX; nothing of it is taken over yet."""
        _ = request.data  # Reads the body.
        try:
            new = services.upload(name=self.name, content=self.content, by=request.user)
        except TableError as error:
            # An answer and no error: that somebody sent a virus must stay in the audit.
            return problem("unprocessable-entity", errors=[("", str(error))])
        return self.created(new)


class CodeMapFileOne(OfCodeMapFile, Changes):
    """One table of codes."""

    #: Who may send a table may look at it.
    permissions: ClassVar = {
        "GET": Permission.TERMINOLOGY_MANAGE,
        "PATCH": Permission.TERMINOLOGY_MANAGE,
    }
    interactions: ClassVar = {"GET": "c", "PATCH": "u"}

    @extend_schema(request=TakingOverSerializer, responses=CodeMapFileSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Take a table over, every row or none."""
        return super().patch(request, pk)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The change, checked for form."""
        serializer = TakingOverSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: CodeMapFile, values: dict[str, Any]) -> CodeMapFile:
        """Take it over; what it confirms, a person has to."""
        confirms = any(
            each.does != "nothing" and each.mapping.status == CodeMapping.Status.CONFIRMED
            for each in services.preview(row)
        )
        refuse_systems(self.request, is_confirmed=confirms)
        return services.write(file=row, by=self.request.user)


class CodeMappingTable(PlainFile, Endpoint):
    """Every mapping in use as a table."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeMapFileSerializer
    permissions: ClassVar = {"GET": Permission.TERMINOLOGY_MANAGE}
    interactions: ClassVar = {"GET": "c"}
    pagination_class = None
    parameters = ("kind",)

    @extend_schema(
        parameters=[OpenApiParameter("kind", str, enum=list(CONTENT_TYPES))],
        responses={
            (200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()
        },
    )
    def get(self, request: ApiRequest) -> HttpResponse:
        """Every mapping in use as a table that can be sent again; CSV where no kind is named."""
        ending = request.query_params.get("kind", "csv")
        if ending not in CONTENT_TYPES:
            raise Invalid({"kind": [f"Choose one of {', '.join(CONTENT_TYPES)}."]})
        rows = list(code_maps.local_rows().order_by("system", "code"))
        table = services.table_of(rows, by=request.user)
        file = as_file(table, ending=ending, title="Codes")
        response = HttpResponse(file, content_type=CONTENT_TYPES[ending])
        response["Content-Disposition"] = f'attachment; filename="codes.{ending}"'
        return response


def _row(row: services.FileRow) -> dict[str, Any]:
    errors = [
        {"column": column, "reason": reason}
        for column, reasons in row.errors.items()
        for reason in reasons
    ]
    return {
        "line": row.line,
        **{name: row.cells[name] for name in ("system", "code", "concept")},
        "does": "wrong" if errors else row.does,
        "errors": errors,
    }

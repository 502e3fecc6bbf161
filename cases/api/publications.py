"""Agendas as they were published, over the wire: read, publish."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.documents.agenda import render_agenda
from cases.documents.build_agenda import agenda_document
from cases.models import AgendaPublication, Meeting
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen, lines_of
from cases.services import publications as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import seeing_unrestricted

ROW = {
    "id": ID,
    "meeting": ID,
    "number": 1,
    "published_by": "Cora Coordinator",
    "published_at": AT,
}


@shown_as(ROW, The_agenda_of_a_meeting={"meeting": ID})
class PublicationSerializer(RowSerializer):
    """One frozen version of the agenda of a meeting; what stood on it, one of them tells."""

    meeting = serializers.UUIDField(source="meeting_id")
    published_by = serializers.CharField(source="published_by.name", read_only=True)

    class Meta:
        model = AgendaPublication
        fields: tuple[str, ...] = ("id", "meeting", "number", "published_by", "published_at")
        read_only_fields = ("id", "number", "published_at")


class LineSerializer(serializers.Serializer):
    """One case as it stood on the list."""

    case = serializers.UUIDField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    record_number = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    track = serializers.CharField()
    minutes = serializers.IntegerField()


@shown_as(
    {
        **ROW,
        "lines": [
            {
                "case": ID,
                "position": 1,
                "name": "Example, Alex",
                "record_number": "N-0001",
                "title": "NET of the pancreatic tail",
                "question": "Resection first?",
                "track": "discussion",
                "minutes": 5,
            }
        ],
    }
)
class PublicationWithLinesSerializer(PublicationSerializer):
    """One frozen version of an agenda, with the cases that the caller may see."""

    lines = serializers.SerializerMethodField()

    class Meta(PublicationSerializer.Meta):
        fields = (*PublicationSerializer.Meta.fields, "lines")

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, row: AgendaPublication) -> Any:
        """The list as it was."""
        return LineSerializer(lines_of(row), many=True).data


class PublicationList(ReadList):
    """Published agendas."""

    model = AgendaPublication
    resource = "Composition"
    serializer_class = PublicationSerializer
    noun = "publication"
    one = "api_publication"
    filters: ClassVar = {"meeting": by_id("meeting_id")}
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.AGENDA_WRITE}
    problems = (409,)

    def get_queryset(self) -> QuerySet[Any]:
        """With who published each, and without what was printed."""
        return super().get_queryset().select_related("published_by").defer("lines", "pdf")

    @lists(PublicationSerializer)
    def get(self, request: Request) -> Response:
        """Which versions of which agendas were published."""
        return self.answer_page()

    @adds(PublicationSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Freeze the agenda of a meeting as its next version, and tell the board's members."""
        key = self.parsed(request)["meeting_id"]
        meeting = self.referred(Meeting, "meeting", key)
        now = timezone.now()
        # What everybody gets holds no restricted case, whoever publishes it.
        with seeing_unrestricted():
            lines = frozen(agenda(meeting))
            pdf = render_agenda(agenda_document(meeting, printed_at=now), created_at=now)
        new = services.publish(meeting=meeting, lines=lines, pdf=pdf, by=request.user)
        return self.created(new)


class PublicationOne(ReadOne):
    """One published agenda."""

    model = AgendaPublication
    resource = "Composition"
    serializer_class = PublicationWithLinesSerializer
    noun = "agenda"
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    def get_queryset(self) -> QuerySet[Any]:
        """With who published it, and its meeting."""
        return super().get_queryset().select_related("published_by", "meeting").defer("pdf")

    def note_reading(self, row: AgendaPublication) -> None:
        """Note whose cases were shown."""
        shown = [UUID(line.case) for line in lines_of(row)]
        record(action="agenda.read", subject=row.meeting, by=self.request.user, shown=shown)

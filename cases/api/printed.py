"""What is printed, over the wire: agendas as published, signed decisions and their letters."""

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from cases.api.decisions import DecisionSerializer
from cases.api.files import GivesFile
from cases.api.publications import PublicationSerializer
from cases.documents.build_decision import signed_document
from cases.documents.build_letter import letter_document
from cases.documents.build_patient_page import patient_document
from cases.documents.decision import render_decision
from cases.documents.letter import render_letter, render_patient_page
from cases.documents.typesetting import PageSize
from cases.models import AgendaItem, AgendaPublication, Decision
from cases.selectors.decision_versions import Version, versions_of
from cases.selectors.publications import is_whole, lines_of, pdf_of
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

PDF = "application/pdf"
#: By what the parameter `paper` says.
PAPERS: dict[str, PageSize] = {"a4": "a4", "letter": "us-letter"}
PAPER = OpenApiParameter("paper", str, enum=list(PAPERS), description="The size; A4 without it.")


class PublicationFile(GivesFile):
    """One published agenda on paper."""

    model = AgendaPublication
    resource = "Composition"
    serializer_class = PublicationSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}
    problems = (409,)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """The agenda on paper, byte for byte as it was published.

        It is not there for who may not see all of its cases.
        """
        found = self.get_object()
        if not is_whole(found):
            raise Http404
        shown = [UUID(line.case) for line in lines_of(found)]
        pdf = pdf_of(found)
        if pdf is None:
            message = "This PDF cannot be opened: a patient on it was erased since."
            raise Refused(message)
        record(action="agenda.printed", subject=found.meeting, by=request.user, shown=shown)
        return _printed(pdf, name="agenda")


class OfDecision(GivesFile):
    """What is printed of one signed version of a decision; the same bytes each time."""

    model = Decision
    resource = "ClinicalImpression"
    serializer_class = DecisionSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}
    parameters = ("paper",)
    #: What is printed, and how the audit says so.
    name: ClassVar[str]
    entry: ClassVar[str]

    @extend_schema(parameters=[PAPER], responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """The PDF; that of a former version says by which it was replaced."""
        size = PAPERS.get(request.query_params.get("paper", "a4"))
        if size is None:
            raise Invalid({"paper": [f"Choose one of {', '.join(PAPERS)}."]})
        decision = self.get_object()
        item = AgendaItem.objects.select_related(
            "case__patient", "case__assessment", "meeting__board"
        ).get(pk=decision.agenda_item_id)
        version = next(v for v in versions_of(item) if v.decision.pk == decision.pk)
        record(action=self.entry, subject=item.case, by=request.user)
        return _printed(self.render(item, version, size), name=self.name)

    def render(self, item: AgendaItem, version: Version, size: PageSize) -> bytes:
        """The document."""
        raise NotImplementedError


class DecisionFile(OfDecision):
    """A signed decision on paper."""

    name, entry = "decision", "decision.printed"

    def render(self, item: AgendaItem, version: Version, size: PageSize) -> bytes:
        """The record of the decision."""
        said = signed_document(item, version.decision, replaced_by=version.replaced_by)
        return render_decision(said, created_at=version.decision.signed_at, page_size=size)


class DecisionLetter(OfDecision):
    """The letter to the referring clinician."""

    name, entry = "letter", "letter.printed"

    def render(self, item: AgendaItem, version: Version, size: PageSize) -> bytes:
        """The letter."""
        said = letter_document(item, version)
        return render_letter(said, created_at=version.decision.signed_at, page_size=size)


class DecisionPatientPage(OfDecision):
    """The page for the patient."""

    name, entry = "patient", "patient_letter.printed"

    def render(self, item: AgendaItem, version: Version, size: PageSize) -> bytes:
        """The page in plain words."""
        said = patient_document(item, version)
        return render_patient_page(said, created_at=version.decision.signed_at, page_size=size)


def _printed(pdf: bytes, *, name: str) -> HttpResponse:
    """The document, named by its kind: headers end up in logs."""
    response = HttpResponse(pdf, content_type=PDF)
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

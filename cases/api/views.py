"""The endpoints: each parses, calls one service or reads one selector, and answers."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.serializers import (
    AnswersSerializer,
    AssessmentSerializer,
    CaseSerializer,
    PatientSerializer,
    ResultSerializer,
    StudySerializer,
)
from cases.models import Assessment, Case, Patient, Result, Study
from cases.models.patient import search_key
from cases.services import cases, facts, patients, results, studies
from cases.services.errors import Invalid
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


class Pages(CursorPagination):
    """Pages in the order of making; ids are ordered by time."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Endpoint(InstitutionAPIView, generics.GenericAPIView):
    """Reads rows of one model; `filters` maps a query parameter to a column and its parser."""

    model: ClassVar[type[Model]]
    filters: ClassVar[Mapping[str, tuple[str, type]]] = {}
    pagination_class = Pages
    lookup_field = "pk"

    def get_queryset(self) -> QuerySet[Any]:
        """The institution's rows, filtered as the query says."""
        rows = self.model._default_manager
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        wanted = {}
        for parameter, (column, parse) in self.filters.items():
            if given := self.request.query_params.get(parameter):
                try:
                    wanted[column] = parse(given)
                except ValueError:
                    raise Invalid({parameter: ["This is not a valid value."]}) from None
        return rows.filter(**wanted)

    def answer_one(self, row: Model) -> Response:
        """One row, its reading noted."""
        record(action=f"{row._meta.model_name}.read", subject=row, by=self.request.user)
        return Response(self.get_serializer(row).data)

    def answer_list(self) -> Response:
        """One page of rows, the reading of the list noted."""
        rows = self.paginate_queryset(self.get_queryset())
        assert self.institution is not None  # noqa: S101 - the scope is entered
        name = self.model._meta.model_name
        record(action=f"{name}.listed", subject=self.institution, by=self.request.user)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def parsed(self, request: Request) -> dict[str, Any]:
        """The request's body, checked for form; unknown fields are errors, not ignored."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        unknown = set(request.data) - set(serializer.fields)
        if unknown:
            raise Invalid({name: ["There is no such field."] for name in sorted(unknown)})
        values: dict[str, Any] = serializer.validated_data
        return values

    def created(self, row: Model) -> Response:
        """A row that was just written."""
        row.refresh_from_db()
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def referred(self, model: type[Model], field: str, key: UUID) -> Any:
        """The row that the body refers to; another institution's is as good as missing."""
        row = model._default_manager.filter(pk=key).first()
        if row is None:
            raise Invalid({field: ["There is no such row."]})
        return row


class ReadOne(Endpoint):
    """GET of one row."""

    permissions: ClassVar = {"GET": Permission.CASE_READ}

    def get(self, request: Request, pk: UUID) -> Response:
        """One row."""
        return self.answer_one(self.get_object())


def listing(*parameters: str) -> Any:
    """The description of a list's query parameters."""
    return extend_schema(parameters=[OpenApiParameter(name, str) for name in parameters])


class PatientList(Endpoint):
    """Patients."""

    model = Patient
    serializer_class = PatientSerializer
    filters = {"record_number": ("record_key", search_key)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @listing("record_number")
    def get(self, request: Request) -> Response:
        """The institution's patients."""
        return self.answer_list()

    def post(self, request: Request) -> Response:
        """Add a patient."""
        return self.created(patients.add(by=request.user, **self.parsed(request)))


class PatientOne(ReadOne):
    """One patient."""

    model = Patient
    serializer_class = PatientSerializer


class CaseList(Endpoint):
    """Cases."""

    model = Case
    serializer_class = CaseSerializer
    filters = {"patient": ("patient_id", UUID)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @listing("patient")
    def get(self, request: Request) -> Response:
        """The institution's cases."""
        return self.answer_list()

    def post(self, request: Request) -> Response:
        """Open a case, with direct answers where given."""
        values = self.parsed(request)
        patient = self.referred(Patient, "patient", values.pop("patient_id"))
        answers = values.pop("facts", {})
        case = cases.open_case(patient=patient, by=request.user, **values)
        if answers:
            facts.answer(case=case, answers=answers, source="API", by=request.user)
        return self.created(case)


class CaseOne(ReadOne):
    """One case."""

    model = Case
    serializer_class = CaseSerializer


class CaseFacts(Endpoint):
    """Direct answers of one case."""

    model = Case
    serializer_class = AnswersSerializer
    permissions: ClassVar = {"POST": Permission.CASE_WRITE}

    @extend_schema(responses={200: OpenApiResponse(CaseSerializer, "The case after the answers")})
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer facts; the case is assessed anew."""
        case = Case.objects.filter(pk=pk).first()
        if case is None:
            raise Http404
        values = self.parsed(request)
        case = facts.answer(
            case=case,
            answers=values["facts"],
            source=values["source"] or "API",
            if_match=values.get("if_match"),
            by=request.user,
        )
        return Response(CaseSerializer(case).data)


class StudyList(Endpoint):
    """Studies."""

    model = Study
    serializer_class = StudySerializer
    filters = {"case": ("case_id", UUID)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @listing("case")
    def get(self, request: Request) -> Response:
        """The institution's studies."""
        return self.answer_list()

    def post(self, request: Request) -> Response:
        """Add a study to a case."""
        values = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(studies.add(case=case, by=request.user, **values))


class StudyOne(ReadOne):
    """One study."""

    model = Study
    serializer_class = StudySerializer


class ResultList(Endpoint):
    """Results."""

    model = Result
    serializer_class = ResultSerializer
    filters = {"case": ("case_id", UUID), "study": ("study_id", UUID)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @listing("case", "study")
    def get(self, request: Request) -> Response:
        """The institution's results."""
        return self.answer_list()

    def post(self, request: Request) -> Response:
        """Enter the result of a study; its case is assessed anew."""
        values = self.parsed(request)
        study = self.referred(Study, "study", values.pop("study_id"))
        return self.created(results.enter(study=study, by=request.user, **values))


class ResultOne(ReadOne):
    """One result."""

    model = Result
    serializer_class = ResultSerializer


class AssessmentList(Endpoint):
    """Assessments."""

    model = Assessment
    serializer_class = AssessmentSerializer
    filters = {"case": ("case_id", UUID)}
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @listing("case")
    def get(self, request: Request) -> Response:
        """The institution's assessments."""
        return self.answer_list()


class AssessmentOne(ReadOne):
    """One assessment."""

    model = Assessment
    serializer_class = AssessmentSerializer

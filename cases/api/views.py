"""The endpoints: each parses, calls one service or reads one selector, and answers."""

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from django.views.decorators.common import no_append_slash
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from cases.api.description import Description
from cases.api.paging import Pages
from cases.api.parsing import Body
from cases.api.serializers import (
    AnswersSerializer,
    AssessmentSerializer,
    CaseSerializer,
    FoundSerializer,
    PatientSerializer,
    ResultSerializer,
    SearchSerializer,
    StudySerializer,
)
from cases.models import Assessment, Case, Patient, Result, Study
from cases.selectors.cases import patient_by_record_number
from cases.services import cases, facts, patients, results, studies
from cases.services.errors import Invalid
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: Of these a list shows the rows themselves; of all others, rows of cases.
WHOLE = ("case", "patient")


class Endpoint(InstitutionAPIView, generics.GenericAPIView):
    """What all endpoints share: how a body and a query are judged, and how reading is noted."""

    model: ClassVar[type[Model]]
    #: Query parameters that this endpoint takes; any other is an error, not ignored.
    parameters: ClassVar[Collection[str]] = ()
    #: Problems that a POST may answer beside those of every endpoint.
    problems: ClassVar[Collection[HTTPStatus]] = ()
    parser_classes = [Body]
    schema = Description()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """A POST without the slash at the end is not found: a redirect would make it a GET."""
        return no_append_slash(super().as_view(**initkwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Judge the query, after the door has let the person in.

        Raises:
            Invalid: a parameter that is not there, or one that is given twice.
        """
        super().initial(request, *args, **kwargs)
        errors = {}
        for name, values in request.query_params.lists():
            if name not in self.parameters:
                errors[name] = ["There is no such parameter."]
            elif len(values) > 1:
                errors[name] = ["Give this once."]
        if errors:
            raise Invalid(errors)

    def get_queryset(self) -> QuerySet[Any]:
        """The institution's rows."""
        rows = self.model._default_manager
        return rows.none() if getattr(self, "swagger_fake_view", False) else rows.all()

    def parsed(self, request: Request) -> dict[str, Any]:
        """The request's body, checked for form."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
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
    interactions: ClassVar = {"GET": "r"}

    def get(self, request: Request, pk: UUID) -> Response:
        """One row, its reading noted."""
        row = self.get_object()
        record(action=f"{row._meta.model_name}.read", subject=row, by=request.user)
        return Response(self.get_serializer(row).data)


class ReadList(Endpoint):
    """GET of rows, page by page; `filters` maps a query parameter to the column of an id."""

    filters: ClassVar[Mapping[str, str]] = {}
    interactions: ClassVar = {"GET": "s", "POST": "c"}
    pagination_class = Pages

    @property
    def parameters(self) -> Collection[str]:
        """The filters, and what says which page."""
        paging = (Pages.cursor_query_param, Pages.page_size_query_param)
        return (*self.filters, *paging) if self.request.method in ("GET", "HEAD") else ()

    def answer_page(self) -> Response:
        """One page of rows, the reading of the list noted."""
        wanted = {}
        for name, column in self.filters.items():
            given = self.request.query_params.get(name)
            try:
                wanted |= {} if given is None else {column: UUID(given)}
            except ValueError:
                raise Invalid({name: ["This is not an id."]}) from None
        rows = self.paginate_queryset(self.get_queryset().filter(**wanted))
        assert self.institution is not None  # noqa: S101 - the scope is entered
        name = self.model._meta.model_name
        record(
            action=f"{name}.listed",
            subject=self.institution,
            by=self.request.user,
            criteria=[each for each in self.filters if each in self.request.query_params],
            found=len(rows),
            shown=[row.pk if name in WHOLE else row.case_id for row in rows],
        )
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def lists(serializer: type[Serializer], *filters: str) -> Any:
    """The description of a list."""
    parameters = [OpenApiParameter(name, UUID, description="Only of this one.") for name in filters]
    return extend_schema(parameters=parameters, responses=serializer(many=True))


def adds(serializer: type[Serializer]) -> Any:
    """The description of adding a row."""
    return extend_schema(responses={201: serializer})


class PatientList(ReadList):
    """Patients."""

    model = Patient
    resource = "Patient"
    serializer_class = PatientSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}
    problems = (HTTPStatus.CONFLICT,)

    @lists(PatientSerializer)
    def get(self, request: Request) -> Response:
        """The institution's patients."""
        return self.answer_page()

    @adds(PatientSerializer)
    def post(self, request: Request) -> Response:
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

    @extend_schema(responses={200: FoundSerializer})
    def post(self, request: Request) -> Response:
        """The patient with a record number, in whatever case it is typed."""
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
        return Response(FoundSerializer({"results": [patient] if patient else []}).data)


class PatientOne(ReadOne):
    """One patient."""

    model = Patient
    resource = "Patient"
    serializer_class = PatientSerializer


class CaseList(ReadList):
    """Cases."""

    model = Case
    resource = "Condition"
    serializer_class = CaseSerializer
    filters = {"patient": "patient_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(CaseSerializer, "patient")
    def get(self, request: Request) -> Response:
        """The institution's cases."""
        return self.answer_page()

    @adds(CaseSerializer)
    def post(self, request: Request) -> Response:
        """Open a case, with direct answers where given."""
        values = self.parsed(request)
        patient = self.referred(Patient, "patient", values.pop("patient_id"))
        answers = values.pop("facts", {})
        case = cases.open_case(
            patient=patient, answers=answers, source="API", by=request.user, **values
        )
        return self.created(case)


class CaseOne(ReadOne):
    """One case."""

    model = Case
    resource = "Condition"
    serializer_class = CaseSerializer


class CaseFacts(Endpoint):
    """Direct answers of one case."""

    model = Case
    resource = "Condition"
    serializer_class = AnswersSerializer
    permissions: ClassVar = {"POST": Permission.CASE_WRITE}
    interactions: ClassVar = {"POST": "u"}
    problems = (HTTPStatus.PRECONDITION_FAILED,)

    @extend_schema(responses={200: CaseSerializer})
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


class StudyList(ReadList):
    """Studies."""

    model = Study
    resource = "ImagingStudy"
    serializer_class = StudySerializer
    filters = {"case": "case_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @lists(StudySerializer, "case")
    def get(self, request: Request) -> Response:
        """The institution's studies."""
        return self.answer_page()

    @adds(StudySerializer)
    def post(self, request: Request) -> Response:
        """Add a study to a case."""
        values = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(studies.add(case=case, by=request.user, **values))


class StudyOne(ReadOne):
    """One study."""

    model = Study
    resource = "ImagingStudy"
    serializer_class = StudySerializer


class ResultList(ReadList):
    """Results."""

    model = Result
    resource = "DiagnosticReport"
    serializer_class = ResultSerializer
    filters = {"case": "case_id", "study": "study_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}
    problems = (HTTPStatus.CONFLICT,)

    @lists(ResultSerializer, "case", "study")
    def get(self, request: Request) -> Response:
        """The institution's results."""
        return self.answer_page()

    @adds(ResultSerializer)
    def post(self, request: Request) -> Response:
        """Enter the result of a study; its case is assessed anew."""
        values = self.parsed(request)
        study = self.referred(Study, "study", values.pop("study_id"))
        return self.created(results.enter(study=study, by=request.user, **values))


class ResultOne(ReadOne):
    """One result."""

    model = Result
    resource = "DiagnosticReport"
    serializer_class = ResultSerializer


class AssessmentList(ReadList):
    """Assessments."""

    model = Assessment
    resource = "GuidanceResponse"
    serializer_class = AssessmentSerializer
    filters = {"case": "case_id"}
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @lists(AssessmentSerializer, "case")
    def get(self, request: Request) -> Response:
        """The institution's assessments."""
        return self.answer_page()


class AssessmentOne(ReadOne):
    """One assessment."""

    model = Assessment
    resource = "GuidanceResponse"
    serializer_class = AssessmentSerializer

"""What endpoints share: each parses, calls one service or reads one selector, and answers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import reverse
from django.views.decorators.common import no_append_slash
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from cases.api import versions
from cases.api.description import Description
from cases.api.filters import Filter
from cases.api.paging import Pages
from cases.api.parsing import Body
from cases.services.errors import Invalid
from cases.services.row_versions import lock_row
from tumorboard.accounts.api import InstitutionAPIView
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: Of these a list shows the rows themselves.
WHOLE = ("case", "patient")
#: Columns that say whom a row is about.
BELONGING = ("case_id", "patient_id")
#: The parameter that names the fields one wants.
FIELDS = "fields"
READING = ("GET", "HEAD")


class Endpoint(InstitutionAPIView, generics.GenericAPIView):
    """What all endpoints share: how a body and a query are judged, and how reading is noted."""

    model: ClassVar[type[Model]]
    #: Statuses of problems that a write may answer beside those of every endpoint.
    problems: ClassVar[Collection[int]] = ()
    #: What the audit calls the row; its model's name where nothing is said.
    noun: ClassVar[str] = ""
    #: The route of one row, where a row that is added has an address.
    one: ClassVar[str] = ""
    parser_classes: Sequence[type[BaseParser]] = (Body,)
    schema = Description()
    #: The row that this request wrote, or found by a search.
    written: Model | None = None

    @property
    def parameters(self) -> Collection[str]:
        """Query parameters that this endpoint takes; any other is an error, not ignored."""
        return ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """A POST without the slash at the end is not found: a redirect would make it a GET."""
        return no_append_slash(super().as_view(**initkwargs))

    @classmethod
    def called(cls) -> str:
        """What the audit calls the row."""
        return cls.noun or str(cls.model._meta.model_name)

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

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The request's body, checked for form; `partial` where not all of a row is said."""
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def shown(self, row: Any) -> dict[str, Any]:
        """The whole representation of a row."""
        data: dict[str, Any] = self.get_serializer(row).data
        return data

    def answered(self, row: Model, *, code: int = status.HTTP_200_OK) -> Response:
        """A row that was just written, as it now stands, with its version."""
        self.written = row
        row = self.get_queryset().get(pk=row.pk)
        data = self.shown(row)
        headers = {"ETag": versions.tag_of(data)}
        if code == status.HTTP_201_CREATED and self.one:
            headers["Location"] = reverse(self.one, kwargs={"slug": self.slug, "pk": row.pk})
        return Response(data, status=code, headers=headers)

    def created(self, row: Model) -> Response:
        """A row that was just added."""
        return self.answered(row, code=status.HTTP_201_CREATED)

    @property
    def slug(self) -> str:
        """The institution's name in addresses."""
        assert self.institution is not None  # noqa: S101 - the scope is entered
        return str(self.institution.slug)

    def referred(self, model: type[Model], field: str, key: UUID) -> Any:
        """The row that the body refers to; another institution's is as good as missing."""
        row = model._default_manager.filter(pk=key).first()
        if row is None:
            raise Invalid({field: ["There is no such row."]})
        return row

    def one_serializer(self) -> Serializer[Any]:
        """What shows one row."""
        serializer = self.get_serializer()
        assert isinstance(serializer, Serializer)  # noqa: S101 - rows have fields
        return serializer

    def wanted_fields(self, serializer: Serializer[Any]) -> list[str] | None:
        """The fields that the query asks for; None for all.

        Raises:
            Invalid: there is no such field.
        """
        given = self.request.query_params.get(FIELDS)
        if given is None:
            return None
        names = given.split(",")
        there = [name for name, field in serializer.fields.items() if not field.write_only]
        if set(names) - set(there):
            raise Invalid({FIELDS: [f"Choose among {', '.join(there)}, with commas between."]})
        return [name for name in there if name in names]


class OneRow(Endpoint):
    """An endpoint whose address names one row."""

    interactions: ClassVar = {"GET": "r", "PATCH": "u", "PUT": "u", "DELETE": "d"}

    def note_reading(self, row: Any) -> None:
        """Note in the audit that the row was shown."""
        record(action=f"{self.called()}.read", subject=row, by=self.request.user)

    def locked(self) -> Any:
        """The row that the address names, under the lock that its services take.

        Raises:
            Http404: there is none, or it was taken back meanwhile.
        """
        row = self.get_object()
        self.lock(row)
        row = self.get_queryset().filter(pk=row.pk).first()
        if row is None:
            raise Http404
        return row

    def lock(self, row: Any) -> None:
        """Lock what the services lock first before they write into the row."""
        lock_row(row)

    def refusal(self, row: Model) -> Response | None:
        """Why the row must not be changed by what `If-Match` says; that it is shown is noted."""
        refused = versions.refusal(self.request, self.shown(row))
        if refused is not None and refused.status_code == status.HTTP_412_PRECONDITION_FAILED:
            self.note_reading(row)
        return refused


class ReadOne(OneRow):
    """GET of one row."""

    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @property
    def parameters(self) -> Collection[str]:
        """Which fields one wants."""
        return (FIELDS,) if self.request.method in READING else ()

    def get(self, request: Request, pk: UUID) -> Response:
        """One row, its reading noted; nothing of it where the caller has this version."""
        row = self.get_object()
        wanted = self.wanted_fields(self.one_serializer())
        self.note_reading(row)
        data = self.shown(row)
        headers = {"ETag": versions.tag_of(data)}
        if versions.is_known(request, headers["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        if wanted is not None:
            data = {name: data[name] for name in wanted}
        return Response(data, headers=headers)


class Changes(ReadOne):
    """PATCH of one row: what is given is changed, all else stays."""

    def change(self, row: Any, values: dict[str, Any]) -> Model:
        """Call the service."""
        raise NotImplementedError

    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given of one row; what is not given stays."""
        row = self.locked()
        refused = self.refusal(row)
        if refused is not None:
            return refused
        values = self.parsed(request, partial=True)
        return self.answered(self.change(row, values) if values else row)


class Removes(ReadOne):
    """DELETE of one row that was entered by mistake."""

    def remove(self, row: Any) -> None:
        """Call the service."""
        raise NotImplementedError

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take back a row that was entered by mistake; its history stays."""
        row = self.locked()
        refused = self.refusal(row)
        if refused is not None:
            return refused
        self.remove(row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReadList(Endpoint):
    """GET of rows, page by page."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    interactions: ClassVar = {"GET": "s", "POST": "c"}
    pagination_class = Pages
    #: What the audit calls a look at the list, where it is not the noun and "listed".
    listing: ClassVar[str] = ""

    @property
    def parameters(self) -> Collection[str]:
        """The filters, which fields, and what says which page."""
        if self.request.method not in READING:
            return ()
        paging = (Pages.cursor_query_param, Pages.page_size_query_param, Pages.sort_query_param)
        return (*self.filters, FIELDS, *paging)

    @classmethod
    def looked_at(cls) -> str:
        """What the audit calls a look at the list."""
        return cls.listing or f"{cls.called()}.listed"

    def answer_page(self) -> Response:
        """One page of rows, the reading of the list noted."""
        wanted: dict[str, Any] = {}
        for name, each in self.filters.items():
            given = self.request.query_params.get(name)
            try:
                wanted |= {} if given is None else {each.lookup: each.read(given)}
            except ValueError as error:
                raise Invalid({name: [str(error)]}) from None
        serializer = self.one_serializer()
        names = self.wanted_fields(serializer)
        rows = self.paginate_queryset(self.get_queryset().filter(**wanted)) or []
        assert self.institution is not None  # noqa: S101 - the scope is entered
        record(
            action=self.looked_at(),
            subject=self.institution,
            by=self.request.user,
            criteria=[each for each in self.filters if each in self.request.query_params],
            found=len(rows),
            shown=self.about(rows),
        )
        if names is not None:
            for name in set(serializer.fields) - set(names):
                serializer.fields.pop(name)
        return self.get_paginated_response([serializer.to_representation(row) for row in rows])

    def about(self, rows: Collection[Any]) -> list[UUID] | None:
        """The patients or cases that were shown; None where rows are of nobody."""
        if self.model._meta.model_name in WHOLE:
            return [row.pk for row in rows]
        name = next((name for name in BELONGING if hasattr(self.model, name)), "")
        return [getattr(row, name) for row in rows] if name else None


def lists(serializer: type[Serializer]) -> Any:
    """The description of a list."""
    return extend_schema(responses=serializer(many=True))


def adds(serializer: type[Serializer]) -> Any:
    """The description of adding a row."""
    return extend_schema(responses={201: serializer})

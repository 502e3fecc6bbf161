"""Procedures over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Case, Procedure
from cases.models.procedure import ProcedureKind
from cases.services import procedures as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"case": ID, "kind": "biliary_stent", "done_on": "2026-09-14"}


@shown_as({"id": ID, **EXAMPLE, "entered_at": AT}, A_stent=EXAMPLE)
class ProcedureSerializer(RowSerializer):
    """A procedure that changes what can be done later."""

    case = serializers.UUIDField(source="case_id")

    class Meta:
        model = Procedure
        fields = (
            "id", "case", "kind", "done_on", "removed_on", "note", "entered_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at")
        fixed = ("case",)


class ProcedureList(ReadList):
    """Procedures."""

    model = Procedure
    resource = "Procedure"
    serializer_class = ProcedureSerializer
    one = "api_procedure"
    filters: ClassVar = {"case": by_id("case_id"), "kind": by_code("kind", ProcedureKind)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.CASE_WRITE}

    @lists(ProcedureSerializer)
    def get(self, request: Request) -> Response:
        """The institution's procedures."""
        return self.answer_page()

    @adds(ProcedureSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a procedure to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class ProcedureOne(Changes, Removes):
    """One procedure."""

    model = Procedure
    resource = "Procedure"
    serializer_class = ProcedureSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.CASE_WRITE,
        "DELETE": Permission.CASE_WRITE,
    }

    def change(self, row: Procedure, values: dict[str, Any]) -> Procedure:
        """Correct a procedure."""
        return services.change(procedure=row, by=self.request.user, **values)

    def remove(self, row: Procedure) -> None:
        """Take back a procedure."""
        services.remove(procedure=row, by=self.request.user)

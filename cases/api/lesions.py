"""Lesions over the wire: read, add, change, take back."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import Case, Lesion
from cases.models.lesion import LesionRole, Site
from cases.services import lesions as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"case": ID, "label": "L1", "site": "liver", "role": "target"}


@shown_as({"id": ID, **EXAMPLE, "created_at": AT}, A_target_lesion=EXAMPLE)
class LesionSerializer(RowSerializer):
    """A lesion followed over studies; `label` is how the reports call it."""

    case = serializers.UUIDField(source="case_id")
    merged_into = serializers.UUIDField(
        source="merged_into_id", required=False, allow_null=True, help_text="What it grew into."
    )
    split_from = serializers.UUIDField(
        source="split_from_id", required=False, allow_null=True, help_text="What it broke off."
    )

    class Meta:
        model = Lesion
        fields = (
            "id", "case", "label", "site", "location", "role", "treated_locally", "merged_into",
            "split_from", "note", "created_at",
        )  # fmt: skip
        read_only_fields = ("id", "created_at")
        fixed = ("case",)


class LesionList(ReadList):
    """Lesions."""

    model = Lesion
    resource = "BodyStructure"
    serializer_class = LesionSerializer
    one = "api_lesion"
    filters: ClassVar = {
        "case": by_id("case_id"),
        "site": by_code("site", Site),
        "role": by_code("role", LesionRole),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.RESULT_WRITE}

    @lists(LesionSerializer)
    def get(self, request: Request) -> Response:
        """The institution's lesions."""
        return self.answer_page()

    @adds(LesionSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a lesion to a case; the case is assessed anew."""
        values: dict[str, Any] = self.parsed(request)
        case = self.referred(Case, "case", values.pop("case_id"))
        return self.created(services.add(case=case, by=request.user, **values))


class LesionOne(Changes, Removes):
    """One lesion."""

    model = Lesion
    resource = "BodyStructure"
    serializer_class = LesionSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.RESULT_WRITE,
        "DELETE": Permission.RESULT_WRITE,
    }
    problems = (409,)

    def change(self, row: Lesion, values: dict[str, Any]) -> Lesion:
        """Correct a lesion."""
        return services.change(lesion=row, by=self.request.user, **values)

    def remove(self, row: Lesion) -> None:
        """Take back a lesion."""
        services.remove(lesion=row, by=self.request.user)

"""Standards of care by which boards settle cases, over the wire: read, add, change, retire."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, YesNo
from cases.models import Board, Standard
from cases.services import standards as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {
    "board": ID,
    "name": "Surveillance after resection",
    "source": "Local protocol 12, edition of 2026",
    "scenario": "SC-03",
    "branch": "",
    "audit_percent": 10,
}


@shown_as(
    {"id": ID, **EXAMPLE, "is_active": True, "entered_at": AT},
    A_standard_for_surveillance=EXAMPLE,
)
class StandardSerializer(RowSerializer):
    """What a board settles without discussion: one scenario and result of the guidance.

    To retire one, change `is_active` to false, and nothing else. It does not come back.
    """

    board = serializers.UUIDField(source="board_id")
    despite_guidance = YesNo(
        write_only=True,
        default=False,
        help_text="True: the board settles it though the guidance asks for the board.",
    )

    class Meta:
        model = Standard
        fields = (
            "id", "board", "name", "source", "scenario", "branch", "audit_percent",
            "despite_guidance", "is_active", "entered_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = ("id", "is_active", "entered_at")
        fixed = ("board",)


@shown_as(
    Another_share_is_audited={"audit_percent": 25},
    It_is_used_no_longer={"is_active": False},
)
class StandardChangeSerializer(StandardSerializer):
    """Another word, source or share; or that the board uses it no longer."""

    is_active = YesNo(required=False)

    class Meta(StandardSerializer.Meta):
        read_only_fields = ("id", "entered_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """To retire a standard changes nothing else of it."""
        wrong = attrs.keys() - {"is_active", "despite_guidance"} if "is_active" in attrs else ()
        if wrong:
            reason = "This does not belong to such a change."
            raise serializers.ValidationError({name: [reason] for name in sorted(wrong)})
        if attrs.get("is_active"):
            message = "A retired standard does not come back. Add a new one."
            raise serializers.ValidationError({"is_active": [message]})
        return attrs


class StandardList(ReadList):
    """Standards."""

    model = Standard
    resource = "Library"
    serializer_class = StandardSerializer
    one = "api_standard"
    filters: ClassVar = {"board": by_id("board_id")}
    permissions: ClassVar = {"GET": Permission.BOARD_MANAGE, "POST": Permission.BOARD_MANAGE}

    @lists(StandardSerializer)
    def get(self, request: Request) -> Response:
        """By what the institution's boards settle cases without discussion."""
        return self.answer_page()

    @adds(StandardSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Add a standard to a board."""
        values = self.parsed(request)
        board = self.referred(Board, "board", values.pop("board_id"))
        return self.created(services.add(board=board, by=request.user, **values))


class StandardOne(Changes):
    """One standard."""

    model = Standard
    resource = "Library"
    serializer_class = StandardSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_MANAGE, "PATCH": Permission.BOARD_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With the board."""
        return super().get_queryset().select_related("board")

    def lock(self, row: Standard) -> None:
        """The board, under whose lock its standards change."""
        list(Board.objects.select_for_update().filter(pk=row.board_id).values_list("pk"))

    @extend_schema(request=StandardChangeSerializer(partial=True), responses=StandardSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a standard, or retire it; signed decisions keep what it said."""
        return super().patch(request, pk)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The change, checked for form."""
        serializer = StandardChangeSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: Standard, values: dict[str, Any]) -> Standard:
        """Call the service that changes or retires."""
        if "is_active" in values:
            return services.retire(standard=row, by=self.request.user)
        return services.change(standard=row, by=self.request.user, **values)

"""Opinions on cases before the meeting, over the wire: read; give, change and take back one's own.

To have an opinion is a person's; an API client only reads.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_id
from cases.api.replays import once
from cases.api.values import RowSerializer, Text
from cases.models import AgendaItem, Opinion
from cases.services import agendas
from cases.services import opinions as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

EXAMPLE = {"agenda_item": ID, "specialty": "surgery", "text": "Resect first."}


@shown_as(
    {"id": ID, **EXAMPLE, "person": ID, "person_name": "Sam Surgeon", "given_at": AT},
    A_surgeons_opinion=EXAMPLE,
)
class OpinionSerializer(RowSerializer):
    """What somebody thinks of a case on a list, before it is decided."""

    agenda_item = serializers.UUIDField(source="item_id")
    person = serializers.UUIDField(source="person_id", read_only=True)
    person_name = serializers.CharField(source="person.name", read_only=True)
    text = Text(max_length=4_000)

    class Meta:
        model = Opinion
        fields = ("id", "agenda_item", "person", "person_name", "specialty", "text", "given_at")
        read_only_fields = ("id", "given_at")
        fixed = ("agenda_item",)


class OpinionList(ReadList):
    """Opinions."""

    model = Opinion
    resource = "Communication"
    serializer_class = OpinionSerializer
    one = "api_opinion"
    filters: ClassVar = {"agenda_item": by_id("item_id")}
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "POST": Permission.OPINION_WRITE}
    interactions: ClassVar = {"GET": "s"}
    problems = (409,)

    def get_queryset(self) -> QuerySet[Any]:
        """With who gave each, and the case it is about."""
        return super().get_queryset().select_related("person", "item")

    def about(self, rows: Any) -> list[UUID] | None:
        """The cases of the items."""
        return [row.item.case_id for row in rows]

    @lists(OpinionSerializer)
    def get(self, request: Request) -> Response:
        """What people think of the cases on lists."""
        return self.answer_page()

    @adds(OpinionSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Give one's own opinion, or say it anew."""
        values = self.parsed(request)
        item = self.referred(AgendaItem, "agenda_item", values.pop("item_id"))
        response = self.created(services.give(item=item, by=request.user, **values))
        # An answer that is kept for a repeated request belongs to the case.
        self.written = item
        return response


class OpinionOne(Changes, Removes):
    """One opinion."""

    model = Opinion
    resource = "Communication"
    serializer_class = OpinionSerializer
    interactions: ClassVar = {"GET": "r"}
    permissions: ClassVar = {
        "GET": Permission.BOARD_READ,
        "PATCH": Permission.OPINION_WRITE,
        "DELETE": Permission.OPINION_WRITE,
    }

    def get_queryset(self) -> QuerySet[Any]:
        """With who gave it, and the case it is about."""
        return super().get_queryset().select_related("person", "item__meeting")

    def lock(self, row: Opinion) -> None:
        """The meeting, then the item: the order of all who write lists.

        Raises:
            PermissionDenied: it is somebody else's.
        """
        if row.person_id != self.request.user.pk:
            raise PermissionDenied
        agendas.lock_item(row.item, on=agendas.lock_meeting(row.item.meeting))

    def change(self, row: Opinion, values: dict[str, Any]) -> Opinion:
        """Say one's own opinion anew."""
        given = {"text": row.text, "specialty": row.specialty, **values}
        return services.give(item=row.item, by=self.request.user, **given)

    def remove(self, row: Opinion) -> None:
        """Take one's own opinion back."""
        services.withdraw(item=row.item, by=self.request.user)

"""Several cases onto the list of one meeting at once, over the wire."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cases.api.endpoint import OneRow
from cases.api.examples import ID, shown_as
from cases.api.replays import once
from cases.api.values import Strict, YesNo
from cases.models import Case, Meeting
from cases.services import listings as services
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

#: More cases than any meeting has time for.
MOST = 100
NOT_THERE = "There is no such case."
ANOTHER = "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c12"


@shown_as(
    None,
    In_the_order_of_the_list={"cases": [ID, ANOTHER]},
    Settled_by_the_standards_of_the_board={"cases": [ID], "by_protocol": True},
)
class SeveralCasesSerializer(Strict):
    """Cases for the list of a meeting, in their order, each once."""

    cases = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=MOST)
    by_protocol = YesNo(
        required=False,
        help_text="true: each is settled by the standard of the board that is for it; one that "
        "none is for stays off the list.",
    )

    def validate_cases(self, value: list[UUID]) -> list[UUID]:
        """Each case once."""
        if len(set(value)) < len(value):
            message = "Name each case once."
            raise serializers.ValidationError(message)
        return value


class ListedCaseSerializer(serializers.Serializer):
    """What became of one case."""

    case = serializers.UUIDField()
    agenda_item = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it is not on the list.")


@shown_as(
    {
        "meeting": ID,
        "rows": [
            {"case": ID, "agenda_item": ID, "reason": ""},
            {
                "case": ANOTHER,
                "agenda_item": None,
                "reason": "This case is on the list of this meeting already.",
            },
        ],
    }
)
class ListedSerializer(serializers.Serializer):
    """What became of each case, in the order in which they were sent."""

    meeting = serializers.UUIDField()
    rows = ListedCaseSerializer(many=True)


class MeetingCases(OneRow):
    """The list of one meeting, as somewhere to put several cases."""

    model = Meeting
    resource = "List"
    serializer_class = SeveralCasesSerializer
    permissions: ClassVar = {"POST": Permission.AGENDA_WRITE}
    interactions: ClassVar = {"POST": "c"}
    has_tag = False

    @extend_schema(responses={200: ListedSerializer})
    @once
    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Put cases last on the list of a meeting; one that is refused holds up no other."""
        meeting = self.get_object()
        values = self.parsed(request)
        known = Case.objects.select_related("assessment").in_bulk(values["cases"])
        done = services.put_on_several(
            meeting=meeting,
            cases=[known[key] for key in values["cases"] if key in known],
            by_protocol=values.get("by_protocol", False),
            by=request.user,
        )
        rows = [_row(key, done) for key in values["cases"]]
        return Response(ListedSerializer({"meeting": meeting.pk, "rows": rows}).data)


def _row(key: UUID, done: services.Listed) -> dict[str, Any]:
    item = done.items.get(key)
    reason = "" if item else done.reasons.get(key, NOT_THERE)
    return {"case": key, "agenda_item": item and item.pk, "reason": reason}
